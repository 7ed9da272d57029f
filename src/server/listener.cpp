#include "server/listener.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "base/interrupt.hpp"
#include "commands/interpreter.hpp"
#include "transport/holder.hpp"

namespace probity::server {

using asio::ip::tcp;

// Channels may outlive their listener by a turn of the event loop.
struct Listener::Life {
  Listener* listener;
};

namespace {

// For the program's own files: the log, images, scripts, USB.
constexpr std::size_t kOwnDescriptors = 64;

std::uint16_t port_number(const Service& service) {
  unsigned number = 0;
  const char* end = service.port.data() + service.port.size();
  const auto [at, error] = std::from_chars(service.port.data(), end, number);
  if (error != std::errc() || at != end || number > UINT16_MAX) {
    throw ConfigError(fmt::format("{} port '{}' is neither a number up to 65535 nor 'pipe' nor 'disabled'",
                                  service.name, service.port));
  }
  return static_cast<std::uint16_t>(number);
}

std::string text_of(const tcp::endpoint& endpoint) {
  const std::string address = endpoint.address().to_string();
  return endpoint.address().is_v6() ? fmt::format("[{}]:{}", address, endpoint.port())
                                    : fmt::format("{}:{}", address, endpoint.port());
}

// Programs that a script starts must not keep the port.
template <typename Socket>
void keep_from_children(Socket& socket) {
  fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
}

int open_spare() { return ::open("/dev/null", O_RDONLY | O_CLOEXEC); }

}  // namespace

std::size_t room_for_clients() {
  constexpr std::size_t kLeast = 8;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return kLeast;
  const auto most = static_cast<std::size_t>(std::min<rlim_t>(limit.rlim_cur, 65536));
  return most > kOwnDescriptors + kLeast ? most - kOwnDescriptors : kLeast;
}

asio::ip::address resolve_bind_address(asio::io_context& io, const std::string& name) {
  if (name.empty()) return asio::ip::address_v4::loopback();
  asio::error_code error;
  const auto address = asio::ip::make_address(name, error);
  if (!error) return address;
  const auto found = tcp::resolver(io).resolve(name, "", error);
  // OpenOCD's sentence, as seen of 0.12.0.
  if (error || found.empty()) throw ConfigError(fmt::format("couldn't resolve bindto address: {}", name));
  for (const auto& entry : found) {
    if (entry.endpoint().address().is_v4()) return entry.endpoint().address();
  }
  return found.begin()->endpoint().address();
}

Listener::Listener(Premises& premises, const asio::ip::address& address, Service service)
    : premises_(premises),
      service_(std::move(service)),
      acceptor_(premises.io),
      pause_(premises.io),
      life_(std::make_shared<Life>(Life{this})) {
  if (service_.port == "pipe") {
    open_pipe();
  } else {
    listen(address);
    spare_ = open_spare();
    accept();
  }
}

Listener::~Listener() {
  life_->listener = nullptr;
  asio::error_code ignored;
  acceptor_.close(ignored);
  for (const auto& channel : channels_) {
    channel->end_now();
    try {
      channel->bury();
    } catch (const LeaveScripts&) {
    } catch (const Interrupted&) {
    }  // everything is being left already
  }
  premises_.clients -= channels_.size();
  if (spare_ >= 0) ::close(spare_);
}

void Listener::listen(const asio::ip::address& address) {
  const tcp::endpoint where(address, port_number(service_));
  asio::error_code error;
  acceptor_.open(where.protocol(), error);
  if (!error) {
    keep_from_children(acceptor_);
    // Lets a port be had again while connections of the run before still linger; on Linux it does not let
    // one be taken from a program that listens.
    acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    acceptor_.bind(where, error);
  }
  if (!error) acceptor_.listen(tcp::acceptor::max_listen_connections, error);
  if (error) {
    // OpenOCD's sentence, as seen of 0.12.0, and who has the port.
    const std::string holder =
        error == asio::error::address_in_use ? holder_of_port(where.port()) : std::string();
    throw ConfigError(fmt::format("couldn't bind {} to socket on port {}: {}{}", service_.name, where.port(),
                                  error.message(), holder.empty() ? "" : fmt::format("; {} has it", holder)));
  }
  acceptor_.native_non_blocking(true, error);
  port_ = acceptor_.local_endpoint().port();
  premises_.log.info("Listening on port {} for {} connections", port_, service_.name);
}

void Listener::open_pipe() {
  premises_.log.info("accepting '{}' connection from pipe", service_.name);
  const int in = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3), out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  if (in < 0 || out < 0) {
    if (in >= 0) ::close(in);
    if (out >= 0) ::close(out);
    throw ConfigError(fmt::format("{} port 'pipe': stdin or stdout is closed", service_.name));
  }
  start(in, out, "pipe");
}

void Listener::accept() {
  acceptor_.async_accept([life = life_](const asio::error_code& error, tcp::socket socket) {
    if (life->listener) life->listener->accepted(error, std::move(socket));
  });
}

void Listener::accepted(const asio::error_code& error, tcp::socket socket) {
  if (error == asio::error::operation_aborted) return;
  if (error == asio::error::no_descriptors || error == std::errc::too_many_files_open_in_system ||
      error == asio::error::no_memory || error == asio::error::no_buffer_space) {
    return out_of_descriptors();
  }
  accept();
  if (error) return;  // gone again before it was looked at
  asio::error_code failed;
  const tcp::endpoint peer = socket.remote_endpoint(failed);
  if (failed) return;
  const bool port_full = service_.most_clients != 0 && channels_.size() >= service_.most_clients;
  if (port_full || premises_.clients >= premises_.most_clients) {
    // A crowd that is turned away is told of once.
    if (port_full || !std::exchange(told_full_, true)) {
      premises_.log.error("rejected '{}' connection from {}, no more connections allowed", service_.name,
                          text_of(peer));
    }
    return;
  }
  told_full_ = false;
  keep_from_children(socket);
  socket.set_option(tcp::no_delay(true), failed);
  socket.set_option(asio::socket_base::keep_alive(true), failed);
  premises_.log.info("accepting '{}' connection on tcp/{}", service_.name, port_);
  const int descriptor = socket.release(failed);
  if (!failed) start(descriptor, descriptor, text_of(peer));
}

// The kernel has no descriptor for the next client, who would wait for ever, and be told to us for ever.
void Listener::out_of_descriptors() {
  if (!std::exchange(told_full_, true)) {
    premises_.log.error("rejected '{}' connection: this process has no more open files (ulimit -n)",
                        service_.name);
  }
  if (spare_ >= 0) {
    ::close(spare_);
    const int turned_away = ::accept(acceptor_.native_handle(), nullptr, nullptr);
    if (turned_away >= 0) ::close(turned_away);
    spare_ = open_spare();
  }
  pause_.expires_after(std::chrono::milliseconds(spare_ >= 0 ? 1 : 100));
  pause_.async_wait([life = life_](const asio::error_code& error) {
    if (!error && life->listener) life->listener->accept();
  });
}

void Listener::start(int in, int out, std::string peer) {
  Channel::Surroundings surroundings;
  surroundings.ended = [life = life_](const std::shared_ptr<Channel>& channel) {
    if (life->listener) life->listener->ended(channel);
  };
  surroundings.report = premises_.report;
  surroundings.drowned = [&log = premises_.log, name = service_.name](const std::string& whom) {
    log.warn("{}: {} does not take what is sent to it (4 MiB wait): dropped", name, whom);
  };
  auto channel = std::make_shared<Channel>(premises_.io, in, out, std::move(peer), std::move(surroundings));
  channels_.insert(channel);
  ++premises_.clients;
  channel->start(service_.make);
}

void Listener::ended(const std::shared_ptr<Channel>& channel) {
  if (channels_.erase(channel) == 0) return;
  --premises_.clients;
  channel->bury();
  premises_.log.info("dropped '{}' connection", service_.name);
  if (service_.port == "pipe") premises_.pipe_closed();
}

}  // namespace probity::server
