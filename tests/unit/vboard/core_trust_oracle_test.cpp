// Against Unicorn's Cortex-M33, which has the Security Extension and begins in Secure state, with all memory
// Secure (its SAU is out of reach): special registers of both states, TT and its likes, the gates, and the
// ways out of Secure state as far as the first instruction there, whose memory is Secure.
#include "core_oracle.hpp"

namespace probity::vboard::test::core_trust_oracle_test {
namespace {

CoreFacts secure_core() {
  CoreFacts facts;
  facts.architecture = Architecture::v8m;
  facts.cpuid = 0x410FD214;
  facts.priority_bits = 8;
  facts.has_fpu = facts.has_bit_band = false;
  facts.mpu_regions = 0;
  return facts;
}

// One instruction after the other, without touching the registers in between.
class OracleSecureM33 : public Oracle {
 protected:
  OracleSecureM33() : Oracle(secure_core(), UC_CPU_ARM_CORTEX_M33) {
    core_.set_security_extension(true);
    core_.power_on_reset();
    for (unsigned n = 0; n < 15; ++n) set(n, n == 13 ? kRam + kRamSize / 2 : operand());
    pc_ = kFirstProgram;
    state_ = core_.registers();
    state_.r[15] = pc_;
    core_.set_registers(state_);
  }
  void set(unsigned n, std::uint32_t value) {
    uc_reg_write(uc_, static_cast<int>(kRegisters[n]), &value);
    Core::Registers all = core_.registers();
    all.r[n] = value;
    if (n == 13) (all.control & 2 ? all.psp : all.msp) = value;
    core_.set_registers(all);
  }
  uc_err step(const Instruction& i) {
    write_code(pc_, i);
    uc_ctl_remove_cache(uc_, pc_, pc_ + 8);
    const uc_err error = uc_emu_start(uc_, pc_ | 1, 0, 0, 1);
    core_.run(1);
    pc_ += i.size;
    return error;
  }
  void expect_same(const std::string& what) {
    const Core::Registers ours = core_.registers();
    for (unsigned n = 0; n < 16; ++n) {
      std::uint32_t theirs = 0;
      uc_reg_read(uc_, static_cast<int>(kRegisters[n]), &theirs);
      ASSERT_EQ(ours.r[n], n == 15 ? theirs & ~1u : theirs) << what << " r" << n;
    }
    ASSERT_TRUE(bus_.ram == ram_) << what;
  }
  static std::string text(const char* name, std::uint32_t raw) {
    char word[16];
    std::snprintf(word, sizeof word, " %08x", raw);
    return name + std::string(word);
  }

  std::uint32_t pc_;
};

// Not FAULTMASK: QEMU lets MSR change it at priority -1.
constexpr unsigned kSpecial[] = {8, 9, 10, 11, 16, 17, 20, 0x88, 0x89, 0x8A, 0x8B, 0x90, 0x91, 0x94, 0x98};

TEST_F(OracleSecureM33, SpecialRegistersOfBothStates) {
  for (unsigned i = 0; i < 3000 && !HasFatalFailure(); ++i) {
    const unsigned sysm = kSpecial[random() % std::size(kSpecial)], n = random() % 8;
    if ((random() & 1) != 0) {
      const Instruction mrs{0xF3EF8000 | n << 8 | sysm, 4};
      ASSERT_EQ(step(mrs), UC_ERR_OK);
      expect_same(text("MRS", mrs.raw));
      continue;
    }
    std::uint32_t value = operand();
    const unsigned kind = sysm & 0x7F;
    if (kind == 10 || kind == 11) value &= 0xFF8;                               // no limit in the way
    if (kind == 8 || kind == 9 || kind == 24) value = kRam + (value & 0x3FF8);  // stack pointers
    if (kind == 20) value &= 2;                                                 // SPSEL; stay privileged
    set(n, value);
    const Instruction msr{0xF3808800 | n << 16 | sysm, 4};
    ASSERT_EQ(step(msr), UC_ERR_OK);
    expect_same(text("MSR", msr.raw));
  }
}

TEST_F(OracleSecureM33, InstructionsOfTheExtension) {
  for (unsigned i = 0; i < 500 && !HasFatalFailure(); ++i) {
    const unsigned rn = random() % 8, rd = random() % 8;
    set(rn, (random() & 1) != 0 ? kRam + random() % kRamSize : operand());
    const Instruction tt{0xE840F000 | rn << 16 | rd << 8 | (random() & 3) << 6, 4};
    ASSERT_EQ(step(tt), UC_ERR_OK);
    expect_same(text("TT", tt.raw));
  }
  for (const std::uint32_t raw : {0xE97FE97Fu, 0xEC200A00u, 0xEC310A00u}) {  // SG; VLSTM, VLLDM without FPU
    ASSERT_EQ(step({raw, 4}), UC_ERR_OK) << std::hex << raw;
    expect_same(text("", raw));
  }
  for (const std::uint32_t raw : {0x4704u, 0x4784u}) {  // BXNS r0, BLXNS r0: not out of Secure state
    set(0, pc_ + 0x101);
    ASSERT_EQ(step({raw, 2}), UC_ERR_OK);
    expect_same(text("", raw));
    pc_ += 0x100 - 2;
  }
  set(1, kRam + 0x800);
  ASSERT_EQ(step({0xF3818888, 4}), UC_ERR_OK);  // MSR MSP_NS, r1
  set(0, pc_ + 0x100);
  // The instruction after it is the first that is refused; Unicorn has already looked at it.
  EXPECT_EQ(step({0x4784, 2}), UC_ERR_EXCEPTION);
  expect_same("BLXNS");
  EXPECT_EQ(core_.registers().r[14], 0xFEFFFFFFu);
  EXPECT_FALSE(core_.registers().secure);
  core_.run(1);
  EXPECT_TRUE(core_.locked_up());  // this bus has no vector for the SecureFault's HardFault
}

}  // namespace
}  // namespace probity::vboard::test::core_trust_oracle_test
