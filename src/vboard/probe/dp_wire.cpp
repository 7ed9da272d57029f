#include <algorithm>

#include "vboard/probe/dap_client.hpp"

namespace probity::vboard {

namespace {

class SwdWire final : public DpWire {
 public:
  explicit SwdWire(Pins& pins) : port_(pins) {}

  WireAck transfer(const WireRequest& request, std::uint32_t& data) override {
    return port_.transfer(request, data);
  }

  std::optional<std::uint32_t> connect() override {
    port_.select();
    std::uint32_t dpidr = 0;
    if (port_.transfer({.read = true}, dpidr) != WireAck::ok) return std::nullopt;
    dpidr_ = dpidr;
    return dpidr;
  }

  bool faults_are_silent() const override { return false; }
  void idle(unsigned cycles) override { port_.idle(cycles); }
  std::vector<std::uint32_t> idcodes() const override { return {dpidr_}; }

 private:
  SwdPort port_;
  std::uint32_t dpidr_ = 0;
};

class JtagWire final : public DpWire {
 public:
  explicit JtagWire(Pins& pins) : port_(pins), pins_(pins) {}

  WireAck transfer(const WireRequest& request, std::uint32_t& data) override {
    return port_.transfer(request, data, DapClient::kWaitRetries);
  }

  std::optional<std::uint32_t> connect() override {
    select_jtag();
    ids_ = port_.scan_idcodes();
    // Arm's debug ports: designer 0x23B, part 0xBAxx (ADIv5.2, B3.4.3). Any other TAP on an STM32 is the
    // boundary-scan TAP with its 5-bit instruction register (RM0090, 38.6).
    const auto is_dp = [](std::uint32_t id) { return (id & 0x0FF00FFF) == 0x0BA00477; };
    const auto dp = std::find_if(ids_.begin(), ids_.end(), is_dp);
    if (dp == ids_.end()) return std::nullopt;
    std::vector<unsigned> lengths;
    for (const std::uint32_t id : ids_) lengths.push_back(is_dp(id) ? 4 : 5);
    port_.set_chain(std::move(lengths));
    port_.select_device(static_cast<std::size_t>(dp - ids_.begin()));
    return *dp;
  }

  bool faults_are_silent() const override { return true; }
  void idle(unsigned cycles) override { port_.idle(cycles); }
  std::vector<std::uint32_t> idcodes() const override { return ids_; }

 private:
  // SWD-to-JTAG (ADIv5.2, B5.2.2): at least 50 ones, 0xE73C, ones; harmless where JTAG is selected already.
  void select_jtag() {
    for (unsigned i = 0; i < 56; ++i) pins_.jtag_cycle(true, true);
    for (unsigned i = 0; i < 16; ++i) pins_.jtag_cycle((0xE73C >> i & 1) != 0, true);
  }

  JtagPort port_;
  Pins& pins_;
  std::vector<std::uint32_t> ids_;
};

}  // namespace

std::unique_ptr<DpWire> make_swd_wire(Pins& pins) { return std::make_unique<SwdWire>(pins); }
std::unique_ptr<DpWire> make_jtag_wire(Pins& pins) { return std::make_unique<JtagWire>(pins); }

}  // namespace probity::vboard
