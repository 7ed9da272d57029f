// The RP2040 as its data sheet describes it, and the boot ROM that we have written for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rp2040_host.hpp"

namespace probity::vboard::test::rp2040_test {
namespace {

using testing::Each;
using testing::ElementsAre;

constexpr std::uint32_t kFlash = Rp2040Host::kFlash, kRam = Rp2040Host::kRam, kSsi = Rp2040Host::kSsi;

std::vector<std::uint32_t> page_of(std::uint32_t seed) {
  std::vector<std::uint32_t> words(64);
  for (std::uint32_t& word : words) word = seed = seed * 1664525 + 1013904223;
  return words;
}

// CRC-32/MPEG-2, which 2.8.1.3.1 asks for.
std::uint32_t crc_of(std::span<const std::uint32_t> words) {
  std::uint32_t crc = 0xFFFFFFFF;
  for (const std::uint32_t word : words) {
    for (unsigned byte = 0; byte < 4; ++byte) {
      crc ^= (word >> 8 * byte & 0xFF) << 24;
      for (unsigned bit = 0; bit < 8; ++bit) crc = crc << 1 ^ (crc >> 31 != 0 ? 0x04C11DB7u : 0u);
    }
  }
  return crc;
}

// A second stage that waits: b .
std::vector<std::uint32_t> second_stage() {
  std::vector<std::uint32_t> words(64, 0);
  words[0] = 0xE7FEE7FE;
  words[63] = crc_of(std::span(words).first(63));
  return words;
}

class Rp2040 : public testing::Test {
 protected:
  Rp2040() {
    chip.wait(Milliseconds(20));  // it boots
    chip.connect_core(0);
    chip.halt();
  }
  // Core 0 through the ROM again, and what it does then.
  std::uint32_t where_it_boots_to() {
    chip.write_mem(0xE000ED0C, 0x05FA0004);
    chip.resume();
    chip.wait(Milliseconds(20));
    chip.halt();
    return chip.reg(Rp2040Host::pc);
  }
  void program(std::uint32_t offset, std::span<const std::uint32_t> words) {
    chip.command_mode();
    chip.program_page(offset, words);
    chip.read_mode();
  }
  Rp2040Host chip;
};

TEST_F(Rp2040, RomHasTheDocumentedFunctions) {
  for (const char* code : {"IF", "EX", "RE", "RP", "FC", "CX", "DT", "DE", "UB", "MS", "MC", "S4", "C4", "P3",
                           "R3", "L3", "T3"}) {
    EXPECT_NE(chip.rom(code), 0u) << code;
  }
  EXPECT_EQ(chip.rom("XX"), 0u);
  EXPECT_EQ(chip.word(0x10) >> 24, 3u);
  EXPECT_FALSE(chip.write_mem(0x40, 0));
}

TEST_F(Rp2040, RomFunctionsOfBitsAndMemory) {
  EXPECT_EQ(chip.call("P3", {0xF0000001}), 5u);
  EXPECT_EQ(chip.call("R3", {0x00000013}), 0xC8000000u);
  EXPECT_EQ(chip.call("L3", {0x00080000}), 12u);
  EXPECT_EQ(chip.call("T3", {0x00080000}), 19u);
  EXPECT_EQ(chip.call("L3", {0}), 32u);
  EXPECT_EQ(chip.call("T3", {0}), 32u);
  chip.store(kRam, std::vector<std::uint32_t>{1, 2, 3, 4});
  EXPECT_EQ(chip.call("MC", {kRam + 0x100, kRam, 12}), kRam + 0x100);
  EXPECT_EQ(chip.call("MS", {kRam + 0x105, 0xEE, 2}), kRam + 0x105);
  EXPECT_THAT(chip.words(kRam + 0x100, 3), ElementsAre(1u, 0x00EEEE02u, 3u));
  const std::uint32_t table_lookup = chip.word(0x18) & 0xFFFF;
  chip.set_reg(0, chip.word(0x14) & 0xFFFF);
  chip.set_reg(1, 'R' | 'E' << 8);
  chip.set_reg(Rp2040Host::r7, table_lookup);
  chip.run(chip.rom("DT"));
  EXPECT_EQ(chip.reg(0), chip.rom("RE"));
}

TEST_F(Rp2040, EveryDebugPortHasItsCore) {
  EXPECT_EQ(chip.word(Rp2040Host::kSio), 0u);
  chip.connect_core(1);
  EXPECT_EQ(chip.word(Rp2040Host::kSio), 1u);
  EXPECT_FALSE(chip.halted());
  EXPECT_EQ(chip.word(0xE000ED00), 0x410CC601u);
  EXPECT_EQ(chip.word(0x40000000), 0x20002927u);
}

TEST_F(Rp2040, FlashAnswersItsIdOnceItIsOutOfXip) {
  chip.command_mode();
  chip.write_mem(Rp2040Host::kSsCtrl, 2u << 8);  // selected, as OpenOCD does it
  for (unsigned i = 0; i < 4; ++i) chip.write_mem(kSsi + 0x60, 0x9F);
  chip.wait(Milliseconds(1));
  EXPECT_EQ(chip.word(kSsi + 0x24), 4u);  // RXFLR
  EXPECT_THAT(chip.words(kSsi + 0x60, 4), ElementsAre(testing::_, 0xEFu, 0x40u, 0x15u));
  EXPECT_EQ(chip.word(kSsi + 0x24), 0u);
}

TEST_F(Rp2040, ErasesAndProgramsByItsRom) {
  const auto first = page_of(1), second = page_of(2);
  chip.command_mode();
  chip.program_page(0x1000, first);
  chip.program_page(0x2100, second);
  chip.read_mode();
  EXPECT_EQ(chip.words(kFlash + 0x1000, 64), first);
  EXPECT_EQ(chip.words(kFlash + 0x2100, 64), second);
  EXPECT_THAT(chip.words(kFlash + 0x2000, 64), Each(0xFFFFFFFFu));
  chip.command_mode();
  chip.call("RE", {0x1000, 0x1000, 0x10000, 0xD8});
  chip.read_mode();
  EXPECT_THAT(chip.words(kFlash + 0x1000, 64), Each(0xFFFFFFFFu));
  EXPECT_EQ(chip.words(kFlash + 0x2100, 64), second);
}

TEST_F(Rp2040, BlocksAreErasedByTheirOwnCommand) {
  chip.command_mode();
  chip.program_page(0xF000, page_of(1));
  chip.program_page(0x10000, page_of(2));
  chip.program_page(0x1FF00, page_of(3));
  chip.program_page(0x20000, page_of(4));
  const auto before = chip.board().timeline().now();
  chip.call("RE", {0xF000, 0x11000, 0x10000, 0xD8});
  EXPECT_LT(chip.board().timeline().now() - before,
            Milliseconds(300));  // 45 ms and 150 ms; 17 sectors: 765 ms
  chip.read_mode();
  EXPECT_EQ(chip.word(kFlash + 0xF000), 0xFFFFFFFFu);
  EXPECT_EQ(chip.word(kFlash + 0x10000), 0xFFFFFFFFu);
  EXPECT_EQ(chip.word(kFlash + 0x1FF00), 0xFFFFFFFFu);
  EXPECT_EQ(chip.word(kFlash + 0x20000), page_of(4)[0]);
}

TEST_F(Rp2040, NothingIsProgrammedInXipMode) {
  chip.command_mode();
  chip.read_mode();
  chip.store(kRam, page_of(1));
  chip.set_reg(0, 0);
  chip.set_reg(1, kRam);
  chip.set_reg(2, 256);
  chip.set_reg(Rp2040Host::r7, chip.rom("RP"));
  chip.set_reg(Rp2040Host::sp, Rp2040Host::kStack);
  chip.set_reg(Rp2040Host::pc, chip.rom("DT") & ~1u);
  chip.set_reg(Rp2040Host::xpsr, 1u << 24);
  chip.resume();
  chip.wait(Milliseconds(20));
  chip.halt();
  EXPECT_TRUE(chip.is_erased());
}

TEST_F(Rp2040, NothingIsProgrammedWhileThePinsAreNotTheSsis) {
  chip.command_mode();
  chip.write_mem(0x4000C000 + 0x2000, 1u << 6);  // IO_QSPI into reset
  chip.write_mem(0x4000C000 + 0x3000, 1u << 6);
  chip.store(kRam, page_of(1));
  chip.call("RP", {0, kRam, 256});  // ends, as the status of nobody reads 0
  EXPECT_TRUE(chip.is_erased());
}

TEST_F(Rp2040, WhatWasReadStaysUntilTheCacheIsFlushed) {
  chip.command_mode();
  chip.read_mode();
  EXPECT_EQ(chip.word(kFlash), 0xFFFFFFFFu);
  chip.command_mode();
  chip.program_page(0, page_of(7));
  chip.write_mem(Rp2040Host::kSsCtrl, 0);  // the chip select is the SSI's again, but nothing is flushed
  chip.call("CX");
  EXPECT_EQ(chip.word(kFlash), 0xFFFFFFFFu);
  EXPECT_EQ(chip.word(kFlash + 0x03000000), page_of(7)[0]);  // past the cache
  EXPECT_EQ(chip.word(kFlash + 0x80), page_of(7)[32]);       // not cached yet
  chip.write_mem(0x14000004, 1);
  EXPECT_EQ(chip.word(kFlash), page_of(7)[0]);
}

TEST_F(Rp2040, SsiIsSetUpOnlyWhileItIsDisabled) {
  program(0, page_of(3));
  for (const std::uint32_t offset : {0x00u, 0x14u, 0xF4u}) {
    const std::uint32_t before = chip.word(kSsi + offset);
    chip.write_mem(kSsi + offset, 0);
    EXPECT_EQ(chip.word(kSsi + offset), before);
  }
  chip.write_mem(kSsi + 0x08, 0);
  EXPECT_FALSE(chip.read_mem(0x13000000));
}

TEST_F(Rp2040, WindowsRepeatTheFlashAndTakeNoWrites) {
  program(0, page_of(3));
  for (const std::uint32_t window : {0x10200000u, 0x11000000u, 0x12000000u, 0x13E00000u}) {
    EXPECT_EQ(chip.word(window + 4), page_of(3)[1]) << std::hex << window;
  }
  EXPECT_TRUE(chip.write_mem(kFlash, 0));  // only forgets what is cached
  EXPECT_EQ(chip.word(kFlash), page_of(3)[0]);
  EXPECT_FALSE(chip.write_mem(0x11000000, 0));
}

TEST_F(Rp2040, ForcedChipSelectHidesTheFlash) {
  program(0, page_of(3));
  chip.write_mem(Rp2040Host::kSsCtrl, 3u << 8);
  EXPECT_EQ(chip.word(0x13000000), 0u);  // nobody drives the lines
  chip.write_mem(Rp2040Host::kSsCtrl, 0);
  EXPECT_EQ(chip.word(0x13000000), page_of(3)[0]);
}

TEST_F(Rp2040, FlashThatGoesOnReadingIsBroughtOutOfIt) {
  program(0, page_of(5));
  // As a second stage does it: EBh with mode bits A0h, then frames without an instruction (4.10.10).
  chip.write_mem(kSsi + 0x08, 0);
  chip.write_mem(kSsi + 0x00, 2u << 21 | 31u << 16 | 3u << 8);
  chip.write_mem(kSsi + 0xF4, 4u << 11 | 2u << 8 | 8u << 2 | 1);
  chip.write_mem(kSsi + 0x08, 1);
  chip.write_mem(kSsi + 0x60, 0xEB);
  chip.write_mem(kSsi + 0x60, 0xA0);
  chip.wait(Milliseconds(1));
  chip.write_mem(kSsi + 0x08, 0);
  chip.write_mem(kSsi + 0xF4, 0xA0u << 24 | 4u << 11 | 8u << 2 | 2);
  chip.write_mem(kSsi + 0x08, 1);
  EXPECT_EQ(chip.word(0x13000040), page_of(5)[16]);
  chip.command_mode();
  chip.program_page(0x100, page_of(6));
  chip.read_mode();
  EXPECT_EQ(chip.words(kFlash + 0x100, 64), page_of(6));
}

TEST_F(Rp2040, SecondStageRunsIfItsCrcIsRight) {
  EXPECT_LT(where_it_boots_to(), 0x4000u);  // the flash is empty
  auto stage = second_stage();
  program(0, stage);
  EXPECT_EQ(where_it_boots_to(), 0x20041F00u);
  stage[62] = 1;
  chip.command_mode();
  chip.call("RE", {0, 0x1000, 0x10000, 0xD8});
  chip.read_mode();
  program(0, stage);
  EXPECT_LT(where_it_boots_to(), 0x4000u);
}

TEST_F(Rp2040, WatchdogStartsAProgramInRam) {
  chip.store(kRam, std::vector<std::uint32_t>{0xE7FEE7FE});
  chip.store(0x4005801C,
             std::vector<std::uint32_t>{0xB007C0D3, (kRam | 1) ^ (0u - 0xB007C0D3u), 0x20001000, kRam | 1});
  chip.write_mem(0x40058000 + 0x2000, 1u << 31);
  chip.resume();
  chip.wait(Milliseconds(20));
  chip.halt();
  EXPECT_EQ(chip.reg(Rp2040Host::pc), kRam);
  EXPECT_EQ(chip.reg(Rp2040Host::sp), 0x20001000u);
  EXPECT_EQ(chip.word(0x40058008), 2u);  // REASON: forced
  EXPECT_EQ(chip.word(0x4005801C), 0u);  // once only
}

TEST_F(Rp2040, Core1WaitsForItsProgramInTheFifo) {
  // Sends the six words at r1, each of which comes back (2.8.2); then stops.
  chip.store(kRam, std::vector<std::uint32_t>{0x24064806, 0x6542C904, 0x6D03BF40, 0xD3FC085B, 0x42936D83,
                                              0x3C01D101, 0xBE00D1F4, Rp2040Host::kSio});
  chip.store(kRam + 0x100, std::vector<std::uint32_t>{0, 0, 1, 0x20002000, 0x20003000, kRam + 0x201});
  chip.store(kRam + 0x200, std::vector<std::uint32_t>{0xE7FEE7FE});
  chip.set_reg(1, kRam + 0x100);
  chip.run(kRam);
  EXPECT_EQ(chip.reg(4), 0u);
  chip.wait(Milliseconds(1));
  chip.connect_core(1);
  chip.halt();
  EXPECT_EQ(chip.reg(Rp2040Host::pc), kRam + 0x200);
  EXPECT_EQ(chip.reg(Rp2040Host::sp), 0x20003000u);
  EXPECT_EQ(chip.word(0xE000ED08), 0x20002000u);
}

TEST_F(Rp2040, RescuePortStopsItBeforeTheFlash) {
  program(0, second_stage());
  chip.connect(15);
  chip.must_write(false, 0x4, 0);
  chip.wait(Milliseconds(20));
  chip.connect_core(0);
  chip.halt();
  EXPECT_LT(chip.reg(Rp2040Host::pc), 0x4000u);
  EXPECT_EQ(chip.word(0x40064008), 1u << 20);  // HAD_PSM_RESTART; the ROM has cleared the flag
}

TEST_F(Rp2040, RegistersHaveAliasesThatSetClearAndToggle) {
  constexpr std::uint32_t kScratch = 0x4005800C;
  chip.write_mem(kScratch, 0xF0);
  chip.write_mem(kScratch + 0x2000, 0x0F);
  EXPECT_EQ(chip.word(kScratch), 0xFFu);
  chip.write_mem(kScratch + 0x3000, 0x3C);
  EXPECT_EQ(chip.word(kScratch), 0xC3u);
  chip.write_mem(kScratch + 0x1000, 0xFF);
  EXPECT_EQ(chip.word(kScratch), 0x3Cu);
  chip.set_size(1);
  chip.write_mem(kScratch + 1, 0x5A00);
  chip.set_size(4);
  EXPECT_EQ(chip.word(kScratch), 0x5A5A5A5Au);
}

TEST_F(Rp2040, MemoryIsStripedOverFourBanks) {
  chip.store(kRam, std::vector<std::uint32_t>{10, 11, 12, 13, 14});
  EXPECT_EQ(chip.word(0x21000000), 10u);
  EXPECT_EQ(chip.word(0x21010000), 11u);
  EXPECT_EQ(chip.word(0x21030000), 13u);
  chip.write_mem(0x21000004, 99);
  EXPECT_EQ(chip.word(kRam + 16), 99u);
}

}  // namespace
}  // namespace probity::vboard::test::rp2040_test
