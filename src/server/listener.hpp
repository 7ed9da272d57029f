// The clients of one port, or of stdin and stdout.
#pragma once

#include <asio.hpp>

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "base/log.hpp"
#include "server/channel.hpp"
#include "server/connection.hpp"

namespace probity::server {

// What all ports share; must outlive them.
struct Premises {
  asio::io_context& io;
  Log& log;
  std::function<void(const Error&)> report;
  std::function<void()> pipe_closed;  // the client at stdin and stdout has gone
  std::size_t most_clients;           // on all ports together: what the process may have open, less its own
  std::size_t clients = 0;
};

// How many clients this process may have, by its limit of open files.
std::size_t room_for_clients();

// "localhost", "192.168.1.5", "::", "0.0.0.0" …; empty: 127.0.0.1. ConfigError where it is none.
asio::ip::address resolve_bind_address(asio::io_context& io, const std::string& name);

class Listener {
 public:
  // `service.port` is a number (0: any free port) or "pipe". ConfigError where it cannot be had, in
  // OpenOCD's words, and who has it. Says in the log where it listens.
  Listener(Premises& premises, const asio::ip::address& address, Service service);
  ~Listener();  // sends what is taken at once, closes everything
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  const std::string& name() const { return service_.name; }
  std::uint16_t port() const { return port_; }
  std::size_t clients() const { return channels_.size(); }

 private:
  struct Life;

  void listen(const asio::ip::address& address);
  void open_pipe();
  void accept();
  void accepted(const asio::error_code& error, asio::ip::tcp::socket socket);
  void out_of_descriptors();
  void start(int in, int out, std::string peer);
  void ended(const std::shared_ptr<Channel>& channel);

  Premises& premises_;
  Service service_;
  std::uint16_t port_ = 0;
  asio::ip::tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  int spare_ = -1;  // a descriptor kept back, to be able to turn a client away when there is no other left
  bool told_full_ = false;
  std::set<std::shared_ptr<Channel>> channels_;
  std::shared_ptr<Life> life_;  // what the channels reach this by
};

}  // namespace probity::server
