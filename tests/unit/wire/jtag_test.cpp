#include <gtest/gtest.h>

#include "base/errors.hpp"
#include "wire/jtag_scan.hpp"
#include "wire/jtag_tap.hpp"

namespace probity::jtag::jtag_test {
namespace {

TapState walk(TapState state, const BitVector& tms) {
  for (std::size_t i = 0; i < tms.size(); ++i) state = next(state, tms[i]);
  return state;
}

TEST(JtagTap, FiveOnesResetFromAnywhere) {
  for (std::size_t i = 0; i < kTapStates; ++i) {
    EXPECT_EQ(walk(static_cast<TapState>(i), BitVector::repeat(true, 5)), TapState::test_logic_reset);
  }
}

TEST(JtagTap, PathsLeadThereAndNoneIsLongerThanEight) {
  for (std::size_t from = 0; from < kTapStates; ++from) {
    for (std::size_t to = 0; to < kTapStates; ++to) {
      const auto a = static_cast<TapState>(from), b = static_cast<TapState>(to);
      const BitVector tms = path(a, b);
      EXPECT_EQ(walk(a, tms), b);
      EXPECT_LE(tms.size(), 8u);
    }
  }
}

TEST(JtagTap, KnownShortestPaths) {
  EXPECT_TRUE(path(TapState::pause_dr, TapState::pause_dr).empty());
  EXPECT_EQ(path(TapState::run_test_idle, TapState::shift_dr), BitVector::of(0b001, 3));
  EXPECT_EQ(path(TapState::run_test_idle, TapState::shift_ir), BitVector::of(0b0011, 4));
  EXPECT_EQ(path(TapState::exit1_ir, TapState::run_test_idle), BitVector::of(0b01, 2));
}

// A chain of simulated TAPs: follows TMS, shifts between TDI and TDO, remembers what was updated.
class SimulatedTap {
 public:
  SimulatedTap(unsigned ir_length, std::uint32_t idcode) : ir_length_(ir_length), idcode_(idcode) {}

  bool tdo() const { return (shift_ & 1) != 0; }
  void clock(bool tms, bool tdi) {
    if (state_ == TapState::shift_dr || state_ == TapState::shift_ir) {
      shift_ = shift_ >> 1 | std::uint64_t{tdi} << (length_ - 1);
    }
    state_ = next(state_, tms);
    const std::uint64_t bypass = (1ull << ir_length_) - 1;
    if (state_ == TapState::test_logic_reset) ir = idcode_ != 0 ? 0xE : bypass;
    if (state_ == TapState::update_ir) ir = shift_;
    if (state_ == TapState::update_dr) dr = shift_;
    if (state_ == TapState::capture_ir) load(1, ir_length_);
    if (state_ == TapState::capture_dr) {
      if (ir == 0xE && idcode_ != 0) {
        load(idcode_, 32);
      } else if (ir == bypass) {
        load(0, 1);
      } else {
        load(captured, 35);
      }
    }
  }

  std::uint64_t ir = 0, dr = 0;
  std::uint64_t captured = 0;

 private:
  void load(std::uint64_t value, unsigned length) {
    shift_ = value;
    length_ = length;
  }
  unsigned ir_length_;
  std::uint32_t idcode_;
  TapState state_ = TapState::test_logic_reset;
  std::uint64_t shift_ = 0;
  unsigned length_ = 1;
};

struct SimulatedChain {
  std::vector<SimulatedTap> taps;  // nearest TDO first

  BitVector drive(const Stretch& stretch) {
    BitVector tdo;
    for (std::size_t i = 0; i < stretch.size(); ++i) {
      tdo.push(taps.front().tdo());
      std::vector<bool> out;
      for (const auto& tap : taps) out.push_back(tap.tdo());
      for (std::size_t t = 0; t < taps.size(); ++t) {
        taps[t].clock(stretch.tms[i], t + 1 < taps.size() ? out[t + 1] : stretch.tdi[i]);
      }
    }
    return tdo;
  }
};

// As on an STM32: JTAG-DP nearest TDO, boundary scan nearer TDI.
SimulatedChain stm32() { return {{{4, 0x4BA00477}, {5, 0x06413041}}}; }

TEST(JtagScan, IrGoesToOurTapAndBypassToTheOthers) {
  for (const std::size_t index : {0u, 1u}) {
    SimulatedChain chain = stm32();
    chain.drive(move(TapState::test_logic_reset, TapState::run_test_idle));
    const Chain ours({4, 5}, index);
    chain.drive(scan_ir(ours.ir(0xA)).stretch);
    EXPECT_EQ(chain.taps[index].ir, 0xAu);
    EXPECT_EQ(chain.taps[1 - index].ir, index == 0 ? 0x1Fu : 0xFu);
  }
}

TEST(JtagScan, DrGoesPastTheTapsInBypassBothWays) {
  for (const std::size_t index : {0u, 1u}) {
    SimulatedChain chain = stm32();
    chain.drive(move(TapState::test_logic_reset, TapState::run_test_idle));
    const Chain ours({4, 5}, index);
    chain.drive(scan_ir(ours.ir(0xA)).stretch);
    chain.taps[index].captured = std::uint64_t{0xCAFEBABE} << 3 | 2;
    const Scan scan = scan_dr(ours.dr(access(true, 0xC, 0x12345678)));
    const BitVector tdo = chain.drive(scan.stretch);
    EXPECT_EQ(chain.taps[index].dr, std::uint64_t{0x12345678} << 3 | 0b11 << 1 | 1);
    const AccessResult result = access_result(tdo, scan.first_shift + ours.dr_offset());
    EXPECT_EQ(result.ack, 2u);
    EXPECT_EQ(result.value, 0xCAFEBABEu);
  }
}

TEST(JtagScan, IdcodesOfAChain) {
  SimulatedChain chain = {{{4, 0x4BA00477}, {8, 0}, {5, 0x06413041}}};
  chain.drive({BitVector::of(0b011111, 6), BitVector::repeat(true, 6)});
  const Scan scan = scan_dr(BitVector::repeat(true, 32 * 4));
  const BitVector tdo = chain.drive(scan.stretch);
  const auto ids = parse_idcodes(tdo.slice(scan.first_shift, 32 * 4));
  EXPECT_EQ(ids, (std::vector<std::uint32_t>{0x4BA00477, 0, 0x06413041}));
}

TEST(JtagScan, DeadWiresHaveNoIdcodes) {
  EXPECT_EQ(parse_idcodes(BitVector::repeat(false, 128)), std::nullopt);
  EXPECT_EQ(parse_idcodes(BitVector::repeat(true, 128)), std::vector<std::uint32_t>());
}

TEST(JtagScan, AChainWithoutOurTapIsRefused) { EXPECT_THROW(Chain({4}, 1), ConfigError); }

}  // namespace
}  // namespace probity::jtag::jtag_test
