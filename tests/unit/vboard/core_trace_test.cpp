// The core's trace: what the ITM and the DWT say, how the TPIU frames it and when it leaves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/vboard/core_bench.hpp"

namespace probity::vboard::test::core_trace_test {
namespace {

using armv7m::ShiftedByte;
using armv7m::TraceCode;
using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

// Armv7-M ARM: C1.6.5, C1.7, C1.8, C1.10; Cortex-M4 TRM 11.3.
constexpr std::uint32_t kTrcEna = 1u << 24;
constexpr std::uint32_t kStim = 0xE0000000, kTer = 0xE0000E00, kTcr = 0xE0000E80, kLar = 0xE0000FB0;
constexpr std::uint32_t kDwtCtrl = 0xE0001000;
constexpr std::uint32_t kAcpr = 0xE0040010, kSppr = 0xE00400F0, kFfcr = 0xE0040304;
constexpr std::uint32_t kItmEna = 1u << 0, kTxEna = 1u << 3, kBusId1 = 1u << 16;

// b . at the reset handler, which runs; trace by UART, a bit a cycle, without the formatter.
struct TraceBench : Bench {
  TraceBench() {
    core.on_trace([this](const ShiftedByte& byte) { left.push_back(byte); });
    start({0xE7FE});
    enable_debug();
    write(kDemcr, kTrcEna);
    write(kLar, 0xC5ACCE55);
    write(kSppr, 2);
    write(kFfcr, 0);
  }
  void enable_ports(std::uint32_t ports, std::uint32_t more = 0) {
    write(kTcr, kItmEna | kBusId1 | more);
    write(kTer, ports);
  }
  // What left since the last question, `cycles` later.
  Bytes bytes(std::uint64_t cycles = 10000) {
    core.run(cycles);
    core.drain_trace();
    Bytes values;
    for (const ShiftedByte& byte : left) values.push_back(byte.value);
    left.clear();
    return values;
  }
  void say(unsigned port, unsigned size, std::uint32_t value) {
    core.write_ppb(Master::debug, Security::non_secure, kStim + 4 * port, size, value);
  }

  std::vector<ShiftedByte> left;
};

TEST(CoreTrace, PacketsTellPortAndSize) {
  TraceBench bench;
  bench.enable_ports(0x80000001);
  bench.say(0, 1, 'A');
  bench.say(31, 2, 0x1234);
  bench.say(0, 4, 0x01020304);
  EXPECT_THAT(bench.bytes(), ElementsAre(0x01, 'A', 0xFA, 0x34, 0x12, 0x03, 4, 3, 2, 1));
}

TEST(CoreTrace, NothingFromWhatIsOff) {
  TraceBench bench;
  bench.enable_ports(1u << 1);
  bench.say(0, 1, 'A');  // not in TER
  EXPECT_EQ(bench.read(kStim), 0u);
  EXPECT_EQ(bench.read(kStim + 4), 1u);
  bench.write(kLar, 0);
  bench.write(kTer, 1);  // locked
  bench.say(0, 1, 'B');
  bench.write(kDemcr, 0);
  bench.say(1, 1, 'C');  // without TRCENA
  EXPECT_THAT(bench.bytes(), IsEmpty());
}

TEST(CoreTrace, ByteTakesTenBitsOfThePrescaler) {
  TraceBench bench;
  bench.write(kAcpr, 7);
  bench.enable_ports(1);
  bench.say(0, 2, 0xBEEF);
  bench.core.run(1000);
  bench.core.drain_trace();
  ASSERT_EQ(bench.left.size(), 3u);
  for (const ShiftedByte& byte : bench.left) {
    EXPECT_EQ(byte.cycles_per_bit, 8u);
    EXPECT_EQ(byte.code, TraceCode::uart);
  }
  EXPECT_EQ(bench.left[1].start - bench.left[0].start, 80u);
  EXPECT_EQ(bench.left[2].start - bench.left[1].start, 80u);
}

TEST(CoreTrace, WhatFindsNoRoomIsLostAndTold) {
  TraceBench bench;
  bench.write(kAcpr, 0x1FFF);  // slow enough to fill the FIFO
  bench.enable_ports(1);
  for (unsigned i = 0; i < 8; ++i) bench.say(0, 4, i);
  EXPECT_EQ(bench.read(kStim), 0u);
  bench.core.run(10'000'000);
  bench.say(0, 1, 'Z');
  Bytes all = bench.bytes(10'000'000);
  ASSERT_GE(all.size(), 3u);
  EXPECT_THAT(Bytes(all.end() - 3, all.end()), ElementsAre(0x70, 0x01, 'Z'));
  EXPECT_LT(all.size(), 8 * 5u);
}

// CoreSight SoC TRM, formatter: synchronisation, then 15 bytes and the low bits of the even ones.
TEST(CoreTrace, FormatterMakesFrames) {
  TraceBench bench;
  bench.write(kFfcr, 2);
  bench.enable_ports(1);
  const auto say_pairs = [&bench](std::uint8_t first) {
    for (unsigned i = 0; i < 7; ++i) {
      bench.say(0, 1, first + i);
      bench.core.run(100);
    }
  };
  say_pairs('a');
  EXPECT_THAT(bench.bytes(), ElementsAreArray({0xFF,       0xFF, 0xFF,       0x7F,  //
                                               0x03,       0x01, 'a' & 0xFE, 0x01,      'b' & 0xFE, 0x01,
                                               'c' & 0xFE, 0x01, 'd' & 0xFE, 0x01,      'e' & 0xFE, 0x01,
                                               'f' & 0xFE, 0x01, 'g' & 0xFE, 0b10101010}));
}

TEST(CoreTrace, DwtSamplesThePc) {
  TraceBench bench;
  bench.enable_ports(0, kTxEna);
  bench.write(kDwtCtrl,
              1u << 12 | 1u << 9 | 0xFu << 1 | 1);  // PCSAMPLENA, each 16 × 1024 cycles, first after 1024
  const Bytes all = bench.bytes(2 * 16 * 1024 + 8000);
  ASSERT_EQ(all.size(), 15u);
  EXPECT_THAT(Bytes(all.begin() + 5, all.begin() + 10), ElementsAre(0x17, 0x00, 0x01, 0x00, 0x08));
}

}  // namespace
}  // namespace probity::vboard::test::core_trace_test
