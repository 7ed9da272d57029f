#include "vboard/serve/bench.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstdio>

#include "vboard/probe/cmsis_dap/firmware.hpp"
#include "vboard/report.hpp"
#include "vboard/serve/cmsis_dap_tcp.hpp"
#include "vboard/serve/remote_bitbang.hpp"
#include "vboard/serve/stlink_server.hpp"

namespace probity::vboard {

Bench::Bench(const Options& options) : board_(options.board), stats_(options.stats) {
  for (const auto& serve : options.serve) {
    listeners_.push_back(std::make_unique<Listener>(
        io_, serve.kind, serve.port, connections(serve.kind, options.probe), [this] { board_.save(); }));
  }
}

void Bench::run() {
  asio::signal_set signals(io_, SIGINT, SIGTERM);
  signals.async_wait([this](std::error_code, int) { io_.stop(); });
  for (const auto& listener : listeners_) {
    fmt::print("listening on {} for {}\n", listener->port(), listener->name());
  }
  std::fflush(stdout);
  io_.run();
  board_.save();
  std::vector<std::string> errors;
  for (const auto& plugged : probes_) {
    for (const auto& what : plugged->probe->errors()) errors.push_back(what);
  }
  write_report(stats_, board_, errors);
}

UsbPipe& Bench::add(std::unique_ptr<Probe> probe) {
  probes_.push_back(std::make_unique<PluggedProbe>(plug(std::move(probe), board_)));
  return *probes_.back()->pipe;
}

ConnectionFactory Bench::connections(const std::string& kind, const std::string& probe) {
  if (kind == "stlink-server") {
    UsbPipe& pipe = add(make_probe(probe, board_));
    return [this, &pipe] { return std::make_unique<StlinkServerConnection>(board_, pipe); };
  }
  if (kind == "cmsis-dap-tcp") {
    const auto& model = cmsis_dap::tcp_model();
    UsbPipe& pipe = add(std::make_unique<cmsis_dap::Firmware>(model, board_));
    return [this, &pipe, &model] {
      return std::make_unique<CmsisDapTcpConnection>(board_, pipe, model.packet_size, model.packet_count);
    };
  }
  return [this] { return std::make_unique<RemoteBitbangConnection>(board_); };
}

}  // namespace probity::vboard
