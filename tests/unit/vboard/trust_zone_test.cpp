// TrustZone of L5, U5 and WBA through the debug port: RM0456 3.5, 5.4, 7.5, 7.6.2, 7.9; RM0438 6.5.
#include <gtest/gtest.h>

#include <array>

#include "board_swd_host.hpp"

namespace probity::vboard::test::trust_zone_test {
namespace {

constexpr std::uint32_t kFlash = 0x08000000, kBank2 = 0x08100000, kAlias = 0x0C000000, kSram = 0x20000000,
                        kSecureSram = 0x30000000;
constexpr std::uint32_t kOpen = 0x40022000, kSecure = 0x50022000;
enum : std::uint32_t {
  NSKEYR = 0x08,
  SECKEYR = 0x0C,
  OPTKEYR = 0x10,
  NSSR = 0x20,
  SECSR = 0x24,
  NSCR = 0x28,
  SECCR = 0x2C,
  OPTR = 0x40,
  SECWM1R1 = 0x50,
  SECWM1R2 = 0x54,
  SECWM2R1 = 0x60,
  SECBB1R1 = 0x80,
  SECBB2R1 = 0xA0,
  SECHDPCR = 0xC0
};
constexpr std::uint32_t kTzen = 1u << 31, kFactory = 0x1FEFF800, kLevel0 = 0xAA, kLevel0_5 = 0x55,
                        kLevel1 = 0xBB;
constexpr std::uint32_t kPg = 1, kPer = 2, kMer1 = 4, kBker = 1u << 11, kMer2 = 1u << 15, kStrt = 1u << 16,
                        kOptStrt = 1u << 17, kOblLaunch = 1u << 27, kOptLock = 1u << 30, kLock = 1u << 31;
constexpr std::uint32_t kWrperr = 1u << 4, kPgserr = 1u << 7, kOptwerr = 1u << 13, kBsy = 1u << 16;
constexpr std::uint32_t kHnonsec = 1u << 30, kSpiden = 1u << 23;
// Watermarks: all of a bank, nothing.
constexpr std::uint32_t kAll = 0x007F0000, kNothing = 0x0000007F;

using Options = std::vector<std::pair<std::string, std::uint32_t>>;
Options options(std::uint32_t rdp, std::uint32_t first = kAll, std::uint32_t second = kNothing) {
  return {{"OPTR", kFactory | kTzen | rdp}, {"SECWM1R1", first}, {"SECWM2R1", second}};
}

// A debugger whose accesses are Secure, and Non-secure ones on request.
class TrustBench : public SwdHost {
 public:
  explicit TrustBench(const Options& words = options(kLevel0), const char* chip = "stm32u575zi")
      : TrustBench(std::make_unique<Board>(BoardOptions{.chip = chip, .option_words = words})) {}

  void non_secure() { must_write(true, 0x0, 0x23000012 | kHnonsec); }
  std::uint32_t csw() {
    must_read(true, 0x0);
    return must_read(false, 0xC);
  }
  void open() {
    connect();
    halt();
  }
  void unlock(std::uint32_t base, std::uint32_t keyr) {
    write_mem(base + keyr, 0x45670123);
    write_mem(base + keyr, 0xCDEF89AB);
  }
  std::uint32_t finish(std::uint32_t sr) {
    while (word(sr) & kBsy) wait(Milliseconds(1));
    const std::uint32_t flags = word(sr);
    write_mem(sr, flags);
    return flags;
  }
  std::uint32_t run(std::uint32_t cr, std::uint32_t sr, std::uint32_t selection) {
    write_mem(cr, selection | kStrt);
    const std::uint32_t flags = finish(sr);
    write_mem(cr, 0);
    return flags;
  }
  using Quad = std::array<std::uint32_t, 4>;
  std::uint32_t program(std::uint32_t cr, std::uint32_t sr, std::uint32_t address,
                        const Quad& words = {0xC0DE0000, 0xC0DE0001, 0xC0DE0002, 0xC0DE0003}) {
    write_mem(cr, kPg);
    for (unsigned i = 0; i < 4; ++i) write_mem(address + 4 * i, words[i]);
    const std::uint32_t flags = finish(sr);
    write_mem(cr, 0);
    return flags;
  }
  std::uint32_t secure_erase(std::uint32_t selection) {
    unlock_once(kSecure, SECKEYR, SECCR);
    return run(kSecure + SECCR, kSecure + SECSR, selection);
  }
  template <class... Words>
  std::uint32_t secure_program(std::uint32_t address, const Words&... words) {
    unlock_once(kSecure, SECKEYR, SECCR);
    return program(kSecure + SECCR, kSecure + SECSR, address, words...);
  }
  std::uint32_t change(std::uint32_t optr, std::uint32_t offset = OPTR) {
    unlock_once(kOpen, NSKEYR, NSCR);
    if (word(kOpen + NSCR) & kOptLock) {
      write_mem(kOpen + OPTKEYR, 0x08192A3B);
      write_mem(kOpen + OPTKEYR, 0x4C5D6E7F);
    }
    write_mem(kOpen + offset, optr);
    write_mem(kOpen + NSCR, kOptStrt);
    return finish(kOpen + NSSR);
  }
  void launch() {
    write_mem(kOpen + NSCR, kOblLaunch);
    wait(Milliseconds(1));
    open();
  }
  // The level comes into force and the firmware runs, before a debugger is there.
  void launch_firmware(std::uint32_t level) {
    install_firmware();
    change(kFactory | kTzen | level);
    board().power_cycle();
    wait(Milliseconds(1));
    connect();
  }

 private:
  // In Secure state: SAU_CTRL = ALLNS, which leaves what is Secure by the IDAU alone, then BXNS to bank 2,
  // where the core stays.
  void install_firmware() {
    secure_program(kAlias, Quad{0x30008000, kAlias + 9, 0x21024802, 0x48026001});
    secure_program(kAlias + 16, Quad{0xBF004704, 0xE000EDD0, kBank2 + 8, 0});
    write_mem(kSecure + SECBB2R1, 1);
    secure_program(kAlias + 0x100000, Quad{0x20008000, kBank2 + 9, 0xE7FEE7FE, 0xE7FEE7FE});
    write_mem(kSecure + SECBB2R1, 0);
  }
  explicit TrustBench(std::unique_ptr<Board> board) : SwdHost(*board), board_(std::move(board)) { open(); }
  void unlock_once(std::uint32_t base, std::uint32_t keyr, std::uint32_t cr) {
    if (word(base + cr) & kLock) unlock(base, keyr);
  }
  std::unique_ptr<Board> board_;
};

TEST(TrustZone, AtLevel0TheDebuggerChoosesItsWorld) {
  TrustBench b;
  EXPECT_EQ(b.csw() & (kSpiden | kHnonsec), kSpiden);
  EXPECT_EQ(b.word(kAlias), 0xFFFFFFFFu);
  EXPECT_EQ(b.word(kFlash), 0xFFFFFFFFu) << "the SAU is off: all that is asked for as Secure is Secure";
  b.non_secure();
  EXPECT_EQ(b.csw() & (kSpiden | kHnonsec), kSpiden | kHnonsec);
  EXPECT_FALSE(b.read_mem(kAlias));
  EXPECT_FALSE(b.write_mem(kSecureSram, 1));
  EXPECT_TRUE(b.read_mem(0xE0044000)) << "the private bus has no attribution";
}

TEST(TrustZone, WithoutItThereIsNothingSecure) {
  TrustBench b(Options{});
  EXPECT_EQ(b.csw() & kSpiden, 0u);
  EXPECT_FALSE(b.read_mem(kAlias));
  EXPECT_FALSE(b.read_mem(kSecureSram));
  EXPECT_EQ(b.word(kOpen + SECCR), 0u);
  b.write_mem(kOpen + SECBB1R1, 1);
  EXPECT_EQ(b.word(kOpen + SECBB1R1), 0u);
}

TEST(TrustZone, TheSecureRegistersProgramSecurePages) {
  TrustBench b;
  EXPECT_EQ(b.word(kSecure + SECCR), kLock);
  EXPECT_EQ(b.secure_program(kAlias), 0u);
  EXPECT_EQ(b.word(kAlias + 4), 0xC0DE0001u);
  EXPECT_EQ(b.board().flash_content()[0], 0x00);
  EXPECT_EQ(b.secure_program(kAlias + 0x100000), kWrperr) << "bank 2 has no watermark";
  EXPECT_EQ(b.secure_erase(kPer), 0u);
  EXPECT_EQ(b.word(kAlias), 0xFFFFFFFFu);
  EXPECT_EQ(b.secure_erase(kPer | kBker), kWrperr);
  EXPECT_EQ(b.word(kOpen + NSSR), 0u);
}

TEST(TrustZone, AMassEraseTakesPagesOfOneWorldOnly) {
  TrustBench b(options(kLevel0, 0x003F0000));
  EXPECT_EQ(b.secure_erase(kMer1), kWrperr) << "half of it is Non-secure";
  EXPECT_EQ(b.secure_erase(kMer2), kWrperr);
  b.unlock(kOpen, NSKEYR);
  EXPECT_EQ(b.run(kOpen + NSCR, kOpen + NSSR, kMer1), kWrperr);
  EXPECT_EQ(b.run(kOpen + NSCR, kOpen + NSSR, kMer2), 0u);
  EXPECT_EQ(b.word(kSecure + SECSR), 0u);
}

TEST(TrustZone, ThePageDecidesNotTheRegisters) {
  TrustBench b;
  b.unlock(kOpen, NSKEYR);
  EXPECT_EQ(b.run(kOpen + NSCR, kOpen + NSSR, kPer), kWrperr);
  EXPECT_EQ(b.run(kOpen + NSCR, kOpen + NSSR, kPer | kBker), 0u);
  EXPECT_EQ(b.program(kOpen + NSCR, kSecure + SECSR, kAlias), kPgserr) << "a Secure write wants SECCR.PG";
}

TEST(TrustZone, BlocksArePagesThatBecomeSecureOnTheFly) {
  TrustBench b;
  EXPECT_EQ(b.secure_program(kAlias + 0x100000), kWrperr);
  EXPECT_EQ(b.word(kAlias + 0x100000), 0u) << "a Secure access does not see a Non-secure page";
  b.write_mem(kSecure + SECBB2R1, 1);
  EXPECT_EQ(b.word(kSecure + SECBB2R1), 1u);
  EXPECT_EQ(b.secure_program(kAlias + 0x100000), 0u);
  EXPECT_EQ(b.secure_program(kAlias + 0x102000), kWrperr) << "the next page is not";
  EXPECT_EQ(b.word(kAlias + 0x100000), 0xC0DE0000u);
  b.write_mem(kSecure + SECBB2R1, 0);
  EXPECT_EQ(b.word(kAlias + 0x100000), 0u);
  b.write_mem(kSecure + SECBB1R1, 0);
  EXPECT_EQ(b.word(kAlias), 0xFFFFFFFFu) << "a watermark holds";
}

TEST(TrustZone, AHiddenAreaIsGoneUntilTheNextReset) {
  Options words = options(kLevel0);
  words.emplace_back("SECWM1R2", 0x80010000);  // pages 0 and 1
  TrustBench b(words);
  EXPECT_EQ(b.secure_program(kAlias), 0u);
  b.write_mem(kSecure + SECHDPCR, 1);
  b.write_mem(kSecure + SECHDPCR, 0);
  EXPECT_EQ(b.word(kSecure + SECHDPCR), 1u);
  EXPECT_EQ(b.word(kAlias), 0u);
  EXPECT_EQ(b.secure_erase(kPer | 1u << 3), kWrperr);
  EXPECT_EQ(b.secure_erase(kPer | 2u << 3), 0u);
  b.write_mem(0xE000ED0C, 0x05FA0004);
  b.wait(Milliseconds(1));
  EXPECT_EQ(b.word(kAlias), 0xC0DE0000u);
}

TEST(TrustZone, SramIsSecureUntilItsBlocksAreGivenAway) {
  constexpr std::uint32_t kMpcbb1 = 0x50032C00, SECCFGR = 0x100, CFGLOCKR1 = 0x10, kSrwiladis = 1u << 31;
  TrustBench b;
  ASSERT_TRUE(b.write_mem(kSecureSram, 0x12345678));
  EXPECT_EQ(b.word(kSram), 0x12345678u);
  EXPECT_EQ(b.word(kMpcbb1 + SECCFGR), 0xFFFFFFFFu);
  b.write_mem(kMpcbb1 + SECCFGR, 0xFFFFFFFE);
  EXPECT_EQ(b.word(kSecureSram), 0u);
  b.write_mem(kSecureSram, 0x87654321);
  EXPECT_EQ(b.word(kSecureSram + 508), 0u);
  b.write_mem(kSecureSram + 512, 0x55AA55AA);
  EXPECT_EQ(b.word(kSecureSram + 512), 0x55AA55AAu) << "the next block";
  b.write_mem(kMpcbb1, kSrwiladis);
  EXPECT_EQ(b.word(kSecureSram), 0x12345678u);
  b.write_mem(kMpcbb1 + CFGLOCKR1, 1);
  b.write_mem(kMpcbb1 + SECCFGR, 0xFFFFFFFF);
  EXPECT_EQ(b.word(kMpcbb1 + SECCFGR), 0xFFFFFFFEu) << "locked until reset";
}

TEST(TrustZone, ComesWithAllOfTheFlashSecure) {
  TrustBench b({{"OPTR", kFactory | kLevel0}});
  EXPECT_EQ(b.change(kFactory | kTzen | kLevel0), 0u);
  EXPECT_FALSE(b.read_mem(kAlias)) << "not before the options are loaded";
  b.launch();
  EXPECT_EQ(b.word(kSecure + SECWM1R1), kAll);
  EXPECT_EQ(b.word(kSecure + SECWM2R1), kAll);
  EXPECT_EQ(b.secure_program(kAlias + 0x100000), 0u);
}

TEST(TrustZone, ComesAtLevel0AndGoesByTheRegressionAlone) {
  TrustBench closed({{"OPTR", kFactory | kLevel1}});
  EXPECT_EQ(closed.change(kFactory | kTzen | kLevel1), kOptwerr);
  TrustBench b;
  EXPECT_EQ(b.change(kFactory | kLevel0), kOptwerr);
  EXPECT_EQ(b.change(kFactory | kTzen | kLevel0), 0u);
  EXPECT_EQ(b.word(kOpen + OPTR), kFactory | kTzen | kLevel0);
}

TEST(TrustZone, AHiddenAreaOutsideItsWatermarkIsRefused) {
  TrustBench b(options(kLevel0, 0x00010000));
  EXPECT_EQ(b.change(0x80020000, SECWM1R2), kOptwerr);
  EXPECT_EQ(b.change(0x80010000, SECWM1R2), 0u);
  EXPECT_EQ(b.word(kOpen + SECWM1R2), 0x80010000u);
}

TEST(TrustZone, Level0_5LeavesTheDebuggerOutsideAndTheCoreOutOfReach) {
  TrustBench b(options(kLevel0_5));
  EXPECT_EQ(b.csw() & kSpiden, 0u);
  EXPECT_FALSE(b.read_mem(kAlias));
  EXPECT_FALSE(b.read_mem(kSram))
      << "Secure as long as the SAU is off, and the access goes out as Non-secure";
}

TEST(TrustZone, Level0_5ShowsTheNonSecureWorldOnceTheCoreIsThere) {
  TrustBench b;
  b.launch_firmware(kLevel0_5);
  EXPECT_EQ(b.word(kBank2 + 8), 0xE7FEE7FEu);
  EXPECT_EQ(b.word(kFlash), 0u) << "a Secure page, by a Non-secure access";
  EXPECT_FALSE(b.read_mem(kAlias)) << "Secure by the IDAU";
  EXPECT_EQ(b.word(kSram), 0u) << "Secure SRAM";
  b.halt();
  b.wait(Milliseconds(1));
  EXPECT_EQ(b.word(0xE000EDF0) >> 17 & 1, 1u) << "Non-secure state may be halted";
  EXPECT_EQ(b.change(kFactory | kTzen | kLevel0), kOptwerr) << "by level 1 only";
}

TEST(TrustZone, Level0_5KeepsTheSecureRegistersAndWatermarks) {
  TrustBench b;
  b.launch_firmware(kLevel0_5);
  b.unlock(kOpen, SECKEYR);
  EXPECT_EQ(b.word(kOpen + SECCR), 0u);
  b.write_mem(kOpen + SECBB1R1, 1);
  EXPECT_EQ(b.word(kOpen + SECBB1R1), 0u);
  EXPECT_EQ(b.change(kNothing, SECWM1R1), 0u);
  EXPECT_EQ(b.word(kOpen + SECWM1R1), kAll);
  EXPECT_EQ(b.run(kOpen + NSCR, kOpen + NSSR, kPer | 1u << 3), kWrperr) << "Secure";
  EXPECT_EQ(b.run(kOpen + NSCR, kOpen + NSSR, kPer | kBker | 1u << 3), 0u);
}

TEST(TrustZone, TheRegressionTakesTrustZoneAndTheFlashWithIt) {
  TrustBench b;
  b.launch_firmware(kLevel1);
  EXPECT_FALSE(b.read_mem(kBank2 + 8)) << "level 1: a debugger is there";
  EXPECT_EQ(b.change(kFactory | kLevel1), kOptwerr);
  EXPECT_EQ(b.change(kFactory | kLevel0), 0u);
  b.launch();
  EXPECT_EQ(b.board().flash_content(), Bytes(2048 * 1024, 0xFF));
  EXPECT_EQ(b.word(kOpen + OPTR), kFactory | kLevel0);
  EXPECT_EQ(b.word(kFlash), 0xFFFFFFFFu);
  EXPECT_FALSE(b.read_mem(kAlias));
}

TEST(TrustZone, TheRegressionToLevel0_5SparesTheWatermarks) {
  TrustBench b;
  b.launch_firmware(kLevel1);
  EXPECT_EQ(b.change(kFactory | kTzen | kLevel0_5), 0u);
  const Bytes flash = b.board().flash_content();
  EXPECT_EQ(flash[0x08], 0x02) << "Secure";
  EXPECT_EQ(flash[0x100008], 0xFF) << "Non-secure";
}

// NSWBOOT0 and NBOOT0 clear.
TEST(TrustZone, ThroughRssALockedChipIsRegressed) {
  constexpr std::uint32_t kRss = kFactory & ~(3u << 26);
  TrustBench b({{"OPTR", kRss | kTzen | kLevel1}});
  b.wait(Milliseconds(1));
  EXPECT_FALSE(b.read_mem(kFlash));
  EXPECT_EQ(b.change(kFactory | kLevel0), 0u);
  b.launch();
  EXPECT_EQ(b.word(kOpen + OPTR), kFactory | kLevel0);
  EXPECT_EQ(b.word(kFlash), 0xFFFFFFFFu);
}

TEST(TrustZone, TheWholeFlashIsSecureWhereTheOptionsStartWithTzen) {
  TrustBench b({{"OPTR", kFactory | kTzen | kLevel0}});
  EXPECT_EQ(b.word(kOpen + SECWM1R1), kAll);
  EXPECT_EQ(b.word(kOpen + SECWM2R1), kAll);
}

TEST(TrustZone, L5HasItToo) {
  TrustBench b({{"OPTR", 0x7FEFF8AA | kTzen}, {"SECWM1R1", kAll}, {"SECWM2R1", kNothing}}, "stm32l552ze");
  EXPECT_EQ(b.secure_program(kAlias + 0x800), 0u);
  EXPECT_EQ(b.word(kFlash + 0x808), 0xC0DE0002u);
  EXPECT_EQ(b.secure_program(kAlias + 0x40000), kWrperr | kPgserr) << "two double words";
  b.write_mem(0x50032C00 + 0x100, 0xFFFFFFFE);
  b.write_mem(kSecureSram + 256, 7);
  EXPECT_EQ(b.word(kSecureSram), 0u);
  EXPECT_EQ(b.word(kSecureSram + 256), 7u) << "blocks of 256 bytes";
}

}  // namespace
}  // namespace probity::vboard::test::trust_zone_test
