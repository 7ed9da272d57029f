// Option bytes of the L4-like chips and what they protect: RM0351 3.4 and 3.5, RM0444 3.4 and 3.5, RM0440 3.4
// and 3.5, RM0432 3.3.1.
#include <gtest/gtest.h>

#include "l4_flash_host.hpp"

namespace probity::vboard::test::l4::l4_options_test {
namespace {

constexpr std::uint32_t kRdp1 = 0xBB, kRdp2 = 0xCC;
std::uint32_t with_rdp(std::uint32_t optr, std::uint32_t rdp) { return (optr & ~0xFFu) | rdp; }

TEST(L4Options, FactoryValues) {
  Bench b("stm32l476rg");
  EXPECT_EQ(b.host.get(OPTR), 0xFFEFF8AAu);
  EXPECT_EQ(b.host.get(WRP1AR), 0x000000FFu);
  EXPECT_EQ(b.host.word(0x1FFF7800), 0xFFEFF8AAu);
  EXPECT_EQ(b.host.word(0x1FFF7804), ~0xFFEFF8AAu);
}

TEST(L4Options, ComeIntoForceByLaunchAlone) {
  Bench b("stm32g071rb");
  b.host.program_option(WRP1AR, 0x00010001);
  EXPECT_EQ(b.host.get(WRP1AR), 0x00010001u);
  EXPECT_EQ(b.host.erase(kPer | page(1)), 0u);
  b.host.launch();
  EXPECT_EQ(b.host.get(WRP1AR), 0x00010001u);
  EXPECT_EQ(b.host.erase(kPer | page(1)), kWrperr);
}

TEST(L4Options, AlsoComeIntoForceByPowerOn) {
  Bench b("stm32g071rb");
  b.host.program_option(WRP1AR, 0x00010001);
  b.board.power_cycle();
  b.host.connect();
  b.host.halt();
  b.host.unlock();
  EXPECT_EQ(b.host.erase(kPer | page(1)), kWrperr);
}

TEST(L4Options, AreLockedUntilTheirKeys) {
  Bench b("stm32l476rg");
  b.host.put(WRP1AR, 0x00010001);
  b.host.put(CR, kOptStrt);
  b.host.put(CR, kOblLaunch);
  EXPECT_EQ(b.host.get(WRP1AR), 0x000000FFu);
  EXPECT_EQ(b.host.get(CR), kOptLock);
  EXPECT_EQ(b.board.stats().flash_errors, 3u);
}

TEST(L4Options, WhatWasNotProgrammedIsForgottenByReset) {
  Bench b("stm32l476rg");
  b.host.unlock_options();
  b.host.put(WRP1AR, 0x00010001);
  EXPECT_EQ(b.host.get(WRP1AR), 0x00010001u);
  b.host.write_mem(0xE000ED0C, 0x05FA0004);  // SYSRESETREQ
  b.host.wait(Milliseconds(1));
  EXPECT_EQ(b.host.get(WRP1AR), 0x000000FFu);
}

TEST(L4Options, WriteProtectionOfBothAreasAndBanks) {
  Bench b("stm32l476rg");
  b.host.set_option(WRP1BR, 0x00030002);  // pages 2 and 3
  b.host.set_option(WRP2AR, 0x00000000);  // page 0 of bank 2
  EXPECT_EQ(b.host.erase(kPer | page(1)), 0u);
  EXPECT_EQ(b.host.erase(kPer | page(2)), kWrperr);
  EXPECT_EQ(b.host.erase(kPer | page(3)), kWrperr);
  EXPECT_EQ(b.host.erase(kPer | page(4)), 0u);
  EXPECT_EQ(b.host.erase(kPer), 0u);
  EXPECT_EQ(b.host.erase(kPer | kBker), kWrperr);
  EXPECT_EQ(b.host.erase(kMer1), kWrperr);
  EXPECT_EQ(b.host.erase(kMer1 | kMer2), kWrperr);
  EXPECT_EQ(b.host.program(kFlash + 0x1FF8, 1, 2), kWrperr);
  EXPECT_EQ(b.host.program(kFlash + 0x2000, 1, 2), 0u);
}

TEST(L4Options, ProprietaryCodeIsNotRead) {
  Bench b("stm32g071rb");
  EXPECT_EQ(b.host.program(kFlash + 0x400, 0x12345678, 0), 0u);
  EXPECT_EQ(b.host.program(kFlash + 0x5FC - 4, 1, 2), 0u);
  b.host.program_option(PCROP1SR, 2);  // units of 512 bytes
  b.host.set_option(PCROP1ER, 3);
  EXPECT_FALSE(b.host.read_mem(kFlash + 0x400).has_value());
  EXPECT_EQ(b.host.get(SR) & kRderr, kRderr);
  b.host.put(SR, kRderr);
  EXPECT_TRUE(b.host.read_mem(kFlash + 0x3FC).has_value());
  EXPECT_TRUE(b.host.read_mem(kFlash + 0x800).has_value());
  EXPECT_EQ(b.host.erase(kPer), kWrperr);
  b.host.set_option(PCROP1ER, 2);  // it cannot shrink
  EXPECT_FALSE(b.host.read_mem(kFlash + 0x7FC).has_value());
  b.host.put(SR, kRderr);
  b.host.set_option(PCROP1ER, 4);  // it can grow
  EXPECT_FALSE(b.host.read_mem(kFlash + 0x9FC).has_value());
}

TEST(L4Options, Level1ClosesTheFlashAndItsRegressionErasesIt) {
  Bench b("stm32l476rg");
  EXPECT_EQ(b.host.program(kFlash, 1, 2), 0u);
  const std::uint32_t optr = b.host.get(OPTR);
  b.host.set_option(OPTR, with_rdp(optr, kRdp1));
  EXPECT_EQ(b.host.get(OPTR) & 0xFF, kRdp1);
  EXPECT_FALSE(b.host.read_mem(kFlash).has_value());
  b.host.put(CR, kPg);
  EXPECT_FALSE(b.host.write_mem(kFlash + 8, 0));
  EXPECT_EQ(b.host.erase(kMer1 | kMer2), kWrperr);
  EXPECT_EQ(b.board.flash_content()[0], 1);
  b.host.set_option(OPTR, optr);
  EXPECT_EQ(b.host.word(kFlash), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.program(kFlash, 3, 4), 0u);
}

TEST(L4Options, RegressionKeepsProprietaryCodeWhilePcropRdpIsClear) {
  Bench b("stm32g071rb");
  for (const std::uint32_t address : {kFlash, kFlash + 0x800, kFlash + 0x1000}) {
    EXPECT_EQ(b.host.program(address, 1, 2), 0u);
  }
  const std::uint32_t optr = b.host.get(OPTR);
  b.host.program_option(PCROP1SR, 4);
  b.host.set_option(PCROP1ER, 5);
  b.host.set_option(OPTR, with_rdp(optr, kRdp1));
  b.host.set_option(OPTR, optr);
  const Bytes flash = b.board.flash_content();
  EXPECT_EQ(flash[0], 0xFF);
  EXPECT_EQ(flash[0x800], 1);
  EXPECT_EQ(flash[0x1000], 0xFF);
}

TEST(L4Options, Level2EndsDebugging) {
  Bench b("stm32g071rb");
  b.host.program_option(OPTR, with_rdp(b.host.get(OPTR), kRdp2));
  b.host.must_write(true, 0x4, 0x40022000 + CR);
  b.host.must_write(true, 0xC, kOblLaunch);
  b.host.wait(Milliseconds(1));
  b.host.select_swd();
  EXPECT_EQ(b.host.read(false, 0).ack, kNoAnswer);
}

// DBANK clear: pages of twice the size, one bank, and a mass erase wants both bits.
TEST(L4Options, G474WithOneBank) {
  Bench b("stm32g474re");
  b.host.set_option(OPTR, b.host.get(OPTR) & ~(1u << 22));
  for (const std::uint32_t address :
       {kFlash + 0x41000 - 8, kFlash + 0x41000, kFlash + 0x42000 - 8, kFlash + 0x42000}) {
    EXPECT_EQ(b.host.program(address, 1, 2), 0u);
  }
  EXPECT_EQ(b.host.erase(kPer | kBker), kPgserr);
  EXPECT_EQ(b.host.erase(kMer1), kPgserr);
  EXPECT_EQ(b.host.erase(kPer | page(65)), 0u);
  EXPECT_EQ(b.host.word(kFlash + 0x41000 - 8), 1u);
  EXPECT_EQ(b.host.word(kFlash + 0x41000), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.word(kFlash + 0x42000 - 8), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.word(kFlash + 0x42000), 1u);
  EXPECT_EQ(b.host.erase(kMer1 | kMer2), 0u);
  EXPECT_EQ(b.board.flash_content(), Bytes(512 * 1024, 0xFF));
}

// RM0440 3.3.1: the second bank of a smaller chip begins at 0x08040000 all the same.
TEST(L4Options, G474OfASmallerSizeHasAGapBetweenItsBanks) {
  Bench b("stm32g474rc");
  constexpr std::uint32_t kBank2 = kFlash + 0x40000;
  EXPECT_FALSE(b.host.read_mem(kFlash + 0x20000).has_value());
  EXPECT_EQ(b.host.program(kBank2, 1, 2), 0u);
  EXPECT_EQ(b.board.flash_content()[0x20000], 1);
  EXPECT_FALSE(b.host.read_mem(kBank2 + 0x20000).has_value());
  EXPECT_EQ(b.host.erase(kPer | kBker), 0u);
  EXPECT_EQ(b.host.word(kBank2), 0xFFFFFFFFu);
  b.host.set_option(OPTR, b.host.get(OPTR) & ~(1u << 22));
  EXPECT_EQ(b.host.word(kFlash + 0x20000), 0xFFFFFFFFu);
  EXPECT_FALSE(b.host.read_mem(kBank2).has_value());
}

TEST(L4Options, L4R5WithOneBankHasPagesOf8Kib) {
  Bench b("stm32l4r5zi");
  b.host.set_option(OPTR, b.host.get(OPTR) & ~(1u << 22));
  EXPECT_EQ(b.host.program(kFlash + 0x1FFFF8, 1, 2), 0u);
  EXPECT_EQ(b.host.program(kFlash + 0x1FDFF8, 1, 2), 0u);
  EXPECT_EQ(b.host.erase(kPer | page(255)), 0u);
  EXPECT_EQ(b.host.word(kFlash + 0x1FFFF8), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.word(kFlash + 0x1FDFF8), 1u);
}

TEST(L4Options, SmallerChipsHaveTwoBanksByAnotherBit) {
  Bench b("stm32l4r5vg");
  b.host.set_option(OPTR, b.host.get(OPTR) & ~(1u << 22));  // DBANK: of the largest alone
  EXPECT_EQ(b.host.erase(kPer | kBker), 0u);
  b.host.set_option(OPTR, b.host.get(OPTR) & ~(1u << 21));  // DB1M
  EXPECT_EQ(b.host.erase(kPer | kBker), kPgserr);
}

TEST(L4Options, G0b1SwapsItsBanks) {
  Bench b("stm32g0b1re");
  EXPECT_EQ(b.host.program(kFlash, 1, 1), 0u);
  EXPECT_EQ(b.host.program(kFlash + 0x40000, 2, 2), 0u);
  b.host.set_option(OPTR, b.host.get(OPTR) & ~(1u << 20));
  EXPECT_EQ(b.host.word(kFlash), 2u);
  EXPECT_EQ(b.host.word(kFlash + 0x40000), 1u);
  EXPECT_EQ(b.host.program(kFlash + 8, 3, 3), 0u);
  EXPECT_EQ(b.board.flash_content()[0x40008], 3);
  EXPECT_EQ(b.host.erase(kPer), 0u);  // bank 1 by its own number, wherever it is seen
  EXPECT_EQ(b.host.word(kFlash), 2u);
  EXPECT_EQ(b.host.word(kFlash + 0x40000), 0xFFFFFFFFu);
}

// RM0444 table 12 counts the pages of bank 2 from 256; HAL and others from 0.
TEST(L4Options, G0b1Bank2HasTwoCountsAndAFlagOfItsOwn) {
  Bench b("stm32g0b1re");
  for (const unsigned first : {0u, 256u}) {
    EXPECT_EQ(b.host.program(kFlash + 0x40800, 1, 2), 0u);
    EXPECT_EQ(b.host.erase(kPer | kBkerG0 | page(first + 1)), 0u);
    EXPECT_EQ(b.host.word(kFlash + 0x40800), 0xFFFFFFFFu);
  }
  b.host.put(CR, kPer | kBkerG0 | kStrt);
  EXPECT_EQ(b.host.get(SR), kBsy2 | kCfgbsy);
  b.host.finish();
  b.host.put(CR, kPer | kStrt);
  EXPECT_EQ(b.host.get(SR), kBsy | kCfgbsy);
}

TEST(L4Options, SecurablePagesHideUntilReset) {
  Bench b("stm32g071rb");
  EXPECT_EQ(b.host.program(kFlash + 0x800, 1, 2), 0u);
  b.host.set_option(G0_SECR, 2);
  EXPECT_EQ(b.host.word(kFlash + 0x800), 1u);
  b.host.put(CR, kSecProt);
  b.host.put(CR, 0);
  EXPECT_EQ(b.host.get(CR) & kSecProt, kSecProt);
  EXPECT_FALSE(b.host.read_mem(kFlash + 0x800).has_value());
  EXPECT_TRUE(b.host.read_mem(kFlash + 0x1000).has_value());
  EXPECT_EQ(b.host.erase(kPer | page(1)), kWrperr);
  b.host.write_mem(0xE000ED0C, 0x05FA0004);
  b.host.wait(Milliseconds(1));
  EXPECT_EQ(b.host.word(kFlash + 0x800), 1u);
}

TEST(L4Options, SurviveInTheOptionsFile) {
  const std::string file = testing::TempDir() + "l4_options_test.flash";
  std::remove(file.c_str());
  std::remove((file + ".options").c_str());
  for (const bool first : {true, false}) {
    BoardOptions options = Bench::options("stm32g431kb");
    options.flash_file = file;
    Board board(options);
    Host host(board, 0x40022000);
    host.unlock();
    if (first) {
      host.set_option(WRP1AR, 0x00010001);
      host.set_option(G4_SEC1R, 3);
    }
    EXPECT_EQ(host.get(WRP1AR), 0x00010001u);
    EXPECT_EQ(host.get(G4_SEC1R), 3u);
  }
  std::remove(file.c_str());
  std::remove((file + ".options").c_str());
}

}  // namespace
}  // namespace probity::vboard::test::l4::l4_options_test
