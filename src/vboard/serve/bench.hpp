// The boards, their probes and the servers: what `vboard` runs.
#pragma once

#include <asio.hpp>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "vboard/board.hpp"
#include "vboard/probe/virtual_bus.hpp"
#include "vboard/serve/listener.hpp"
#include "vboard/serve/options.hpp"
#include "vboard/serve/usbip_exports.hpp"

namespace probity::vboard {

class Bench {
 public:
  // ConfigError: a chip, its flash file, a probe, the address or a port cannot be had.
  explicit Bench(const Options& options);

  // Prints "listening on PORT for KIND" for each server and serves until SIGINT or SIGTERM; then saves the
  // flash and writes the statistics. ConfigError where a file cannot be written.
  void run();

 private:
  // A board with everything that is wired to it.
  struct Station {
    explicit Station(const BoardSpec& spec) : board(spec.board), stats(spec.stats) {}
    UsbPipe& add(std::string kind, std::unique_ptr<Probe> probe);
    // What the probes were asked that no real firmware takes, each after the probe's kind.
    std::vector<std::string> complaints() const;

    struct WiredProbe {
      std::string kind;
      PluggedProbe plugged;
    };
    Board board;
    std::string stats;
    std::deque<WiredProbe> probes;
  };

  Listener::Service service(const std::string& kind, const BoardSpec& first);
  ConnectionFactory stlink_server(const BoardSpec& first);
  ConnectionFactory cmsis_dap_tcp();
  void save();
  void save_between_clients();

  std::deque<Station> stations_;  // probes and connections keep references
  Exports exports_;
  asio::io_context io_;
  std::vector<std::unique_ptr<Listener>> listeners_;
};

}  // namespace probity::vboard
