// The waist between sockets and protocols: a Connection carries bytes of one client, a Client is what a
// protocol makes of them. Protocols see neither Asio nor each other; a pipe (gdb_port pipe) and a test's
// string are Connections, too.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/units.hpp"

namespace probity::server {

class Connection {
 public:
  virtual ~Connection() = default;
  // Puts bytes behind what still waits to be sent. Never blocks and never fails: a client that takes nothing
  // is dropped once 4 MiB wait, with a line in the log.
  virtual void send(std::string_view bytes) = 0;
  // Sends what the socket takes at once, from within a command that runs for long (GDB's console, telnet's
  // log).
  virtual void flush() = 0;
  // Ends it when what waits has been sent. No call of the Client comes any more but closed().
  virtual void close() = 0;
  // "127.0.0.1:50123", for the log.
  virtual std::string peer() const = 0;
  // Bytes that wait to be sent.
  virtual std::size_t waiting() const { return 0; }
  // While it is paused nothing is received: the other end has to wait, too.
  virtual void pause(bool) {}
};

// One client's talk. Everything is called from the event loop, never from within another call of the same
// client, not even while a command of it runs nested tasks.
class Client {
 public:
  virtual ~Client() = default;
  // Takes some of `bytes`, which are what has come, out of their front: up to the end of the first thing that
  // asks for work (a command, a packet), so that no client starves the others. It is called again for the
  // rest when they had their turn and this client took its answers. A protocol keeps what is incomplete,
  // within bounds of its own.
  virtual void received(std::string_view& bytes) = 0;
  // The other end has gone, or close() is done; the Client is destroyed next.
  virtual void closed() {}
};

using ClientFactory = std::function<std::unique_ptr<Client>(Connection&)>;

// A port with its protocol.
struct Service {
  std::string name;       // for the log: "telnet", "tcl", "gdb"
  std::string port;       // a number, "pipe" (stdin and stdout), or "disabled"
  unsigned most_clients;  // another one is refused with a line in the log; 0: as many as come
  ClientFactory make;
};

}  // namespace probity::server
