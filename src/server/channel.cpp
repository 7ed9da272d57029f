#include "server/channel.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace probity::server {

namespace {

constexpr std::size_t kMostWaiting = 4 * 1024 * 1024;
// A client that asks without taking the answers is not asked for more.
constexpr std::size_t kEnoughWaiting = 256 * 1024;
constexpr std::size_t kKeptCapacity = 64 * 1024;
constexpr std::chrono::seconds kClosePatience(2);

}  // namespace

// A descriptor in the event loop. Asio makes it non-blocking; a pipe or terminal that others use as well
// (the shell that started us) gets its own mode back.
class Channel::Descriptor {
 public:
  Descriptor(asio::io_context& io, int number) : flags_(fcntl(number, F_GETFL)), stream_(io, number) {
    struct stat status {};
    is_socket_ = fstat(number, &status) == 0 && S_ISSOCK(status.st_mode);
    fcntl(number, F_SETFD, FD_CLOEXEC);
    fcntl(number, F_SETFL, flags_ | O_NONBLOCK);
  }
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  void close() {
    if (!stream_.is_open()) return;
    if (is_socket_) {
      ::shutdown(number(), SHUT_WR);
    } else {
      fcntl(number(), F_SETFL, flags_);
    }
    asio::error_code ignored;
    stream_.close(ignored);
  }
  int number() { return stream_.native_handle(); }
  ssize_t write(std::string_view bytes) {
    return is_socket_ ? ::send(number(), bytes.data(), bytes.size(), MSG_NOSIGNAL)
                      : ::write(number(), bytes.data(), bytes.size());
  }
  template <typename Then>
  void wait(asio::posix::descriptor_base::wait_type what, Then&& then) {
    stream_.async_wait(what, std::forward<Then>(then));
  }

 private:
  int flags_;
  asio::posix::stream_descriptor stream_;
  bool is_socket_ = false;
};

Channel::Channel(asio::io_context& io, int in, int out, std::string peer, Surroundings surroundings)
    : io_(io),
      in_(std::make_unique<Descriptor>(io, in)),
      out_(out == in ? nullptr : std::make_unique<Descriptor>(io, out)),
      peer_(std::move(peer)),
      surroundings_(std::move(surroundings)),
      patience_(io) {}

Channel::~Channel() = default;

void Channel::start(const ClientFactory& make) {
  call([&] { client_ = make(*this); });
}

void Channel::send(std::string_view bytes) {
  if (closing_ || ended_) return;
  if (waiting() + bytes.size() > kMostWaiting) {
    flush();
    if (ended_) return;
    if (waiting() + bytes.size() > kMostWaiting) {
      end();
      surroundings_.drowned(peer_);
      return;
    }
  }
  out_bytes_.append(bytes);
  if (!delivering_) flush_later();
}

void Channel::flush_later() {
  if (std::exchange(flush_posted_, true)) return;
  asio::post(io_, [self = shared_from_this()] {
    self->flush_posted_ = false;
    self->flush();
  });
}

void Channel::flush() {
  if (ended_) return;
  while (waiting() > 0) {
    const ssize_t count = write_some(std::string_view(out_bytes_).substr(sent_));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return wait_for_room();
    if (count < 0) return end();
    sent_ += static_cast<std::size_t>(count);
  }
  out_bytes_.clear();
  sent_ = 0;
  if (out_bytes_.capacity() > kKeptCapacity) out_bytes_.shrink_to_fit();
  if (closing_) return end();
  wait_for_input();
}

ssize_t Channel::write_some(std::string_view bytes) { return (out_ ? *out_ : *in_).write(bytes); }

void Channel::wait_for_room() {
  if (sent_ > kEnoughWaiting) {
    out_bytes_.erase(0, sent_);
    sent_ = 0;
  }
  if (std::exchange(writing_, true)) return;
  (out_ ? *out_ : *in_)
      .wait(asio::posix::descriptor_base::wait_write,
            [self = shared_from_this()](const asio::error_code& error) {
              self->writing_ = false;
              if (error != asio::error::operation_aborted) self->flush();
            });
}

void Channel::pause(bool on) {
  paused_ = on;
  wait_for_input();
}

void Channel::wait_for_input() {
  if (reading_ || delivering_ || paused_ || closing_ || ended_ || waiting() > kEnoughWaiting) return;
  reading_ = true;
  if (!untaken_.empty()) {
    asio::post(io_, [self = shared_from_this()] {
      self->reading_ = false;
      self->deliver();
    });
    return;
  }
  // A plain file is always ready, which is told as an error: reading it answers all questions.
  in_->wait(asio::posix::descriptor_base::wait_read,
            [self = shared_from_this()](const asio::error_code& error) {
              self->reading_ = false;
              if (error != asio::error::operation_aborted) self->readable();
            });
}

void Channel::readable() {
  if (closing_ || ended_) return;
  const ssize_t count = ::read(in_->number(), buffer_.data(), buffer_.size());
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return wait_for_input();
  if (count == 0 && waiting() > 0) return close();  // it only has nothing more to say
  if (count <= 0) return end();
  untaken_ = std::string_view(buffer_.data(), static_cast<std::size_t>(count));
  deliver();
}

void Channel::deliver() {
  if (closing_ || ended_ || paused_) return;
  call([&] { client_->received(untaken_); });
}

// What is no Error of this client (a signal, `shutdown`) ends more than it, and goes on.
void Channel::call(const std::function<void()>& body) {
  delivering_ = true;
  try {
    body();
  } catch (const Error& e) {
    surroundings_.report(e);
    close();
  } catch (const std::bad_alloc&) {
    surroundings_.report(Error(fmt::format("no memory for what {} wants", peer_)));
    close();
  } catch (...) {
    delivering_ = false;
    flush_later();
    throw;
  }
  delivering_ = false;
  flush();
  wait_for_input();
}

void Channel::close() {
  if (closing_ || ended_) return;
  closing_ = true;
  patience_.expires_after(kClosePatience);
  patience_.async_wait([self = shared_from_this()](const asio::error_code& error) {
    if (!error) self->end();
  });
  flush_later();
}

void Channel::end_now() {
  if (!ended_) flush();
  end();
}

void Channel::end() {
  if (std::exchange(ended_, true)) return;
  patience_.cancel();
  in_->close();
  if (out_) out_->close();
  asio::post(io_, [self = shared_from_this()] { self->surroundings_.ended(self); });
}

void Channel::bury() {
  const std::unique_ptr<Client> client = std::move(client_);
  if (!client) return;
  try {
    client->closed();
  } catch (const Error& e) {
    surroundings_.report(e);
  }
}

}  // namespace probity::server
