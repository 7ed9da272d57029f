// What closes nRF51 and nRF52 to a debugger, and what opens them: UICR.APPROTECT with the CTRL-AP (nRF52832
// PS v1.4 16.1), UICR.CLENR0 and RBPCONF (nRF51 RM v3.0 8).
#include <gtest/gtest.h>

#include "board_swd_host.hpp"

namespace probity::vboard::test::nrf5_protection_test {
namespace {

constexpr std::uint32_t kConfig = 0x4001E504, kErasePage = 0x4001E508, kEraseAll = 0x4001E50C;
constexpr std::uint32_t kUicr = 0x10001000, kApprotect = 0x10001208, kReset = 0x0, kErase = 0x4,
                        kEraseStatus = 0x8, kProtectStatus = 0xC;

struct Bench {
  explicit Bench(const char* chip) : board({.chip = chip, .flash_file = {}, .faults = {}}), host(board) {
    host.connect();
    host.halt();
  }
  void nvmc(std::uint32_t mode) { host.write_mem(kConfig, mode); }
  void program(std::uint32_t address, std::uint32_t value) {
    nvmc(1);
    EXPECT_TRUE(host.write_mem(address, value));
    host.wait(Milliseconds(1));
    nvmc(0);
  }
  void restart() {
    board.power_cycle();
    host.connect();
  }
  void select(unsigned ap, unsigned bank = 0) { host.must_write(false, 0x8, ap << 24 | bank << 4); }
  std::uint32_t port(unsigned ap, std::uint32_t offset) {
    select(ap, offset >> 4);
    host.must_read(true, offset & 0xF);
    const std::uint32_t value = host.must_read(false, 0xC);
    select(0);
    return value;
  }
  void set_port(std::uint32_t offset, std::uint32_t value) {
    select(1);
    host.must_write(true, offset, value);
    host.must_read(false, 0xC);
    select(0);
  }
  Board board;
  SwdHost host;
};

TEST(CtrlAp, OpenChipsHaveItToo) {
  Bench b("nrf52832xxaa");
  EXPECT_EQ(b.port(1, 0xFC), 0x02880000u);
  EXPECT_EQ(b.port(1, kProtectStatus), 1u);
  EXPECT_EQ(b.port(0, 0xFC), 0x24770011u);
}

TEST(CtrlAp, ApprotectClosesTheAhbApFromTheNextResetOn) {
  Bench b("nrf52832xxaa");
  b.program(kApprotect, 0xFFFFFF00);
  EXPECT_EQ(b.port(1, kProtectStatus), 1u);
  b.restart();
  EXPECT_EQ(b.port(1, kProtectStatus), 0u);
  EXPECT_EQ(b.port(0, 0xFC), 0x23000000u) << "no AHB-AP to be seen";
}

TEST(CtrlAp, EraseAllOpensIt) {
  Bench b("nrf52832xxaa");
  b.program(0x2000, 0x12345678);
  b.program(kApprotect, 0xFFFFFF00);
  b.restart();
  b.set_port(kErase, 1);
  EXPECT_EQ(b.port(1, kEraseStatus), 1u);
  b.host.wait(Milliseconds(300));
  EXPECT_EQ(b.port(1, kEraseStatus), 0u);
  b.set_port(kReset, 1);
  b.set_port(kReset, 0);
  b.set_port(kErase, 0);
  EXPECT_EQ(b.port(1, kProtectStatus), 1u);
  b.host.connect();
  EXPECT_EQ(b.host.word(0x2000), 0xFFFFFFFFu);
  EXPECT_EQ(b.host.word(kApprotect), 0xFFFFFFFFu);
}

TEST(Nrf51Regions, Region0IsClosedToThePageErase) {
  Bench b("nrf51822xxaa");
  b.program(0x0, 0x11);
  b.program(0x800, 0x22);
  b.program(kUicr, 0x800);
  b.restart();
  b.host.halt();
  b.nvmc(2);
  b.host.write_mem(kErasePage, 0x0);
  b.host.write_mem(kErasePage, 0x800);
  b.host.wait(Milliseconds(100));
  EXPECT_EQ(b.host.word(0x0), 0x11u);
  EXPECT_EQ(b.host.word(0x800), 0xFFFFFFFFu);
  b.nvmc(1);
  EXPECT_FALSE(b.host.write_mem(0x4, 0));
}

TEST(Nrf51Regions, ReadbackProtectionShowsZeros) {
  Bench b("nrf51822xxaa");
  b.program(0x800, 0x22);
  b.program(kUicr + 4, 0xFFFF00FF);
  EXPECT_EQ(b.host.word(0x800), 0x22u);
  b.restart();
  EXPECT_EQ(b.host.word(0x800), 0u);
  b.nvmc(2);
  b.host.write_mem(kEraseAll, 1);
  b.host.wait(Milliseconds(100));
  b.restart();
  EXPECT_EQ(b.host.word(0x800), 0xFFFFFFFFu);
}

}  // namespace
}  // namespace probity::vboard::test::nrf5_protection_test
