#include "vboard/serve/listener.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "base/errors.hpp"

namespace probity::vboard {

using asio::ip::tcp;

namespace {
tcp::acceptor listen_on(asio::io_context& io, const std::string& name, std::uint16_t port) {
  try {
    return {io, tcp::endpoint(asio::ip::address_v4::loopback(), port)};
  } catch (const asio::system_error& e) {
    throw ConfigError(fmt::format("cannot listen on port {} for {}: {}", port, name, e.code().message()));
  }
}
}  // namespace

Listener::Listener(asio::io_context& io, std::string name, std::uint16_t port, ConnectionFactory make,
                   std::function<void()> on_close)
    : name_(std::move(name)),
      make_(std::move(make)),
      on_close_(std::move(on_close)),
      acceptor_(listen_on(io, name_, port)),
      socket_(io) {
  accept();
}

void Listener::accept() {
  acceptor_.async_accept(socket_, [this](std::error_code failed) {
    if (failed) return;
    std::error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    connection_ = make_();
    read();
  });
}

void Listener::read() {
  socket_.async_read_some(asio::buffer(chunk_), [this](std::error_code failed, std::size_t count) {
    if (failed == asio::error::operation_aborted) return;
    if (failed) return close(input_.empty() ? "" : "the client went away in the middle of a request");
    serve(count);
  });
}

void Listener::serve(std::size_t count) {
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
                    [this, goes_on, problem](std::error_code failed, std::size_t) {
                      if (failed == asio::error::operation_aborted) return;
                      output_.clear();
                      if (failed || !goes_on) return close(problem);
                      read();
                    });
}

void Listener::close(const std::string& why) {
  if (!why.empty()) fmt::print(stderr, "vboard: {}: {}; connection closed\n", name_, why);
  std::error_code ignored;
  socket_.close(ignored);
  connection_.reset();
  input_.clear();
  output_.clear();
  on_close_();
  accept();
}

}  // namespace probity::vboard
