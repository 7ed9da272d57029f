#include "vboard/serve/bench.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

#include "base/errors.hpp"
#include "vboard/probe/cmsis_dap/firmware.hpp"
#include "vboard/report.hpp"
#include "vboard/serve/cmsis_dap_tcp.hpp"
#include "vboard/serve/control_port.hpp"
#include "vboard/serve/remote_bitbang.hpp"
#include "vboard/serve/stlink_server.hpp"
#include "vboard/serve/usbip_connection.hpp"

namespace probity::vboard {

namespace {
asio::ip::address parse_address(const std::string& text) {
  std::error_code failed;
  auto address = asio::ip::make_address(text, failed);
  if (failed) throw ConfigError(fmt::format("--bind {}: an IP address is wanted", text));
  return address;
}
}  // namespace

UsbPipe& Bench::Station::add(std::string kind, std::unique_ptr<Probe> probe) {
  probes.push_back({std::move(kind), plug(std::move(probe), board)});
  return *probes.back().plugged.pipe;
}

std::vector<std::string> Bench::Station::complaints() const {
  std::vector<std::string> all;
  for (const auto& wired : probes) {
    for (const auto& what : wired.plugged.probe->errors()) {
      all.push_back(fmt::format("{}: {}", wired.kind, what));
    }
  }
  return all;
}

Bench::Bench(const Options& options) {
  const auto address = parse_address(options.bind);
  for (const auto& spec : options.boards) stations_.emplace_back(spec);
  ProbeMaker maker;
  for (std::size_t i = 0; i < stations_.size(); ++i) {
    Station& station = stations_[i];
    for (const auto& kind : options.boards[i].probes) {
      exports_.add(kind, station.add(kind, maker.make(kind, station.board, options.boards[i].probe)),
                   station.board);
    }
  }
  for (const auto& serve : options.serve) {
    listeners_.push_back(std::make_unique<Listener>(io_, asio::ip::tcp::endpoint(address, serve.port),
                                                    service(serve.kind, options.boards.front())));
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
  save();
  for (auto& station : stations_) write_report(station.stats, station.board, station.complaints());
}

void Bench::save() {
  for (auto& station : stations_) station.board.save();
}

// A file that cannot be written now must not end what others do meanwhile; the end tries again.
void Bench::save_between_clients() {
  try {
    save();
  } catch (const Error& e) {
    fmt::print(stderr, "vboard: {}\n", e.describe());
  }
}

Listener::Service Bench::service(const std::string& kind, const BoardSpec& first) {
  Listener::Service service{kind, Listener::Clients::one_at_a_time, {}, [this] { save_between_clients(); }};
  if (kind == "stlink-server") {
    service.make = stlink_server(first);
  } else if (kind == "cmsis-dap-tcp") {
    service.make = cmsis_dap_tcp();
  } else if (kind == "remote-bitbang") {
    Board& board = stations_.front().board;
    service.make = [&board](const HangUp&) { return std::make_unique<RemoteBitbangConnection>(board); };
  } else if (kind == "usbip") {
    service.clients = Listener::Clients::many;
    service.make = [this](HangUp hang_up) {
      return std::make_unique<UsbipConnection>(exports_, std::move(hang_up));
    };
  } else {
    service.clients = Listener::Clients::many;
    service.make = [this](const HangUp&) {
      return std::make_unique<ControlConnection>(exports_, [this] { save(); });
    };
    service.on_close = [] {};
  }
  return service;
}

// A probe of its own: the one that usbip offers may be in the hands of another host.
ConnectionFactory Bench::stlink_server(const BoardSpec& first) {
  const auto kind = std::find_if(first.probes.begin(), first.probes.end(),
                                 [](const std::string& k) { return k.starts_with("stlink"); });
  Board& board = stations_.front().board;
  UsbPipe& pipe = stations_.front().add(*kind, make_probe(*kind, board, first.probe));
  return [&board, &pipe](const HangUp&) { return std::make_unique<StlinkServerConnection>(board, pipe); };
}

ConnectionFactory Bench::cmsis_dap_tcp() {
  const auto& model = cmsis_dap::tcp_model();
  Board& board = stations_.front().board;
  UsbPipe& pipe = stations_.front().add("cmsis-dap-tcp", std::make_unique<cmsis_dap::Firmware>(model, board));
  return [&board, &pipe, &model](const HangUp&) {
    return std::make_unique<CmsisDapTcpConnection>(board, pipe, model.packet_size, model.packet_count);
  };
}

}  // namespace probity::vboard
