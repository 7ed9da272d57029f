// Scans through a chain of TAPs, in bits: the debug port's TAP gets what is meant for it, all others stay in
// BYPASS. TAPs are counted from TDO (as `jtag newtap` declares them): what is shifted first ends up in, and
// comes out of, the TAP nearest TDO.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "wire/bit_vector.hpp"
#include "wire/jtag_tap.hpp"

namespace probity::jtag {

// What one clocked stretch drives: TMS and TDI for each cycle.
struct Stretch {
  BitVector tms, tdi;

  std::size_t size() const { return tms.size(); }
  void append(const Stretch& more);
};

// TMS levels alone, TDI high.
Stretch move(TapState from, TapState to);

// From Run-Test/Idle through Shift and back to Run-Test/Idle, shifting `bits`. `first_shift` is the cycle in
// which the first bit is shifted (TDO is sampled there).
struct Scan {
  Stretch stretch;
  std::size_t first_shift = 0;
};
Scan scan_ir(const BitVector& bits);
Scan scan_dr(const BitVector& bits);

// A chain and the TAP in it that is meant.
class Chain {
 public:
  // `index` < ir_lengths.size(); ConfigError otherwise.
  Chain(std::vector<unsigned> ir_lengths, std::size_t index);

  // IR bits for the whole chain: `instruction` for our TAP, ones (BYPASS) for all others.
  BitVector ir(std::uint64_t instruction) const;
  // DR bits for the whole chain; our TAP's own begin at dr_offset(), in what is shifted in and in what comes
  // out.
  BitVector dr(const BitVector& own) const;
  std::size_t dr_offset() const { return index_; }
  const std::vector<unsigned>& ir_lengths() const { return ir_lengths_; }
  std::size_t index() const { return index_; }

 private:
  std::vector<unsigned> ir_lengths_;
  std::size_t index_;
};

// --- JTAG-DP (ADIv5.2, IHI 0031, B3.2-B3.4): 4-bit instructions, 35-bit DPACC/APACC/ABORT registers ---
enum class DpInstruction : std::uint8_t { abort = 0x8, dpacc = 0xA, apacc = 0xB, idcode = 0xE, bypass = 0xF };
inline constexpr std::size_t kAccessBits = 35;
enum class AccessAck : std::uint8_t { wait = 1, ok_fault = 2 };

// RnW in bit 0, A[3:2] in bits 2:1, data in bits 34:3.
BitVector access(bool read, std::uint8_t a, std::uint32_t value);
// What comes out: the ACK and, for a read before, its result.
struct AccessResult {
  std::uint8_t ack = 0;
  std::uint32_t value = 0;
};
AccessResult access_result(const BitVector& bits, std::size_t offset);

// After Test-Logic-Reset every TAP puts its IDCODE (bit 0 is 1) or BYPASS (a single 0) into the DR path.
// Reads what comes out of TDO while ones are shifted in; 32 ones mark the end of the chain. A BYPASS is given
// as 0. Nothing where the end mark does not come, as on a dead wire.
std::optional<std::vector<std::uint32_t>> parse_idcodes(const BitVector& tdo);

}  // namespace probity::jtag
