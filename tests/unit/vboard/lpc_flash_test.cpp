// LPC chips through their boot ROM: IAP as a program in RAM calls it (UM10360 32, UM10398 26, UM10601 21),
// what it refuses, which programs the ROM starts, and what CRP closes.
#include <gtest/gtest.h>

#include <vector>

#include "board_swd_host.hpp"

namespace probity::vboard::test::lpc_flash_test {
namespace {

constexpr std::uint32_t kSuccess = 0, kInvalidCommand = 1, kSrcAddrError = 2, kDstAddrError = 3,
                        kSrcNotMapped = 4, kDstNotMapped = 5, kCountError = 6, kInvalidSector = 7,
                        kNotBlank = 8, kNotPrepared = 9, kCompareError = 10;
constexpr std::uint32_t kDhcsr = 0xE000EDF0, kDcrsr = 0xE000EDF4, kDcrdr = 0xE000EDF8, kEntry = 0x1FFF1FF1;

class IapHost : public SwdHost {
 public:
  IapHost(Board& board, std::uint32_t ram, std::uint32_t map, std::uint32_t entry = kEntry)
      : SwdHost(board), ram_(ram), map_(map), entry_(entry) {
    restart();
  }
  // From reset, into a halt, with the flash at 0.
  void restart() {
    connect();
    wait(Milliseconds(1));
    halt();
    write_mem(map_, map_ == 0x400FC040 ? 1 : 2);
  }
  std::uint32_t call(const std::vector<std::uint32_t>& words) {
    for (unsigned i = 0; i < words.size(); ++i) write_mem(ram_ + 0x10 + 4 * i, words[i]);
    write_mem(ram_, 0xBE00BE00);
    set_register(0, ram_ + 0x10);
    set_register(1, ram_ + 0x30);
    set_register(13, ram_ + 0x100);
    set_register(14, ram_ | 1);
    set_register(15, entry_ & ~1u);
    set_register(16, 0x01000000);
    write_mem(kDhcsr, 0xA05F0009);
    for (unsigned i = 0; i < 1000 && (word(kDhcsr) & 1u << 17) == 0; ++i) wait(Milliseconds(2));
    EXPECT_EQ(get_register(15), ram_) << "IAP did not come back";
    return word(ram_ + 0x30);
  }
  std::uint32_t result(unsigned index) { return word(ram_ + 0x34 + 4 * index); }
  void fill(std::uint32_t size, std::uint32_t seed) {
    for (std::uint32_t i = 0; i < size; i += 4) write_mem(buffer() + i, seed + i);
  }
  std::uint32_t buffer() const { return ram_ + 0x200; }
  void set_register(unsigned number, std::uint32_t value) {
    write_mem(kDcrdr, value);
    write_mem(kDcrsr, 0x10000 | number);
  }
  std::uint32_t get_register(unsigned number) {
    write_mem(kDcrsr, number);
    return word(kDcrdr);
  }

 private:
  std::uint32_t ram_, map_, entry_;
};

struct Bench {
  explicit Bench(const char* chip, std::uint32_t ram = 0x10000000, std::uint32_t map = 0x40048000,
                 std::uint32_t entry = kEntry)
      : board({.chip = chip, .flash_file = {}, .faults = {}}), iap(board, ram, map, entry) {}
  Board board;
  IapHost iap;
};
Bench lpc1768() { return Bench("lpc1768", 0x10000000, 0x400FC040); }

TEST(LpcIap, WritesVerifiesAndErases) {
  Bench b("lpc1114");
  b.iap.fill(256, 0x11223300);
  EXPECT_EQ(b.iap.call({50, 1, 1}), kSuccess);
  EXPECT_EQ(b.iap.call({51, 0x1100, b.iap.buffer(), 256, 12000}), kSuccess);
  EXPECT_EQ(b.iap.word(0x1104), 0x11223304u);
  EXPECT_EQ(b.iap.call({56, 0x1100, b.iap.buffer(), 256}), kSuccess);
  EXPECT_EQ(b.iap.call({53, 1, 1}), kNotBlank);
  EXPECT_EQ(b.iap.result(0), 0x100u);
  EXPECT_EQ(b.iap.result(1), 0x11223300u);
  EXPECT_EQ(b.iap.call({50, 1, 1}), kSuccess);
  EXPECT_EQ(b.iap.call({52, 1, 1, 12000}), kSuccess);
  EXPECT_EQ(b.iap.call({53, 1, 1}), kSuccess);
  EXPECT_EQ(b.board.stats().flash_errors, 0u);
}

TEST(LpcIap, EveryOperationNeedsItsOwnPreparation) {
  Bench b("lpc1343");
  b.iap.fill(256, 1);
  EXPECT_EQ(b.iap.call({51, 0x1000, b.iap.buffer(), 256, 12000}), kNotPrepared);
  EXPECT_EQ(b.iap.call({52, 1, 1, 12000}), kNotPrepared);
  EXPECT_EQ(b.iap.call({50, 1, 1}), kSuccess);
  EXPECT_EQ(b.iap.call({51, 0x2000, b.iap.buffer(), 256, 12000}), kNotPrepared) << "another sector";
  EXPECT_EQ(b.iap.call({51, 0x1000, b.iap.buffer(), 256, 12000}), kSuccess);
  EXPECT_EQ(b.iap.call({51, 0x1100, b.iap.buffer(), 256, 12000}), kNotPrepared) << "used up";
  EXPECT_EQ(b.iap.word(0x1100), 0xFFFFFFFFu);
}

TEST(LpcIap, RefusesWhatTheManualRefuses) {
  Bench b = lpc1768();
  EXPECT_EQ(b.iap.call({50, 0, 29}), kSuccess);
  const std::uint32_t from = b.iap.buffer();
  EXPECT_EQ(b.iap.call({51, 0x1000, from + 2, 256, 4000}), kSrcAddrError);
  EXPECT_EQ(b.iap.call({51, 0x1080, from, 256, 4000}), kDstAddrError);
  EXPECT_EQ(b.iap.call({51, 0x1000, 0x30000000, 256, 4000}), kSrcNotMapped);
  EXPECT_EQ(b.iap.call({51, 0x80000, from, 256, 4000}), kDstNotMapped);
  EXPECT_EQ(b.iap.call({51, 0x1000, from, 128, 4000}), kCountError);
  EXPECT_EQ(b.iap.call({51, 0x1000, from, 2048, 4000}), kCountError);
  EXPECT_EQ(b.iap.call({51, 0x1000, from, 0, 4000}), kCountError);
  EXPECT_EQ(b.iap.call({50, 0, 30}), kInvalidSector);
  EXPECT_EQ(b.iap.call({50, 2, 1}), kInvalidSector);
  EXPECT_EQ(b.iap.call({53, 30, 30}), kInvalidSector);
  EXPECT_EQ(b.iap.call({49}), kInvalidCommand);
  EXPECT_EQ(b.iap.call({60}), kInvalidCommand);
  EXPECT_EQ(b.iap.call({59, 0, 0, 4000}), kInvalidCommand) << "LPC17xx has no pages";
}

TEST(LpcIap, TellsWhatTheChipIs) {
  Bench b = lpc1768();
  EXPECT_EQ(b.iap.call({54}), kSuccess);
  EXPECT_EQ(b.iap.result(0), 0x26013F37u);
  EXPECT_EQ(b.iap.call({55}), kSuccess);
  EXPECT_EQ(b.iap.call({58}), kSuccess);
  EXPECT_EQ(b.iap.result(0), 0x00350031u);
  EXPECT_EQ(b.iap.result(3), 0x50000000u);
}

TEST(LpcIap, SectorsOfLpc17AreSmallThenLarge) {
  Bench b = lpc1768();
  EXPECT_EQ(b.iap.call({50, 16, 16}), kSuccess);
  b.iap.fill(256, 0);
  EXPECT_EQ(b.iap.call({51, 0x17F00, b.iap.buffer(), 256, 4000}), kSuccess);
  EXPECT_EQ(b.iap.call({53, 17, 29}), kSuccess);
  EXPECT_EQ(b.iap.call({53, 16, 16}), kNotBlank);
  EXPECT_EQ(b.iap.result(0), 0x7F00u);
}

TEST(LpcIap, PagesAndSmallCopiesOfLpc8) {
  Bench b("lpc824");
  b.iap.fill(64, 0x55);
  EXPECT_EQ(b.iap.call({50, 1, 1}), kSuccess);
  EXPECT_EQ(b.iap.call({51, 0x440, b.iap.buffer(), 64, 12000}), kSuccess);
  EXPECT_EQ(b.iap.call({50, 1, 1}), kSuccess);
  EXPECT_EQ(b.iap.call({59, 16, 16, 12000}), kSuccess);
  EXPECT_EQ(b.iap.word(0x440), 0x55u) << "page 17";
  EXPECT_EQ(b.iap.call({50, 1, 1}), kSuccess);
  EXPECT_EQ(b.iap.call({59, 17, 17, 12000}), kSuccess);
  EXPECT_EQ(b.iap.word(0x440), 0xFFFFFFFFu);
}

TEST(LpcIap, CompareFindsTheFirstDifference) {
  Bench b("lpc812");
  b.iap.fill(64, 0xFFFFFFFF);
  b.iap.write_mem(b.iap.buffer() + 0, 0xFFFFFFFF);
  b.iap.write_mem(b.iap.buffer() + 4, 0xFFFFFFFF);
  EXPECT_EQ(b.iap.call({56, 0x400, b.iap.buffer(), 64}), kCompareError);
  EXPECT_EQ(b.iap.result(0), 8u);
  EXPECT_EQ(b.iap.call({56, 0x400, b.iap.buffer(), 6}), kCountError);
  EXPECT_EQ(b.iap.call({56, 0x400, 0x30000000, 4}), kSrcNotMapped);
}

TEST(LpcIap, TheEntryOfLpc15IsElsewhere) {
  Bench b("lpc1549", 0x02000000, 0x40074000, 0x03000205);
  EXPECT_EQ(b.iap.call({54}), kSuccess);
  EXPECT_EQ(b.iap.result(0), 0x1549u);
}

// Vectors, and a program at 0x100 that loops.
void write_program(IapHost& iap, std::uint32_t checksum_error) {
  iap.fill(256, 0);
  const std::vector<std::uint32_t> vectors{0x10001000, 0x101, 0x103, 0x105, 0x107, 0x109, 0x10B};
  std::uint32_t sum = checksum_error;
  for (unsigned i = 0; i < 8; ++i) {
    const std::uint32_t value = i < 7 ? vectors[i] : 0u - sum;
    iap.write_mem(iap.buffer() + 4 * i, value);
    sum += value;
  }
  ASSERT_EQ(iap.call({50, 0, 0}), kSuccess);
  ASSERT_EQ(iap.call({51, 0, iap.buffer(), 256, 12000}), kSuccess);
  for (std::uint32_t i = 0; i < 256; i += 4) iap.write_mem(iap.buffer() + i, 0xE7FEE7FE);
  ASSERT_EQ(iap.call({50, 0, 0}), kSuccess);
  ASSERT_EQ(iap.call({51, 0x100, iap.buffer(), 256, 12000}), kSuccess);
}

std::uint32_t pc_after_power_on(Bench& b) {
  b.board.power_cycle();
  b.iap.connect();
  b.iap.wait(Milliseconds(1));
  b.iap.halt();
  return b.iap.get_register(15);
}

TEST(LpcBoot, AProgramWithTheRightChecksumStarts) {
  Bench b("lpc1114");
  write_program(b.iap, 0);
  EXPECT_EQ(pc_after_power_on(b), 0x100u);
  EXPECT_EQ(b.iap.word(0x40048000), 2u) << "user flash is at 0";
  EXPECT_EQ(b.iap.get_register(13), 0x10001000u);
}

TEST(LpcBoot, WithoutChecksumTheRomStays) {
  Bench b = lpc1768();
  write_program(b.iap, 4);
  EXPECT_EQ(pc_after_power_on(b) >> 16, 0x1FFFu);
  EXPECT_EQ(b.iap.word(0x400FC040), 0u);
  EXPECT_NE(b.iap.word(4), 0x101u) << "the ROM's vectors are at 0";
  EXPECT_EQ(b.iap.word(0x204), 0xFFFFFFFFu);
  b.iap.write_mem(0x400FC040, 1);
  EXPECT_EQ(b.iap.word(4), 0x101u);
}

TEST(LpcBoot, CodeReadProtectionClosesTheDebugPort) {
  Bench b("lpc1114");
  b.iap.fill(256, 0xFFFFFFFF);
  b.iap.write_mem(b.iap.buffer() + 0xFC, 0x87654321);
  ASSERT_EQ(b.iap.call({50, 0, 0}), kSuccess);
  ASSERT_EQ(b.iap.call({51, 0x200, b.iap.buffer(), 256, 12000}), kSuccess);
  EXPECT_EQ(b.iap.word(0x2FC), 0x87654321u) << "from the next reset on";
  b.board.power_cycle();
  b.iap.select_swd();
  EXPECT_EQ(b.iap.read(false, 0).ack, kNoAnswer);
}

TEST(LpcBoot, TheFlashTakesNoWrites) {
  Bench b("lpc1114");
  EXPECT_FALSE(b.iap.write_mem(0x1000, 0));
  EXPECT_FALSE(b.iap.write_mem(0x1FFF0000, 0));
}

}  // namespace
}  // namespace probity::vboard::test::lpc_flash_test
