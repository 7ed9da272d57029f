// RTT of a run: what `rtt setup` and `rtt start` chose, its turn among the session's tasks, and the TCP ports
// that carry its channels.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "session/tasks.hpp"
#include "session/tcp_service.hpp"
#include "target/rtt/rtt.hpp"

namespace probity {

class Session;

class RttService {
 public:
  // `session` must outlive it.
  explicit RttService(Session& session);
  ~RttService();
  RttService(const RttService&) = delete;
  RttService& operator=(const RttService&) = delete;

  // Of the current target; from the next start() on. ConfigError where the settings cannot be.
  void setup(const RttSettings& settings);
  bool configured() const { return settings_.has_value(); }
  // Searches the control block, and goes on searching where it finds none. Nothing where it runs already with
  // these settings. ConfigError before setup().
  void start();
  void stop();
  // The target goes; the settings stay.
  void forget_target();

  Milliseconds interval() const { return interval_; }
  void set_interval(Milliseconds interval);

  // TargetError where no control block was found.
  Rtt& channels();

  // A TCP port for a channel, as given by the user; also before start(). ConfigError where it cannot be had.
  void open_server(const std::string& port, unsigned channel, const std::string& greeting);
  // False: there is none.
  bool close_server(const std::string& port);
  void close_servers();

 private:
  class Server;
  void turn();

  Session& session_;
  std::optional<RttSettings> settings_;
  std::string target_;  // whose memory
  std::unique_ptr<Rtt> rtt_;
  std::optional<Tasks::Id> task_;
  Milliseconds interval_{100};                              // OpenOCD 0.12.0's
  std::map<std::string, std::unique_ptr<Server>> servers_;  // by port
  bool failing_ = false;                                    // that the target cannot be reached was said
};

}  // namespace probity
