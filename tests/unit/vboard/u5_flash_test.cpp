// The flash interface of L5, U3, U5 and WBA with TrustZone off, through the debug port: RM0438 6.3,
// RM0456 7.3, RM0487 7.3, RM0493 7.3.
#include <gtest/gtest.h>

#include <initializer_list>

#include "board_swd_host.hpp"

namespace probity::vboard::test::u5_flash_test {
namespace {

constexpr std::uint32_t kFlash = 0x08000000, kBase = 0x40022000;
enum : std::uint32_t { NSKEYR = 0x08, OPTKEYR = 0x10, NSSR = 0x20, NSCR = 0x28, OPTR = 0x40, WRP1AR = 0x58 };
constexpr std::uint32_t kPg = 1, kPer = 2, kMer1 = 4, kBker = 1u << 11, kMer2 = 1u << 15, kStrt = 1u << 16,
                        kOptStrt = 1u << 17, kOblLaunch = 1u << 27, kOptLock = 1u << 30, kUnlock = 1u << 31;
constexpr std::uint32_t kProgerr = 1u << 3, kWrperr = 1u << 4, kPgaerr = 1u << 5, kPgserr = 1u << 7,
                        kBsy = 1u << 16, kWdw = 1u << 17;

class U5Bench : public SwdHost {
 public:
  explicit U5Bench(const char* chip, unsigned access_port = 0)
      : U5Bench(std::make_unique<Board>(options(chip)), access_port) {}
  std::uint32_t get(std::uint32_t offset) { return word(kBase + offset); }
  bool put(std::uint32_t offset, std::uint32_t value) { return write_mem(kBase + offset, value); }
  std::uint32_t finish() {
    while (get(NSSR) & kBsy) wait(Milliseconds(1));
    const std::uint32_t flags = get(NSSR);
    put(NSSR, flags);
    return flags;
  }
  std::uint32_t erase(std::uint32_t selection) {
    put(NSCR, selection | kStrt);
    const std::uint32_t flags = finish();
    put(NSCR, 0);
    return flags;
  }
  std::uint32_t program(std::uint32_t address, std::initializer_list<std::uint32_t> words) {
    put(NSCR, kPg);
    for (const std::uint32_t value : words) {
      write_mem(address, value);
      address += 4;
    }
    const std::uint32_t flags = finish();
    put(NSCR, 0);
    return flags;
  }
  void set_option(std::uint32_t offset, std::uint32_t value) {
    if (get(NSCR) & kOptLock) {
      put(OPTKEYR, 0x08192A3B);
      put(OPTKEYR, 0x4C5D6E7F);
    }
    put(offset, value);
    put(NSCR, kOptStrt);
    finish();
    put(NSCR, kOblLaunch);
    wait(Milliseconds(1));
    open();
  }

  std::uint32_t dpidr = 0;

 private:
  U5Bench(std::unique_ptr<Board> board, unsigned access_port)
      : SwdHost(*board), board_(std::move(board)), access_port_(access_port) {
    open();
  }
  static BoardOptions options(const char* chip) {
    BoardOptions options;
    options.chip = chip;
    return options;
  }
  void open() {
    dpidr = connect();
    must_write(false, 0x8, access_port_ << 24);
    set_size(4);
    halt();
    put(NSKEYR, 0x45670123);
    put(NSKEYR, 0xCDEF89AB);
  }
  std::unique_ptr<Board> board_;
  unsigned access_port_;
};

TEST(U5Flash, ProgramsQuadWordsInOrder) {
  U5Bench b("stm32u575zi");
  EXPECT_EQ(b.program(kFlash, {1, 2, 3, 4}), 0u);
  EXPECT_EQ(b.word(kFlash + 12), 4u);
  EXPECT_EQ(b.program(kFlash, {1, 2, 3, 4}), kProgerr);
  EXPECT_EQ(b.program(kFlash + 24, {1}), kPgaerr);
  EXPECT_EQ(b.program(kFlash, {0, 0, 0, 0}), 0u);
  EXPECT_EQ(b.board().stats().flash_busy, 2 * Microseconds(118));
}

TEST(U5Flash, WdwStandsWhileAQuadWordIsNotComplete) {
  U5Bench b("stm32u575zi");
  b.put(NSCR, kPg);
  b.write_mem(kFlash, 1);
  EXPECT_EQ(b.get(NSSR), kWdw);
  b.write_mem(kFlash + 4, 2);
  b.write_mem(kFlash + 8, 3);
  EXPECT_EQ(b.get(NSSR), kWdw);
  b.write_mem(kFlash + 12, 4);
  EXPECT_EQ(b.finish(), 0u);
  EXPECT_EQ(b.word(kFlash), 1u);
}

TEST(U5Flash, PagesOf8KibInTwoBanks) {
  U5Bench b("stm32u575zi");
  for (const std::uint32_t offset : {0x1FF0u, 0x2000u, 0x102000u}) b.program(kFlash + offset, {1, 2, 3, 4});
  EXPECT_EQ(b.erase(kPer | 1u << 3), 0u);
  EXPECT_EQ(b.word(kFlash + 0x1FF0), 1u);
  EXPECT_EQ(b.word(kFlash + 0x2000), 0xFFFFFFFFu);
  EXPECT_EQ(b.word(kFlash + 0x102000), 1u);
  EXPECT_EQ(b.erase(kPer | kBker | 1u << 3), 0u);
  EXPECT_EQ(b.word(kFlash + 0x102000), 0xFFFFFFFFu);
  EXPECT_EQ(b.erase(kMer1 | kMer2), 0u);
  EXPECT_EQ(b.board().flash_content(), Bytes(2048 * 1024, 0xFF));
}

TEST(U5Flash, SmallerChipsHaveOneBankWithoutDualbank) {
  U5Bench b("stm32u575zg");
  EXPECT_EQ(b.erase(kPer | kBker), 0u);
  b.set_option(OPTR, b.get(OPTR) & ~(1u << 21));
  EXPECT_EQ(b.erase(kPer | kBker), kPgserr);
}

TEST(U5Flash, SwapBankShowsTheSecondFirst) {
  U5Bench b("stm32u575zi");
  b.program(kFlash, {1, 1, 1, 1});
  b.program(kFlash + 0x100000, {2, 2, 2, 2});
  b.set_option(OPTR, b.get(OPTR) | 1u << 20);
  EXPECT_EQ(b.word(kFlash), 2u);
  EXPECT_EQ(b.word(kFlash + 0x100000), 1u);
}

TEST(U5Flash, AWriteProtectionWithoutUnlockStays) {
  U5Bench b("stm32u575zi");
  b.set_option(WRP1AR, kUnlock | 0x00010001);
  EXPECT_EQ(b.erase(kPer | 1u << 3), kWrperr);
  b.set_option(WRP1AR, 0x00020002);
  EXPECT_EQ(b.erase(kPer | 1u << 3), 0u);
  EXPECT_EQ(b.erase(kPer | 2u << 3), kWrperr);
  b.set_option(WRP1AR, kUnlock | 0x0000007F);
  EXPECT_EQ(b.get(WRP1AR), 0x00020002u);
  const std::uint32_t optr = b.get(OPTR);
  b.set_option(OPTR, (optr & ~0xFFu) | 0xBB);
  b.put(OPTKEYR, 0x08192A3B);
  b.put(OPTKEYR, 0x4C5D6E7F);
  b.put(WRP1AR, kUnlock | 0x0000007F);
  b.set_option(OPTR, optr);  // the regression lifts it
  EXPECT_EQ(b.get(WRP1AR), kUnlock | 0x0000007F);
}

// RM0438 6.3.1: DBANK makes two banks with pages of 2 KiB, without it there is one with pages of 4 KiB.
TEST(U5Flash, L5HasTheDoubleWordsOfL4) {
  U5Bench b("stm32l552ze");
  EXPECT_EQ(b.program(kFlash + 0x40000, {1, 2}), 0u);
  EXPECT_EQ(b.erase(kPer | kBker), 0u);
  EXPECT_EQ(b.word(kFlash + 0x40000), 0xFFFFFFFFu);
  b.set_option(OPTR, b.get(OPTR) & ~(1u << 22));
  EXPECT_EQ(b.program(kFlash + 0x800, {1, 2}), 0u);
  EXPECT_EQ(b.erase(kPer), 0u);
  EXPECT_EQ(b.word(kFlash + 0x800), 0xFFFFFFFFu);
}

struct LineRow {
  const char* chip;
  std::uint32_t idcode, size_register, kib, page;
  std::uint32_t dpidr = 0x0BE12477;
  unsigned access_port = 0;
};
class U5Lines : public testing::TestWithParam<LineRow> {};
TEST_P(U5Lines, TellWhoTheyAre) {
  const LineRow& row = GetParam();
  U5Bench b(row.chip, row.access_port);
  EXPECT_EQ(b.dpidr, row.dpidr);
  EXPECT_EQ(b.word(0xE000ED00), 0x410FD214u);
  EXPECT_EQ(b.word(0xE0044000), row.idcode);
  EXPECT_EQ(b.word(row.size_register) & 0xFFFF, row.kib);
  const std::uint32_t end = kFlash + row.kib * 1024;
  EXPECT_EQ(b.program(end - 16, {1, 2, 3, 4}), 0u);
  EXPECT_EQ(b.word(end - 16), 1u);
  EXPECT_FALSE(b.read_mem(end).has_value());
  for (const std::uint32_t offset : {row.page - 16, row.page, 2 * row.page - 16, 2 * row.page}) {
    EXPECT_EQ(b.program(kFlash + offset, {1, 2, 3, 4}), 0u);
  }
  EXPECT_EQ(b.erase(kPer | 1u << 3), 0u);
  EXPECT_EQ(b.word(kFlash + row.page - 16), 1u);
  EXPECT_EQ(b.word(kFlash + row.page), 0xFFFFFFFFu);
  EXPECT_EQ(b.word(kFlash + 2 * row.page - 16), 0xFFFFFFFFu);
  EXPECT_EQ(b.word(kFlash + 2 * row.page), 1u);
}
INSTANTIATE_TEST_SUITE_P(
    All, U5Lines,
    testing::Values(LineRow{"stm32u545re", 0x10016455, 0x0BFA07A0, 512, 0x2000},
                    LineRow{"stm32u585ai", 0x20006482, 0x0BFA07A0, 2048, 0x2000},
                    LineRow{"stm32u5a5zj", 0x30016481, 0x0BFA07A0, 4096, 0x2000},
                    LineRow{"stm32u5g9zj", 0x10016476, 0x0BFA07A0, 4096, 0x2000},
                    LineRow{"stm32u375rg", 0x10016454, 0x0BFA07A0, 1024, 0x1000},
                    LineRow{"stm32u3c5zi", 0x1000642A, 0x0BFA07A0, 2048, 0x1000},
                    LineRow{"stm32wba25ce", 0x100064B2, 0x0BF8D7A0, 512, 0x1000, 0x0BE12477, 1},
                    LineRow{"stm32wba52cg", 0x10006492, 0x0BF907A0, 1024, 0x2000, 0x6BA02477, 1},
                    LineRow{"stm32wba65ri", 0x100164B0, 0x0BFA07A0, 2048, 0x2000, 0x6BA02477, 1},
                    LineRow{"stm32l562qe", 0x20006472, 0x0BFA05E0, 512, 0x0800}),
    [](const auto& row) { return row.param.chip; });

// Bank 2 by BKER, and a double word at once.
TEST(U5Flash, U3HasBanksOfSmallPagesAndDoubleWords) {
  U5Bench b("stm32u375rg");
  EXPECT_EQ(b.program(kFlash + 0x80000, {1, 2}), 0u);
  EXPECT_EQ(b.program(kFlash + 0x81000, {1, 2}), 0u);
  EXPECT_EQ(b.erase(kPer | kBker), 0u);
  EXPECT_EQ(b.word(kFlash + 0x80000), 0xFFFFFFFFu);
  EXPECT_EQ(b.word(kFlash + 0x81000), 1u);
  EXPECT_EQ(b.erase(kMer2), 0u);
  EXPECT_EQ(b.word(kFlash + 0x81000), 0xFFFFFFFFu);
}

TEST(U5Flash, Wba6HasTwoBanksAndWba2One) {
  U5Bench six("stm32wba65ri", 1), two("stm32wba25ce", 1);
  EXPECT_EQ(six.program(kFlash + 0x100000, {1, 2, 3, 4}), 0u);
  EXPECT_EQ(six.erase(kPer | kBker), 0u);
  EXPECT_EQ(six.word(kFlash + 0x100000), 0xFFFFFFFFu);
  two.put(NSCR, kPer | kBker);
  EXPECT_EQ(two.get(NSCR), kPer | kOptLock) << "BKER is reserved";
}

}  // namespace
}  // namespace probity::vboard::test::u5_flash_test
