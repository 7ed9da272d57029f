// One board, the probes its servers need, and the servers: what `vboard` runs.
#pragma once

#include <asio.hpp>

#include <memory>
#include <string>
#include <vector>

#include "vboard/board.hpp"
#include "vboard/probe/virtual_bus.hpp"
#include "vboard/serve/listener.hpp"
#include "vboard/serve/options.hpp"

namespace probity::vboard {

class Bench {
 public:
  // ConfigError: the chip, its flash file, a probe or a port cannot be had.
  explicit Bench(const Options& options);

  // Prints "listening on PORT for KIND" for each server and serves until SIGINT or SIGTERM; then saves the
  // flash and writes the statistics. ConfigError where a file cannot be written.
  void run();

 private:
  UsbPipe& add(std::unique_ptr<Probe> probe);
  ConnectionFactory connections(const std::string& kind, const std::string& probe);

  Board board_;
  std::string stats_;
  std::vector<std::unique_ptr<PluggedProbe>> probes_;
  asio::io_context io_;
  std::vector<std::unique_ptr<Listener>> listeners_;
};

}  // namespace probity::vboard
