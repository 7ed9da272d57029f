#include "session/semihosting_console.hpp"

namespace probity {

namespace {

class TcpConsole final : public SemihostingConsole {
 public:
  explicit TcpConsole(std::unique_ptr<TcpService> service) : service_(std::move(service)) {}

  bool write(Stream, ByteView bytes) override {
    if (service_->clients() == 0) return false;
    service_->send(bytes);
    return true;
  }

  // A program may wait for a client to come.
  std::optional<Bytes> read(std::size_t limit) override {
    Bytes bytes = service_->receive(limit);
    if (bytes.empty()) return {};
    return bytes;
  }

 private:
  std::unique_ptr<TcpService> service_;
};

}  // namespace

std::unique_ptr<SemihostingConsole> make_tcp_console(std::unique_ptr<TcpService> service) {
  return std::make_unique<TcpConsole>(std::move(service));
}

}  // namespace probity
