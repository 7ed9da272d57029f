// Against Unicorn's Cortex-M0, M3 and M33: what each of them has, and what it has not. Left out beyond
// core_oracle.hpp's list: what may jump out of the code (BX, BLX, POP with PC), hints that sleep, CPS, MSR
// and MRS; SP as an operand of arithmetic, which QEMU does not hold to multiples of 4 everywhere; CBZ, IT and
// SETEND, which Unicorn's M0 executes (core_v6m_test.cpp has them); LDA to unaligned addresses, which its M33
// does.
#include <algorithm>

#include "core_oracle.hpp"

namespace probity::vboard::test::core_architecture_oracle_test {
namespace {

CoreFacts core(Architecture architecture, std::uint32_t cpuid) {
  CoreFacts facts;
  facts.architecture = architecture;
  facts.cpuid = cpuid;
  facts.has_fpu = facts.has_bit_band = false;
  facts.mpu_regions = 0;
  return facts;
}

class OracleM0 : public Oracle {
 protected:
  OracleM0() : Oracle(core(Architecture::v6m, 0x410CC200), UC_CPU_ARM_CORTEX_M0) { apsr_ = 0xF0000000; }

  // Bases that mostly point into RAM, half of them at any byte.
  void randomise_pointers() {
    randomise();
    const std::uint32_t step = (random() & 1) != 0 ? 4 : 1;
    for (unsigned n = 0; n < 8; ++n) {
      if (random() % 8 != 0) state_.r[n] = kRam + kRamSize / 4 + random() % 0x800 * step;
    }
    for (unsigned n = 0; n < 8; ++n)
      state_.r[n] |= state_.r[n] < 0x1000 ? 0x1000 : 0;  // 0 is the vector table
    if (random() % 4 == 0) state_.r[random() % 8] = 0x1000 + random() % 0x100;
  }
  static bool comparable(std::uint32_t half) {
    if ((half & 0xFF00) == 0x4700) return false;  // BX, BLX
    if ((half & 0xFC00) == 0x4400)
      return (half & 0x87) != 0x85 && (half & 0x78) != 0x68 && (half & 0x87) != 0x87 &&
             (half & 0x78) != 0x78;               // SP, PC
    if ((half & 0xFF00) == 0xBD00) return false;  // POP {…, pc}
    if ((half & 0xFE00) == 0xBC00 || (half & 0xFE00) == 0xB400) return (half & 0x1FF) != 0;
    if ((half & 0xF000) == 0xC000) return (half & 0xFF) != 0 && (half >> (half >> 8 & 7) & 1) == 0;
    if ((half & 0xF500) == 0xB100) return false;                               // CBZ
    if ((half & 0xFFE0) == 0xB660 || (half & 0xFFF0) == 0xB650) return false;  // CPS, SETEND
    if ((half & 0xFF0F) == 0xBF00) return half == 0xBF00;                      // hints
    return (half & 0xFE00) != 0xBE00 && (half & 0xFE00) != 0xDE00;             // BKPT, IT; UDF, SVC
  }
};

TEST_F(OracleM0, Thumb16) {
  std::vector<Encoding> all;
  for (const Encoding& encoding : kThumb16) {
    if (encoding.name != "CBZ") all.push_back(encoding);
  }
  run_all(all, 60, true);
}

TEST_F(OracleM0, AnyHalfword) {
  for (unsigned i = 0; i < 5000 && !HasFatalFailure(); ++i) {
    const Instruction instruction{random() % 0xE800, 2};
    if (!comparable(instruction.raw)) continue;
    randomise_pointers();
    bus_.fast_ram = (i & 1) == 0;
    write_code(next_, instruction);
    compare(next_, 1, describe({"any", ""}, instruction), 0, true);
    next_ += 8;
  }
}

// All of 32 bits is undefined but BL, the barriers, MSR and MRS.
TEST_F(OracleM0, Thumb32) {
  for (const Encoding& encoding : kThumb32) {
    for (unsigned i = 0; i < 4 && !HasFatalFailure(); ++i) {
      randomise();
      const Instruction instruction = fill(encoding);
      write_code(next_, instruction);
      compare(next_, 1, describe(encoding, instruction), 0, true);
      next_ += 8;
    }
  }
}

class OracleM3 : public Oracle {
 protected:
  OracleM3() : Oracle(core(Architecture::v7m, 0x412FC230), UC_CPU_ARM_CORTEX_M3) { apsr_ = 0xF8000000; }
};

// A7.7: the instructions that say ARMv7E-M.
bool needs_dsp(std::string_view name) {
  constexpr std::string_view kNames[] = {"PKH",      "SXTAH",  "SXTAB",  "SXTB16", "SSAT16", "USAT16",
                                         "parallel", "QADD",   "SEL",    "SMLAx",  "SMULx",  "SMLAD",
                                         "SMUAD",    "SMLAW",  "SMULW",  "SMLSD",  "SMUSD",  "SMM",
                                         "USAD",     "SMLALx", "SMLALD", "SMLSLD", "UMAAL"};
  return std::ranges::any_of(kNames, [&](std::string_view begin) { return name.starts_with(begin); });
}

TEST_F(OracleM3, Thumb32) {
  std::vector<Encoding> all;
  for (const Encoding& encoding : kThumb32) {
    if (!needs_dsp(encoding.name)) all.push_back(encoding);
  }
  run_all(all, 20);
}

// Unicorn's M3 executes some of them.
TEST_F(OracleM3, DspInstructionsAreUndefined) {
  unsigned tried = 0;
  for (const Encoding& encoding : kThumb32) {
    if (!needs_dsp(encoding.name)) continue;
    const Instruction instruction = fill(encoding);
    write_code(next_, instruction);
    core_.power_on_reset();
    state_.r[15] = next_;
    state_.xpsr = 1u << 24;
    core_.set_registers(state_);
    core_.run(1);
    std::uint32_t cfsr = 0;
    core_.read_ppb(Master::debug, Security::non_secure, 0xE000ED28, 4, cfsr);
    EXPECT_NE(cfsr & 1u << 16, 0u) << describe(encoding, instruction);  // UNDEFINSTR
    next_ += 8;
    ++tried;
  }
  EXPECT_EQ(tried, 39u);
}

constexpr Encoding kOrdered[] = {
    {"LDAB", "11101000 1101bbbb dddd1111 10001111"},      {"LDAH", "11101000 1101bbbb dddd1111 10011111", 2},
    {"LDA", "11101000 1101bbbb dddd1111 10101111", 4},    {"LDAEXB", "11101000 1101bbbb dddd1111 11001111"},
    {"LDAEXH", "11101000 1101bbbb dddd1111 11011111", 2}, {"LDAEX", "11101000 1101bbbb dddd1111 11101111", 4},
    {"STLB", "11101000 1100bbbb dddd1111 10001111"},      {"STLH", "11101000 1100bbbb dddd1111 10011111", 2},
    {"STL", "11101000 1100bbbb dddd1111 10101111", 4},
};

class OracleM33 : public Oracle {
 protected:
  OracleM33() : Oracle(core(Architecture::v8m, 0x410FD214), UC_CPU_ARM_CORTEX_M33) {}
};

TEST_F(OracleM33, Thumb16) { run_all(kThumb16, 15); }
TEST_F(OracleM33, Thumb32) { run_all(kThumb32, 15); }
TEST_F(OracleM33, LoadAcquireAndStoreRelease) { run_all(kOrdered, 40); }

}  // namespace
}  // namespace probity::vboard::test::core_architecture_oracle_test
