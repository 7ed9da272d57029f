// FTFA, FTFL and FTFE by their commands (KL25P80M48SF0RM 27, K64P144M120SF5RM 29), security and the MDM-AP
// (9.4), and the watchdogs.
#include <gtest/gtest.h>

#include <array>

#include "board_swd_host.hpp"

namespace probity::vboard::test::kinetis_flash_test {
namespace {

constexpr std::uint32_t kFstat = 0x40020000, kFccob0 = 0x40020004, kFccob4 = 0x40020008, kFccob8 = 0x4002000C,
                        kFprot = 0x40020010;
constexpr unsigned kCcif = 0x80, kRdcolerr = 0x40, kAccerr = 0x20, kFpviol = 0x10, kMgstat0 = 0x01;
constexpr std::uint32_t kEraseRequest = 1, kDebugRequest = 4, kResetRequest = 8, kHoldCore = 0x10;
constexpr std::uint32_t kAcknowledge = 1, kReady = 2, kSecurity = 4, kNoReset = 8, kEraseEnable = 0x20,
                        kCoreHalted = 0x10000;

class FtfHost : public SwdHost {
 public:
  explicit FtfHost(Board& board) : SwdHost(board) {
    connect();
    halt();
  }
  void set_byte(std::uint32_t address, std::uint32_t value) {
    set_size(1);
    write_mem(address, value << 8 * (address & 3));
    set_size(4);
  }
  // FSTAT after the command, its errors cleared again.
  unsigned command(unsigned code, std::uint32_t address, std::uint32_t word4 = 0, std::uint32_t word8 = 0) {
    write_mem(kFccob0, code << 24 | address);
    write_mem(kFccob4, word4);
    write_mem(kFccob8, word8);
    set_byte(kFstat, kCcif);
    while ((word(kFstat) & kCcif) == 0) wait(Milliseconds(1));
    const unsigned status = word(kFstat) & 0xFF;
    set_byte(kFstat, kRdcolerr | kAccerr | kFpviol);
    return status & ~kCcif;
  }
  unsigned erase_sector(std::uint32_t address) { return command(0x09, address); }
  unsigned program4(std::uint32_t address, std::uint32_t value) { return command(0x06, address, value); }
  void power_cycle() {
    board().power_cycle();
    connect();
    halt();
  }
  void select(unsigned ap) { must_write(false, 0x8, ap << 24); }
  std::uint32_t mdm(unsigned reg) {
    select(1);
    must_read(true, reg);
    const std::uint32_t value = must_read(false, 0xC);
    select(0);
    return value;
  }
  void set_mdm(std::uint32_t control) {
    select(1);
    must_write(true, 0x4, control);
    must_read(false, 0xC);
    select(0);
  }
};

struct Bench {
  explicit Bench(const char* chip) : board({.chip = chip, .flash_file = {}, .faults = {}}), host(board) {}
  // FSEC as programmed, and in force.
  void secure(std::uint8_t fsec) {
    EXPECT_EQ(host.erase_sector(0x400), 0u);
    EXPECT_EQ(host.program4(0x408, 0xFFFFFFFF), 0u);
    EXPECT_EQ(host.program4(0x40C, 0xFFFFFF00u | fsec), 0u);
    board.power_cycle();
    host.connect();
  }
  Board board;
  FtfHost host;
};

TEST(KinetisFlash, ProgramsAndErasesLongwords) {
  Bench b("mkl25z128");
  EXPECT_EQ(b.host.program4(0x1004, 0x12345678), 0u);
  EXPECT_EQ(b.host.word(0x1004), 0x12345678u);
  EXPECT_EQ(b.host.program4(0x1004, 0xFFFFFFFF), kMgstat0) << "a cell does not go back to 1";
  EXPECT_EQ(b.host.erase_sector(0x1000), 0u);
  EXPECT_EQ(b.host.word(0x1004), 0xFFFFFFFFu);
}

TEST(KinetisFlash, ProgramsPhrasesOnFtfeOnly) {
  Bench b("mk64fn1m0");
  EXPECT_EQ(b.host.command(0x07, 0x2008, 0x11223344, 0x55667788), 0u);
  EXPECT_EQ(b.host.word(0x2008), 0x11223344u);
  EXPECT_EQ(b.host.word(0x200C), 0x55667788u);
  EXPECT_EQ(b.host.command(0x07, 0x2004, 0, 0), kAccerr) << "not at a phrase";
  EXPECT_EQ(b.host.program4(0x3000, 0), kAccerr);
  Bench kl("mkl25z128");
  EXPECT_EQ(kl.host.command(0x07, 0x2000, 0, 0), kAccerr);
}

TEST(KinetisFlash, RefusesAddressesAndUnknownCommands) {
  Bench b("mkl25z128");
  EXPECT_EQ(b.host.program4(0x1002, 0), kAccerr);
  EXPECT_EQ(b.host.program4(0x20000, 0), kAccerr);
  EXPECT_EQ(b.host.erase_sector(0x800000), kAccerr) << "no FlexNVM";
  EXPECT_EQ(b.host.command(0x08, 0), kAccerr) << "one block: no ERSBLK";
  EXPECT_EQ(b.host.command(0x55, 0), kAccerr);
  EXPECT_FALSE(b.host.write_mem(0x1000, 0)) << "the memory itself takes no writes";
}

TEST(KinetisFlash, NoCommandWhileAnErrorStands) {
  Bench b("mkl25z128");
  b.host.write_mem(kFccob0, 0x55u << 24);
  b.host.set_byte(kFstat, kCcif);
  EXPECT_EQ(b.host.word(kFstat) & 0xFF, kCcif | kAccerr);
  b.host.write_mem(kFccob0, 0x06001000);
  b.host.write_mem(kFccob4, 0);
  b.host.set_byte(kFstat, kCcif);
  EXPECT_EQ(b.host.word(0x1000), 0xFFFFFFFFu);
  b.host.set_byte(kFstat, kAccerr);
  EXPECT_EQ(b.host.program4(0x1000, 0), 0u);
}

TEST(KinetisFlash, ProtectionIsByThirtySecondsAndOnlyGrows) {
  Bench b("mkl25z128");
  b.host.write_mem(kFprot, 0xFFFFFFFD);
  EXPECT_EQ(b.host.program4(0x1FFC, 0), kFpviol);
  EXPECT_EQ(b.host.erase_sector(0x1000), kFpviol);
  EXPECT_EQ(b.host.program4(0x2000, 0), 0u);
  EXPECT_EQ(b.host.command(0x44, 0), kFpviol) << "ERSALL";
  b.host.write_mem(kFprot, 0xFFFFFFFF);
  EXPECT_EQ(b.host.word(kFprot), 0xFFFFFFFDu);
}

TEST(KinetisFlash, ReadingWhatIsBusyIsACollision) {
  Bench b("mkl25z128");
  b.host.write_mem(kFccob0, 0x09001000);
  b.host.set_byte(kFstat, kCcif);
  b.host.word(0x0);
  b.host.wait(Milliseconds(200));
  EXPECT_EQ(b.host.word(kFstat) & 0xFF, kCcif | kRdcolerr);
}

TEST(KinetisFlash, AStuckControllerNeverSaysThatItIsDone) {
  Board board({.chip = "mkl25z128", .flash_file = {}, .faults = FaultPlan::parse("bsy-stuck@flash:1")});
  FtfHost host(board);
  host.write_mem(kFccob0, 0x09001000);
  host.set_byte(kFstat, kCcif);
  host.wait(Milliseconds(500));
  EXPECT_EQ(host.word(kFstat) & kCcif, 0u);
}

TEST(KinetisFlash, TheOtherBlockCanBeReadMeanwhile) {
  Bench b("mk64fn1m0");
  b.host.write_mem(kFccob0, 0x09080000);
  b.host.set_byte(kFstat, kCcif);
  b.host.word(0x0);
  b.host.wait(Milliseconds(200));
  EXPECT_EQ(b.host.word(kFstat) & 0xFF, kCcif);
}

TEST(KinetisFlash, SectionsComeFromTheirRam) {
  Bench b("mk64fn1m0");
  for (std::uint32_t i = 0; i < 32; i += 4) b.host.write_mem(0x14000000 + i, 0xA0 + i);
  EXPECT_EQ(b.host.command(0x0B, 0x4FF0, 2u << 16), kAccerr) << "over the end of its sector";
  EXPECT_EQ(b.host.command(0x0B, 0x4008, 2u << 16), kAccerr) << "not at a double phrase";
  EXPECT_EQ(b.host.command(0x0B, 0x4000, 0), kAccerr) << "nothing";
  EXPECT_EQ(b.host.command(0x0B, 0x4000, 2u << 16), 0u);
  EXPECT_EQ(b.host.word(0x401C), 0xBCu);
  EXPECT_EQ(b.host.word(0x4020), 0xFFFFFFFFu);
}

TEST(KinetisFlash, ChecksSectionsAndWords) {
  Bench b("mkl25z128");
  EXPECT_EQ(b.host.command(0x01, 0x1000, 0x01000000), 0u);
  EXPECT_EQ(b.host.program4(0x13FC, 0x12345678), 0u);
  EXPECT_EQ(b.host.command(0x01, 0x1000, 0x01000000), kMgstat0);
  EXPECT_EQ(b.host.command(0x02, 0x13FC, 0x01000000, 0x12345678), 0u);
  EXPECT_EQ(b.host.command(0x02, 0x13FC, 0x01000000, 0x12345679), kMgstat0);
}

TEST(KinetisFlash, FlexNvmIsDataFlash) {
  Bench b("mk20dx256");
  EXPECT_EQ(b.host.program4(0x800400, 0xCAFE), 0u);
  EXPECT_EQ(b.host.word(0x10000400), 0xCAFEu);
  EXPECT_EQ(b.host.erase_sector(0x800400), 0u);
  EXPECT_EQ(b.host.word(0x10000400), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.program4(0x808000, 0), kAccerr);
}

TEST(KinetisSecurity, AChipIsSoldUnsecured) {
  Bench b("mkl25z128");
  EXPECT_EQ(b.host.word(0x40C) & 0xFF, 0xFEu);
  EXPECT_EQ(b.host.mdm(0), kReady | kNoReset | kEraseEnable | kCoreHalted);
  b.host.must_write(false, 0x8, 1u << 24 | 0xF0);
  b.host.must_read(true, 0xC);
  EXPECT_EQ(b.host.must_read(false, 0xC), 0x001C0020u);
}

TEST(KinetisSecurity, ASecuredChipAnswersTheMdmApOnly) {
  Bench b("mkl25z128");
  b.secure(0xFF);
  EXPECT_FALSE(b.host.read_mem(0x1FFFF000));
  EXPECT_FALSE(b.host.read_mem(0xE000ED00));
  EXPECT_EQ(b.host.mdm(0) & (kSecurity | kEraseEnable), kSecurity | kEraseEnable);
  b.host.set_mdm(kDebugRequest | kHoldCore);
  EXPECT_EQ(b.host.mdm(4), 0u) << "neither can be asked for";
}

TEST(KinetisSecurity, MassEraseOpensIt) {
  Bench b("mkl25z128");
  EXPECT_EQ(b.host.program4(0x1F000, 0), 0u);
  b.secure(0xFF);
  b.board.set_nrst(true);  // or the next reset of the locked-up core ends the erase
  b.host.set_mdm(kEraseRequest);
  EXPECT_EQ(b.host.mdm(4), kEraseRequest);
  EXPECT_EQ(b.host.mdm(0) & kAcknowledge, kAcknowledge);
  b.host.wait(Milliseconds(500));
  EXPECT_EQ(b.host.mdm(4), 0u);
  EXPECT_EQ(b.host.mdm(0) & kSecurity, 0u);
  b.board.set_nrst(false);
  EXPECT_EQ(b.host.mdm(0) & kSecurity, 0u) << "the field says so too";
  EXPECT_EQ(b.host.word(0x1F000), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.word(0x40C), 0xFFFFFFFEu);
}

TEST(KinetisSecurity, MeenForbidsTheMassErase) {
  Bench b("mkl25z128");
  b.secure(0xEF);
  b.board.set_nrst(true);
  b.host.set_mdm(kEraseRequest);
  b.host.wait(Milliseconds(500));
  EXPECT_EQ(b.host.mdm(4), kEraseRequest) << "asked for, and never done";
  EXPECT_EQ(b.host.mdm(0) & (kSecurity | kAcknowledge | kEraseEnable), kSecurity);
}

TEST(KinetisSecurity, ResetRequestOfASecuredChipDependsOnThePort) {
  Bench kl("mkl25z128"), k("mk64fn1m0");
  kl.secure(0xFF);
  kl.host.set_mdm(kResetRequest);
  EXPECT_EQ(kl.host.mdm(0) & kNoReset, 0u);
  EXPECT_EQ(k.host.erase_sector(0), 0u);
  k.board.power_cycle();
  k.host.connect();
  k.host.set_mdm(kResetRequest);
  EXPECT_EQ(k.host.mdm(0) & kNoReset, kNoReset);
}

TEST(KinetisSecurity, HoldsTheCoreAtTheEndOfAReset) {
  Bench b("mkl25z128");
  b.host.set_mdm(kHoldCore | kResetRequest);
  b.host.set_mdm(kHoldCore);
  b.host.wait(Milliseconds(10));
  EXPECT_EQ(b.host.word(0x40048024) >> 20, 0x251u) << "the bus is there";
  b.host.write_mem(0xE000EDF0, 0xA05F0003);
  b.host.set_mdm(0);
  b.host.wait(Milliseconds(1));
  EXPECT_EQ(b.host.mdm(0) & kCoreHalted, kCoreHalted);
}

TEST(KinetisSecurity, TheBackdoorKeyOpensWhatAllowsIt) {
  for (const unsigned fsec : {0xBFu, 0xFFu}) {
    Bench b("mkl25z128");
    EXPECT_EQ(b.host.erase_sector(0x400), 0u);
    EXPECT_EQ(b.host.program4(0x400, 0x03020100), 0u);
    EXPECT_EQ(b.host.program4(0x404, 0x07060504), 0u);
    EXPECT_EQ(b.host.program4(0x40C, 0xFFFFFF02u | (fsec & 0xC0)), 0u);
    b.host.power_cycle();
    const unsigned allowed = (fsec & 0xC0) == 0x80 ? 0 : kAccerr;
    EXPECT_EQ(b.host.command(0x45, 0, 0x03020100, 0x07060504), allowed);
    EXPECT_EQ(b.host.command(0x45, 0, 0x03020100, 0x07060505), kAccerr);
    EXPECT_EQ(b.host.command(0x45, 0, 0x03020100, 0x07060504), kAccerr) << "a wrong one was the last";
  }
}

TEST(KinetisWatchdogs, CopCanBeSetOnce) {
  Bench b("mkl25z128");
  EXPECT_EQ(b.host.word(0x40048100), 0xCu);
  b.host.write_mem(0x40048100, 0);
  b.host.write_mem(0x40048100, 0xC);
  EXPECT_EQ(b.host.word(0x40048100), 0u);
}

TEST(KinetisWatchdogs, WdogIsClosedToADebugger) {
  Bench b("mk64fn1m0");
  EXPECT_EQ(b.host.word(0x40052000) & 0xFFFF, 0x01D3u);
  b.host.set_size(2);
  b.host.write_mem(0x40052000, 0x01D2);
  b.host.set_size(4);
  EXPECT_EQ(b.host.word(0x40052000) & 0xFFFF, 0x01D3u) << "not unlocked";
}

TEST(KinetisWatchdogs, AWrongUnlockKeyResetsTheChip) {
  Bench b("mk64fn1m0");
  b.host.word(0xE000EDF0);
  b.host.set_size(2);
  b.host.write_mem(0x4005200E, 0xC520u << 16);
  b.host.write_mem(0x4005200E, 0xD929u << 16);
  b.host.set_size(4);
  EXPECT_EQ(b.host.word(0xE000EDF0) >> 25 & 1, 1u) << "S_RESET_ST";
}

// The program only loops. WDOG: 5000012 clocks of 20.97 MHz, times 5.
TEST(KinetisWatchdogs, TheyResetAProgramThatDoesNotServeThem) {
  for (const auto& [chip, limit] : {std::pair("mkl25z128", 1024), std::pair("mk64fn1m0", 1192)}) {
    Bench b(chip);
    constexpr std::uint32_t kRam = 0x20000000;
    b.host.write_mem(kRam, 0xE7FEE7FE);
    b.host.write_mem(0xE000EDF8, kRam);
    b.host.write_mem(0xE000EDF4, 0x1000F);
    b.host.write_mem(0xE000EDF8, 0x01000000);
    b.host.write_mem(0xE000EDF4, 0x10010);
    b.host.word(0xE000EDF0);
    b.host.write_mem(0xE000EDF0, 0xA05F0001);
    b.host.wait(Milliseconds(limit - 20));
    EXPECT_EQ(b.host.word(0xE000EDF0) >> 25 & 1, 0u) << chip;
    b.host.wait(Milliseconds(30));
    EXPECT_EQ(b.host.word(0xE000EDF0) >> 25 & 1, 1u) << chip << ": S_RESET_ST";
  }
}

TEST(KinetisWatchdogs, LockUpResetsTheChip) {
  Bench b("mkl25z128");
  b.host.write_mem(0xE000EDF0, 0xA05F0001);
  b.host.wait(Milliseconds(1));
  b.host.word(0xE000EDF0);
  b.host.wait(Milliseconds(5));
  EXPECT_EQ(b.host.word(0xE000EDF0) >> 25 & 1, 1u) << "erased vectors";
}

}  // namespace
}  // namespace probity::vboard::test::kinetis_flash_test
