// Serial numbers and firmware versions as SPEC words them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/errors.hpp"
#include "probe_stlink_bench.hpp"
#include "vboard/board_spec.hpp"
#include "vboard/probe/stlink/version.hpp"

namespace probity::vboard::probe_versions_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string refusal(const std::string& spec) {
  try {
    VirtualHost host(spec);
  } catch (const ConfigError& e) {
    return e.what();
  }
  return "accepted";
}

TEST(ProbeSerial, IsWhatTheSpecSays) {
  VirtualHost host("stm32f407vg,probe=stlink-v2-1,serial=066EFF1234");
  EXPECT_EQ(host.usb().devices().front().serial, "066EFF1234");
  VirtualHost dap("stm32f407vg,probe=cmsis-dap-v1,serial=0240");
  EXPECT_EQ(dap.hid().devices().front().serial, "0240");
}

TEST(ProbeSerial, HexIsACodePointAByte) {
  VirtualHost host("stm32f407vg,probe=stlink-v2,serial=hex:50FF6c068049");
  EXPECT_EQ(host.usb().devices().front().serial, "P\xC3\xBFl\x06\xC2\x80I");
  EXPECT_THAT(refusal("stm32f407vg,probe=stlink-v2,serial=hex:5"), HasSubstr("hex:5"));
  EXPECT_THAT(refusal("stm32f407vg,probe=stlink-v2,serial=hex:5G"), HasSubstr("hex:5G"));
  EXPECT_THAT(refusal("stm32f407vg,probe=stlink-v2,serial=hex:"), HasSubstr("hex:"));
}

TEST(ProbeSerial, NeedsToKnowWhoseItIs) {
  EXPECT_THAT(refusal("stm32f407vg,serial=1234"), HasSubstr("probe=KIND"));
  EXPECT_THAT(refusal("stm32f407vg,firmware=V2J17S4"), HasSubstr("probe=KIND"));
  EXPECT_EQ(refusal("stm32f407vg,serial=1234,probe=stlink-v2"), "accepted");  // in any order
}

TEST(ProbeFirmware, TellsTheVersionItIsGiven) {
  StlinkBench v2("stm32f407vg,probe=stlink-v2,firmware=V2J17S4");
  EXPECT_EQ(load_be16(v2.command({0xF1}, 6)), 2u << 12 | 17u << 6 | 4u);
  StlinkBench v21("stm32f407vg,probe=stlink-v2-1,firmware=V2J28M18");
  EXPECT_EQ(load_be16(v21.command({0xF1}, 6)), 2u << 12 | 28u << 6 | 18u);
  StlinkBench v3("stm32f407vg,probe=stlink-v3-374f,firmware=V3J1M1B1S1");
  EXPECT_THAT(v3.command({0xFB}, 12), ElementsAre(3, 1, 1, 1, 1, 0, 0, 0, 0x83, 0x04, 0x4F, 0x37));
  VirtualHost dap("stm32f407vg,probe=cmsis-dap-v2,firmware=0.9beta");
  const auto device = dap.usb().open(dap.usb().devices().front());
  device->claim(0);
  device->bulk_out(0x01, Bytes{0x00, 0x09}, Milliseconds(1));
  const Bytes answer = device->bulk_in(0x81, 64, Milliseconds(1));
  EXPECT_EQ(std::string(answer.begin() + 2, answer.end() - 1), "0.9beta");
}

TEST(ProbeFirmware, WhatIsNoVersionOfTheProbeIsRefused) {
  const auto refused = [](const std::string& kind, const std::string& version) {
    return refusal("stm32f407vg,probe=" + kind + ",firmware=" + version);
  };
  EXPECT_THAT(refused("stlink-v2", "V3J1"), HasSubstr("stlink-v2 is V2"));
  EXPECT_THAT(refused("stlink-v2", "V2J30M2"), HasSubstr("V and JS, as in V2J37S7"));
  EXPECT_THAT(refused("stlink-v2", "J30"), HasSubstr("firmware=J30"));
  EXPECT_THAT(refused("stlink-v2", "V2J"), HasSubstr("a number"));
  EXPECT_THAT(refused("stlink-v2", "V2J99"), HasSubstr("63"));
  EXPECT_THAT(refused("stlink-v2", "V2J10S0"), HasSubstr("V2J11"));
  EXPECT_THAT(refused("stlink-v3", "V2J10"), HasSubstr("stlink-v3 is V3"));
  EXPECT_EQ(refused("stlink-v3", "V3J300"),
            "firmware=V3J300: a number from 0 to 255 follows J, as in V3J10M3B5S1");
}

TEST(ProbeFirmware, LacksWhatCameLater) {
  struct Row {
    const char* version;
    unsigned code;
    bool known;
  };
  for (const Row& row :
       {Row{"V2J14S4", 0x3E, false}, Row{"V2J15S4", 0x3E, true}, Row{"V2J21S4", 0x43, false},
        Row{"V2J22S4", 0x43, true}, Row{"V2J23S4", 0x45, false}, Row{"V2J25S4", 0x47, false},
        Row{"V2J27S4", 0x4B, false}, Row{"V2J28S4", 0x4B, true}, Row{"V2J31S4", 0x51, false}}) {
    StlinkBench bench(std::string("stm32f407vg,probe=stlink-v2,firmware=") + row.version);
    ASSERT_EQ(bench.enter_swd(), 0x80);
    bench.send(StlinkBench::block({0xF2, row.code, 1}));
    EXPECT_EQ(bench.host.probe_errors().empty(), row.known) << row.version << " 0x" << std::hex << row.code;
  }
  StlinkBench oldest("stm32f407vg,probe=stlink-v2,firmware=V2J12S0");
  EXPECT_EQ(oldest.command({0xF7}, 8).at(0), 0x42);  // no target voltage
}

// The F767's TAR counts over 10 bits: what such firmware writes over 1 KiB comes round.
TEST(ProbeFirmware, BeforeJ32BlocksDoNotCrossTheWrap) {
  constexpr std::uint32_t kRam = 0x20000000;
  for (const bool old : {false, true}) {
    StlinkBench bench(std::string("stm32f767zi,probe=stlink-v2,firmware=") + (old ? "V2J31S4" : "V2J32S4"));
    ASSERT_EQ(bench.enter_swd(), 0x80);
    bench.write_memory(0x08, kRam + 1020, Bytes{1, 1, 1, 1, 2, 2, 2, 2});
    EXPECT_EQ(bench.last_status(), 0x80);
    EXPECT_EQ(bench.read_memory(0x07, kRam + 1024, 4) == Bytes(4, 2), !old);
    EXPECT_EQ(bench.read_memory(0x07, kRam, 4) == Bytes(4, 2), old);
    Bytes elsewhere = bench.memory_block(0x07, kRam, 4);
    elsewhere[8] = 0;
    elsewhere[11] = 0x23;  // CSW
    bench.send(elsewhere);
    bench.receive(4);
    EXPECT_EQ(bench.host.probe_errors().size(), old ? 1u : 0u);
  }
}

TEST(ProbeFirmware, V3SixHasLongByteBlocks) {
  for (const bool has : {false, true}) {
    StlinkBench bench(std::string("stm32f407vg,probe=stlink-v3,firmware=") + (has ? "V3J6M2" : "V3J5M2"));
    ASSERT_EQ(bench.enter_swd(), 0x80);
    bench.read_memory(0x0C, 0x20000000, 512);
    EXPECT_EQ(bench.host.probe_errors().empty(), has);
  }
}

}  // namespace
}  // namespace probity::vboard::probe_versions_test
