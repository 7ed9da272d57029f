// JTAG, bit by bit (IEEE 1149.1), and the JTAG-DP's scans (ADIv5.2, part B3). Every function starts and ends
// in Run-Test/Idle.
#pragma once

#include <vector>

#include "base/units.hpp"
#include "vboard/probe/pins.hpp"
#include "vboard/probe/wire_ack.hpp"

namespace probity::vboard {

class JtagPort {
 public:
  explicit JtagPort(Pins& pins) : pins_(pins) {}

  // IR lengths of the TAPs, nearest TDO first. Device 0 is selected.
  void set_chain(std::vector<unsigned> ir_lengths);
  std::size_t device_count() const { return ir_lengths_.size(); }
  // Selects the TAP that the functions below talk to; all others are put into bypass. Requires index <
  // device_count().
  void select_device(std::size_t index);

  // Test-Logic-Reset, from any state.
  void reset();
  // Identity of each TAP after reset, nearest TDO first; a TAP without IDCODE shows as 0. At most `limit`.
  std::vector<std::uint32_t> scan_idcodes(std::size_t limit = 8);

  // Loads the selected TAP's instruction register, all ones into the others.
  void load_ir(std::uint32_t instruction);
  // 32 bits of the selected data register, zeros shifted in.
  std::uint32_t read_dr32();
  // One DPACC or APACC scan: sends the request, brings back the acknowledge and the result of the previous
  // one.
  WireAck scan(const WireRequest& request, std::uint32_t data, std::uint32_t& previous_result);
  // The same with SWD's semantics: a DP read returns its own result (at the cost of one more scan), an AP
  // read that of the AP read before. The added scan is repeated up to `retries` times on WAIT.
  WireAck transfer(const WireRequest& request, std::uint32_t& data, unsigned retries);
  // Somebody else moved the TAP: load the instruction again at the next scan.
  void forget_instruction() { instruction_ = ~0u; }
  // Writes the ABORT register.
  void abort(std::uint32_t value);
  void idle(unsigned cycles);

 private:
  std::uint64_t shift_dr(std::uint64_t bits, unsigned count);
  std::uint64_t shift(std::uint64_t bits, unsigned count, std::size_t ones_before, std::size_t ones_after);

  Pins& pins_;
  std::vector<unsigned> ir_lengths_;
  std::size_t device_ = 0;
  std::uint32_t instruction_ = ~0u;  // loaded into the selected TAP; ~0: not known
};

}  // namespace probity::vboard
