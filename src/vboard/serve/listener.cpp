#include "vboard/serve/listener.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>

#include "base/errors.hpp"

namespace probity::vboard {

using asio::ip::tcp;

namespace {
tcp::acceptor listen_on(asio::io_context& io, const std::string& name, const tcp::endpoint& where) {
  try {
    return {io, where};
  } catch (const asio::system_error& e) {
    throw ConfigError(fmt::format("cannot listen on port {} of {} for {}: {}", where.port(),
                                  where.address().to_string(), name, e.code().message()));
  }
}
}  // namespace

// One client's socket. The listener forgets it when it is closed; it then lives until its last handler ran.
class Listener::Client : public std::enable_shared_from_this<Client> {
 public:
  Client(Listener& listener, tcp::socket socket) : listener_(listener), socket_(std::move(socket)) {}

  void start() {
    std::error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    connection_ = listener_.service_.make([weak = weak_from_this()](const std::string& why) {
      if (const auto self = weak.lock()) self->close(why);
    });
    read();
  }

  void close(const std::string& why) {
    if (!connection_) return;
    stop();
    listener_.closed(shared_from_this(), why);
  }

  void stop() {
    std::error_code ignored;
    socket_.close(ignored);
    connection_.reset();
  }

 private:
  void read() {
    socket_.async_read_some(
        asio::buffer(chunk_), [self = shared_from_this()](std::error_code failed, std::size_t count) {
          if (!self->connection_) return;
          if (!failed) return self->serve(count);
          self->close(self->input_.empty() ? "" : "the client went away in the middle of a request");
        });
  }

  void serve(std::size_t count) {
    input_.insert(input_.end(), chunk_.begin(), chunk_.begin() + static_cast<std::ptrdiff_t>(count));
    bool goes_on = false;
    std::string problem;
    try {
      goes_on = connection_->serve(input_, output_);
    } catch (const ProtocolError& e) {
      problem = e.what();
    } catch (const Error& e) {
      problem = e.describe();
    }
    if (output_.empty()) return goes_on ? read() : close(problem);
    asio::async_write(socket_, asio::buffer(output_),
                      [self = shared_from_this(), goes_on, problem](std::error_code failed, std::size_t) {
                        if (!self->connection_) return;
                        self->output_.clear();
                        if (failed || !goes_on) return self->close(problem);
                        self->read();
                      });
  }

  Listener& listener_;
  tcp::socket socket_;
  std::unique_ptr<Connection> connection_;  // nothing: closed
  std::array<std::uint8_t, 16384> chunk_{};
  Bytes input_, output_;
};

Listener::Listener(asio::io_context& io, const tcp::endpoint& where, Service service)
    : service_(std::move(service)), acceptor_(listen_on(io, service_.name, where)) {
  accept();
}

Listener::~Listener() {
  for (const auto& client : clients_) client->stop();
}

void Listener::accept() {
  accepting_ = true;
  acceptor_.async_accept([this](std::error_code failed, tcp::socket socket) {
    if (failed == asio::error::operation_aborted) return;
    accepting_ = false;
    if (failed) {  // no descriptors left, as a rule: the next client that goes frees one
      fmt::print(stderr, "vboard: {}: a client could not be accepted: {}\n", name(), failed.message());
      return;
    }
    const auto client = *clients_.insert(std::make_shared<Client>(*this, std::move(socket))).first;
    client->start();
    if (service_.clients == Clients::many) accept();
  });
}

void Listener::closed(const std::shared_ptr<Client>& client, const std::string& why) {
  if (!why.empty()) fmt::print(stderr, "vboard: {}: {}; connection closed\n", name(), why);
  clients_.erase(client);
  service_.on_close();
  if (!accepting_) accept();
}

}  // namespace probity::vboard
