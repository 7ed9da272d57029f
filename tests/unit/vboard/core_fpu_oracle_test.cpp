// The FPU against Unicorn (QEMU's translator): random instructions on random registers, operands of every
// kind, in every rounding mode, with and without flush-to-zero, default NaNs and the alternative half format;
// registers, FPSCR and memory must come out the same.
//
// Unicorn 2.0.1 knows no Cortex-M model with double precision (its Cortex-M7 refuses VADD.F64), so the oracle
// is its "max" model in Thumb state, an Armv8-A that has all of FPv5; single precision is held against the
// Cortex-M4 model too. One deviation: its VCVT from fixed point rounds by FPSCR, where the manual says to
// nearest, so that instruction is compared in that mode only. Left out as UNPREDICTABLE or UNDEFINED here:
// registers 13 and 15 as operands, lists that end beyond S31, and D16-D31, which its A-profile has.
#include <gtest/gtest.h>
#include <unicorn/unicorn.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <random>
#include <span>
#include <string>
#include <string_view>

#include "core_bench.hpp"

namespace probity::vboard::test::core_fpu_oracle_test {
namespace {

// As the manual prints it. d n m: register fields (with D, N, M for the extra bits, which are 0 for doubles),
// t u: core registers, b: a base register that points into RAM, z: any bit, f: the size bit.
struct FpEncoding {
  std::string_view name, bits;
  enum Kind { any, loads, nearest_only } kind = any;
};

constexpr FpEncoding kFpv4[] = {
    {"VMLA/VMLS", "11101110 0D00nnnn dddd101f NzM0mmmm"},
    {"VNMLS/VNMLA", "11101110 0D01nnnn dddd101f NzM0mmmm"},
    {"VMUL/VNMUL", "11101110 0D10nnnn dddd101f NzM0mmmm"},
    {"VADD/VSUB", "11101110 0D11nnnn dddd101f NzM0mmmm"},
    {"VDIV", "11101110 1D00nnnn dddd101f N0M0mmmm"},
    {"VFNMS/VFNMA", "11101110 1D01nnnn dddd101f NzM0mmmm"},
    {"VFMA/VFMS", "11101110 1D10nnnn dddd101f NzM0mmmm"},
    {"VMOV imm", "11101110 1D11zzzz dddd101f 0000zzzz"},
    {"VMOV/VABS", "11101110 1D110000 dddd101f z1M0mmmm"},
    {"VNEG/VSQRT", "11101110 1D110001 dddd101f z1M0mmmm"},
    {"VSQRT", "11101110 1D110001 dddd101f 11M0mmmm"},
    {"VCMP/VCMPE", "11101110 1D110100 dddd101f z1M0mmmm"},
    {"VCMP zero", "11101110 1D110101 dddd101f z1000000"},
    {"VCVT integer to float", "11101110 1D111000 dddd101f z1S0SSSS"},
    {"VCVT/VCVTR float to integer", "11101110 1S11110z SSSS101f z1M0mmmm"},
    {"VCVT from fixed", "11101110 1D11101z dddd101f 01z00zzz", FpEncoding::nearest_only},
    {"VCVT from fixed 32", "11101110 1D11101z dddd101f 11z0zzzz", FpEncoding::nearest_only},
    {"VCVT to fixed", "11101110 1D11111z dddd101f 01z00zzz"},
    {"VCVT to fixed 32", "11101110 1D11111z dddd101f 11z0zzzz"},
};
constexpr FpEncoding kHalfSingle[] = {
    {"VCVTB/VCVTT", "11101110 1D11001z dddd1010 z1M0mmmm"},
};
constexpr FpEncoding kBetween[] = {
    {"VCVT.F64.F32", "11101110 10110111 dddd1010 11P0mmmm"},
    {"VCVT.F32.F64", "11101110 1P110111 dddd1011 1100mmmm"},
    {"VCVTB.F64.F16", "11101110 10110010 dddd1011 z1P0mmmm"},
    {"VCVTB.F16.F64", "11101110 1P110011 dddd1011 z100mmmm"},
};
constexpr FpEncoding kFpv5[] = {
    {"VSEL", "11111110 0Dzznnnn dddd101f N0M0mmmm"},
    {"VMAXNM/VMINNM", "11111110 1D00nnnn dddd101f NzM0mmmm"},
    {"VRINTA/N/P/M", "11111110 1D1110zz dddd101f 01M0mmmm"},
    {"VCVTA/N/P/M", "11111110 1S1111zz SSSS101f z1M0mmmm"},
    {"VRINTR/VRINTZ", "11101110 1D110110 dddd101f z1M0mmmm"},
    {"VRINTX", "11101110 1D110111 dddd101f 01M0mmmm"},
};
constexpr FpEncoding kTransfers[] = {
    {"VLDR/VSTR", "11101101 zP0zbbbb dddd1010 zzzzzzzz", FpEncoding::loads},
    {"VLDR/VSTR double", "11101101 z00zbbbb dddd1011 zzzzzzzz", FpEncoding::loads},
    {"VLDR literal", "11101101 zP011111 dddd1010 zzzzzzzz", FpEncoding::loads},
    {"VSTMIA/VLDMIA", "11101100 1Pzzbbbb dddd1010 0000zzzz", FpEncoding::loads},
    {"VSTMDB/VLDMDB", "11101101 0P1zbbbb dddd1010 0000zzzz", FpEncoding::loads},
    {"VSTMIA/VLDMIA double", "11101100 10zzbbbb 0ddd1011 0000zzzz", FpEncoding::loads},
    {"VSTMDB/VLDMDB double", "11101101 001zbbbb 0ddd1011 0000zzzz", FpEncoding::loads},
    {"VMOV core, single", "11101110 000znnnn tttt1010 P0010000"},
    {"VMOV core, half of double", "11101110 00zznnnn tttt1011 00010000"},
    {"VMOV two core, two single", "11101100 0100uuuu tttt1010 00P1mmmm"},
    {"VMOV two single, two core", "11101100 0101uuuu tttt1010 00P1mmmm"},
    {"VMOV two core, double", "11101100 0100uuuu tttt1011 0001mmmm"},
    {"VMOV double, two core", "11101100 0101uuuu tttt1011 0001mmmm"},
    {"VMRS", "11101110 11110001 tttt1010 00010000"},
    {"VMRS flags", "11101110 11110001 11111010 00010000"},
    {"VMSR", "11101110 11100001 tttt1010 00010000"},
};

constexpr std::uint32_t kProgram = kFlash + 0x1000;
constexpr std::uint32_t kRoundings = 3u << 22, kControls = 0x07C00000;
constexpr unsigned kOldStatus = 12, kNewStatus = 11;  // core registers that carry FPSCR in and out

class FpuOracle : public testing::Test {
 protected:
  FpuOracle() : core_(double_precision(), bus_), ram_(kRamSize) { bus_.core = &core_; }
  ~FpuOracle() override { uc_close(uc_); }

  static CoreFacts double_precision() {
    CoreFacts facts;
    facts.mvfr0 = 0x10110221;
    facts.mvfr1 = 0x12000011;
    facts.mvfr2 = 0x40;
    return facts;
  }

  void open(uc_cpu_arm model, bool m_profile) {
    const auto mode = static_cast<uc_mode>(UC_MODE_THUMB | (m_profile ? UC_MODE_MCLASS : 0));
    ASSERT_EQ(uc_open(UC_ARCH_ARM, mode, &uc_), UC_ERR_OK);
    ASSERT_EQ(uc_ctl_set_cpu_model(uc_, model), UC_ERR_OK);
    const std::uint32_t all = 0xF << 20, on = 1u << 30;
    uc_reg_write(uc_, UC_ARM_REG_C1_C0_2, &all);
    uc_reg_write(uc_, UC_ARM_REG_FPEXC, &on);
    for (std::size_t i = 0; i < kRamSize; i += 4) store_le32(bus_.ram, i, random());
    for (std::size_t i = 0; i < kFlashSize; i += 4) store_le32(bus_.flash, i, random());
    ram_ = bus_.ram;
    ASSERT_EQ(uc_mem_map_ptr(uc_, kFlash, kFlashSize, UC_PROT_ALL, bus_.flash.data()), UC_ERR_OK);
    ASSERT_EQ(uc_mem_map_ptr(uc_, kRam, kRamSize, UC_PROT_ALL, ram_.data()), UC_ERR_OK);
    store_le32(bus_.flash, 0, kRam + kRamSize);
    store_le32(bus_.flash, 4, kProgram | 1);
    core_.power_on_reset();
    core_.write_ppb(Master::debug, Security::non_secure, 0xE000ED88, 4, 0x00F00000);  // CPACR
  }

  std::uint32_t random() { return static_cast<std::uint32_t>(random_()); }

  // Numbers of every kind; neighbours in exponent, so that sums cancel and products meet the limits.
  std::uint64_t number(unsigned exponent_bits, unsigned fraction_bits) {
    const std::uint64_t sign = std::uint64_t{random() & 1} << (exponent_bits + fraction_bits);
    const std::uint64_t top = (1ull << exponent_bits) - 1, ones = (1ull << fraction_bits) - 1;
    const std::uint64_t bias = top >> 1;
    std::uint64_t fraction = (std::uint64_t{random()} << 32 | random()) & ones;
    const std::uint32_t shape = random() % 8;
    if (shape == 0) fraction = 0;
    if (shape == 1) fraction = ones;
    if (shape == 2) fraction = 1ull << random() % fraction_bits;
    if (shape == 3) fraction &= ~(ones >> random() % fraction_bits);
    if (shape == 4) fraction = random() % 4;
    std::uint64_t exponent = 0;
    switch (random() % 12) {
      case 0:
        break;  // zero, subnormal
      case 1:
        exponent = top;  // infinity, NaN
        break;
      case 2:
        exponent = 1 + random() % 4;
        break;
      case 3:
        exponent = top - 1 - random() % 4;
        break;
      case 4:
        exponent = random() % (top + 1);
        break;
      case 5:
        exponent = bias / 2 + random() % 4;
        break;
      case 6:
        exponent = bias + 13 + random() % 20;  // about the size of integers
        break;
      case 7:
        exponent = bias - 26 + random() % 14;  // about the smallest half-precision numbers
        break;
      default:
        exponent = bias - 3 + random() % 7;
    }
    return sign | (exponent & top) << fraction_bits | fraction;
  }

  void randomise(const FpEncoding& encoding, bool doubles) {
    for (unsigned i = 0; i < 15; ++i) state_.r[i] = random();
    state_.r[13] = kRam + kRamSize / 2;
    for (unsigned i = 0; i < 32; i += 2) {
      if (doubles && random() % 8 != 0) {
        const std::uint64_t value = number(11, 52);
        state_.s[i] = static_cast<std::uint32_t>(value);
        state_.s[i + 1] = static_cast<std::uint32_t>(value >> 32);
      } else {
        for (unsigned j = i; j < i + 2; ++j) {
          const auto half = [&] { return static_cast<std::uint32_t>(number(5, 10)); };
          state_.s[j] = random() % 4 == 0 ? half() << 16 | half() : static_cast<std::uint32_t>(number(8, 23));
        }
      }
    }
    std::uint32_t fpscr = (random() & kControls) | (random() & 0xF0000000);
    if (random() % 2 == 0) fpscr &= ~0x07000000u;  // the usual: no FZ, DN, AHP
    if (encoding.kind == FpEncoding::nearest_only) fpscr &= ~kRoundings;
    state_.r[kOldStatus] = fpscr;
    state_.xpsr = (random() & 0xF0000000) | 1u << 24;
  }

  // One in four times two operands are the same, as in x * x or x - x.
  std::uint32_t fill(const FpEncoding& encoding, bool doubles) {
    std::array<std::uint32_t, 128> field{};
    for (const char c : std::string_view("dnmDNMPS")) field[static_cast<unsigned char>(c)] = random();
    if (random() % 4 == 0) field['m'] = field['n'];
    if (random() % 4 == 0) field['d'] = field['m'];
    if (doubles) field['D'] = field['N'] = field['M'] = 0;
    field['f'] = doubles ? 1 : 0;
    field['t'] = random() % 11;
    field['u'] = (field['t'] + 1 + random() % 10) % 11;
    field['b'] = random() % 11;
    state_.r[field['b']] =
        encoding.kind == FpEncoding::loads ? kRam + kRamSize / 2 + (random() & 0x3FC) : state_.r[field['b']];
    std::uint32_t raw = 0;
    std::array<unsigned, 128> left{};
    for (const char c : encoding.bits) ++left[static_cast<unsigned char>(c)];
    for (const char c : encoding.bits) {
      const auto index = static_cast<unsigned char>(c);
      if (c == ' ') continue;
      --left[index];
      std::uint32_t bit = c == '1' ? 1 : 0;
      if (c == 'z') bit = random() & 1;
      if (c != 'z' && c != '0' && c != '1') bit = field[index] >> left[index] & 1;
      raw = raw << 1 | bit;
    }
    return raw;
  }
  // Lists of at least one register that end within S31.
  static bool usable(const FpEncoding& encoding, std::uint32_t raw) {
    if (encoding.name == "VMOV two core, two single" || encoding.name == "VMOV two single, two core")
      return (raw & 0x2F) != 0x2F;
    if (!encoding.name.starts_with("VSTM")) return true;
    const unsigned words = raw & 0xFF,
                   first = (raw >> 12 & 15) << 1 | ((raw & 0x100) != 0 ? 0 : raw >> 22 & 1);
    return words != 0 && first + words <= 32 && ((raw & 0x100) == 0 || words % 2 == 0);
  }

  // VMSR FPSCR, r12; the instruction; VMRS r11, FPSCR on both.
  void compare(std::uint32_t raw, const std::string& what) {
    const std::uint32_t at = next_;
    next_ = at + 12 > kFlash + kFlashSize - 0x1000 ? kProgram : at + 12;
    const std::array<std::uint32_t, 3> code{0xEEE10A10 | kOldStatus << 12, raw,
                                            0xEEF10A10 | kNewStatus << 12};
    for (unsigned i = 0; i < 3; ++i) {
      store_le16(bus_.flash, at - kFlash + 4 * i, static_cast<std::uint16_t>(code[i] >> 16));
      store_le16(bus_.flash, at - kFlash + 4 * i + 2, static_cast<std::uint16_t>(code[i]));
    }
    core_.memory_changed(at, 12);
    uc_ctl_remove_cache(uc_, at, at + 12);

    std::array<int, 31> names;
    std::array<void*, 31> values;
    std::array<std::uint32_t, 15> theirs;
    std::array<std::uint64_t, 16> their_doubles;
    std::copy_n(state_.r, 15, theirs.begin());
    for (unsigned i = 0; i < 15; ++i) {
      names[i] = i < 13 ? UC_ARM_REG_R0 + static_cast<int>(i) : i == 13 ? UC_ARM_REG_SP : UC_ARM_REG_LR;
      values[i] = &theirs[i];
    }
    for (unsigned i = 0; i < 16; ++i) {
      their_doubles[i] = std::uint64_t{state_.s[2 * i + 1]} << 32 | state_.s[2 * i];
      names[15 + i] = UC_ARM_REG_D0 + static_cast<int>(i);
      values[15 + i] = &their_doubles[i];
    }
    std::uint32_t cpsr = (state_.xpsr & 0xF0000000) | 0x3F;
    uc_reg_write(uc_, UC_ARM_REG_CPSR, &cpsr);
    uc_reg_write_batch(uc_, names.data(), values.data(), 31);
    ASSERT_EQ(uc_emu_start(uc_, at | 1, at + 12, 0, 3), UC_ERR_OK) << what;
    uc_reg_read_batch(uc_, names.data(), values.data(), 31);
    uc_reg_read(uc_, UC_ARM_REG_CPSR, &cpsr);

    state_.r[15] = at;
    state_.msp = state_.r[13];
    core_.set_registers(state_);
    for (unsigned i = 0; i < 3; ++i) core_.run(1);
    const Core::Registers ours = core_.registers();
    ASSERT_EQ(ours.r[15], at + 12) << what << before();
    for (unsigned i = 0; i < 15; ++i) {
      const std::uint32_t mask = i == kNewStatus ? 0xF7C0009F : ~0u;
      ASSERT_EQ(ours.r[i] & mask, theirs[i] & mask) << std::hex << what << " r" << i << before();
    }
    for (unsigned i = 0; i < 16; ++i) {
      ASSERT_EQ(std::uint64_t{ours.s[2 * i + 1]} << 32 | ours.s[2 * i], their_doubles[i])
          << std::hex << what << " d" << i << ": ours is " << ours.s[2 * i + 1] << ' ' << ours.s[2 * i]
          << " theirs " << their_doubles[i] << before();
    }
    ASSERT_EQ(ours.xpsr & 0xF0000000, cpsr & 0xF0000000) << what << before();
    ASSERT_TRUE(bus_.ram == ram_) << what << ": memory differs" << before();
  }
  std::string before() const {
    char word[32];
    std::snprintf(word, sizeof word, "\nbefore: fpscr=%08x", state_.r[kOldStatus]);
    std::string text = word;
    for (unsigned i = 0; i < 32; ++i) {
      std::snprintf(word, sizeof word, " s%u=%08x", i, state_.s[i]);
      text += word;
    }
    return text;
  }

  void run_all(std::span<const FpEncoding> encodings, unsigned rounds, bool doubles) {
    for (unsigned round = 0; round < rounds; ++round) {
      for (const FpEncoding& encoding : encodings) {
        randomise(encoding, doubles);
        const std::uint32_t raw = fill(encoding, doubles);
        if (!usable(encoding, raw)) continue;
        bus_.fast_ram = (round & 1) == 0;
        char word[16];
        std::snprintf(word, sizeof word, " %08x", raw);
        compare(raw, std::string(encoding.name) + word);
        if (HasFatalFailure()) return;
      }
    }
  }

  BenchBus bus_;
  Core core_;
  Bytes ram_;
  uc_engine* uc_ = nullptr;
  std::mt19937 random_{20260711};
  Core::Registers state_{};
  std::uint32_t next_ = kProgram;
};

TEST_F(FpuOracle, SinglePrecisionOfTheCortexM4) {
  open(UC_CPU_ARM_CORTEX_M4, true);
  run_all(kFpv4, 100, false);
  run_all(kHalfSingle, 250, false);
  run_all(kTransfers, 60, false);
}
TEST_F(FpuOracle, SinglePrecision) {
  open(UC_CPU_ARM_MAX, false);
  run_all(kFpv4, 250, false);
  run_all(kHalfSingle, 700, false);
  run_all(kFpv5, 120, false);
}
TEST_F(FpuOracle, DoublePrecision) {
  open(UC_CPU_ARM_MAX, false);
  run_all(kFpv4, 250, true);
  run_all(kBetween, 250, true);
  run_all(kFpv5, 120, true);
}

}  // namespace
}  // namespace probity::vboard::test::core_fpu_oracle_test
