#include "session/rtt_service.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/errors.hpp"
#include "session/session.hpp"

namespace probity {

class RttService::Server final : public RttClient {
 public:
  Server(std::unique_ptr<TcpService> port, unsigned channel) : port_(std::move(port)), channel_(channel) {}
  unsigned channel() const override { return channel_; }
  bool wants() const override { return port_->clients() > 0; }
  void take(ByteView bytes) override { port_->send(bytes); }
  Bytes give(std::size_t room) override { return port_->receive(room); }

 private:
  std::unique_ptr<TcpService> port_;
  unsigned channel_;
};

RttService::RttService(Session& session) : session_(session) {}
RttService::~RttService() = default;

void RttService::setup(const RttSettings& settings) {
  const TargetEntry& target = session_.current();
  // Refuses what cannot be, before it is kept.
  if (target.target) Rtt(target.target->memory(), session_.clock(), session_.log(), settings);
  target_ = target.name;
  settings_ = settings;
  forget_target();
}

void RttService::forget_target() {
  if (task_) session_.tasks().remove(*std::exchange(task_, {}));
  rtt_.reset();
}

void RttService::start() {
  if (!settings_) throw ConfigError("RTT is not configured");
  if (!rtt_) {
    rtt_ = std::make_unique<Rtt>(session_.target(target_).memory(), session_.clock(), session_.log(),
                                 *settings_);
  }
  if (!task_) task_ = session_.tasks().add(interval_, [this] { turn(); });
  if (rtt_->found()) return;
  Log& log = session_.log();
  log.info("rtt: Searching for control block '{}'", settings_->id);
  if (rtt_->search()) {
    log.info("rtt: Control block found at {:#x}", rtt_->control_block().range.begin);
  } else {
    log.info("rtt: No control block found");
  }
}

void RttService::stop() {
  if (!settings_) throw ConfigError("rtt: Not configured");
  if (task_) session_.tasks().remove(*std::exchange(task_, {}));
}

void RttService::set_interval(Milliseconds interval) {
  if (interval.count() == 0) throw ConfigError("Failed to set polling interval: it is at least 1 ms");
  interval_ = interval;
  if (task_) session_.tasks().set_period(*task_, interval);
}

Rtt& RttService::channels() {
  if (!rtt_ || !rtt_->found()) throw TargetError("rtt: Control block not available");
  return *rtt_;
}

void RttService::open_server(const std::string& port, unsigned channel, const std::string& greeting) {
  if (servers_.contains(port))
    throw ConfigError(fmt::format("rtt: there is a server at port {} already", port));
  if (!session_.open_tcp_service) throw ConfigError("rtt: there are no servers in this run");
  auto service = session_.open_tcp_service({"rtt", port, greeting});
  servers_.emplace(port, std::make_unique<Server>(std::move(service), channel));
}

void RttService::close_servers() { servers_.clear(); }

bool RttService::close_server(const std::string& port) { return servers_.erase(port) > 0; }

// What cannot be reached now (a reset, a sleeping chip) may be reached at the next turn.
void RttService::turn() {
  std::vector<RttClient*> clients;
  for (const auto& [port, server] : servers_) clients.push_back(server.get());
  try {
    rtt_->turn(clients);
    failing_ = false;
  } catch (const DeviceGone&) {
    throw;
  } catch (Error& e) {
    if (std::exchange(failing_, true)) return;
    e.add_context("rtt");
    throw;
  }
}

}  // namespace probity
