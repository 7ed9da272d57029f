// NVMCTRL and DSU of SAM D and L through the debug port, by the sequences and error conditions of the SAM D21
// data sheet (DS40001882), chapters 13 and 22.
#include <gtest/gtest.h>

#include "board_swd_host.hpp"

namespace probity::vboard::test::samd_flash_test {
namespace {

constexpr std::uint32_t kCtrla = 0x41004000, kCtrlb = kCtrla + 4, kParam = kCtrla + 8,
                        kIntflag = kCtrla + 0x14, kStatus = kCtrla + 0x18, kAddr = kCtrla + 0x1C,
                        kLock = kCtrla + 0x20;
constexpr std::uint32_t kEr = 2, kWp = 4, kEar = 5, kWap = 6, kLr = 0x40, kUr = 0x41, kPbc = 0x44,
                        kSsb = 0x45;
constexpr std::uint32_t kLoad = 2, kProge = 4, kLocke = 8, kNvme = 0x10, kSb = 0x100, kManw = 0x80;
constexpr std::uint32_t kDsu = 0x41002000, kExternal = 0x100, kDid = 0x18, kCrstext = 0x200, kDone = 0x100;
constexpr std::uint32_t kUserRow = 0x00804000, kErased = 0xFFFFFFFF;

struct Bench : SwdHost {
  explicit Bench(const std::string& name = "atsamd21e15")
      : SwdHost(chip), chip({.chip = name, .flash_file = {}, .faults = {}}) {
    connect();
    halt();
    write_mem(kCtrlb, kManw);
  }
  void finish() {
    while ((word(kIntflag) & 1) == 0) wait(Microseconds(500));
  }
  // STATUS's errors after the command, cleared.
  std::uint32_t command(std::uint32_t code, std::uint32_t key = 0xA5) {
    write_mem(kCtrla, key << 8 | code);
    finish();
    const std::uint32_t errors = word(kStatus) & (kProge | kLocke | kNvme);
    write_mem(kStatus, errors);
    return errors;
  }
  std::uint32_t command_at(std::uint32_t address, std::uint32_t code) {
    write_mem(kAddr, address / 2);
    return command(code);
  }
  std::uint32_t program(std::uint32_t address, std::uint32_t value) {
    write_mem(address, value);
    return command(kWp);
  }
  bool write_sized(std::uint32_t address, std::uint32_t value, unsigned size) {
    set_size(size);
    const bool ok = write_mem(address, value << 8 * (address & 3));
    set_size(4);
    return ok;
  }
  Board chip;
};

TEST(SamdFlash, IdentityAndSizes) {
  Bench b;
  EXPECT_EQ(b.word(kDsu + kDid), 0x1001000Du);
  EXPECT_EQ(b.word(kDsu + kExternal + kDid), 0x1001000Du);
  EXPECT_EQ(b.word(kParam), 512u | 3u << 16);
  EXPECT_EQ(b.word(kLock), 0xFFFFu);
  EXPECT_EQ(b.word(kUserRow), 0xD8E0C7FFu);
}

TEST(SamdFlash, ProgramsAPageAndErasesItsRowAlone) {
  Bench b;
  for (const std::uint32_t at : {0x0FCu, 0x100u, 0x1FCu, 0x200u}) EXPECT_EQ(b.program(at, 0x12345678), 0u);
  EXPECT_EQ(b.command_at(0x140, kEr), 0u);
  EXPECT_EQ(b.word(0x0FC), 0x12345678u);
  EXPECT_EQ(b.word(0x100), kErased);
  EXPECT_EQ(b.word(0x1FC), kErased);
  EXPECT_EQ(b.word(0x200), 0x12345678u);
}

TEST(SamdFlash, KeyCommandAndBusy) {
  Bench b;
  b.program(0, 0);
  b.write_mem(kAddr, 0);
  EXPECT_EQ(b.command(kEr, 0x5A), kProge);
  EXPECT_EQ(b.command(0x7F), kProge);
  EXPECT_EQ(b.word(kIntflag) & 2, 2u);
  b.write_mem(kIntflag, 2);
  EXPECT_EQ(b.word(0), 0u);
  b.write_mem(kCtrla, 0xA500 | kEr);
  b.write_mem(kCtrla, 0xA500 | kEr);
  EXPECT_EQ(b.word(kStatus) & kProge, kProge);
  b.finish();
  EXPECT_EQ(b.word(0), kErased);
}

TEST(SamdFlash, PageBufferTakesNoBytes) {
  Bench b;
  EXPECT_FALSE(b.write_sized(0x40, 0x12, 1));
  EXPECT_EQ(b.word(kStatus) & kLoad, 0u);
  EXPECT_TRUE(b.write_sized(0x42, 0x1234, 2));
  EXPECT_EQ(b.word(kStatus) & kLoad, kLoad);
  EXPECT_EQ(b.word(kAddr), 0x21u);
  EXPECT_EQ(b.command(kPbc), 0u);
  EXPECT_EQ(b.command(kWp), 0u);
  EXPECT_EQ(b.word(0x40), kErased);
}

TEST(SamdFlash, OverACellThatIsNotErased) {
  Bench b;
  b.program(0, 0x0000FF00);
  EXPECT_EQ(b.program(0, 0x00F000F0), kNvme);
  EXPECT_EQ(b.word(0), 0u);
}

TEST(SamdFlash, WithoutManwTheLastWordOfAPageWritesIt) {
  Bench b;
  b.write_mem(kCtrlb, 0);
  b.write_mem(0x40, 1);
  EXPECT_EQ(b.word(0x40), kErased);
  b.write_mem(0x7C, 2);
  b.finish();
  EXPECT_EQ(b.word(0x40), 1u);
  EXPECT_EQ(b.word(0x7C), 2u);
}

TEST(SamdFlash, RegionsLockUntilResetAndTheUserRowLocksThemAfter) {
  Bench b;
  EXPECT_EQ(b.command_at(0x800, kLr), 0u);
  EXPECT_EQ(b.word(kLock), 0xFFFDu);
  EXPECT_EQ(b.program(0x800, 0), kLocke);
  EXPECT_EQ(b.command_at(0x800, kEr), kLocke);
  EXPECT_EQ(b.program(0x7FC, 0), 0u);
  EXPECT_EQ(b.command_at(0x800, kUr), 0u);
  EXPECT_EQ(b.program(0x800, 0), 0u);
  // Boot loader of 4 KiB (BOOTPROT 3), region 2 locked.
  EXPECT_EQ(b.command_at(kUserRow, kEar), 0u);
  b.write_mem(kUserRow, 0xFFFFFFFB);
  b.write_mem(kUserRow + 4, 0xFFFBFFFF);
  EXPECT_EQ(b.command(kWap), 0u);
  EXPECT_EQ(b.word(kUserRow), 0xFFFFFFFBu);
  EXPECT_EQ(b.word(kLock), 0xFFFFu);
  b.chip.power_cycle();
  b.connect();
  b.halt();
  b.write_mem(kCtrlb, kManw);
  EXPECT_EQ(b.word(kLock), 0xFFFBu);
  EXPECT_EQ(b.program(0x0C00, 0), kLocke);
  EXPECT_EQ(b.program(0x1800, 0), 0u);
  EXPECT_EQ(b.program(0x1000, 0), kLocke);
}

TEST(SamdDsu, KeepsTheCoreInResetAfterThePin) {
  Bench b;
  b.chip.set_nrst(true);
  b.chip.set_nrst(false);
  EXPECT_EQ(b.word(kDsu) & kCrstext, kCrstext);
  EXPECT_EQ(b.word(0xE000EDF0) >> 25 & 1, 1u);  // S_RESET_ST
  b.write_mem(0xE000EDFC, 1);                   // VC_CORERESET
  EXPECT_FALSE(b.word(0xE000EDF0) >> 17 & 1);
  EXPECT_TRUE(b.write_sized(kDsu + 1, 2, 1));
  EXPECT_EQ(b.word(kDsu) & kCrstext, 0u);
  EXPECT_TRUE(b.word(0xE000EDF0) >> 17 & 1);
}

TEST(SamdDsu, CrcOfARange) {
  Bench b;
  b.write_mem(0x20000000, 0x34333231);
  b.write_mem(0x20000004, 0x38373635);
  b.write_mem(kDsu + 0x04, 0x20000000);
  b.write_mem(kDsu + 0x08, 8);
  b.write_mem(kDsu + 0x0C, 0xFFFFFFFF);
  b.write_sized(kDsu, 4, 1);
  EXPECT_EQ(b.word(kDsu) & kDone, kDone);
  EXPECT_EQ(~b.word(kDsu + 0x0C), 0x9AE0DAAFu);  // of "12345678"
}

TEST(SamdDsu, SecuredUntilChipErase) {
  Bench b;
  b.program(0, 0);
  EXPECT_EQ(b.command(kPbc), 0u);
  b.write_mem(kCtrla, 0xA500 | kSsb);
  EXPECT_FALSE(b.read_mem(0x20000000));
  EXPECT_FALSE(b.read_mem(kDsu + kDid));
  EXPECT_EQ(b.word(kDsu + kExternal) >> 16 & 1, 1u);  // STATUSB.PROT
  b.write_sized(kDsu + kExternal, 0x10, 1);
  EXPECT_EQ(b.word(kDsu + kExternal) & kDone, 0u);
  b.wait(Milliseconds(300));
  EXPECT_EQ(b.word(kDsu + kExternal) & kDone, kDone);
  EXPECT_EQ(b.word(kStatus) & kSb, 0u);
  EXPECT_EQ(b.word(0), kErased);
  EXPECT_EQ(b.word(kUserRow), 0xD8E0C7FFu);
}

TEST(SamdFlash, LaterOnesResetToManualWrite) {
  Board board({.chip = "atsaml21j18", .flash_file = {}, .faults = {}});
  SwdHost host(board);
  host.connect();
  EXPECT_EQ(host.word(kDsu + kDid), 0x1081000Fu);
  EXPECT_EQ(host.word(kCtrlb), kManw);
}

}  // namespace
}  // namespace probity::vboard::test::samd_flash_test
