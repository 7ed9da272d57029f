// c s C S vCont ? and the stop replies. While GDB waits for a stop the target is looked at often, so that a
// breakpoint is told of within a millisecond or so.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/gdb/breakpoints.hpp"
#include "server/gdb/context.hpp"
#include "server/gdb/registers.hpp"
#include "server/gdb/threads.hpp"

namespace probity::server::gdb {

class RunControl {
 public:
  RunControl(Context& context, Registers& registers, Breakpoints& breakpoints, Threads& threads);
  ~RunControl();
  RunControl(const RunControl&) = delete;
  RunControl& operator=(const RunControl&) = delete;

  // "S05": why it stands; "W00" after a kill.
  std::string last_signal() const;
  // The stop reply where it is known at once; else it is sent later.
  Reply resume(std::optional<Address> address);
  Reply step(std::optional<Address> address);
  Reply vcont(std::string_view actions);  // ";c", ";s:1;c", ";r8000100,8000110"
  // 0x03.
  void interrupt();
  // The answer to a File-I/O request.
  void file_io_reply(std::string_view text);

  // GDB does not wait any more: nothing is sent.
  void forget();
  bool waiting() const { return waiting_; }

  bool killed = false;     // `?` tells
  bool sync_next = false;  // `gdb_sync`: the next step does not step

 private:
  struct Range {
    Address begin, end;
  };
  void begin();
  template <typename Move>
  void by_ourselves(Move&& move);
  template <typename Move>
  void set_going(Move&& move);
  Reply started();
  Reply step_on();
  bool must_stop_at(Address pc) const;
  void look();
  void stopped();
  std::string end();
  std::string stop_reply();
  std::string watchpoint_field();
  void tell_of_fault();
  bool send_file_io();

  Context& context_;
  Registers& registers_;
  Breakpoints& breakpoints_;
  Threads& threads_;
  int listener_;
  bool waiting_ = false;
  bool stepping_ = false;     // our own call moves the core: its listener's calls are not news
  bool interrupted_ = false;  // by GDB
  std::optional<Range> range_;
  std::string told_fault_;
  std::optional<LogToConsole> console_;
  std::optional<Tasks::Id> task_;
  unsigned looks_ = 0;
};

}  // namespace probity::server::gdb
