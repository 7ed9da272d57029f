// Packets to one GDB: framing, acknowledgements, and text for its console.
#pragma once

#include <string>
#include <string_view>

#include "base/log.hpp"
#include "server/connection.hpp"

namespace probity::server::gdb {

class Link {
 public:
  explicit Link(Connection& connection) : connection_(connection) {}

  void send(std::string_view payload);
  // '+' or '-' for a packet that came.
  void acknowledge(bool good);
  // The '+' or '-' that came; a packet that was not understood is sent again, a few times.
  void acknowledged(bool good);
  void stop_acknowledging() { acknowledging_ = false; }

  // Shown by GDB at once ('O' packets). Only while GDB waits for a stop or for the end of a monitor command.
  void console(std::string_view text);

  Connection& connection() { return connection_; }

 private:
  Connection& connection_;
  bool acknowledging_ = true;
  std::string last_;  // as sent, until it was acknowledged
  unsigned repeats_ = 0;
};

// While it lives, what is logged is shown by GDB, too: without the levels' prefixes, as OpenOCD 0.12.0 does.
class LogToConsole {
 public:
  LogToConsole(Log& log, Link& link);
  ~LogToConsole();
  LogToConsole(const LogToConsole&) = delete;
  LogToConsole& operator=(const LogToConsole&) = delete;

 private:
  Log& log_;
  int id_;
};

}  // namespace probity::server::gdb
