// The flash controller of Stellaris and Tiva through the debug port, by the sequences and error conditions of
// the LM3S6965 and TM4C123GH6PM data sheets.
#include <gtest/gtest.h>

#include "board_swd_host.hpp"

namespace probity::vboard::test::stellaris_flash_test {
namespace {

constexpr std::uint32_t kFlash = 0x400FD000, kFma = kFlash, kFmd = kFlash + 4, kFmc = kFlash + 8,
                        kFcris = kFlash + 0x0C, kFcmisc = kFlash + 0x14, kFmc2 = kFlash + 0x20,
                        kFwbval = kFlash + 0x30, kFwb = kFlash + 0x100, kFsize = kFlash + 0xFC0;
constexpr std::uint32_t kSystem = 0x400FE000, kFmpre = kSystem + 0x130, kFmppe = kSystem + 0x134,
                        kBootcfg = kSystem + 0x1D0, kFmppe1 = kSystem + 0x404;
constexpr std::uint32_t kWrite = 1, kErase = 2, kMerase = 4, kComt = 8, kKey = 0xA442;
constexpr std::uint32_t kAris = 1, kPris = 2, kInvdris = 0x400, kErased = 0xFFFFFFFF;

struct Bench : SwdHost {
  explicit Bench(const std::string& name)
      : SwdHost(chip),
        chip({.chip = name, .flash_file = {}, .faults = {}}),
        newer(!name.starts_with("lm3s")) {
    connect();
    halt();
  }
  // FCRIS after the operation, cleared.
  std::uint32_t command(std::uint32_t operation, std::uint32_t key = kKey, std::uint32_t where = kFmc) {
    write_mem(where, key << 16 | operation);
    while (word(where) != 0) wait(Microseconds(100));
    const std::uint32_t flags = word(kFcris);
    write_mem(kFcmisc, flags);
    return flags;
  }
  std::uint32_t program(std::uint32_t address, std::uint32_t value, std::uint32_t key = kKey) {
    write_mem(kFma, address);
    write_mem(kFmd, value);
    return command(kWrite, key);
  }
  std::uint32_t erase(std::uint32_t address) {
    write_mem(kFma, address);
    return command(kErase);
  }
  void power_cycle() {
    chip.power_cycle();
    connect();
    halt();
  }
  Board chip;
  const bool newer;
};

class StellarisFlash : public testing::TestWithParam<const char*> {};

TEST_P(StellarisFlash, IdentityCannotBeWritten) {
  Bench b(GetParam());
  const std::uint32_t did1 = b.word(kSystem + 4);
  EXPECT_EQ(did1 >> 16 & 0xFF, b.newer ? 0xA1u : 0x73u);
  b.write_mem(kSystem + 4, 0);
  EXPECT_EQ(b.word(kSystem + 4), did1);
  EXPECT_EQ(b.word(kSystem + 8) & 0xFFFF, 127u);
  EXPECT_EQ(b.word(kFsize), b.newer ? 127u : 0u);
}

TEST_P(StellarisFlash, WritesAWordAndErasesItsPageAlone) {
  Bench b(GetParam());
  for (const std::uint32_t at : {0x3FCu, 0x400u, 0x7FCu, 0x800u}) EXPECT_EQ(b.program(at, 0x12345678), kPris);
  EXPECT_EQ(b.erase(0x500), kPris);
  EXPECT_EQ(b.word(0x3FC), 0x12345678u);
  EXPECT_EQ(b.word(0x400), kErased);
  EXPECT_EQ(b.word(0x7FC), kErased);
  EXPECT_EQ(b.word(0x800), 0x12345678u);
  EXPECT_EQ(b.command(kMerase), kPris);
  EXPECT_EQ(b.word(0x800), kErased);
  EXPECT_EQ(b.chip.stats().flash_errors, 0u);
}

TEST_P(StellarisFlash, WhatIsNoOperationIsIgnored) {
  Bench b(GetParam());
  EXPECT_EQ(b.program(0, 0, 0x71D5), 0u);
  EXPECT_EQ(b.program(2, 0), 0u);
  EXPECT_EQ(b.command(kWrite | kErase), 0u);
  EXPECT_FALSE(b.write_mem(0, 0));
  EXPECT_EQ(b.word(0), kErased);
  b.write_mem(kFma, 0);
  b.write_mem(kFmc, kKey << 16 | kErase);
  b.write_mem(kFmc, kKey << 16 | kMerase);
  EXPECT_EQ(b.word(kFmc), kErase);
  EXPECT_EQ(b.chip.stats().flash_errors, 5u);
}

TEST_P(StellarisFlash, ABitThatIsToBecomeOne) {
  Bench b(GetParam());
  b.program(0, 0x0000FF00);
  EXPECT_EQ(b.program(0, 0x00FF00FF), b.newer ? kPris | kInvdris : kPris);
  EXPECT_EQ(b.word(0), 0u);
  EXPECT_EQ(b.chip.stats().flash_errors, 1u);
}

TEST_P(StellarisFlash, ProtectionLastsWhenItIsCommitted) {
  Bench b(GetParam());
  b.write_mem(kFmppe, ~2u);
  EXPECT_EQ(b.program(0x800, 0), kAris);
  EXPECT_EQ(b.erase(0xC00), kAris);
  EXPECT_EQ(b.command(kMerase), kAris);
  EXPECT_EQ(b.program(0x7FC, 0), kPris);
  b.write_mem(kFmppe, kErased);  // does not set what was cleared
  EXPECT_EQ(b.program(0x800, 0), kAris);
  b.power_cycle();
  EXPECT_EQ(b.program(0x800, 0), kPris);
  b.write_mem(kFmppe1, ~1u);
  b.write_mem(kFma, 3);
  EXPECT_EQ(b.command(kComt), kPris);
  b.power_cycle();
  EXPECT_EQ(b.program(0x10000, 0), kAris);
  EXPECT_EQ(b.program(0x0FFFC, 0), kPris);
}

TEST_P(StellarisFlash, BlocksThatCannotBeRead) {
  Bench b(GetParam());
  b.write_mem(kFmpre, ~1u);
  EXPECT_FALSE(b.read_mem(0x7FC));
  EXPECT_TRUE(b.read_mem(0x800));
}

TEST_P(StellarisFlash, WriteBufferOfTheNewerOnes) {
  Bench b(GetParam());
  b.write_mem(kFma, 0x80);
  b.write_mem(kFwb, 1);
  b.write_mem(kFwb + 0x7C, 2);
  EXPECT_EQ(b.word(kFwbval), b.newer ? 0x80000001u : 0u);
  EXPECT_EQ(b.command(1, kKey, kFmc2), b.newer ? kPris : 0u);
  EXPECT_EQ(b.word(0x80), b.newer ? 1u : kErased);
  EXPECT_EQ(b.word(0x84), kErased);
  EXPECT_EQ(b.word(0xFC), b.newer ? 2u : kErased);
}

TEST_P(StellarisFlash, BootcfgChoosesTheKey) {
  Bench b(GetParam());
  b.write_mem(kFma, 0x75100000);
  b.write_mem(kFmd, ~0x10u);
  EXPECT_EQ(b.command(kComt), b.newer ? kPris : 0u);
  b.power_cycle();
  EXPECT_EQ(b.word(kBootcfg), b.newer ? 0xFFFFFFEEu : 0u);
  EXPECT_EQ(b.program(0, 0, 0x71D5), b.newer ? kPris : 0u);
  EXPECT_EQ(b.program(4, 0), b.newer ? 0u : kPris);
}

INSTANTIATE_TEST_SUITE_P(Chips, StellarisFlash, testing::Values("lm3s6965", "tm4c123gh6pm"));

}  // namespace
}  // namespace probity::vboard::test::stellaris_flash_test
