// What everything that serves one GDB works with.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "commands/interpreter.hpp"
#include "server/gdb/gdb_server.hpp"
#include "server/gdb/link.hpp"
#include "session/session.hpp"

namespace probity::server::gdb {

// All must outlive the client.
struct Context {
  Session& session;
  Interpreter& interpreter;
  GdbSettings& settings;
  TargetEntry& entry;
  Link& link;

  Target& target() const { return *entry.target; }
  // Runs the target's event; one that leaves the scripts (`shutdown`) ends here.
  void fire(std::string_view event) const {
    try {
      session.fire(entry, event);
    } catch (const LeaveScripts&) {
      // The event loop sees Session::shutdown_requested().
    }
  }
  bool has_event(std::string_view event) const {
    for (const auto& [name, body] : entry.events) {
      if (name == event) return true;
    }
    return false;
  }
};

// What is sent back; nothing: the answer comes later, or there is none.
using Reply = std::optional<std::string>;

// As OpenOCD 0.12.0: GDB shows the number only.
constexpr std::string_view kBadRequest = "E01";
constexpr std::string_view kIoError = "E05";  // EIO, of flash
constexpr std::string_view kFault = "E0E";    // EFAULT

}  // namespace probity::server::gdb
