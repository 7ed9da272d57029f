// Link: DAP transfers over a CMSIS-DAP probe: batches cut into packets, several in flight.
#pragma once

#include <optional>

#include "adapter/cmsis_dap/probe.hpp"
#include "adapter/dap_link.hpp"
#include "adapter/jtag_pins.hpp"
#include "wire/jtag_scan.hpp"

namespace probity::cmsis_dap {

// One packet of a batch: the transfers [first, first + count).
struct PlannedPacket {
  enum class Kind { transfer, block, abort } kind;
  std::size_t first, count;
};
// Cuts `transfers` into packets of at most `packet_size` bytes, both ways: DAP_TransferBlock for runs of one
// register, DAP_Transfer for the rest, DAP_WriteABORT for writes of ABORT (which a JTAG-DP has no DPACC
// address for).
std::vector<PlannedPacket> plan_packets(std::span<const DapTransfer> transfers, std::size_t packet_size);

// What became of one packet's transfers: `done` of them are ok with their values filled in; the next one got
// `ack`. `certain` is false where that one may have been accepted all the same.
struct PacketOutcome {
  std::size_t done = 0;
  Ack ack = Ack::ok;
  bool certain = true;
};
// AdapterError where count, acknowledge and data do not fit together.
PacketOutcome take_result(std::span<DapTransfer> transfers, const TransferResult& result, bool block);

// A WAIT is given as a value only where repeating that transfer and all behind it is right; otherwise run()
// throws DapError. `chain` is nothing for SWD. `probe` must outlive the link.
class Link final : public DapLink, public JtagPins {
 public:
  Link(Probe& probe, Log& log, std::optional<jtag::Chain> chain);

  std::size_t run(std::span<DapTransfer> transfers) override;
  std::uint32_t reconnect() override;
  std::uint32_t select_target(std::uint32_t targetsel, bool wake) override;
  std::optional<std::uint32_t> selected_target() const override { return selected_; }
  std::vector<std::uint32_t> idcodes() override { return idcodes_; }
  BitVector clock_pins(const jtag::Stretch& stretch, std::size_t sample_begin,
                       std::size_t sample_count) override;
  std::size_t round_trips() const override { return round_trips_; }

  // Sets the wire's clock, and with it how long the probe repeats a WAIT by itself.
  void set_speed(Hertz speed);

 private:
  Bytes encode(const PlannedPacket& packet, std::span<const DapTransfer> transfers) const;
  std::uint32_t reconnect_swd();
  std::uint32_t reconnect_jtag();
  void send_sequence(const BitVector& bits);
  void write_targetsel(std::uint32_t value);
  BitVector scan(const jtag::Scan& scan, std::size_t capture);
  std::uint8_t dap_index() const {
    return chain_ ? static_cast<std::uint8_t>(chain_->index()) : std::uint8_t{0};
  }

  Probe& probe_;
  Log& log_;
  std::optional<jtag::Chain> chain_;
  std::vector<std::uint32_t> idcodes_;
  std::optional<std::uint32_t> selected_;  // TARGETSEL of the port spoken to, on a multi-drop wire
  std::size_t round_trips_ = 0;
  Milliseconds packet_timeout_{2000};
};

}  // namespace probity::cmsis_dap
