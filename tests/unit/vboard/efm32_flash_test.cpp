// The MSC of EFM32 through the debug port, by the sequences and error conditions of the EFM32GG reference
// manual (d0053), chapter 7.
#include <gtest/gtest.h>

#include "board_swd_host.hpp"

namespace probity::vboard::test::efm32_flash_test {
namespace {

constexpr std::uint32_t kWritectrl = 0x08, kWritecmd = 0x0C, kAddrb = 0x10, kWdata = 0x18, kStatus = 0x1C,
                        kMasslock = 0x54;
constexpr std::uint32_t kLaddrim = 1, kErasepage = 2, kWriteonce = 8, kWritetrig = 0x10, kErasemain = 0x100;
constexpr std::uint32_t kBusy = 1, kLocked = 2, kInvaddr = 4, kWdataready = 8, kWordtimeout = 0x10;
constexpr std::uint32_t kUserData = 0x0FE00000, kLockBits = 0x0FE04000, kErased = 0xFFFFFFFF;

struct Bench : SwdHost {
  explicit Bench(const std::string& name)
      : SwdHost(chip, Nanoseconds(20)),  // faster than a word is programmed
        chip({.chip = name, .flash_file = {}, .faults = {}}),
        series1(name.starts_with("efm32pg1")),
        base(series1 ? 0x400E0000 : 0x400C0000) {
    connect();
    halt();
    set(kWritectrl, 1);
  }
  void set(std::uint32_t offset, std::uint32_t value) { write_mem(base + offset, value); }
  std::uint32_t get(std::uint32_t offset) { return word(base + offset); }
  std::uint32_t lock() const { return series1 ? 0x40 : 0x3C; }
  std::uint32_t load(std::uint32_t address) {
    set(kAddrb, address);
    set(kWritecmd, kLaddrim);
    return get(kStatus);
  }
  std::uint32_t finish() {
    while (get(kStatus) & kBusy) wait(Microseconds(100));
    return get(kStatus);
  }
  std::uint32_t erase(std::uint32_t address) {
    load(address);
    set(kWritecmd, kErasepage);
    return finish();
  }
  std::uint32_t write_once(std::uint32_t address, std::uint32_t value) {
    load(address);
    set(kWdata, value);
    set(kWritecmd, kWriteonce);
    return finish();
  }
  void power_cycle() {
    chip.power_cycle();
    connect();
  }
  Board chip;
  const bool series1;
  const std::uint32_t base;
};

class Efm32Flash : public testing::TestWithParam<const char*> {};

TEST_P(Efm32Flash, DeviceInformation) {
  Bench b(GetParam());
  EXPECT_EQ(b.word(0x0FE081F8) & 0xFFFF, b.series1 ? 256u : 64u);
  EXPECT_EQ(b.word(0x0FE081FC) >> 16 & 0xFF, b.series1 ? 81u : 77u);
  EXPECT_EQ(b.word(0x0FE081E4) >> 24, b.series1 ? 1u : 0u);  // pages of 2 KiB, of 1 KiB
  b.write_mem(0x20000000, 0x12345678);
  EXPECT_EQ(b.word(0x10000000), 0x12345678u);
}

TEST_P(Efm32Flash, WritesAWordAndErasesItsPageAlone) {
  Bench b(GetParam());
  const std::uint32_t page = b.series1 ? 2048 : 1024;
  for (const std::uint32_t at : {page - 4, page, 2 * page - 4, 2 * page}) {
    EXPECT_EQ(b.write_once(at, 0x12345678), kWdataready);
  }
  EXPECT_EQ(b.erase(page + 8), kWdataready);
  EXPECT_EQ(b.word(page - 4), 0x12345678u);
  EXPECT_EQ(b.word(page), kErased);
  EXPECT_EQ(b.word(2 * page - 4), kErased);
  EXPECT_EQ(b.word(2 * page), 0x12345678u);
  EXPECT_EQ(b.chip.stats().flash_errors, 0u);
}

TEST_P(Efm32Flash, WritetrigGoesOnUntilWdataStaysEmpty) {
  Bench b(GetParam());
  b.load(0x400);
  b.set(kWdata, 1);
  EXPECT_EQ(b.get(kStatus) & kWdataready, 0u);
  b.set(kWritecmd, kWritetrig);
  b.set(kWdata, 2);
  EXPECT_EQ(b.finish(), kWdataready | kWordtimeout);
  EXPECT_EQ(b.word(0x400), 1u);
  EXPECT_EQ(b.word(0x404), 2u);
  EXPECT_EQ(b.word(0x408), kErased);
}

TEST_P(Efm32Flash, NeedsTheLockWrenAndAnAddress) {
  Bench b(GetParam());
  b.set(b.lock(), 0);
  EXPECT_EQ(b.get(b.lock()), 1u);
  b.write_once(0, 0);
  b.set(b.lock(), 0x1B71);
  EXPECT_EQ(b.get(b.lock()), 0u);
  b.set(kWritectrl, 0);
  b.write_once(0, 0);
  b.set(kWritectrl, 1);
  EXPECT_EQ(b.load(0x10000000) & kInvaddr, kInvaddr);
  b.set(kWritecmd, kWriteonce);
  EXPECT_FALSE(b.write_mem(0, 0));
  EXPECT_EQ(b.word(0), kErased);
  EXPECT_GE(b.chip.stats().flash_errors, 5u);
}

TEST_P(Efm32Flash, OverAWordThatIsNotErased) {
  Bench b(GetParam());
  b.write_once(0, 0x0000FF00);
  b.write_once(0, 0x00FF00FF);
  EXPECT_EQ(b.word(0), 0u);
  EXPECT_EQ(b.chip.stats().flash_errors, 1u);
}

TEST_P(Efm32Flash, LockedPages) {
  Bench b(GetParam());
  const std::uint32_t page = b.series1 ? 2048 : 1024;
  b.write_once(kLockBits, ~2u);
  b.write_once(kLockBits + 4 * 126, ~1u);
  EXPECT_EQ(b.load(page) & kLocked, kLocked);
  b.write_once(page, 0);
  EXPECT_EQ(b.word(page), kErased);
  EXPECT_EQ(b.load(0) & kLocked, 0u);
  EXPECT_EQ(b.load(kUserData) & kLocked, kLocked);
  b.erase(kLockBits);
  EXPECT_EQ(b.load(page) & kLocked, 0u);
}

TEST_P(Efm32Flash, MassEraseHasAKeyOfItsOwn) {
  Bench b(GetParam());
  b.write_once(0, 0);
  b.set(kWritecmd, kErasemain);
  b.finish();
  EXPECT_EQ(b.word(0), 0u);
  b.set(kMasslock, 0x631A);
  b.set(kWritecmd, kErasemain);
  b.finish();
  EXPECT_EQ(b.word(0), kErased);
}

TEST_P(Efm32Flash, DebugLockClosesAtTheNextReset) {
  Bench b(GetParam());
  b.write_once(kLockBits + 4 * 127, ~0xFu);
  EXPECT_TRUE(b.read_mem(0x20000000));
  b.power_cycle();
  EXPECT_FALSE(b.read_mem(0x20000000));
  EXPECT_FALSE(b.read_mem(0xE000ED00));
}

INSTANTIATE_TEST_SUITE_P(Chips, Efm32Flash, testing::Values("efm32hg322f64", "efm32pg1b200f256"));

}  // namespace
}  // namespace probity::vboard::test::efm32_flash_test
