// A virtual board with one of the DAP-level probes, the real driver on it, and a Dap.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapter/cmsis_dap/cmsis_dap.hpp"
#include "adapter/remote_bitbang/remote_bitbang.hpp"
#include "base/errors.hpp"
#include "base/log.hpp"
#include "dap/dap.hpp"
#include "vboard/probe/cmsis_dap/firmware.hpp"
#include "vboard/probe/cmsis_dap/model.hpp"
#include "vboard/probe/virtual_bus.hpp"
#include "vboard/serve/cmsis_dap_tcp.hpp"
#include "vboard/serve/remote_bitbang.hpp"
#include "vboard/virtual_host.hpp"

namespace probity {

// A TCP peer in the same thread: the server's protocol without its socket.
class LoopbackStream final : public TcpStream {
 public:
  explicit LoopbackStream(vboard::Connection& peer) : peer_(peer) {}
  void write(ByteView data) override {
    to_peer_.insert(to_peer_.end(), data.begin(), data.end());
    peer_.serve(to_peer_, from_peer_);
  }
  Bytes read(std::size_t length, Milliseconds timeout) override {
    if (from_peer_.size() < length) throw TimeoutError("the peer is silent", "a reply", timeout);
    const auto end = from_peer_.begin() + static_cast<std::ptrdiff_t>(length);
    Bytes data(from_peer_.begin(), end);
    from_peer_.erase(from_peer_.begin(), end);
    return data;
  }

 private:
  vboard::Connection& peer_;
  Bytes to_peer_, from_peer_;
};

// Port 9999: remote_bitbang, 4441: CMSIS-DAP TCP.
class LoopbackTcp final : public TcpConnector {
 public:
  explicit LoopbackTcp(vboard::Board& board) : bitbang_(board) {
    const auto& model = vboard::cmsis_dap::tcp_model();
    plugged_ = vboard::plug(std::make_unique<vboard::cmsis_dap::Firmware>(model, board), board);
    cmsis_dap_ = std::make_unique<vboard::CmsisDapTcpConnection>(board, *plugged_.pipe, model.packet_size,
                                                                 model.packet_count);
  }
  std::unique_ptr<TcpStream> connect(const std::string& host, std::uint16_t port, Milliseconds) override {
    connected_to = host + ":" + std::to_string(port);
    if (port == 9999) return std::make_unique<LoopbackStream>(bitbang_);
    if (port == 4441) return std::make_unique<LoopbackStream>(*cmsis_dap_);
    throw AdapterError("nobody listens at " + connected_to);
  }
  const std::vector<std::string>& probe_errors() const { return plugged_.probe->errors(); }

  std::string connected_to;

 private:
  vboard::RemoteBitbangConnection bitbang_;
  vboard::PluggedProbe plugged_;
  std::unique_ptr<vboard::CmsisDapTcpConnection> cmsis_dap_;
};

enum class Probe { cmsis_dap_v1, cmsis_dap_v2, cmsis_dap_tcp, remote_bitbang };
inline std::string name_of(Probe probe) {
  switch (probe) {
    case Probe::cmsis_dap_v1:
      return "v1";
    case Probe::cmsis_dap_v2:
      return "v2";
    case Probe::cmsis_dap_tcp:
      return "tcp";
    case Probe::remote_bitbang:
      return "bitbang";
  }
  return "?";
}

struct Rig {
  explicit Rig(Probe kind, Transport transport = Transport::swd, const std::string& more = "",
               const std::string& chip = "stm32f407vg")
      : host(chip + (kind == Probe::cmsis_dap_v1 ? ",probe=cmsis-dap-v1" : ",probe=cmsis-dap-v2") + more),
        tcp(host.board()),
        log(host.clock()) {
    log.set_output("/dev/null");
    log.add_listener([this](LogLevel, std::string_view line) { lines.emplace_back(line); });
    const Host reach{host.usb(), host.hid(), tcp, host.clock()};
    AdapterSettings settings;
    settings.speed = kilohertz(4000);
    if (kind == Probe::cmsis_dap_tcp) {
      settings.options["cmsis-dap backend"] = "tcp";
      settings.options["cmsis-dap tcp host"] = "probe.example";
    }
    settings.options["remote_bitbang host"] = "board.example";
    settings.options["remote_bitbang port"] = "9999";
    adapter = kind == Probe::remote_bitbang ? make_remote_bitbang(reach, settings, log)
                                            : make_cmsis_dap(reach, settings, log);
    adapter->open();
    JtagChain chain;
    chain.taps = {{"chip.cpu", 4, {0x4BA00477}, true}, {"chip.bs", 5, {}, true}};
    dap = std::make_unique<Dap>("chip.dap", adapter->connect(transport, chain), host.clock(), log);
  }
  MemPort& memory() { return dap->memory(0); }
  // What the probe's model would not have taken from a host.
  std::vector<std::string> complaints() const {
    std::vector<std::string> all = host.probe_errors();
    all.insert(all.end(), tcp.probe_errors().begin(), tcp.probe_errors().end());
    return all;
  }

  vboard::VirtualHost host;
  LoopbackTcp tcp;
  Log log;
  std::vector<std::string> lines;
  std::unique_ptr<Adapter> adapter;
  std::unique_ptr<Dap> dap;
};

}  // namespace probity
