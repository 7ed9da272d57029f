// Driver `at91samd` through the probes' wire protocols against the virtual board.
#include "flash/microchip/at91samd_bank.hpp"

#include "base/errors.hpp"
#include "flash_bench.hpp"

namespace probity::test::at91samd_bank_test {
namespace {

using namespace samd;
using testing::HasSubstr;

constexpr std::uint32_t kRow = 256, kPage = 64;

BenchOptions samd(std::uint32_t work_area = 0x800, const Way& way = kHla) {
  return {way, work_area, {}, "at91samd"};
}

class SamdWays : public testing::TestWithParam<std::uint32_t> {};

TEST_P(SamdWays, ErasesAndPrograms) {
  Bench bench("atsamd21g18", samd(GetParam()));
  const Bytes data = pattern(5 * kRow + 70);
  const FlashJobResult first = bench.bank->run(job({0, 1, 2, 3, 4, 5}, {{0, data}}));
  EXPECT_EQ(first.sectors_erased, 6u);
  EXPECT_TRUE(bench.logged("SAMD MCU: SAMD21G18A (256KB Flash, 32KB RAM)"));
  EXPECT_EQ(bench.bank->sectors().size(), 1024u);
  EXPECT_EQ(bench.bank->protection_blocks().size(), 16u);
  EXPECT_EQ(bench.content(0, data.size()), data);
  EXPECT_EQ(bench.content(5 * kRow + 70, kRow - 70), Bytes(kRow - 70, 0xFF));
  bench.bank->erase({1, 2});
  EXPECT_EQ(bench.content(kRow, 2 * kRow), Bytes(2 * kRow, 0xFF));
  EXPECT_EQ(bench.content(3 * kRow, kRow), Bytes(data.begin() + 3 * kRow, data.begin() + 4 * kRow));
}

TEST_P(SamdWays, BeginsAndEndsInTheMiddleOfAPage) {
  Bench bench("atsamd21g18", samd(GetParam()));
  bench.bank->erase({0, 3});
  const Bytes data = pattern(3 * kPage);
  bench.bank->write(kPage + 21, data);
  Bytes wanted(4 * kRow, 0xFF);
  std::ranges::copy(data, wanted.begin() + kPage + 21);
  EXPECT_EQ(bench.content(0, wanted.size()), wanted);
}

TEST_P(SamdWays, ALockedRegionIsNamed) {
  Bench bench("atsamd21g18", samd(GetParam()));
  bench.bank->protect({1, 1}, true);
  EXPECT_EQ(bench.bank->protection_blocks()[1].is_protected, true);
  EXPECT_EQ(bench.bank->protection_blocks()[0].is_protected, false);
  const unsigned row = 16384 / kRow;
  for (const bool write : {false, true}) {
    try {
      write ? bench.bank->write(row * kRow, pattern(kPage)) : bench.bank->erase({row, row});
      FAIL() << "the region is locked";
    } catch (const FlashError& e) {
      EXPECT_THAT(e.what(), HasSubstr("SAMD: NVM lock error"));
      EXPECT_EQ(e.register_name, "NVMCTRL.STATUS");
      EXPECT_EQ(e.address / kRow, row);
    }
  }
  bench.reset_halt();  // the user row keeps it
  bench.bank->check_protection();
  EXPECT_EQ(bench.bank->protection_blocks()[1].is_protected, true);
  bench.bank->protect({1, 1}, false);
  EXPECT_NO_THROW(bench.bank->erase({row, row}));
}

INSTANTIATE_TEST_SUITE_P(WorkArea, SamdWays, testing::Values(0x800u, 0u));

TEST(SamdBank, LeavesRowsAloneThatAreRight) {
  Bench bench("atsamd21g18", samd());
  const Bytes data = pattern(4 * kRow);
  bench.bank->run(job({0, 1, 2, 3}, {{0, data}}));
  Bytes other = data;
  other[2 * kRow] ^= 0xFF;
  const FlashJobResult result = bench.bank->run(job({0, 1, 2, 3}, {{0, other}}));
  EXPECT_EQ(result.sectors_erased, 1u);
  EXPECT_EQ(result.sectors_unchanged, 3u);
  EXPECT_EQ(bench.content(0, other.size()), other);
}

TEST(SamdBank, WritesPagesWhateverTheFirmwareChose) {
  Bench bench("atsamd21g18", samd());
  const std::uint32_t before = bench.target->memory().read32(NVMCTRL::CTRLB) & ~NVMCTRL::kManualWrite.mask();
  bench.target->memory().write32(NVMCTRL::CTRLB, before);
  const Bytes data = pattern(2 * kRow);
  bench.bank->run(job({0, 1}, {{0, data}}));
  EXPECT_EQ(bench.content(0, data.size()), data);
  EXPECT_EQ(bench.target->memory().read32(NVMCTRL::CTRLB), before);
}

TEST(SamdUserRow, ChangesOnlyWhatItIsToldTo) {
  Bench bench("atsamd21g18", samd());
  Controller controller(*bench.target, bench.virtual_host.clock(), "flash");
  const std::uint64_t before = controller.user_row();
  controller.change_user_row(0x2, 0x7);
  EXPECT_EQ(controller.user_row(), (before & ~std::uint64_t{7}) | 2);
  controller.change_user_row(before, 0x7);
  EXPECT_EQ(controller.user_row(), before);
}

TEST(SamdBank, ChipEraseErasesAll) {
  Bench bench("atsamd21g18", samd());
  bench.bank->run(job({0}, {{0, pattern(kRow)}}));
  bench.bank->mass_erase();
  EXPECT_EQ(bench.content(0, kRow), Bytes(kRow, 0xFF));
}

}  // namespace
}  // namespace probity::test::at91samd_bank_test
