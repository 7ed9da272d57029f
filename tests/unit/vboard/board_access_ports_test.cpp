// Debug ports by generation: several access ports, DPv2, chips without JTAG (IHI 0031, RM0433 60, RM0410 40).
#include <gtest/gtest.h>

#include "board_swd_host.hpp"
#include "probe_stlink_bench.hpp"

namespace probity::vboard::test::board_access_ports_test {
namespace {

constexpr std::uint32_t kCtrlStat = 0x4, kSelect = 0x8, kTar = 0x4, kDrw = 0xC;
constexpr std::uint32_t kAxiSram = 0x24000000, kCpuid = 0xE000ED00;

struct Bench {
  explicit Bench(const char* chip) : board({.chip = chip, .flash_file = {}, .faults = {}}), host(board) {}
  void select(unsigned ap, unsigned bank = 0) { host.must_write(false, kSelect, ap << 24 | bank << 4); }
  std::uint32_t identity(unsigned ap) {
    select(ap, 0xF);
    host.must_read(true, 0xC);
    return host.must_read(false, 0xC);
  }
  Board board;
  SwdHost host;
};

TEST(AccessPorts, H7HasThreeAndTheOthersReadAsZero) {
  Bench b("stm32h743zi");
  b.host.connect();
  EXPECT_EQ(b.identity(0), 0x84770001u);
  EXPECT_EQ(b.identity(1), 0x84770001u);
  EXPECT_EQ(b.identity(2), 0x54770002u);
  EXPECT_EQ(b.identity(3), 0u);
  EXPECT_EQ(b.identity(255), 0u);
}

TEST(AccessPorts, AllReachTheBusMatrixAndOneTheCore) {
  Bench b("stm32h743zi");
  b.host.connect();
  ASSERT_TRUE(b.host.write_mem(kAxiSram, 0x13572468));
  EXPECT_EQ(b.host.word(kCpuid), 0x411FC271u);
  b.select(1);
  b.host.set_size(4);
  EXPECT_EQ(b.host.word(kAxiSram), 0x13572468u);
  EXPECT_FALSE(b.host.read_mem(kCpuid)) << "the private bus is the core's own";
  EXPECT_FALSE(b.host.write_mem(0xE000EDF0, 0xA05F0003));
}

TEST(AccessPorts, EachHasItsOwnTar) {
  Bench b("stm32h743zi");
  b.host.connect();
  b.host.must_write(true, kTar, kAxiSram);
  b.select(1);
  b.host.set_size(4);
  b.host.must_write(true, kTar, kAxiSram + 0x100);
  b.host.must_write(true, kDrw, 0x11111111);
  b.select(0);
  b.host.must_write(true, kDrw, 0x22222222);
  EXPECT_EQ(b.host.word(kAxiSram), 0x22222222u);
  EXPECT_EQ(b.host.word(kAxiSram + 0x100), 0x11111111u);
}

TEST(AccessPorts, APortThatIsNotThereIgnoresWrites) {
  Bench b("stm32h743zi");
  b.host.connect();
  b.host.write_mem(kAxiSram, 0xAAAAAAAA);
  b.select(7);
  b.host.must_write(true, kTar, kAxiSram);
  b.host.must_write(true, kDrw, 0x55555555);
  b.host.must_read(true, kDrw);
  EXPECT_EQ(b.host.must_read(false, 0xC), 0u);
  b.select(0);
  EXPECT_EQ(b.host.word(kAxiSram), 0xAAAAAAAAu);
}

TEST(AccessPorts, DbgmcuIsSeenThroughTheDebugBusOfH7) {
  Bench b("stm32h743zi");
  b.host.connect();
  b.select(2);
  b.host.set_size(4);
  EXPECT_EQ(b.host.word(0xE00E1000) & 0xFFF, 0x450u);
}

// Word reads through a port that INIT_AP opened, and what it must not reach.
TEST(AccessPorts, AnStlinkReachesThem) {
  StlinkBench bench("stm32h743zi,probe=stlink-v3");
  ASSERT_EQ(bench.enter_swd(), 0x80);
  ASSERT_EQ(bench.command({0xF2, 0x4B, 1}, 2).at(0), 0x80);
  EXPECT_EQ(bench.command({0xF2, 0x4B, 3}, 2).at(0), 0x1D);
  const auto read = [&](unsigned ap, std::uint32_t address) {
    Bytes block = bench.memory_block(0x07, address, 4);
    block[8] = static_cast<std::uint8_t>(ap);
    bench.send(block);
    return load_le32(bench.receive(4));
  };
  Bytes word;
  append_le32(word, 0xCAFE0001);
  bench.write_memory(0x08, kAxiSram, word);
  EXPECT_EQ(read(1, kAxiSram), 0xCAFE0001u);
  read(1, kCpuid);
  EXPECT_NE(bench.last_status(), 0x80);
}

TEST(DebugPortVersion, TwoTellsWhoItIs) {
  Bench v2("stm32f767zi");
  EXPECT_EQ(v2.host.connect(), 0x5BA02477u);
  const auto bank = [](Bench& b, std::uint32_t number) {
    b.host.must_write(false, kSelect, number);
    return b.host.must_read(false, kCtrlStat);
  };
  EXPECT_EQ(bank(v2, 2), 0x04510041u) << "TARGETID";
  EXPECT_EQ(bank(v2, 3), 1u) << "DLPIDR";
  Bench v1("stm32f407vg");
  v1.host.connect();
  EXPECT_EQ(bank(v1, 2), 0u);
  EXPECT_EQ(bank(v1, 3), 0u);
}

TEST(SwdOnly, AnswersWithoutTheSelectSequenceAndNeverJtag) {
  Bench b("stm32f030f4");
  b.host.line_reset();
  EXPECT_EQ(b.host.must_read(false, 0), 0x0BB11477u);
  b.host.send(~0ull, 56);
  b.host.send(0xE73C, 16);  // SWD to JTAG: this port does not know it
  bool all_high = true;
  for (unsigned i = 0; i < 200; ++i) {  // resets the TAP, then walks to Shift-DR and stays
    all_high = b.board.clock(i < 8 || i == 9, true).tdo && all_high;
    b.board.timeline().advance(Nanoseconds(250));
  }
  EXPECT_TRUE(all_high);
  b.host.line_reset();
  EXPECT_EQ(b.host.must_read(false, 0), 0x0BB11477u);
  EXPECT_EQ(b.host.connect(), 0x0BB11477u) << "and takes the JTAG to SWD sequence without harm";
}

}  // namespace
}  // namespace probity::vboard::test::board_access_ports_test
