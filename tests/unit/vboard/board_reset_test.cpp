// Resets, protection, clocks, the watchdog and what survives power-off.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "base/errors.hpp"
#include "board_flash_host.hpp"

namespace probity::vboard::test::board_reset_test {
namespace {

constexpr std::uint32_t kFlash = 0x08000000, kRam = 0x20000000, kDhcsr = 0xE000EDF0, kAircr = 0xE000ED0C;
constexpr std::uint32_t kRccCr = 0x40023800, kRccPllcfgr = 0x40023804, kRccCfgr = 0x40023808,
                        kRccCsr = 0x40023874;
constexpr std::uint32_t kIwdgKr = 0x40003000, kIwdgRlr = 0x40003008, kApb1Fz = 0xE0042008;
constexpr std::uint32_t kIwdgReset = 1u << 29, kSoftReset = 1u << 28, kPowerReset = 1u << 27,
                        kPinReset = 1u << 26;

BoardOptions chip(const std::string& name, const std::string& plan = "") {
  BoardOptions options;
  options.chip = name;
  options.faults = FaultPlan::parse(plan);
  return options;
}

struct Bench {
  explicit Bench(const BoardOptions& options) : board(options), host(board) {}
  Board board;
  FlashHost host;
};

TEST(BoardReset, NrstLowKeepsTheDebugPortAlive) {
  Bench b(chip("stm32f407vg"));
  b.host.word(kDhcsr);  // clears S_RESET_ST
  b.board.set_nrst(true);
  EXPECT_TRUE(b.board.nrst());
  EXPECT_EQ(b.host.must_read(false, 0x0), 0x2BA01477u);
  EXPECT_TRUE(b.host.word(kDhcsr) & 1u << 25) << "S_RESET_ST";
  EXPECT_TRUE(b.host.word(kDhcsr) & 1u << 25) << "still in reset";
  EXPECT_EQ(b.host.word(0xE0042000), 0x10016413u);
  EXPECT_FALSE(b.host.read_mem(kRam)) << "the bus matrix is in reset";
  b.board.set_nrst(false);
  EXPECT_FALSE(b.board.nrst());
  b.host.word(kDhcsr);
  EXPECT_FALSE(b.host.word(kDhcsr) & 1u << 25);
  EXPECT_TRUE(b.host.read_mem(kRam));
}

TEST(BoardReset, SysresetreqResetsThePeripheralsAndPullsNrst) {
  Bench b(chip("stm32f407vg"));
  b.host.write_mem(kRccCsr, 1u << 24);  // RMVF
  EXPECT_EQ(b.host.word(kRccCsr) >> 25, 0u);
  b.host.write_mem(0x40020014, 0x55);
  b.host.write_mem(kRam, 0x600D600D);
  b.host.write_mem(0xE0042004, 7);
  b.host.write_mem(kAircr, 0x05FA0004);
  EXPECT_TRUE(b.board.nrst());
  b.host.wait(Microseconds(100));
  EXPECT_FALSE(b.board.nrst());
  EXPECT_EQ(b.host.word(0x40020014), 0u);
  EXPECT_EQ(b.host.word(kRam), 0x600D600Du);
  EXPECT_EQ(b.host.word(0xE0042004), 7u) << "DBGMCU is reset by power-on only";
  EXPECT_EQ(b.host.word(kRccCsr) & 0xFE000000, kSoftReset | kPinReset);
}

TEST(BoardReset, PowerCycleLosesRamAndTheDebugPort) {
  Bench b(chip("stm32f407vg"));
  b.host.write_mem(kRam, 0x600D600D);
  b.board.power_cycle();
  EXPECT_EQ(b.host.read(false, 0x0).ack, kNoAnswer);
  b.host.connect();
  EXPECT_NE(b.host.word(kRam), 0x600D600Du);
  EXPECT_EQ(b.host.word(kRccCsr) & kPowerReset, kPowerReset);
}

TEST(BoardReset, NrstOpenReachesOnlyTheProbe) {
  Bench b(chip("stm32f407vg", "nrst-open"));
  b.host.write_mem(0x40020014, 0x55);
  b.board.set_nrst(true);
  EXPECT_TRUE(b.board.nrst());
  b.board.set_nrst(false);
  EXPECT_FALSE(b.board.nrst());
  EXPECT_EQ(b.host.word(0x40020014), 0x55u);
}

TEST(BoardReset, NrstStretchedStaysLowAfterTheProbeLetGo) {
  Bench b(chip("stm32f407vg", "nrst-stretched=50"));
  b.board.set_nrst(true);
  b.board.set_nrst(false);
  EXPECT_TRUE(b.board.nrst());
  EXPECT_FALSE(b.host.read_mem(kRam));
  b.host.wait(Milliseconds(51));
  EXPECT_FALSE(b.board.nrst());
  EXPECT_TRUE(b.host.read_mem(kRam));
}

TEST(BoardReset, VoltageFaultIsWhatIsMeasured) {
  Board board(chip("stm32f407vg", "voltage=1900"));
  EXPECT_EQ(board.target_millivolts(), 1900u);
}

TEST(BoardClocks, PllTakesTimeAndSwitches) {
  Bench b(chip("stm32f407vg"));
  EXPECT_EQ(b.host.word(kRccCr) & 3, 3u);
  b.host.write_mem(kRccPllcfgr, 0x24001008);  // HSI / 8 * 64 / 2 = 64 MHz
  b.host.write_mem(kRccCfgr, 2);
  EXPECT_EQ(b.host.word(kRccCfgr) & 0xC, 0u) << "not ready: not switched";
  b.host.write_mem(kRccCr, b.host.word(kRccCr) | 1u << 24);
  EXPECT_FALSE(b.host.word(kRccCr) & 1u << 25);
  b.host.wait(Microseconds(200));
  EXPECT_TRUE(b.host.word(kRccCr) & 1u << 25);
  const std::uint64_t cycles = b.board.stats().core_cycles;
  b.host.wait(Milliseconds(1));
  b.host.word(kRam);
  EXPECT_NEAR(static_cast<double>(b.board.stats().core_cycles - cycles), 16e3, 2e3);
  b.host.write_mem(kRccCfgr, 2);
  EXPECT_EQ(b.host.word(kRccCfgr) & 0xC, 8u);
  const std::uint64_t faster = b.board.stats().core_cycles;
  b.host.wait(Milliseconds(1));
  b.host.word(kRam);
  EXPECT_NEAR(static_cast<double>(b.board.stats().core_cycles - faster), 64e3, 8e3);
}

TEST(BoardClocks, ThePllNeedsItsSource) {
  Bench b(chip("stm32f407vg"));
  b.host.write_mem(kRccPllcfgr, 0x24401008);  // from HSE
  b.host.write_mem(kRccCr, b.host.word(kRccCr) | 1u << 24);
  b.host.wait(Milliseconds(10));
  EXPECT_FALSE(b.host.word(kRccCr) & 1u << 25);
  b.host.write_mem(kRccCr, b.host.word(kRccCr) | 1u << 16);
  b.host.wait(Milliseconds(10));
  EXPECT_TRUE(b.host.word(kRccCr) & 1u << 25);
}

TEST(BoardWatchdog, ResetsTheChipUnlessFrozen) {
  Bench b(chip("stm32f407vg"));
  b.host.write_mem(kRccCsr, 1u << 24);
  b.host.write_mem(kIwdgKr, 0x5555);
  b.host.write_mem(kIwdgRlr, 80);  // 80 x 4 / 32 kHz = 10 ms
  b.host.write_mem(kIwdgKr, 0xCCCC);
  b.host.write_mem(kApb1Fz, 1u << 12);
  b.host.wait(Milliseconds(100));
  EXPECT_EQ(b.host.word(kRccCsr) & kIwdgReset, 0u) << "halted, and DBG_IWDG_STOP set";
  b.host.write_mem(kApb1Fz, 0);
  b.host.write_mem(kIwdgKr, 0xAAAA);
  b.host.wait(Milliseconds(9));
  EXPECT_EQ(b.host.word(kRccCsr) & kIwdgReset, 0u);
  b.host.write_mem(kIwdgKr, 0xAAAA);
  b.host.wait(Milliseconds(9));
  EXPECT_EQ(b.host.word(kRccCsr) & kIwdgReset, 0u) << "fed";
  b.host.wait(Milliseconds(3));
  EXPECT_EQ(b.host.word(kRccCsr) & kIwdgReset, kIwdgReset);
  b.host.write_mem(kRccCsr, 1u << 24);
  b.host.wait(Milliseconds(100));
  EXPECT_EQ(b.host.word(kRccCsr) & kIwdgReset, 0u) << "the reset stopped it";
}

TEST(BoardWatchdog, StartsByOptionByte) {
  Bench b(chip("stm32f407vg"));
  b.host.set_options(b.host.word(kOptcr) & ~(1u << 5));  // WDG_SW
  b.board.set_nrst(true);
  b.board.set_nrst(false);
  b.host.write_mem(kRccCsr, 1u << 24);
  b.host.wait(Milliseconds(600));  // 4096 x 4 / 32 kHz = 512 ms
  EXPECT_EQ(b.host.word(kRccCsr) & kIwdgReset, kIwdgReset);
}

TEST(BoardOptionBytes, NeedTheirOwnKeys) {
  Bench b(chip("stm32f407vg"));
  EXPECT_EQ(b.host.word(kOptcr), 0x0FFFAAEDu);
  b.host.unlock();
  b.host.write_mem(kOptcr, 0x0FFEAAEC);
  EXPECT_EQ(b.host.word(kOptcr), 0x0FFFAAEDu);
  b.host.set_options(0x0FFEAAEC);
  EXPECT_EQ(b.host.word(kOptcr), 0x0FFEAAEDu);
  b.board.power_cycle();
  b.host.connect();
  EXPECT_EQ(b.host.word(kOptcr), 0x0FFEAAEDu);
  EXPECT_EQ(b.host.word(0x1FFFC008) & 0xFFFF, 0x0FFEu);
}

TEST(BoardOptionBytes, WithoutOptstrtNothingIsKept) {
  Bench b(chip("stm32f407vg"));
  b.host.unlock_options();
  b.host.write_mem(kOptcr, 0x0FFEAAEC);
  b.board.power_cycle();
  b.host.connect();
  EXPECT_EQ(b.host.word(kOptcr), 0x0FFFAAEDu);
}

TEST(BoardOptionBytes, ResetValuesOfEachLine) {
  struct Row {
    const char* name;
    std::uint32_t optcr, optcr1;
  };
  for (const Row& row :
       {Row{"stm32f722ze", 0xC0FFAAFD, 0x00400080}, Row{"stm32f429zi", 0x0FFFAAED, 0x0FFF0000},
        Row{"stm32f746zg", 0xC0FFAAFD, 0x00400080}, Row{"stm32f767zi", 0xFFFFAAFD, 0x00400080}}) {
    Bench b(chip(row.name));
    EXPECT_EQ(b.host.word(kOptcr), row.optcr) << row.name;
    EXPECT_EQ(b.host.word(kOptcr1), row.optcr1) << row.name;
  }
}

struct ProtectRow {
  const char* chip;
  bool dual;
  std::uint32_t optcr_clear, optcr1_clear;
  unsigned snb;
  std::uint32_t offset, free_offset;
};
class BoardProtection : public testing::TestWithParam<ProtectRow> {};
TEST_P(BoardProtection, RefusesEraseAndProgramOfThatSector) {
  const ProtectRow& row = GetParam();
  BoardOptions options = chip(row.chip);
  options.dual_bank = row.dual;
  Bench b(options);
  b.host.unlock_options();
  if (row.optcr1_clear != 0) b.host.write_mem(kOptcr1, b.host.word(kOptcr1) & ~row.optcr1_clear);
  b.host.write_mem(kOptcr, (b.host.word(kOptcr) & ~(3u | row.optcr_clear)) | 2);
  b.host.finish();
  b.host.unlock();
  EXPECT_EQ(b.host.program(kFlash + row.offset, 0), kWrperr);
  EXPECT_EQ(b.host.erase(row.snb), kWrperr);
  EXPECT_EQ(b.host.program(kFlash + row.free_offset, 0), 0u);
  b.host.write_mem(kCr, kMer | kMer1 | kX32 | kStrt);
  EXPECT_EQ(b.host.finish(), kWrperr) << "mass erase";
}
INSTANTIATE_TEST_SUITE_P(
    All, BoardProtection,
    testing::Values(ProtectRow{"stm32f407vg", false, 1u << 18, 0, 2, 0x8000, 0xC000},
                    ProtectRow{"stm32f207zg", false, 1u << 18, 0, 2, 0x8000, 0xC000},
                    ProtectRow{"stm32f722ze", false, 1u << 23, 0, 7, 0x60000, 0x40000},
                    ProtectRow{"stm32f413zh", false, 1u << 30, 0, 14, 0x140000, 0x120000},
                    ProtectRow{"stm32f413zh", false, 1u << 30, 0, 15, 0x160000, 0x120000},
                    ProtectRow{"stm32f429zi", false, 0, 1u << 16, 16, 0x100000, 0x104000},
                    ProtectRow{"stm32f746zg", false, 1u << 23, 0, 7, 0xC0000, 0x80000},
                    ProtectRow{"stm32f767zi", false, 1u << 27, 0, 11, 0x1C0000, 0x180000},
                    ProtectRow{"stm32f767zi", true, 1u << 22, 0, 17, 0x104000, 0x108000}));

TEST(BoardProtection, PcropTurnsTheBitsOverAndHidesTheSector) {
  Bench b(chip("stm32f429zi"));
  b.host.unlock();
  b.host.program(kFlash + 0x4000, 0x1234);
  b.host.set_options(0x8002AAEC);  // SPRMOD, sector 1
  EXPECT_FALSE(b.host.read_mem(kFlash + 0x4000));
  EXPECT_EQ(b.host.finish(), kRderr);
  EXPECT_TRUE(b.host.read_mem(kFlash));
  EXPECT_EQ(b.host.erase(1), kWrperr);
  EXPECT_EQ(b.host.erase(0), 0u);
  b.host.set_options(0x0FFFAAEC);
  EXPECT_TRUE(b.host.word(kOptcr) >> 31) << "SPRMOD goes by a regression alone";
  b.host.set_options(0x8FFF55EC);
  b.host.set_options(0x0FFFAAEC);
  EXPECT_EQ(b.host.word(kOptcr), 0x0FFFAAEDu);
}

// F72x: a PCROP bit for each sector. It never goes without a regression, which spares the sector while
// PCROP_RDP is clear.
void set_pcrop(FlashHost& host, std::uint32_t optcr2, std::uint32_t optcr) {
  host.unlock_options();
  host.write_mem(kOptcr2, optcr2);
  host.write_mem(kOptcr, optcr | 2);
  host.finish();
  host.write_mem(kOptcr, host.word(kOptcr) | 1);
}
TEST(BoardProtection, PcropBySectorOutlivesARegressionThatSparesIt) {
  constexpr std::uint32_t kLevel1 = 0xC0FF55FC, kLevel0 = 0xC0FFAAFC;
  for (const std::uint32_t pcrop_rdp : {0u, 1u << 31}) {
    const bool spared = pcrop_rdp == 0;
    Bench b(chip("stm32f722ze"));
    EXPECT_EQ(b.host.word(kOptcr2), 1u << 31);
    b.host.unlock();
    b.host.program(kFlash, 0x1234);
    b.host.program(kFlash + 0x4000, 0x1234);
    set_pcrop(b.host, pcrop_rdp | 2, kLevel0);
    EXPECT_FALSE(b.host.read_mem(kFlash + 0x4000));
    EXPECT_EQ(b.host.finish(), kRderr);
    EXPECT_EQ(b.host.erase(1), kWrperr);
    set_pcrop(b.host, pcrop_rdp, kLevel0);
    EXPECT_EQ(b.host.word(kOptcr2), pcrop_rdp | 2) << "stays";
    set_pcrop(b.host, pcrop_rdp, kLevel1);
    set_pcrop(b.host, pcrop_rdp, kLevel0);
    EXPECT_EQ(b.host.word(kOptcr2), pcrop_rdp | (spared ? 2 : 0));
    EXPECT_EQ(b.board.flash_content()[0], 0xFF);
    EXPECT_EQ(b.board.flash_content()[0x4000], spared ? 0x34 : 0xFF);
  }
}

TEST(BoardReadout, LevelOneClosesTheFlashToTheDebuggerAndRegressionErasesIt) {
  Bench b(chip("stm32f407vg"));
  b.host.unlock();
  b.host.program(kFlash + 0x8000, 0x5EC2E7);
  b.host.set_options(0x0FFF55EC);
  EXPECT_TRUE(b.host.read_mem(kFlash + 0x8000)) << "in force from the next reset on";
  b.board.power_cycle();
  b.host.connect();
  EXPECT_FALSE(b.host.read_mem(kFlash + 0x8000));
  EXPECT_TRUE(b.host.read_mem(kRam));
  b.host.unlock();
  EXPECT_EQ(b.host.erase(0), kWrperr);
  EXPECT_EQ(b.host.program(kFlash + 0x4000, 0), kWrperr);
  EXPECT_EQ(b.board.flash_content()[0x8000], 0xE7);
  b.host.set_options(0x0FFFAAEC);
  EXPECT_EQ(b.board.flash_content(), Bytes(1024 * 1024, 0xFF));
  b.board.power_cycle();
  b.host.connect();
  EXPECT_EQ(b.host.word(kFlash + 0x8000), 0xFFFFFFFFu);
}

TEST(BoardReadout, LevelTwoHasNoDebugPort) {
  Bench b(chip("stm32f407vg"));
  b.host.set_options(0x0FFFCCEC);
  b.board.power_cycle();
  b.host.select_swd();
  EXPECT_EQ(b.host.read(false, 0x0).ack, kNoAnswer);
}

class BoardFile : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directory(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  BoardOptions kept(const std::string& name) const {
    BoardOptions options = chip(name);
    options.flash_file = path();
    return options;
  }
  std::string path() const { return (folder_ / "flash.bin").string(); }
  std::filesystem::path folder_ = std::filesystem::temp_directory_path() /
                                  ("board_file_" + std::to_string(reinterpret_cast<std::uintptr_t>(this)));
};

TEST_F(BoardFile, KeepsFlashByteForByteAndOptionsAndOtpBeside) {
  {
    Bench b(kept("stm32f407vg"));
    b.host.unlock();
    b.host.program(kFlash + 4, 0x04030201);
    b.host.program(0x1FFF7810, 0x99887766);
    b.host.set_options(0x0FFEAAEC);
  }
  EXPECT_EQ(std::filesystem::file_size(path()), 1024u * 1024u);
  std::ifstream in(path(), std::ios::binary);
  char bytes[9] = {};
  in.read(bytes, 9);
  EXPECT_EQ(std::string(bytes, 9), std::string("\xFF\xFF\xFF\xFF\x01\x02\x03\x04\xFF", 9));
  Bench b(kept("stm32f407vg"));
  EXPECT_EQ(b.host.word(kFlash + 4), 0x04030201u);
  EXPECT_EQ(b.host.word(0x1FFF7810), 0x99887766u);
  EXPECT_EQ(b.host.word(kOptcr), 0x0FFEAAEDu);
}

TEST_F(BoardFile, OfAnotherSizeIsRefused) {
  { Board board(kept("stm32f401cc")); }
  try {
    Board board(kept("stm32f407vg"));
    FAIL();
  } catch (const ConfigError& e) {
    EXPECT_THAT(e.message(), testing::AllOf(testing::HasSubstr(path()), testing::HasSubstr("262144"),
                                            testing::HasSubstr("1048576")));
  }
}

TEST_F(BoardFile, OptionsThatAreNotUnderstoodAreRefused) {
  { Board board(kept("stm32f401cc")); }
  std::ofstream(path() + ".options") << "OPTCR 12q4\n";
  EXPECT_THROW(Board board(kept("stm32f401cc")), ConfigError);
}

}  // namespace
}  // namespace probity::vboard::test::board_reset_test
