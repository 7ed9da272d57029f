// TcpConnector over standalone Asio: blocking calls with deadlines. The only file that includes its headers.
#include <fmt/format.h>

#include <asio.hpp>

#include "base/errors.hpp"
#include "transport/host.hpp"

namespace probity {

namespace {

using Socket = asio::generic::stream_protocol::socket;

constexpr Milliseconds kWriteTimeout{5000};

class AsioStream final : public TcpStream {
 public:
  AsioStream(std::unique_ptr<asio::io_context> io, Socket socket, std::string peer)
      : io_(std::move(io)), socket_(std::move(socket)), peer_(std::move(peer)) {
    socket_.non_blocking(true);
  }

  void write(ByteView data) override {
    std::size_t done = 0;
    const auto end = std::chrono::steady_clock::now() + kWriteTimeout;
    while (done < data.size()) {
      asio::error_code error;
      done += socket_.write_some(asio::buffer(data.data() + done, data.size() - done), error);
      if (error == asio::error::would_block) {
        wait(Socket::wait_write, end, kWriteTimeout);
      } else if (error) {
        gone(error);
      }
    }
  }

  Bytes read(std::size_t length, Milliseconds timeout) override {
    Bytes data(length);
    std::size_t done = 0;
    const auto end = std::chrono::steady_clock::now() + timeout;
    while (done < length) {
      asio::error_code error;
      done += socket_.read_some(asio::buffer(data.data() + done, length - done), error);
      if (error == asio::error::would_block) {
        wait(Socket::wait_read, end, timeout);
      } else if (error) {
        gone(error);
      }
    }
    return data;
  }

 private:
  // Until the socket is ready; TimeoutError at `end`.
  void wait(Socket::wait_type what, std::chrono::steady_clock::time_point end, Milliseconds limit) {
    bool ready = false;
    socket_.async_wait(what, [&](const asio::error_code& error) { ready = !error; });
    io_->restart();
    io_->run_until(end);
    if (ready) return;
    asio::error_code ignored;
    socket_.cancel(ignored);
    io_->restart();
    io_->run();  // the cancelled handler must run while `ready` lives
    throw TimeoutError(fmt::format("{} was silent for {} ms", peer_, limit.count()), "a TCP peer", limit);
  }

  [[noreturn]] void gone(const asio::error_code& error) {
    throw AdapterError(error == asio::error::eof
                           ? fmt::format("{} closed the connection", peer_)
                           : fmt::format("connection to {}: {}", peer_, error.message()));
  }

  std::unique_ptr<asio::io_context> io_;
  Socket socket_;
  std::string peer_;
};

class AsioConnector final : public TcpConnector {
 public:
  std::unique_ptr<TcpStream> connect(const std::string& host, std::uint16_t port,
                                     Milliseconds timeout) override {
    auto io = std::make_unique<asio::io_context>();
    const bool local = host.starts_with('/');
    const std::string peer = local ? host : fmt::format("{}:{}", host, port);
    try {
      Socket socket = local ? connect_local(*io, host) : connect_tcp(*io, host, port, timeout);
      return std::make_unique<AsioStream>(std::move(io), std::move(socket), peer);
    } catch (const std::system_error& e) {
      throw AdapterError(fmt::format("cannot connect to {}: {}", peer, e.code().message()));
    }
  }

 private:
  static Socket connect_local(asio::io_context& io, const std::string& path) {
    asio::local::stream_protocol::socket socket(io);
    socket.connect(asio::local::stream_protocol::endpoint(path));
    return Socket(std::move(socket));
  }

  static Socket connect_tcp(asio::io_context& io, const std::string& host, std::uint16_t port,
                            Milliseconds timeout) {
    asio::ip::tcp::resolver resolver(io);
    const auto endpoints = resolver.resolve(host, std::to_string(port));
    asio::ip::tcp::socket socket(io);
    asio::error_code result = asio::error::timed_out;
    asio::async_connect(socket, endpoints,
                        [&](const asio::error_code& error, const auto&) { result = error; });
    io.run_for(timeout);
    if (!io.stopped()) {
      socket.close();
      io.restart();
      io.run();
      result = asio::error::timed_out;
    }
    if (result) throw std::system_error(result);
    socket.set_option(asio::ip::tcp::no_delay(true));
    return Socket(std::move(socket));
  }
};

}  // namespace

std::unique_ptr<TcpConnector> make_asio_tcp() { return std::make_unique<AsioConnector>(); }

}  // namespace probity
