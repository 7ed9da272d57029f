#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/errors.hpp"
#include "probe_stlink_bench.hpp"

namespace probity::vboard::probe_stlink_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr unsigned kRead32 = 0x07, kWrite32 = 0x08, kRead8 = 0x0C, kWrite8 = 0x0D, kRead16 = 0x47,
                   kWrite16 = 0x48;
constexpr std::uint32_t kRam = 0x20000000, kNothingThere = 0x70000000;

TEST(ProbeStlink, EachModelTellsItsVersion) {
  StlinkBench v2("stm32f407vg,probe=stlink-v2");
  EXPECT_EQ(v2.out_endpoint, 0x02);
  EXPECT_THAT(v2.command({0xF1}, 6), ElementsAre(0x29, 0x47, 0x83, 0x04, 0x48, 0x37));  // V2J37S7
  StlinkBench v21("stm32f407vg,probe=stlink-v2-1");
  EXPECT_EQ(v21.out_endpoint, 0x01);
  EXPECT_THAT(v21.command({0xF1}, 6), ElementsAre(0x29, 0x5A, 0x83, 0x04, 0x4B, 0x37));  // V2J37M26
  StlinkBench v3("stm32f407vg,probe=stlink-v3");
  EXPECT_THAT(v3.command({0xF1}, 6), ElementsAre(0x30, 0x00, 0x83, 0x04, 0x4E, 0x37));
  EXPECT_THAT(v3.command({0xFB}, 12), ElementsAre(3, 1, 10, 3, 5, 0, 0, 0, 0x83, 0x04, 0x4E, 0x37));
}

TEST(ProbeStlink, UnknownCommandsAreRefusedAndRecorded) {
  StlinkBench bench("stm32f407vg,probe=stlink-v2-1");
  EXPECT_EQ(bench.command({0xA5}, 2).at(0), 0x42);
  EXPECT_EQ(bench.command({0xF2, 0x99}, 2).at(0), 0x42);
  EXPECT_EQ(bench.command({0xFB}, 12).at(0), 0x42);        // V3 only
  EXPECT_EQ(bench.command({0xF2, 0x62}, 52).at(0), 0x42);  // V3 only
  EXPECT_EQ(bench.host.probe_errors().size(), 4u);
  EXPECT_THAT(bench.host.probe_errors()[1], HasSubstr("f2 99"));
}

TEST(ProbeStlink, ModesAreKept) {
  StlinkBench bench("stm32f407vg,probe=stlink-v2");
  EXPECT_EQ(bench.command({0xF5}, 2).at(0), 0);                 // DFU
  EXPECT_NE(bench.command({0xF2, 0x30, 0xA3}, 2).at(0), 0x80);  // no debugging there
  bench.send(StlinkBench::block({0xF3, 0x07}));
  EXPECT_EQ(bench.command({0xF5}, 2).at(0), 1);            // mass storage
  EXPECT_NE(bench.command({0xF2, 0x31}, 12).at(0), 0x80);  // not entered yet
  EXPECT_EQ(bench.command({0xF2, 0x30, 0xA3}, 2).at(0), 0x80);
  EXPECT_EQ(bench.command({0xF5}, 2).at(0), 2);  // debug
  bench.send(StlinkBench::block({0xF2, 0x21}));
  EXPECT_EQ(bench.command({0xF5}, 2).at(0), 1);
}

TEST(ProbeStlink, VoltageIsTheBoards) {
  StlinkBench bench("stm32f407vg,probe=stlink-v2-1,voltage=2100");
  const Bytes reply = bench.command({0xF7}, 8);
  EXPECT_NEAR(2 * 1.2 * load_le32(reply, 4) / load_le32(reply, 0), 2.1, 0.01);
}

TEST(ProbeStlink, ReadsIdentityOverSwdAndJtag) {
  for (const std::string probe : {"stlink-v2", "stlink-v2-1", "stlink-v3"}) {
    StlinkBench bench("stm32f407vg,probe=" + probe);
    ASSERT_EQ(bench.enter_swd(), 0x80) << probe;
    EXPECT_EQ(load_le32(bench.command({0xF2, 0x31}, 12), 4), 0x2BA01477u);
    ASSERT_EQ(bench.command({0xF2, 0x30, 0xA4}, 2).at(0), 0x80) << probe;
    const Bytes ids = bench.command({0xF2, 0x31}, 12);
    EXPECT_EQ(load_le32(ids, 4), 0x4BA00477u);
    EXPECT_EQ(load_le32(ids, 8), 0x06413041u);  // boundary scan, nearer TDI
    EXPECT_EQ(load_le32(bench.read_memory(kRead32, 0xE000ED00, 4)), 0x410FC241u);
    EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
  }
}

TEST(ProbeStlink, MemoryOfEveryWidthComesBack) {
  for (const unsigned how : {0xA3u, 0xA4u}) {
    StlinkBench bench("stm32f407vg,probe=stlink-v2-1");
    ASSERT_EQ(bench.command({0xF2, 0x30, how}, 2).at(0), 0x80);
    Bytes data(6144);
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
    bench.write_memory(kWrite32, kRam, data);
    EXPECT_EQ(bench.last_status(), 0x80);
    EXPECT_EQ(bench.read_memory(kRead32, kRam, data.size()), data);
    bench.write_memory(kWrite16, kRam + 0x3FE, Bytes{1, 2, 3, 4});  // over the 1 KiB edge
    bench.write_memory(kWrite8, kRam + 0x101, Bytes{9, 8, 7});
    std::copy_n(Bytes{1, 2, 3, 4}.begin(), 4, data.begin() + 0x3FE);
    std::copy_n(Bytes{9, 8, 7}.begin(), 3, data.begin() + 0x101);
    EXPECT_EQ(bench.read_memory(kRead32, kRam, data.size()), data);
    EXPECT_EQ(bench.read_memory(kRead16, kRam + 0x3FE, 4), (Bytes{1, 2, 3, 4}));
    EXPECT_EQ(bench.read_memory(kRead8, kRam + 0x101, 3), (Bytes{9, 8, 7}));
    bench.send(bench.memory_block(kRead8, kRam + 0x102, 1));
    EXPECT_EQ(bench.receive(2).size(), 2u);  // a single byte comes as two
    EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
  }
}

TEST(ProbeStlink, LimitsOfAnAccessAreEnforced) {
  StlinkBench bench("stm32f407vg,probe=stlink-v2-1");
  ASSERT_EQ(bench.enter_swd(), 0x80);
  bench.read_memory(kRead8, kRam, 65);
  EXPECT_EQ(bench.last_status(), 0x08);
  bench.read_memory(kRead32, kRam + 2, 4);
  EXPECT_EQ(bench.last_status(), 0x0A);
  bench.write_memory(kWrite32, kRam, Bytes(0x8004));
  EXPECT_EQ(bench.last_status(), 0x08);
  EXPECT_EQ(bench.host.probe_errors().size(), 3u);
  StlinkBench v3("stm32f407vg,probe=stlink-v3");
  ASSERT_EQ(v3.enter_swd(), 0x80);
  v3.read_memory(kRead8, kRam, 512);
  EXPECT_EQ(v3.last_status(), 0x80);
}

TEST(ProbeStlink, AFaultIsReportedAndLeavesTheProbeUsable) {
  for (const unsigned how : {0xA3u, 0xA4u}) {
    StlinkBench bench("stm32f407vg,probe=stlink-v2-1");
    ASSERT_EQ(bench.command({0xF2, 0x30, how}, 2).at(0), 0x80);
    bench.read_memory(kRead32, kNothingThere, 4);
    EXPECT_EQ(bench.last_status(), 0x11);
    bench.write_memory(kWrite32, kNothingThere, Bytes(4));
    EXPECT_EQ(bench.last_status(), 0x11);
    bench.read_memory(kRead32, kRam, 4);
    EXPECT_EQ(bench.last_status(), 0x80);
  }
}

TEST(ProbeStlink, WaitIsRepeatedByTheFirmwareThenReported) {
  StlinkBench few("stm32f407vg,probe=stlink-v2-1,fault=wait@ap:10x5");
  ASSERT_EQ(few.enter_swd(), 0x80);
  few.write_memory(kWrite32, kRam, Bytes(64, 0x42));
  EXPECT_EQ(few.last_status(), 0x80);
  EXPECT_EQ(few.read_memory(kRead32, kRam, 64), Bytes(64, 0x42));
  EXPECT_EQ(few.host.board().stats().wait_acks, 5u);
  StlinkBench many("stm32f407vg,probe=stlink-v2-1,fault=wait@ap:10x1000");
  ASSERT_EQ(many.enter_swd(), 0x80);
  many.write_memory(kWrite32, kRam, Bytes(64, 0x42));
  EXPECT_EQ(many.last_status(), 0x10);
}

TEST(ProbeStlink, ParityErrorsOfAReadAreReported) {
  StlinkBench bench("stm32f407vg,probe=stlink-v2-1,fault=parity@ap:10");
  ASSERT_EQ(bench.enter_swd(), 0x80);
  bench.read_memory(kRead32, kRam, 64);
  EXPECT_EQ(bench.last_status(), 0x13);
}

TEST(ProbeStlink, OnlyOpenAccessPortsAreReached) {
  StlinkBench bench("stm32f407vg,probe=stlink-v3");
  ASSERT_EQ(bench.enter_swd(), 0x80);
  const Bytes idr = bench.command({0xF2, 0x45, 0, 0, 0xFC, 0}, 8);
  EXPECT_EQ(idr.at(0), 0x80);
  EXPECT_EQ(load_le32(idr, 4), 0x24770011u);
  EXPECT_EQ(bench.command({0xF2, 0x45, 1, 0, 0x00, 0}, 8).at(0), 0x1D);
  EXPECT_EQ(bench.command({0xF2, 0x4B, 1}, 2).at(0), 0x1D);  // there is no AP 1
  EXPECT_EQ(bench.command({0xF2, 0x4B, 0}, 2).at(0), 0x80);
  EXPECT_EQ(load_le32(bench.command({0xF2, 0x45, 0xFF, 0xFF, 0x00, 0}, 8), 4), 0x2BA01477u);
}

TEST(ProbeStlink, MiscListsReadAndWrite) {
  StlinkBench bench("stm32f407vg,probe=stlink-v3");
  ASSERT_EQ(bench.enter_swd(), 0x80);
  bench.send(StlinkBench::block({0xF2, 0x51, 4}));
  Bytes items = {5, 1, 2, 3};
  for (const std::uint32_t word : {0u, kRam, 0x12345678u, kRam}) append_le32(items, word);
  bench.send(items);
  const Bytes reply = bench.command({0xF2, 0x52}, 32);
  EXPECT_EQ(load_le32(reply, 12), 0x12345678u);
  for (unsigned i = 0; i < 4; ++i) EXPECT_EQ(load_le32(reply, 16 + 4 * i), 0x80u);
}

TEST(ProbeStlink, ClockStepsCostTheirTime) {
  StlinkBench bench("stm32f407vg,probe=stlink-v2-1");
  ASSERT_EQ(bench.enter_swd(), 0x80);
  const auto duration = [&] {
    const auto start = bench.host.clock().now();
    bench.read_memory(kRead32, kRam, 1024);
    return bench.host.clock().now() - start;
  };
  ASSERT_EQ(bench.command({0xF2, 0x43, 0}, 2).at(0), 0x80);  // 4 MHz
  const auto fast = duration();
  ASSERT_EQ(bench.command({0xF2, 0x43, 40}, 2).at(0), 0x80);  // 100 kHz
  const auto slow = duration();
  // 256 transfers of 46 clocks and some, at 10 us instead of 0.25 us each.
  EXPECT_GT(slow - fast, Microseconds(256 * 46 * 9));
  EXPECT_LT(slow - fast, Microseconds(270 * 46 * 10));
  EXPECT_NE(bench.command({0xF2, 0x43, 5}, 2).at(0), 0x80);  // no such step
}

TEST(ProbeStlink, UsbFaultsStrike) {
  StlinkBench shortened("stm32f407vg,probe=stlink-v2-1,fault=usb-short@usb:2");
  EXPECT_EQ(shortened.command({0xF1}, 6).size(), 3u);
  EXPECT_EQ(shortened.command({0xF1}, 6).size(), 6u);
  StlinkBench lost("stm32f407vg,probe=stlink-v2-1,fault=usb-lost@usb:2");
  EXPECT_THROW(lost.command({0xF1}, 6), TimeoutError);
  EXPECT_EQ(lost.command({0xF1}, 6).size(), 6u);
  StlinkBench gone("stm32f407vg,probe=stlink-v2-1,fault=unplug@usb:4");
  EXPECT_EQ(gone.command({0xF1}, 6).size(), 6u);
  EXPECT_THROW(gone.command({0xF1}, 6), AdapterError);
  EXPECT_THAT(gone.host.usb().devices(), IsEmpty());
}

TEST(ProbeStlink, WithoutATargetEnteringFails) {
  StlinkBench bench("stm32f407vg,probe=stlink-v2-1,fault=no-target");
  EXPECT_EQ(bench.enter_swd(), 0x09);
  EXPECT_EQ(bench.command({0xF2, 0x30, 0xA4}, 2).at(0), 0x05);
}

TEST(ProbeStlink, CoreRegistersComeThroughTheFirmware) {
  StlinkBench bench("stm32f407vg,probe=stlink-v2-1");
  ASSERT_EQ(bench.enter_swd(), 0x80);
  Bytes halt = StlinkBench::block({0xF2, 0x35});
  store_le32(halt, 2, 0xE000EDF0);
  store_le32(halt, 6, 0xA05F0003);
  bench.send(halt);
  EXPECT_EQ(bench.receive(2).at(0), 0x80);
  Bytes write = StlinkBench::block({0xF2, 0x34, 3});
  store_le32(write, 3, 0x12345678);
  bench.send(write);
  EXPECT_EQ(bench.receive(2).at(0), 0x80);
  EXPECT_EQ(load_le32(bench.command({0xF2, 0x33, 3}, 8), 4), 0x12345678u);
  EXPECT_EQ(load_le32(bench.command({0xF2, 0x3A}, 88), 4 + 4 * 3), 0x12345678u);
}

}  // namespace
}  // namespace probity::vboard::probe_stlink_test
