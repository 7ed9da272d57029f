// The packet qRcmd: a command for us, typed as `monitor …`. What it logs and prints appears as it comes.
#pragma once

#include <string>
#include <string_view>

#include "server/gdb/context.hpp"

namespace probity::server::gdb {

// `hex` is the command. `sync` is set by gdb_sync.
std::string monitor(Context& context, std::string_view hex, bool& sync);

}  // namespace probity::server::gdb
