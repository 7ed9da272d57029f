// TrustZone of H5 through the debug port: RM0481 3.5, 7.5, 7.11.
#include <gtest/gtest.h>

#include "board_swd_host.hpp"

namespace probity::vboard::test::h5_trust_zone_test {
namespace {

constexpr std::uint32_t kFlash = 0x08000000, kAlias = 0x0C000000, kOpen = 0x40022000, kSecure = 0x50022000;
enum : std::uint32_t {
  NSKEYR = 0x04,
  SECKEYR = 0x08,
  OPTKEYR = 0x0C,
  OPTCR = 0x1C,
  NSSR = 0x20,
  SECSR = 0x24,
  NSCR = 0x28,
  SECCR = 0x2C,
  NSCCR = 0x30,
  SECCCR = 0x34,
  OPTSR_PRG = 0x54,
  OPTSR2_CUR = 0x70,
  OPTSR2_PRG = 0x74,
  SECBB2R1 = 0x1A0,
  SECWM1_CUR = 0xE0,
  SECWM2_CUR = 0x1E0
};
constexpr std::uint32_t kLock = 1, kPg = 2, kSer = 4, kStart = 32, kMer = 1u << 15, kBank2 = 1u << 31;
constexpr std::uint32_t kBsy = 1, kEop = 1u << 16, kWrperr = 1u << 17, kPgserr = 1u << 18,
                        kOptChangeErr = 1u << 23;
constexpr std::uint32_t kTzOn = 0xB400007C, kTzOff = 0xC300007C, kAll = 0x007F0000, kNothing = 0x7F;

using Options = std::vector<std::pair<std::string, std::uint32_t>>;
Options options(std::uint32_t optsr = 0x2D30EDF8) {
  return {{"OPTSR2", kTzOn}, {"SECWM1", kAll}, {"SECWM2", kNothing}, {"OPTSR", optsr}};
}

class H5Trust : public SwdHost {
 public:
  explicit H5Trust(const Options& words, const char* chip = "stm32h563zi")
      : H5Trust(std::make_unique<Board>(BoardOptions{.chip = chip, .option_words = words})) {}
  std::uint32_t csw() {
    must_read(true, 0x0);
    return must_read(false, 0xC);
  }
  void unlock(std::uint32_t keyr) {
    write_mem(keyr, 0x45670123);
    write_mem(keyr, 0xCDEF89AB);
  }
  std::uint32_t finish(std::uint32_t sr, std::uint32_t ccr) {
    while (word(sr) & kBsy) wait(Milliseconds(1));
    const std::uint32_t flags = word(sr);
    write_mem(ccr, flags);
    return flags;
  }
  std::uint32_t secure(std::uint32_t cr) {
    if (word(kSecure + SECCR) & kLock) unlock(kSecure + SECKEYR);
    write_mem(kSecure + SECCR, cr);
    return finish(kSecure + SECSR, kSecure + SECCCR);
  }
  std::uint32_t open(std::uint32_t cr) {
    if (word(kOpen + NSCR) & kLock) unlock(kOpen + NSKEYR);
    write_mem(kOpen + NSCR, cr);
    return finish(kOpen + NSSR, kOpen + NSCCR);
  }
  std::uint32_t secure_program(std::uint32_t address) {
    secure(kPg);
    for (unsigned i = 0; i < 4; ++i) write_mem(address + 4 * i, 0xC0DE0000 + i);
    const std::uint32_t flags = finish(kSecure + SECSR, kSecure + SECCCR);
    secure(0);
    return flags & ~kEop;
  }
  std::uint32_t change(std::uint32_t offset, std::uint32_t value) {
    write_mem(kOpen + OPTKEYR, 0x08192A3B);
    write_mem(kOpen + OPTKEYR, 0x4C5D6E7F);
    write_mem(kOpen + offset, value);
    write_mem(kOpen + OPTCR, 2);
    const std::uint32_t flags = finish(kOpen + NSSR, kOpen + NSCCR);
    write_mem(kOpen + OPTCR, 1);
    return flags;
  }
  void reset_chip() {
    write_mem(0xE000ED0C, 0x05FA0004);
    wait(Milliseconds(1));
  }

 private:
  explicit H5Trust(std::unique_ptr<Board> board) : SwdHost(*board), board_(std::move(board)) {
    connect();
    must_write(false, 0x8, 0x01000000);
    set_size(4);
    halt();
  }
  std::unique_ptr<Board> board_;
};

TEST(H5TrustZone, TwoSidesOfTheFlash) {
  H5Trust b(options());
  EXPECT_EQ(b.secure_program(kAlias + 0x10), 0u);
  EXPECT_EQ(b.word(kAlias + 0x14), 0xC0DE0001u);
  EXPECT_EQ(b.secure_program(kAlias + 0x100000), kWrperr | kPgserr)
      << "the first word of four, and the others";
  EXPECT_EQ(b.word(kAlias + 0x100000), 0u) << "Non-secure";
  EXPECT_EQ(b.open(kSer | kStart), kWrperr) << "Secure";
  EXPECT_EQ(b.open(kSer | kStart | kBank2), kEop);
  EXPECT_EQ(b.secure(kMer | kStart), kWrperr) << "half of it is the other world's";
  EXPECT_EQ(b.secure(kSer | kStart), kEop);
  EXPECT_EQ(b.word(kAlias + 0x10), 0xFFFFFFFFu);
}

TEST(H5TrustZone, ASectorBecomesSecureByItsBit) {
  H5Trust b(options());
  b.write_mem(kSecure + SECBB2R1, 2);
  EXPECT_EQ(b.secure_program(kAlias + 0x102000), 0u);
  EXPECT_EQ(b.secure_program(kAlias + 0x104000), kWrperr | kPgserr);
  EXPECT_EQ(b.word(kFlash + 0x102000), 0xC0DE0000u);
  b.reset_chip();
  EXPECT_EQ(b.word(kSecure + SECBB2R1), 0u);
}

TEST(H5TrustZone, NonSecureAccessesStayOutside) {
  H5Trust b(options());
  b.must_write(true, 0x0, 0x63000012);
  EXPECT_FALSE(b.read_mem(kAlias));
  EXPECT_FALSE(b.read_mem(kSecure + SECCR));
  EXPECT_FALSE(b.read_mem(0x30000000));
}

TEST(H5TrustZone, ComesAndGoesInTheStateOpen) {
  H5Trust b(Options{});
  EXPECT_EQ(b.change(OPTSR2_PRG, kTzOn), 0u);
  EXPECT_EQ(b.word(kOpen + OPTSR2_CUR), kTzOn);
  EXPECT_EQ(b.word(kOpen + SECWM1_CUR), kAll);
  EXPECT_EQ(b.word(kOpen + SECWM2_CUR), kAll);
  EXPECT_EQ(b.word(kSecure + SECCR), 0u) << "not before the reset";
  b.reset_chip();
  EXPECT_EQ(b.word(kSecure + SECCR), kLock);
  EXPECT_EQ(b.change(OPTSR_PRG, 0x2D3017F8), 0u);
  EXPECT_EQ(b.change(OPTSR2_PRG, kTzOff), kOptChangeErr) << "Provisioning";
}

TEST(H5TrustZone, ASmallerChipStartsWithItsOwnSectors) {
  H5Trust b(Options{}, "stm32h523ce");
  b.change(OPTSR2_PRG, kTzOn);
  EXPECT_EQ(b.word(kOpen + SECWM1_CUR), 0x001F0000u);
}

TEST(H5TrustZone, TzClosedLeavesTheNonSecureWorldOpen) {
  constexpr std::uint32_t kSpiden = 1u << 23;
  H5Trust open(options()), closed(options(0x2D30C6F8));
  EXPECT_EQ(open.csw() & kSpiden, kSpiden);
  EXPECT_EQ(closed.csw() & kSpiden, 0u);
  EXPECT_FALSE(closed.read_mem(kAlias));
}

}  // namespace
}  // namespace probity::vboard::test::h5_trust_zone_test
