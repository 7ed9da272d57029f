// A Connection over file descriptors: a socket, or stdin and stdout.
#pragma once

#include <asio.hpp>

#include <array>
#include <functional>
#include <memory>
#include <string>

#include "base/errors.hpp"
#include "server/connection.hpp"

namespace probity::server {

class Channel final : public Connection, public std::enable_shared_from_this<Channel> {
 public:
  // What it needs of its surroundings; all must outlive the event loop's last turn.
  struct Surroundings {
    std::function<void(const std::shared_ptr<Channel>&)> ended;  // called once, from the event loop alone
    std::function<void(const Error&)> report;  // an Error that the client's protocol let out; it is closed
    std::function<void(const std::string& peer)> drowned;  // dropped because it takes nothing
  };

  // Takes `in` and `out` over, which may be the same.
  Channel(asio::io_context& io, int in, int out, std::string peer, Surroundings surroundings);
  ~Channel() override;
  void start(const ClientFactory& make);

  void send(std::string_view bytes) override;
  void flush() override;
  void close() override;
  std::string peer() const override { return peer_; }
  std::size_t waiting() const override { return out_bytes_.size() - sent_; }
  void pause(bool on) override;

  // Sends what is taken at once and closes the descriptors.
  void end_now();
  // Tells the client, and destroys it.
  void bury();

 private:
  class Descriptor;

  void wait_for_input();
  void readable();
  void deliver();
  void call(const std::function<void()>& body);
  void wait_for_room();
  void flush_later();
  void end();
  ssize_t write_some(std::string_view bytes);

  asio::io_context& io_;
  std::unique_ptr<Descriptor> in_, out_;  // out_ is null where in_ is both
  std::string peer_;
  Surroundings surroundings_;
  std::unique_ptr<Client> client_;
  asio::steady_timer patience_;  // for a close() whose client takes nothing
  std::string out_bytes_;
  std::size_t sent_ = 0;  // of out_bytes_
  std::array<char, 16 * 1024> buffer_;
  std::string_view untaken_;  // of buffer_, by the client
  bool reading_ = false, writing_ = false, delivering_ = false, flush_posted_ = false;
  bool paused_ = false, closing_ = false, ended_ = false;
};

}  // namespace probity::server
