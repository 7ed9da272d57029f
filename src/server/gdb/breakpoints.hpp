// The packets Z and z. GDB takes all its breakpoints out at each stop and puts them in again before each run;
// what it takes out stays in the chip until the core runs, somebody else may look, or a comparator is needed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/gdb/context.hpp"

namespace probity::server::gdb {

class Breakpoints {
 public:
  explicit Breakpoints(Context& context) : context_(context) {}

  std::string insert(std::string_view request);  // "1,8000100,2"
  std::string remove(std::string_view request);

  // Takes out of the chip what GDB took out. Before the core runs, and before others' commands.
  void settle();
  // Takes out everything that GDB put in; what cannot be is told of in the log.
  void remove_all();

 private:
  struct Set {
    bool watch;
    Address address;
    std::uint32_t length;
    WatchAccess access;
    BreakpointKind kind;
    bool mine;             // else it was there before: not ours to clear
    bool removed = false;  // by GDB
    bool same(const Set& other) const {
      return watch == other.watch && address == other.address &&
             (!watch || (length == other.length && access == other.access));
    }
  };
  Set parse(std::string_view request) const;
  BreakpointKind kind_for(char type, Address address) const;
  bool there_already(const Set& wanted) const;
  void put(const Set& set);
  void take(const Set& set);

  Context& context_;
  std::vector<Set> sets_;
};

}  // namespace probity::server::gdb
