// GDB's remote protocol: one port a target, behind each the server of that target. What the gdb_* commands
// set.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "commands/interpreter.hpp"
#include "commands/row.hpp"
#include "server/connection.hpp"
#include "session/session.hpp"

namespace probity::server {

enum class BreakpointOverride { none, hard, soft };

struct GdbSettings {
  std::string port = "3333";  // of the first target that asks for none of its own; "disabled", "pipe", "0"
  bool memory_map = true;
  bool flash_program = true;
  bool report_data_abort = false;             // else GDB reads zeros where the bus refuses
  bool report_register_access_error = false;  // else GDB reads zeros where a register cannot be read
  bool target_description = true;
  BreakpointOverride breakpoint_override = BreakpointOverride::none;
  // Of the connection whose `monitor` command runs now; null outside of one. `gdb_sync` sets it: the next
  // step of that GDB does not step.
  bool* sync = nullptr;
};

// gdb_port, gdb_memory_map …, in both spellings ("gdb_port", "gdb port"). `settings` must outlive the rows.
std::vector<CommandRow> gdb_rows(GdbSettings& settings);

class GdbServers {
 public:
  // All must outlive this.
  GdbServers(Session& session, Interpreter& interpreter, GdbSettings& settings);
  ~GdbServers();
  GdbServers(const GdbServers&) = delete;
  GdbServers& operator=(const GdbServers&) = delete;

  // One for each target that is to have one, in the order of the targets: gdb_port, the next number, …;
  // `-gdb-port` of a target. The targets must be there (after init). This must outlive the clients made.
  std::vector<Service> services();

 private:
  struct Shared;
  std::unique_ptr<Shared> shared_;
};

}  // namespace probity::server
