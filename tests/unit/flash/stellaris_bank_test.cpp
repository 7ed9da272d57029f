// Driver `stellaris`: what a chip is by its registers, its clock, its pages and protection, on the virtual
// board.
#include "flash/ti/stellaris_bank.hpp"

#include "base/errors.hpp"
#include "flash_bench.hpp"

namespace probity::test::stellaris_bank_test {
namespace {

using namespace stellaris;
using testing::HasSubstr;

TEST(StellarisParts, ClassAndName) {
  EXPECT_EQ(class_of(0x00000202), unsigned{kSandstorm});
  EXPECT_EQ(class_of(0x18050102), unsigned{kBlizzard});
  EXPECT_EQ(class_name(class_of(0x18050102)), "Blizzard/TM4C123x");
  EXPECT_EQ(part_name(kBlizzard, 0xA1), "LM4F230H5QR/TM4C123GH6PM");
  EXPECT_EQ(part_name(kSandstorm, 0x01), "LM3S101");
  EXPECT_EQ(part_name(kFury, 0x01), "Unknown Part");
}

TEST(StellarisParts, GeometryByClass) {
  const Geometry old = geometry_of(kFury, 0x00FF007F, 0, 0);
  EXPECT_EQ(old.pages * old.page_size, 256u * 1024);
  EXPECT_EQ(old.ram_kib, 64u);
  EXPECT_EQ(old.page_size, 1024u);
  EXPECT_EQ(geometry_of(kBlizzard, 0, 0x7F, 0x7F).pages, 256u);
  const Geometry snowflake = geometry_of(kSnowflake, 0, 0x000401FF, 0x3FF);
  EXPECT_EQ(snowflake.page_size, 16u * 1024);
  EXPECT_EQ(snowflake.pages, 64u);
  EXPECT_EQ(snowflake.ram_kib, 256u);
}

TEST(StellarisParts, ClockFromItsRegisters) {
  Identity sandstorm;
  sandstorm.did0 = 0x00000202;
  EXPECT_EQ(clock_of(sandstorm, 0x078E3AC0 | 1u << 11, 0).hertz, 6'000'000u);  // crystal 6 MHz
  EXPECT_EQ(clock_of(sandstorm, 1u << 11 | 1u << 4, 0).hertz, 12'000'000u);    // internal oscillator
  EXPECT_EQ(clock_of(sandstorm, 9u << 23 | 1u << 22, 0).hertz, 20'000'000u);   // PLL by 10
  Identity blizzard;
  blizzard.device_class = kBlizzard;
  const ClockInfo clock = clock_of(blizzard, 1u << 11, 1u << 31 | 1u << 11 | 1u << 4);
  EXPECT_EQ(clock.hertz, 16'000'000u);
  EXPECT_EQ(clock.tolerance, " (±1%)");
}

struct Chip : Bench {
  explicit Chip(const std::string& chip, std::uint32_t work_area = 0x800)
      : Bench(chip, {kHla, work_area, "", "stellaris", 0}) {}
};

TEST(StellarisBank, ProgramsWordsAndBuffers) {
  for (const char* name : {"lm3s811", "tm4c123gh6pm", "tm4c1294ncpdt"}) {
    for (const std::uint32_t work_area : {0x800u, 0u}) {
      Chip chip(name, work_area);
      const Bytes data = pattern(work_area == 0 ? 300 : 1501);
      chip.bank->run(job({0, 1, 2}, {{8, data}}));
      EXPECT_EQ(chip.content(8, data.size()), data) << name;
      EXPECT_EQ(chip.logged("no working area available"), work_area == 0);
      chip.bank->erase({0, 0});
      EXPECT_EQ(chip.content(8, 64), Bytes(64, 0xFF)) << name;
    }
  }
}

TEST(StellarisBank, SaysWhatItIs) {
  Chip chip("tm4c123gh6pm");
  EXPECT_THAT(
      chip.bank->describe(),
      HasSubstr("\nTI/LMI Stellaris information: Chip is class 5 (Blizzard/TM4C123x) "
                "LM4F230H5QR/TM4C123GH6PM rev B2\n"
                "did1: 0x10a1606e, arch: 0x10a1606e, eproc: ARMv7M, ramsize: 32k, flashsize: 256k\n"));
}

TEST(StellarisBank, ErasesEverythingAtOnce) {
  Chip chip("lm3s6965");
  chip.bank->write(0, pattern(64));
  chip.bank->write(200 * 1024, pattern(64));
  chip.bank->mass_erase();
  EXPECT_EQ(chip.content(0, 256 * 1024), Bytes(256 * 1024, 0xFF));
}

TEST(StellarisBank, ProtectsBlocksForEver) {
  Chip chip("tm4c123gh6pm");
  EXPECT_THROW(chip.bank->protect({0, 0}, true), UsageError);  // half a block
  EXPECT_THROW(chip.bank->protect({0, 1}, false), UsageError);
  chip.bank->protect({2, 3}, true);
  EXPECT_EQ(chip.bank->sectors()[2].is_protected, true);
  EXPECT_EQ(chip.bank->sectors()[4].is_protected, false);
  try {
    chip.bank->erase({3, 3});
    FAIL();
  } catch (const FlashError& e) {
    EXPECT_THAT(e.message(), HasSubstr("FMPPE0=0xfffffffd"));
    EXPECT_THAT(e.message(), HasSubstr("stellaris recover"));
  }
  chip.reset_halt();
  chip.bank->check_protection();
  EXPECT_EQ(chip.bank->sectors()[3].is_protected, true);
  chip.bank->write(4 * 1024, pattern(8));
  EXPECT_EQ(chip.content(4 * 1024, 8), pattern(8));
}

}  // namespace
}  // namespace probity::test::stellaris_bank_test
