// Drivers `stm32l4x` and `stm32h5x` on chips with TrustZone on: through the secure registers, whatever state
// the core was halted in, and back to how it was.
#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "flash/stm32/l4_bank.hpp"
#include "flash_bench.hpp"

namespace probity::test::trust_zone_test {
namespace {

using testing::HasSubstr;

constexpr std::uint32_t kKib = 1024;
constexpr Address kDscsr = 0xE000EE08, kSauCtrl = 0xE000EDD0, kSauRnr = 0xE000EDD8, kSauRbar = 0xE000EDDC;
constexpr Address kSauRlar = 0xE000EDE0;
constexpr Address kL4Secbb1 = 0x50022080, kL4Seccr = 0x5002202C;
constexpr Address kH5Secbb1 = 0x500220A0, kH5Seccr = 0x5002202C;
constexpr std::uint32_t kHnonsec = 1u << 30, kLock = 1u << 31, kCdsKey = 1u << 17;

const std::string kL5Tzen = ",option:OPTR=FFEFF8AA";
// Pages 0 to 63 of bank 1 are secure, none of bank 2.
const std::string kL5Partly = kL5Tzen + ",option:SECWM1R1=003F0000,option:SECWM2R1=0000007F";
const std::string kH5Tzen = ",option:OPTSR2=B4000074";

class SecureBench : public Bench {
 public:
  SecureBench(const std::string& chip, const std::string& more, const std::string& driver, unsigned ap = 0,
              std::uint32_t work_area = 0x4000)
      : Bench(chip, {kDapDirect, work_area, more, driver, ap}) {}

  void program(std::uint32_t offset, const Bytes& data) {
    FlashJob job;
    bank->probe();
    for (unsigned i = 0; i < bank->sectors().size(); ++i) {
      const Sector& sector = bank->sectors()[i];
      const AddressRange range{sector.offset, sector.size};
      if (range.overlaps({offset, data.size()})) job.erase.push_back(i);
    }
    job.writes.push_back({offset, data});
    bank->run(job);
  }
  // As firmware leaves it: flash, RAM and peripherals at their non-secure addresses are Non-secure, the core
  // has gone there, and the user's accesses follow it.
  void halt_in_non_secure_state() {
    MemPort& memory = target->memory();
    const std::pair<Address, Address> regions[] = {
        {0x08000000, 0x0BFFFFE0}, {0x20000000, 0x2FFFFFE0}, {0x40000000, 0x4FFFFFE0}};
    for (std::uint32_t i = 0; i < 3; ++i) {
      memory.write32(kSauRnr, i);
      memory.write32(kSauRbar, regions[i].first);
      memory.write32(kSauRlar, regions[i].second | 1);
    }
    memory.write32(kSauCtrl, 1);
    memory.write32(kDscsr, 0);
    target->invalidate_registers();
    memory.set_csw(kHnonsec, kHnonsec);
  }
  // Registers of the core as the Secure state has them.
  std::uint32_t secure_word(Address address) {
    MemPort& memory = target->memory();
    const SecureAccess access(memory);
    memory.write32(kDscsr, kCdsKey | 3);
    const std::uint32_t value = memory.read32(address);
    memory.write32(kDscsr, kCdsKey);
    return value;
  }
};

TEST(L4TrustZone, ProgramsSecurePagesThroughTheSecureRegisters) {
  SecureBench bench("stm32l552ze", kL5Tzen, "stm32l4x");
  const Bytes data = pattern(5001, 3);
  bench.program(256 * kKib - 2000, data);
  EXPECT_EQ(bench.content(256 * kKib - 2000, data.size()), data);
  EXPECT_FALSE(bench.logged("slower"));
  EXPECT_NE(bench.secure_word(kL4Seccr) & kLock, 0u);
  EXPECT_THAT(bench.bank->describe(), HasSubstr("TrustZone: secure pages 0-127 (FLASH_SECWM1R1="));
}

TEST(L4TrustZone, ProgramsPagesOfBothSidesAndGivesThemBack) {
  SecureBench bench("stm32l552ze", kL5Partly, "stm32l4x");
  bench.target->memory().write32(kL4Secbb1 + 8, 0x5);  // pages 64 and 66
  const Bytes data = pattern(9000, 1);
  bench.program(128 * kKib - 4000, data);
  bench.program(300 * kKib, data);
  EXPECT_EQ(bench.content(128 * kKib - 4000, data.size()), data);
  EXPECT_EQ(bench.content(300 * kKib, data.size()), data);
  EXPECT_EQ(bench.secure_word(kL4Secbb1), 0u);
  EXPECT_EQ(bench.secure_word(kL4Secbb1 + 8), 5u);
  EXPECT_EQ(bench.secure_word(0x500220A0), 0u);
}

TEST(L4TrustZone, ProgramsWithTheCoreHaltedInNonSecureState) {
  SecureBench bench("stm32l552ze", kL5Partly, "stm32l4x");
  bench.halt_in_non_secure_state();
  const Bytes data = pattern(5001, 9);
  bench.program(1000, data);
  EXPECT_EQ(bench.content(1000, data.size()), data);
  EXPECT_FALSE(bench.logged("slower"));
  EXPECT_EQ(bench.secure_word(kSauCtrl), 1u);
  EXPECT_EQ(bench.secure_word(kDscsr) >> 16 & 1, 0u);
  EXPECT_NE(*bench.target->memory().csw() & kHnonsec, 0u);
}

TEST(L4TrustZone, ProgramsWithoutRamForTheLoader) {
  SecureBench bench("stm32l552ze", kL5Partly, "stm32l4x", 0, 0);
  bench.halt_in_non_secure_state();
  const Bytes data = pattern(100, 5);
  bench.program(1000, data);
  EXPECT_EQ(bench.content(1000, data.size()), data);
}

TEST(L4TrustZone, ErasesEverything) {
  SecureBench bench("stm32l552ze", kL5Partly, "stm32l4x");
  const Bytes data = pattern(100, 5);
  bench.program(0, data);
  bench.program(500 * kKib, data);
  bench.bank->mass_erase();
  EXPECT_EQ(bench.content(0, 512 * kKib), Bytes(512 * kKib, 0xFF));
}

TEST(L4TrustZone, TheSecureAliasIsNothingWithoutTzen) {
  SecureBench bench("stm32l552ze", "", "stm32l4x");
  bench.bank = bench.make_bank(0x0C000000, "alias");
  try {
    bench.program(0, pattern(8, 1));
    FAIL() << "programmed";
  } catch (const FlashError& e) {
    EXPECT_THAT(e.message(), HasSubstr("stm32l4x trustzone alias enable"));
  }
}

TEST(L4TrustZone, WriteProtectionIsChangedFromTheSecureSide) {
  SecureBench bench("stm32u575zi", ",option:OPTR=9FEFF8AA", "stm32l4x");
  bench.bank->protect({3, 4}, true);
  dynamic_cast<stm32::L4Bank&>(*bench.bank).load_options();
  bench.reset_halt();
  bench.bank->probe(true);
  EXPECT_THROW(bench.program(3 * 8 * kKib, pattern(16, 1)), FlashError);
}

TEST(H5TrustZone, ProgramsBothBanksThroughTheSecureRegisters) {
  SecureBench bench("stm32h563zi", kH5Tzen + ",option:SECWM1=007F0000,option:SECWM2=0000007F", "stm32h5x", 1);
  const Bytes data = pattern(9001, 3);
  bench.program(1024 * kKib - 4000, data);
  EXPECT_EQ(bench.content(1024 * kKib - 4000, data.size()), data);
  EXPECT_FALSE(bench.logged("slower"));
  EXPECT_NE(bench.secure_word(kH5Seccr) & 1, 0u) << "LOCK";
  EXPECT_EQ(bench.secure_word(kH5Secbb1), 0u);
  EXPECT_EQ(bench.secure_word(kH5Secbb1 + 0x100), 0u);
  EXPECT_THAT(bench.bank->describe(), HasSubstr("TrustZone: secure sectors 0-127 of bank 1 (SECWM1)"));
}

TEST(H5TrustZone, ProgramsWithTheCoreHaltedInNonSecureState) {
  SecureBench bench("stm32h563zi", kH5Tzen, "stm32h5x", 1);
  bench.halt_in_non_secure_state();
  const Bytes data = pattern(5000, 3);
  bench.program(16 * kKib, data);
  EXPECT_EQ(bench.content(16 * kKib, data.size()), data);
  EXPECT_FALSE(bench.logged("slower"));
  EXPECT_EQ(bench.secure_word(kSauCtrl), 1u);
}

}  // namespace
}  // namespace probity::test::trust_zone_test
