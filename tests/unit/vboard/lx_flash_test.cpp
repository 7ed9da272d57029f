// The flash interface of L0 and L1 through the debug port, by the sequences and error conditions of RM0367 3
// and RM0038 3.
#include <gtest/gtest.h>

#include "lx_flash_host.hpp"
#include "vboard/chip/facts/facts.hpp"

namespace probity::vboard::test::lx_flash_test {
namespace {

using H = LxFlashHost;
constexpr std::uint32_t kFlash = 0x08000000;

struct Bench {
  explicit Bench(const std::string& name)
      : l0(name.starts_with("stm32l0")),
        page(l0 ? 128 : 256),
        board({.chip = name, .flash_file = {}, .faults = {}}),
        host(board, l0 ? 0x40022000 : 0x40023C00) {}
  const bool l0;
  const std::uint32_t page;
  Board board;
  LxFlashHost host;
};

class LxFlashAny : public testing::TestWithParam<const char*> {};

TEST_P(LxFlashAny, StartsErasedAndLocked) {
  Bench b(GetParam());
  EXPECT_EQ(b.host.word(kFlash), 0u);
  EXPECT_EQ(b.host.word(b.host.pecr()), 7u);
  EXPECT_EQ(b.host.word(b.host.sr()), H::kIdle);
  EXPECT_EQ(b.host.word(b.host.obr()), b.l0 ? 0x807000AAu : 0x00F800AAu);
  EXPECT_EQ(b.host.word(b.host.wrpr()), 0u);
}

TEST_P(LxFlashAny, WrongKeyIsABusErrorAndLocksUntilReset) {
  Bench b(GetParam());
  EXPECT_FALSE(b.host.write_mem(b.host.pekeyr(), 0x45670123));
  b.host.unlock_control();
  EXPECT_EQ(b.host.word(b.host.pecr()), 7u);
  b.host.power_cycle();
  b.host.unlock_control();
  EXPECT_EQ(b.host.word(b.host.pecr()), 6u);
}

TEST_P(LxFlashAny, OtherLocksOpenAfterPelockAndCloseWithIt) {
  Bench b(GetParam());
  EXPECT_FALSE(b.host.write_mem(b.host.prgkeyr(), 0x8C9DAEBF));
  b.host.unlock();
  EXPECT_EQ(b.host.word(b.host.pecr()), 4u);
  b.host.write_mem(b.host.pecr(), 1);
  EXPECT_EQ(b.host.word(b.host.pecr()), 7u);
}

TEST_P(LxFlashAny, ProgramsAWordAndErasesItsPageAlone) {
  Bench b(GetParam());
  b.host.unlock();
  for (const std::uint32_t offset : {b.page - 4, b.page, 2 * b.page - 4, 2 * b.page}) {
    EXPECT_EQ(b.host.write_word(kFlash + offset, 0x12345678), H::kEop);
  }
  EXPECT_EQ(b.host.erase(kFlash + b.page + 8), H::kEop);
  EXPECT_EQ(b.host.word(kFlash + b.page - 4), 0x12345678u);
  EXPECT_EQ(b.host.word(kFlash + b.page), 0u);
  EXPECT_EQ(b.host.word(kFlash + 2 * b.page - 4), 0u);
  EXPECT_EQ(b.host.word(kFlash + 2 * b.page), 0x12345678u);
  EXPECT_EQ(b.board.stats().flash_erases, 1u);
  EXPECT_EQ(b.board.stats().flash_errors, 0u);
}

TEST_P(LxFlashAny, AWordThatIsNotErased) {
  Bench b(GetParam());
  b.host.unlock();
  b.host.write_word(kFlash, 0x0000FF00);
  EXPECT_EQ(b.host.write_word(kFlash, 0x000000FF), b.l0 ? H::kNotZeroErr : H::kEop);
  EXPECT_EQ(b.host.word(kFlash), b.l0 ? 0xFF00u : 0xFFFFu);
  EXPECT_EQ(b.board.stats().flash_errors, 1u);
}

TEST_P(LxFlashAny, ProgramMemoryTakesWordsOnlyAndWantsItsKeys) {
  Bench b(GetParam());
  EXPECT_EQ(b.host.write_word(kFlash, 1), H::kWrperr);
  b.host.unlock_control();
  EXPECT_EQ(b.host.write_word(kFlash, 1), H::kWrperr);
  b.host.unlock();
  b.host.write_sized(kFlash, 1, 2);
  EXPECT_EQ(b.host.finish(), H::kSizerr);
  b.host.write_sized(kFlash + 1, 1, 1);
  EXPECT_EQ(b.host.finish(), H::kSizerr);
  EXPECT_EQ(b.host.word(kFlash), 0u);
}

TEST_P(LxFlashAny, HalfPageIsFilledInOrderAndTakesOneOperation) {
  Bench b(GetParam());
  b.host.unlock();
  b.host.write_mem(b.host.pecr(), H::kFprg | H::kProg);
  const std::uint32_t half = kFlash + b.page / 2;
  for (std::uint32_t i = 0; i < b.page / 2; i += 4) {
    EXPECT_EQ(b.host.word(b.host.sr()) & H::kBsy, 0u);
    b.host.write_mem(half + i, 0x01010101 + i);
  }
  EXPECT_EQ(b.host.word(b.host.sr()) & H::kBsy, H::kBsy);
  EXPECT_EQ(b.host.finish(), H::kEop);
  for (std::uint32_t i = 0; i < b.page / 2; i += 4) EXPECT_EQ(b.host.word(half + i), 0x01010101 + i);
  EXPECT_EQ(b.board.stats().flash_busy, Microseconds(3280));
  EXPECT_EQ(b.board.stats().flash_programs, 1u);
}

TEST_P(LxFlashAny, HalfPageBeginsAtItsBeginningAndIsLostUnfinished) {
  Bench b(GetParam());
  b.host.unlock();
  b.host.write_mem(b.host.pecr(), H::kFprg | H::kProg);
  EXPECT_EQ(b.host.write_word(kFlash + 4, 1), H::kPgaerr);
  EXPECT_EQ(b.host.write_word(kFlash, 1), 0u);
  EXPECT_EQ(b.host.write_word(kFlash + 8, 1), H::kPgaerr) << "a word left out";
  EXPECT_EQ(b.host.write_word(kFlash, 1), 0u);
  b.host.write_mem(b.host.pecr(), 0);
  EXPECT_EQ(b.host.word(kFlash), 0u);
  EXPECT_EQ(b.board.stats().flash_errors, 3u);
}

TEST_P(LxFlashAny, EepromIsErasedByTheWay) {
  Bench b(GetParam());
  EXPECT_EQ(b.host.write_word(H::kEeprom, 1), H::kWrperr);
  b.host.unlock_control();
  EXPECT_EQ(b.host.write_word(H::kEeprom, 0x0F0F0F0F), H::kEop);
  EXPECT_EQ(b.board.stats().flash_busy, Microseconds(3280));
  EXPECT_EQ(b.host.write_word(H::kEeprom, 0xF0F0F0F0), H::kEop);
  EXPECT_EQ(b.board.stats().flash_busy, 3 * Microseconds(3280));
  b.host.write_sized(H::kEeprom + 2, 0x55, 1);
  EXPECT_EQ(b.host.finish(), H::kEop);
  EXPECT_EQ(b.host.word(H::kEeprom), 0xF055F0F0u);
}

TEST_P(LxFlashAny, WriteProtectionIsBySectorFromTheNextLoadOn) {
  Bench b(GetParam());
  b.host.unlock_options();
  EXPECT_EQ(b.host.write_word(H::kOptions + 8, 0xFFFD0002), H::kEop);
  EXPECT_EQ(b.host.word(b.host.wrpr()), 0u);
  b.host.write_mem(b.host.pecr(), H::kOblLaunch);
  b.host.wait(Milliseconds(1));
  EXPECT_EQ(b.host.word(b.host.wrpr()), 2u);
  b.host.unlock();
  EXPECT_EQ(b.host.write_word(kFlash + 0x0FFC, 1), H::kEop);
  EXPECT_EQ(b.host.write_word(kFlash + 0x1000, 1), H::kWrperr);
  EXPECT_EQ(b.host.write_word(kFlash + 0x1FFC, 1), H::kWrperr);
  EXPECT_EQ(b.host.erase(kFlash + 0x1000), H::kWrperr);
  EXPECT_EQ(b.host.write_word(kFlash + 0x2000, 1), H::kEop);
}

TEST_P(LxFlashAny, OptionsWantTheirKeysAndTheirComplement) {
  Bench b(GetParam());
  b.host.unlock();
  EXPECT_EQ(b.host.write_word(H::kOptions + 8, 0xFFFD0002), H::kWrperr);
  b.host.unlock_options();
  EXPECT_EQ(b.host.write_word(H::kOptions + 8, 0x12340002), H::kEop);
  b.host.power_cycle();
  EXPECT_EQ(b.host.word(b.host.sr()), H::kIdle | H::kOptverr);
  EXPECT_EQ(b.host.word(b.host.wrpr()), 0xFFFFu) << "the safe side";
}

TEST_P(LxFlashAny, ReadProtectionShutsADebuggerOutAndItsEndErasesAll) {
  Bench b(GetParam());
  b.host.unlock();
  b.host.write_word(kFlash + 0x2000, 0x600DF00D);
  b.host.write_word(H::kEeprom, 0xCAFE);
  b.host.unlock_options();
  EXPECT_EQ(b.host.write_word(H::kOptions, 0xFFFF0000), H::kEop);
  EXPECT_EQ(b.host.word(kFlash + 0x2000), 0x600DF00Du);
  b.host.power_cycle();
  EXPECT_FALSE(b.host.read_mem(kFlash + 0x2000));
  EXPECT_FALSE(b.host.read_mem(H::kEeprom));
  b.host.unlock();
  EXPECT_EQ(b.host.write_word(kFlash + 0x2004, 1), H::kWrperr);
  EXPECT_EQ(b.board.flash_content()[0x2000], 0x0D);
  b.host.unlock_options();
  EXPECT_EQ(b.host.write_word(H::kOptions, 0xFF5500AA), H::kEop);
  b.host.power_cycle();
  EXPECT_EQ(b.host.word(kFlash + 0x2000), 0u);
  EXPECT_EQ(b.host.word(H::kEeprom), 0u);
}

TEST_P(LxFlashAny, ReadsStallWhileBusy) {
  Bench b(GetParam());
  b.host.unlock();
  b.host.write_mem(kFlash, 1);
  b.host.must_write(true, 0x4, kFlash);
  b.host.must_read(true, 0xC);
  EXPECT_EQ(b.host.read(false, 0xC).ack, kAckWait);
  b.host.wait(Microseconds(3280));
  EXPECT_EQ(b.host.must_read(false, 0xC), 1u);
}

INSTANTIATE_TEST_SUITE_P(Chips, LxFlashAny, testing::Values("stm32l053r8", "stm32l151rb"));

struct BankRow {
  const char* chip;
  std::uint32_t second;
};
class LxFlashBank : public testing::TestWithParam<BankRow> {};
TEST_P(LxFlashBank, CanBeReadWhileTheOtherIsWritten) {
  Bench b(GetParam().chip);
  b.host.unlock();
  b.host.write_word(kFlash + GetParam().second - 4, 0x600D);
  b.host.write_mem(kFlash + GetParam().second, 1);
  EXPECT_EQ(b.host.word(kFlash + GetParam().second - 4), 0x600Du);
  EXPECT_EQ(b.host.word(b.host.sr()) & H::kBsy, H::kBsy);
  b.host.must_write(true, 0x4, kFlash + GetParam().second + 4);
  b.host.must_read(true, 0xC);
  EXPECT_EQ(b.host.read(false, 0xC).ack, kAckWait);
}
INSTANTIATE_TEST_SUITE_P(All, LxFlashBank,
                         testing::Values(BankRow{"stm32l073rz", 0x18000}, BankRow{"stm32l073rb", 0x10000},
                                         BankRow{"stm32l152zd", 0x30000}, BankRow{"stm32l152re", 0x40000}));

// stm32l151xdx.h: FLASH_BANK1_END, FLASH_BANK2_BASE, FLASH_BANK2_END.
TEST(LxFlash, Category6HasAGapBetweenItsBanks) {
  Board board({.chip = "stm32l151vdx", .flash_file = {}, .faults = {}});
  SwdHost host(board);
  host.connect();
  EXPECT_TRUE(host.read_mem(0x0802FFFC));
  EXPECT_FALSE(host.read_mem(0x08030000));
  EXPECT_FALSE(host.read_mem(0x0803FFFC));
  EXPECT_TRUE(host.read_mem(0x08040000));
  EXPECT_TRUE(host.read_mem(0x0806FFFC));
  EXPECT_FALSE(host.read_mem(0x08070000));
}

struct IdentityRow {
  const char* name;
  std::uint32_t dev_id, size_word, cpuid, dpidr, ram_kib, eeprom;
};
class LxIdentity : public testing::TestWithParam<IdentityRow> {};
TEST_P(LxIdentity, AsADebuggerReadsIt) {
  const IdentityRow& row = GetParam();
  const bool l0 = std::string(row.name).starts_with("stm32l0");
  Board board({.chip = row.name, .flash_file = {}, .faults = {}});
  SwdHost host(board);
  EXPECT_EQ(host.connect(), row.dpidr);
  EXPECT_EQ(host.word(l0 ? 0x40015800 : 0xE0042000) & 0xFFF, row.dev_id);
  EXPECT_EQ(host.word(0xE000ED00), row.cpuid);
  const bool first_categories = row.dev_id == 0x416 || row.dev_id == 0x429;
  const std::uint32_t size_register = l0 ? 0x1FF8007C : first_categories ? 0x1FF8004C : 0x1FF800CC;
  EXPECT_EQ(host.word(size_register) & 0xFFFF, row.size_word);
  EXPECT_TRUE(host.write_mem(0x20000000 + row.ram_kib * 1024 - 4, 1));
  EXPECT_FALSE(host.read_mem(0x20000000 + row.ram_kib * 1024));
  EXPECT_TRUE(host.read_mem(H::kEeprom + row.eeprom - 4));
  EXPECT_FALSE(host.read_mem(H::kEeprom + row.eeprom));
  const std::uint32_t kib = find_chip(row.name).flash_kib;
  EXPECT_TRUE(host.read_mem(kFlash + kib * 1024 - 4));
}
constexpr std::uint32_t kM0 = 0x410CC601, kM3 = 0x412FC230, kDp0 = 0x0BC11477, kDp3 = 0x2BA01477;
INSTANTIATE_TEST_SUITE_P(All, LxIdentity,
                         testing::Values(IdentityRow{"stm32l011k4", 0x457, 16, kM0, kDp0, 2, 512},
                                         IdentityRow{"stm32l031k6", 0x425, 32, kM0, kDp0, 8, 1024},
                                         IdentityRow{"stm32l053r8", 0x417, 64, kM0, kDp0, 8, 2048},
                                         IdentityRow{"stm32l073rz", 0x447, 192, kM0, kDp0, 20, 6144},
                                         IdentityRow{"stm32l151rb", 0x416, 128, kM3, kDp3, 16, 4096},
                                         IdentityRow{"stm32l152rba", 0x429, 128, kM3, kDp3, 32, 4096},
                                         IdentityRow{"stm32l151rc", 0x427, 256, kM3, kDp3, 32, 8192},
                                         IdentityRow{"stm32l152zd", 0x436, 0, kM3, kDp3, 48, 12288},
                                         IdentityRow{"stm32l152qc", 0x436, 1, kM3, kDp3, 32, 8192},
                                         IdentityRow{"stm32l151vdx", 0x437, 384, kM3, kDp3, 80, 16384},
                                         IdentityRow{"stm32l152re", 0x437, 512, kM3, kDp3, 80, 16384}));

}  // namespace
}  // namespace probity::vboard::test::lx_flash_test
