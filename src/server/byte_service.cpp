#include "server/byte_service.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace probity::server {

namespace {

// What a client may let wait before bytes are lost to it, and what may wait of theirs before somebody takes
// it.
constexpr std::size_t kMostUnsent = 1024 * 1024, kMostUnread = 64 * 1024;

}  // namespace

// The clients of one port.
class ByteServices::Crowd {
 public:
  Crowd(Premises& premises, const asio::ip::address& address, const TcpServiceRequest& request)
      : log_(premises.log),
        greeting_(request.greeting),
        listener_(std::make_unique<Listener>(premises, address,
                                             server::Service{request.name, request.port, 0,
                                                             [this](Connection& connection) {
                                                               return std::make_unique<Reader>(*this,
                                                                                               connection);
                                                             }})),
        port_(listener_->port()) {}

  void close() { listener_.reset(); }
  std::uint16_t port() const { return port_; }
  std::size_t size() const { return readers_.size(); }

  void send(std::string_view bytes) {
    for (Reader* reader : readers_) reader->send(bytes);
  }

  Bytes receive(std::size_t limit) {
    const std::size_t count = std::min(limit, unread_.size());
    const Bytes taken(unread_.begin(), unread_.begin() + static_cast<std::ptrdiff_t>(count));
    unread_.erase(0, count);
    if (paused_ && unread_.size() < kMostUnread) pause(false);
    return taken;
  }

 private:
  struct Reader final : Client {
    Reader(Crowd& its_crowd, Connection& its_connection) : crowd(its_crowd), connection(its_connection) {
      crowd.readers_.insert(this);
      connection.send(crowd.greeting_);
      if (crowd.paused_) connection.pause(true);
    }
    ~Reader() override { crowd.readers_.erase(this); }

    void received(std::string_view& bytes) override {
      crowd.unread_.append(std::exchange(bytes, {}));
      if (crowd.unread_.size() >= kMostUnread) crowd.pause(true);
    }
    void send(std::string_view bytes) {
      if (connection.waiting() + bytes.size() <= kMostUnsent) {
        losing = false;
        return connection.send(bytes);
      }
      if (!std::exchange(losing, true)) {
        crowd.log_.warn("{} does not take its bytes fast enough: some are lost", connection.peer());
      }
    }

    Crowd& crowd;
    Connection& connection;
    bool losing = false;
  };

  void pause(bool on) {
    paused_ = on;
    for (Reader* reader : readers_) reader->connection.pause(on);
  }

  Log& log_;
  std::string greeting_, unread_;
  bool paused_ = false;
  std::set<Reader*> readers_;
  std::unique_ptr<Listener> listener_;
  std::uint16_t port_;
};

class ByteServices::Service final : public TcpService {
 public:
  explicit Service(std::shared_ptr<Crowd> crowd) : crowd_(std::move(crowd)) {}
  ~Service() override { crowd_->close(); }
  std::uint16_t port() const override { return crowd_->port(); }
  std::size_t clients() const override { return crowd_->size(); }
  void send(std::span<const std::uint8_t> bytes) override {
    crowd_->send({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  }
  Bytes receive(std::size_t limit) override { return crowd_->receive(limit); }

 private:
  std::shared_ptr<Crowd> crowd_;
};

ByteServices::~ByteServices() {
  for (const auto& weak : crowds_) {
    if (const auto crowd = weak.lock()) crowd->close();
  }
}

std::unique_ptr<TcpService> ByteServices::open(const asio::ip::address& address,
                                               const TcpServiceRequest& request) {
  std::erase_if(crowds_, [](const auto& weak) { return weak.expired(); });
  const auto crowd = std::make_shared<Crowd>(premises_, address, request);
  crowds_.push_back(crowd);
  return std::make_unique<Service>(crowd);
}

}  // namespace probity::server
