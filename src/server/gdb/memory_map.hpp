// What GDB is told of memory (qXfer:memory-map:read, GDB manual appendix F): flash with its sectors, so that
// it erases and writes it by packets of their own and sets hardware breakpoints there; all else is RAM.
#pragma once

#include <string>
#include <vector>

#include "flash/plan.hpp"

namespace probity::server::gdb {

std::string memory_map(std::vector<BankView> banks);

}  // namespace probity::server::gdb
