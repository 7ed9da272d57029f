// File-I/O: calls of the program's that GDB carries out on its own machine (GDB manual, E.13).
#pragma once

#include <string_view>

#include "server/gdb/context.hpp"
#include "target/semihosting/file_io.hpp"

namespace probity::server::gdb {

// What waits at the target; null where it makes no such calls.
FileIo* file_io_of(Context& context);

// What follows the 'F': "-1,2,C" or "4". BadRequest where it is no such answer.
FileIoReply parse_file_io_reply(std::string_view text);

}  // namespace probity::server::gdb
