// What the commands of the servers set, and their rows.
#pragma once

#include <string>
#include <vector>

#include "commands/row.hpp"
#include "server/console.hpp"
#include "server/gdb/gdb_server.hpp"

namespace probity::server {

struct ServerSettings {
  std::string telnet_port = "4444", tcl_port = "6666";  // a number, "disabled" or "pipe"
  std::string bindto;                                   // empty: 127.0.0.1
  CommandSource* running = nullptr;                     // the client whose command runs now; Console sets it
};

// telnet_port, tcl_port (in both spellings), bindto, tcl_notifications, tcl_trace. `settings` must outlive
// the rows.
std::vector<CommandRow> server_rows(ServerSettings& settings);

// What all servers' commands set, and all their rows.
struct Settings {
  ServerSettings consoles;
  GdbSettings gdb;
};
std::vector<CommandRow> all_server_rows(Settings& settings);

}  // namespace probity::server
