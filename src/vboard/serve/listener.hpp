// The sockets: clients of one port, one after another.
#pragma once

#include <asio.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "vboard/serve/connection.hpp"

namespace probity::vboard {

class Listener {
 public:
  // Listens on 127.0.0.1; port 0 takes any free one. `name` is for messages; `on_close` is called after each
  // client. Throws ConfigError naming the port where it cannot be had.
  Listener(asio::io_context& io, std::string name, std::uint16_t port, ConnectionFactory make,
           std::function<void()> on_close);

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  const std::string& name() const { return name_; }

 private:
  void accept();
  void read();
  void serve(std::size_t count);
  void close(const std::string& why);

  std::string name_;
  ConnectionFactory make_;
  std::function<void()> on_close_;
  asio::ip::tcp::acceptor acceptor_;
  asio::ip::tcp::socket socket_;
  std::unique_ptr<Connection> connection_;
  std::array<std::uint8_t, 16384> chunk_{};
  Bytes input_, output_;
};

}  // namespace probity::vboard
