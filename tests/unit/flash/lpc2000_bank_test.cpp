// Driver `lpc2000` through the probes' wire protocols against the virtual board, whose boot ROM has the IAP.
#include "flash/nxp/lpc2000_bank.hpp"

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "flash_bench.hpp"

namespace probity::test::lpc2000_bank_test {
namespace {

using testing::HasSubstr;

constexpr std::uint32_t kKib = 1024;

BenchOptions lpc(std::uint32_t work_area = 0x2000, std::vector<std::string> words = {"auto", "4000"}) {
  BenchOptions options{kDapDirect, work_area, {}, "lpc2000"};
  options.ram = 0x10000000;
  options.bank_words = std::move(words);
  return options;
}

class LpcBank : public testing::TestWithParam<std::uint32_t> {};

TEST_P(LpcBank, ErasesAndPrograms) {
  Bench bench("lpc1768", lpc(GetParam()));
  const Bytes data = pattern(6 * kKib + 300);
  bench.bank->run(job({0, 1}, {{0, data}}));
  EXPECT_EQ(bench.bank->sectors().size(), 30u);
  EXPECT_EQ(bench.bank->describe(), "lpc2000 flash driver variant: 2, clk: 4000kHz");
  EXPECT_EQ(bench.content(0, data.size()), data);
  EXPECT_EQ(bench.content(6 * kKib + 300, 700), Bytes(700, 0xFF));
  bench.bank->erase({1, 2});
  EXPECT_EQ(bench.content(4 * kKib, 8 * kKib), Bytes(8 * kKib, 0xFF));
  EXPECT_EQ(bench.content(0, 4 * kKib), Bytes(data.begin(), data.begin() + 4 * kKib));
}

INSTANTIATE_TEST_SUITE_P(WorkArea, LpcBank, testing::Values(0x8000u, 0x2000u, 0x400u));

TEST(LpcBankJobs, TheVectorsChecksumIsPutInPlaceAndCompared) {
  Bench bench("lpc1768", lpc(0x2000, {"lpc1700", "4000", "calc_checksum"}));
  FlashBankConfig config = bench.bank->config();
  config.size = 512 * kKib;
  bench.bank = flash_driver("lpc2000").make(config, *bench.target, bench.virtual_host.clock(), bench.log);
  Bytes data = pattern(5 * kKib);
  bench.bank->run(job({0, 1}, {{0, data}}));
  EXPECT_TRUE(bench.logged("Boot verification checksum in image"));
  std::uint32_t sum = 0;
  const Bytes vectors = bench.content(0, 32);
  for (std::size_t i = 0; i < 8; ++i) sum += load_le32(vectors, 4 * i);
  EXPECT_EQ(sum, 0u);
  bench.target->memory().write32(0x400FC040, 1);  // MEMMAP: out of a reset the boot ROM is at 0
  EXPECT_EQ(bench.bank->run(job({0, 1}, {{0, data}})).sectors_unchanged, 2u);
  std::ranges::copy(vectors, data.begin());
  EXPECT_EQ(bench.content(0, data.size()), data);
}

TEST(LpcBankJobs, BlankSectorsByTheRom) {
  Bench bench("lpc1114", lpc());
  bench.bank->run(job({2}, {{8 * kKib, pattern(256)}}));
  bench.bank->check_erased();
  EXPECT_EQ(bench.bank->sectors()[2].erased, false);
  EXPECT_EQ(bench.bank->sectors()[3].erased, true);
}

TEST(LpcBankJobs, AnOffsetThatTheRomDoesNotTakeIsRefused) {
  Bench bench("lpc1768", lpc());
  bench.bank->probe();
  EXPECT_THROW(bench.bank->write(16, pattern(256)), FlashError);  // no multiple of 256
}

TEST(LpcBankJobs, WithoutAWorkAreaSaysSo) {
  Bench bench("lpc1768", lpc(0));
  try {
    bench.bank->probe();
    FAIL() << "there is no work area";
  } catch (const FlashError& e) {
    EXPECT_THAT(e.what(), HasSubstr("no working area specified, can't write LPC2000 internal flash"));
  }
}

}  // namespace
}  // namespace probity::test::lpc2000_bank_test
