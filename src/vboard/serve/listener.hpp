// The sockets: the clients of one port.
#pragma once

#include <asio.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "vboard/serve/connection.hpp"

namespace probity::vboard {

class Listener {
 public:
  // Of a probe that has one host, the next client waits until the one before has gone.
  enum class Clients { one_at_a_time, many };
  struct Service {
    std::string name;  // for messages
    Clients clients;
    ConnectionFactory make;
    std::function<void()> on_close;  // called after each client
  };

  // Port 0 takes any free one. Throws ConfigError naming address and port where they cannot be had.
  Listener(asio::io_context& io, const asio::ip::tcp::endpoint& where, Service service);
  ~Listener();

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  const std::string& name() const { return service_.name; }

 private:
  class Client;

  void accept();
  void closed(const std::shared_ptr<Client>& client, const std::string& why);

  Service service_;
  asio::ip::tcp::acceptor acceptor_;
  bool accepting_ = false;
  std::set<std::shared_ptr<Client>> clients_;
};

}  // namespace probity::vboard
