// The servers of a run: their ports, and the loop that serves them while nobody runs a script.
#pragma once

#include <memory>
#include <string_view>

#include "base/interrupt.hpp"
#include "commands/interpreter.hpp"
#include "server/connection.hpp"
#include "server/server_commands.hpp"
#include "session/session.hpp"

namespace probity::server {

class Server {
 public:
  // All must outlive it. Installs session.open_tcp_service, on_trace_data and the like.
  Server(Session& session, Interpreter& interpreter, ServerSettings& settings, Interrupt& interrupt);
  // Sends what the clients take at once, closes everything.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Listens, or says that the port is disabled. ConfigError where it cannot be had.
  void open(Service service);
  // Closes the ports of the services of that name.
  void close(std::string_view service);
  // The Tcl and the telnet port.
  void open_consoles();
  // Serves until a signal came or `shutdown` was said, with turns for the session's tasks. Lets Interrupted
  // through.
  void run();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace probity::server
