// Drivers `rp2040_flash` and `rp2xxx` through a probe's wire protocol against the virtual board, where code
// of a boot ROM of its own runs.
#include "flash/raspberry_pi/rp2040_bank.hpp"

#include "base/errors.hpp"
#include "flash_bench.hpp"

namespace probity::test::rp2040_bank_test {
namespace {

using testing::HasSubstr;

constexpr std::uint32_t kKib = 1024;
constexpr Address kXip = 0x10000000;

BenchOptions rp(const std::string& driver, std::uint32_t work_area = 0x10000) {
  BenchOptions options{kCmsisDap, work_area, {}, driver};
  options.dap.targetsel = 0x01002927;  // core 0
  options.base = kXip;
  return options;
}

// As the core sees it: the flash is memory again.
Bytes seen(Bench& bench, std::uint32_t offset, std::size_t size) {
  Bytes bytes(size);
  bench.target->memory().read(kXip + offset, bytes, Width::word);
  return bytes;
}

TEST(RpBank, OfVersion012HasTheFlashChipsSectors) {
  Bench bench("rp2040", rp("rp2040_flash"));
  bench.bank->probe();
  EXPECT_TRUE(bench.logged("Found flash device 'win w25q16jv' (ID 0x001540ef)"));
  EXPECT_TRUE(bench.logged("RP2040 B0 Flash Probe: 2097152 bytes @0x10000000, in 32 sectors"));
  EXPECT_EQ(bench.bank->sectors().front().size, 64 * kKib);
}

TEST(RpBank, ErasesProgramsAndIsMemoryAgain) {
  Bench bench("rp2040", rp("rp2xxx"));
  const Bytes data = pattern(4 * kKib + 300);
  bench.bank->run(job({0, 1}, {{0, data}}));
  EXPECT_TRUE(bench.logged("QSPI Flash win w25q16jv id = 0x1540ef size = 2048 KiB in 512 sectors"));
  EXPECT_EQ(bench.content(0, data.size()), data);
  EXPECT_EQ(seen(bench, 0, 512), Bytes(data.begin(), data.begin() + 512));
  bench.bank->erase({1, 1});
  EXPECT_EQ(bench.content(4 * kKib, 4 * kKib), Bytes(4 * kKib, 0xFF));
  EXPECT_EQ(bench.content(0, 4 * kKib), Bytes(data.begin(), data.begin() + 4 * kKib));
}

TEST(RpBank, BeginsAndEndsInTheMiddleOfAPage) {
  Bench bench("rp2040", rp("rp2xxx"));
  const Bytes data = pattern(600);
  bench.bank->write(21, data);
  Bytes wanted(4 * kKib, 0xFF);
  std::ranges::copy(data, wanted.begin() + 21);
  EXPECT_EQ(bench.content(0, wanted.size()), wanted);
}

TEST(RpBank, WithoutAWorkAreaSaysSo) {
  Bench bench("rp2040", rp("rp2040_flash", 0));
  try {
    bench.bank->probe();
    FAIL() << "there is no work area";
  } catch (const FlashError& e) {
    EXPECT_THAT(e.what(), HasSubstr("Could not allocate stack for flash programming code"));
    EXPECT_THAT(e.what(), HasSubstr("-work-area-size"));
  }
}

TEST(RpBank, ASmallWorkAreaIsEnough) {
  Bench bench("rp2040", rp("rp2040_flash", 0x600));
  const Bytes data = pattern(700);  // more than one block
  bench.bank->run(job({}, {{0, data}}));
  EXPECT_EQ(bench.content(0, data.size()), data);
}

}  // namespace
}  // namespace probity::test::rp2040_bank_test
