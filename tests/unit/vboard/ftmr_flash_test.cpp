// FTMRH and FTMRE of Kinetis KE by their commands (MKE02P64M40SF0RM 18, MKE06P80M48SF0RM 18).
#include <gtest/gtest.h>

#include <vector>

#include "board_swd_host.hpp"

namespace probity::vboard::test::ftmr_flash_test {
namespace {

constexpr std::uint32_t kBase = 0x40020000;
constexpr unsigned kCcif = 0x80, kAccerr = 0x20, kFpviol = 0x10, kMgstat = 0x03;

struct Places {
  std::uint32_t fclkdiv, fsec, fccobix, fstat, fprot, fccobhi, fccoblo;
};
constexpr Places kH{0x0, 0x1, 0x2, 0x6, 0x8, 0xA, 0xB}, kE{0x3, 0x2, 0x1, 0x5, 0xB, 0x9, 0x8};

class FtmrHost : public SwdHost {
 public:
  FtmrHost(Board& board, const Places& places) : SwdHost(board), at(places) {
    connect();
    halt();
  }
  void set_byte(std::uint32_t offset, std::uint32_t value) {
    set_size(1);
    write_mem(kBase + offset, value << 8 * (offset & 3));
    set_size(4);
  }
  unsigned byte(std::uint32_t offset) { return word(kBase + (offset & ~3u)) >> 8 * (offset & 3) & 0xFF; }
  // The half-words of FCCOB; FSTAT afterwards without CCIF, its errors cleared again.
  unsigned command(const std::vector<unsigned>& halves) {
    for (unsigned i = 0; i < halves.size(); ++i) {
      set_byte(at.fccobix, i);
      set_byte(at.fccobhi, halves[i] >> 8);
      set_byte(at.fccoblo, halves[i] & 0xFF);
    }
    set_byte(at.fstat, kCcif);
    while ((byte(at.fstat) & kCcif) == 0) wait(Milliseconds(1));
    const unsigned status = byte(at.fstat);
    set_byte(at.fstat, kAccerr | kFpviol);
    return status & ~kCcif;
  }
  const Places at;
};

struct Bench {
  explicit Bench(const char* chip, const Places& places)
      : board({.chip = chip, .flash_file = {}, .faults = {}}), host(board, places) {}
  Board board;
  FtmrHost host;
};

TEST(FtmrFlash, NothingWorksBeforeTheClockIsDivided) {
  Bench b("mke02z64", kH);
  EXPECT_EQ(b.host.command({0x0A00, 0x1000}), kAccerr);
  b.host.set_byte(kH.fclkdiv, 0x0F);
  EXPECT_EQ(b.host.byte(kH.fclkdiv), 0x8Fu);
  EXPECT_EQ(b.host.command({0x0A00, 0x1000}), 0u);
}

TEST(FtmrFlash, ProgramsOneLongwordOrTwo) {
  for (const auto& [chip, places] : {std::pair("mke02z64", kH), std::pair("mke06z128", kE)}) {
    Bench b(chip, places);
    b.host.set_byte(places.fclkdiv, 0x0F);
    EXPECT_EQ(b.host.command({0x0600, 0x1000, 0x5678, 0x1234}), 0u);
    EXPECT_EQ(b.host.command({0x0600, 0x1008, 0x1111, 0x2222, 0x3333, 0x4444}), 0u);
    EXPECT_EQ(b.host.word(0x1000), 0x12345678u);
    EXPECT_EQ(b.host.word(0x100C), 0x44443333u);
    EXPECT_EQ(b.host.command({0x0600, 0x1000, 0xFFFF, 0xFFFF}), kMgstat);
    EXPECT_EQ(b.host.command({0x0600, 0x1002, 0, 0}), kAccerr);
    EXPECT_EQ(b.host.command({0x0600, 0x1010, 0}), kAccerr) << "half a longword";
    EXPECT_EQ(b.host.command({0x0A00, 0x1000}), 0u);
    EXPECT_EQ(b.host.word(0x1000), 0xFFFFFFFFu);
    EXPECT_EQ(b.host.command({0x5500, 0}), kAccerr);
  }
}

TEST(FtmrFlash, ProtectsTheLowEnd) {
  Bench b("mke02z64", kH);
  b.host.set_byte(kH.fclkdiv, 0x0F);
  b.host.set_byte(kH.fprot, 0xF9);  // FPLDIS clear, FPLS 1: 4 KiB
  EXPECT_EQ(b.host.command({0x0600, 0x0FFC, 0, 0}), kFpviol);
  EXPECT_EQ(b.host.command({0x0A00, 0x0000}), kFpviol);
  EXPECT_EQ(b.host.command({0x0800, 0}), kFpviol);
  EXPECT_EQ(b.host.command({0x0600, 0x1000, 0, 0}), 0u);
}

TEST(FtmrFlash, VerifiesThatASectionIsBlank) {
  Bench b("mke06z128", kE);
  b.host.set_byte(kE.fclkdiv, 0x0F);
  EXPECT_EQ(b.host.command({0x0301, 0x0000, 4}), 0u);
  EXPECT_EQ(b.host.command({0x0601, 0x0008, 0, 0}), 0u);
  EXPECT_EQ(b.host.command({0x0301, 0x0000, 4}), kMgstat);
  EXPECT_EQ(b.host.word(0x10008), 0u);
}

TEST(FtmrFlash, AnErasedFieldSecuresTheChipAtTheNextReset) {
  Bench b("mke02z64", kH);
  b.host.set_byte(kH.fclkdiv, 0x0F);
  EXPECT_EQ(b.host.command({0x0A00, 0x0400}), 0u);
  EXPECT_EQ(b.host.byte(kH.fsec) & 3, 2u);
  b.board.power_cycle();
  b.host.connect();
  EXPECT_FALSE(b.host.read_mem(0x20000000));
}

}  // namespace
}  // namespace probity::vboard::test::ftmr_flash_test
