// The packets g G p P: the registers of the core, or of the thread that GDB selected.
#pragma once

#include <string>
#include <string_view>

#include "server/gdb/context.hpp"
#include "server/gdb/threads.hpp"

namespace probity::server::gdb {

class Registers {
 public:
  Registers(Context& context, Threads& threads) : context_(context), threads_(threads) {}

  std::string read_general();
  std::string write_general(std::string_view hex);
  std::string read_one(std::string_view number);
  std::string write_one(std::string_view assignment);  // "f=12345678"
  // "00:01234567;0d:…;", for a stop reply: what GDB would ask for next.
  std::string expedited();

 private:
  std::string value_of(const CoreRegister& r);
  void write(const CoreRegister& r, std::string_view hex);

  Context& context_;
  Threads& threads_;
};

}  // namespace probity::server::gdb
