// ST-LINK's messages, byte by byte, beside what is seen on the wire of real probes; versions, features and
// clocks.
#include <gtest/gtest.h>

#include "adapter/stlink/codec.hpp"
#include "adapter/stlink/firmware.hpp"
#include "adapter/stlink/link.hpp"
#include "adapter/stlink/speeds.hpp"

namespace probity::stlink::stlink_codec_test {
namespace {

// A command from its first bytes; the rest is zero.
Command command(std::initializer_list<std::uint8_t> head) {
  Command c{};
  std::copy(head.begin(), head.end(), c.begin());
  return c;
}

TEST(StlinkCodec, CommandsAreSixteenBytesPaddedWithZeros) {
  EXPECT_EQ(GetVersion{}.encode(), command({0xF1}));
  EXPECT_EQ(GetVersionEx{}.encode(), command({0xFB}));
  EXPECT_EQ(GetCurrentMode{}.encode(), command({0xF5}));
  EXPECT_EQ(GetTargetVoltage{}.encode(), command({0xF7}));
  EXPECT_EQ(ExitDfu{}.encode(), command({0xF3, 0x07}));
  EXPECT_EQ(ExitSwim{}.encode(), command({0xF4, 0x01}));
  EXPECT_EQ(ExitDebug{}.encode(), command({0xF2, 0x21}));
  EXPECT_EQ(EnterDebug(Wire::swd).encode(), command({0xF2, 0x30, 0xA3}));
  EXPECT_EQ(EnterDebug(Wire::jtag).encode(), command({0xF2, 0x30, 0xA4}));
  EXPECT_EQ(ReadIdcodes{}.encode(), command({0xF2, 0x31}));
  EXPECT_EQ(GetLastRwStatus{}.encode(), command({0xF2, 0x3B}));
  EXPECT_EQ(GetLastRwStatus2{}.encode(), command({0xF2, 0x3E}));
  EXPECT_EQ(DriveNrst(NrstLevel::low).encode(), command({0xF2, 0x3C, 0x00}));
  EXPECT_EQ(DriveNrst(NrstLevel::high).encode(), command({0xF2, 0x3C, 0x01}));
  EXPECT_EQ(InitAp(3).encode(), command({0xF2, 0x4B, 0x03}));
}

TEST(StlinkCodec, AddressesAndValuesAreLittleEndian) {
  EXPECT_EQ(ReadDebugReg(0xE000EDF0).encode(), command({0xF2, 0x36, 0xF0, 0xED, 0x00, 0xE0}));
  EXPECT_EQ(WriteDebugReg(0xE000EDF0, 0xA05F0003).encode(),
            command({0xF2, 0x35, 0xF0, 0xED, 0x00, 0xE0, 0x03, 0x00, 0x5F, 0xA0}));
  EXPECT_EQ((MemoryCommand{Debug::read_mem_32, 0x20000400, 6144, 1}.encode()),
            command({0xF2, 0x07, 0x00, 0x04, 0x00, 0x20, 0x00, 0x18, 0x01}));
  EXPECT_EQ(ReadDapReg(kDebugPort, 4).encode(), command({0xF2, 0x45, 0xFF, 0xFF, 0x04, 0x00}));
  EXPECT_EQ(WriteDapReg(1, 0xF8, 0x12345678).encode(),
            command({0xF2, 0x46, 0x01, 0x00, 0xF8, 0x00, 0x78, 0x56, 0x34, 0x12}));
  EXPECT_EQ(SetSwdDivisor(798).encode(), command({0xF2, 0x43, 0x1E, 0x03}));
  EXPECT_EQ(SetJtagDivisor(256).encode(), command({0xF2, 0x44, 0x00, 0x01}));
  EXPECT_EQ((SetComFreq{true, 24000}.encode()), command({0xF2, 0x61, 0x01, 0x00, 0xC0, 0x5D, 0x00, 0x00}));
  EXPECT_EQ((GetComFreq{false}.encode()), command({0xF2, 0x62, 0x00}));
}

TEST(StlinkCodec, AnswersAreParsed) {
  const auto value = ReadDebugReg::parse(Bytes{0x80, 0, 0, 0, 0x41, 0xC2, 0x0F, 0x41});
  EXPECT_EQ(value.status, Status::ok);
  EXPECT_EQ(value.value, 0x410FC241U);
  const auto last = GetLastRwStatus2::parse(Bytes{0x11, 0, 0, 0, 0x04, 0x00, 0x02, 0x20, 0, 0, 0, 0});
  EXPECT_EQ(last.status, Status::ap_fault);
  EXPECT_EQ(last.fault, 0x20020004U);
  const auto ids = ReadIdcodes::parse(Bytes{0x80, 0, 0, 0, 0x77, 0x04, 0xA0, 0x4B, 0x41, 0x30, 0x41, 0x06});
  EXPECT_EQ(ids.first, 0x4BA00477U);
  EXPECT_EQ(ids.second, 0x06413041U);
  EXPECT_EQ(describe(Status::ap_fault), "AP_FAULT (0x11)");
  EXPECT_EQ(describe(static_cast<Status>(0x77)), "unknown status (0x77)");
}

TEST(StlinkCodec, AShortAnswerIsRefused) {
  EXPECT_THROW(ReadDebugReg::parse(Bytes{0x80, 0, 0, 0, 1}), std::out_of_range);
}

TEST(StlinkCodec, VoltageIsPrintedAsOpenOcdDoes) {
  const auto answer = GetTargetVoltage::parse(Bytes{0xA5, 0x05, 0, 0, 0x9A, 0x07, 0, 0});
  EXPECT_EQ(fmt::format("{:f}", answer.volts()), "3.232111");
  EXPECT_EQ(GetTargetVoltage::Answer{}.volts(), 0);
}

TEST(StlinkCodec, V3NamesItsClocks) {
  Bytes answer(52);
  answer[0] = 0x80;
  answer[8] = 2;
  answer[12] = 0xC0;  // 24000
  answer[13] = 0x5D;
  answer[16] = 0xE8;  // 1000
  answer[17] = 0x03;
  EXPECT_EQ(GetComFreq::parse(answer).kilohertz, (std::vector<std::uint32_t>{24000, 1000}));
  answer[8] = 0xFF;  // more than there is room for
  EXPECT_EQ(GetComFreq::parse(answer).kilohertz.size(), 10U);
}

TEST(StlinkCodec, AMiscBatchIsKindsThenValues) {
  const MiscBatch batch{{{Misc::ap_number, 0},
                         {Misc::read, 0xE000ED00},
                         {Misc::address, 0x20000000},
                         {Misc::write, 0x11223344},
                         {Misc::read, 0x20000000}}};
  EXPECT_EQ(batch.encode_out(), command({0xF2, 0x51, 0x05}));
  EXPECT_EQ(batch.encode_in(), command({0xF2, 0x52}));
  EXPECT_EQ(batch.data(), (Bytes{5, 3, 1, 2,                             //
                                 3, 0, 0, 0,                             //
                                 0, 0, 0, 0,    0x00, 0xED, 0x00, 0xE0,  //
                                 0, 0, 0, 0x20, 0x44, 0x33, 0x22, 0x11,  //
                                 0, 0, 0, 0x20}));
  Bytes answer(batch.answer_size());
  ASSERT_EQ(answer.size(), 40U);
  answer[4] = 0x41;
  for (std::size_t i = 0; i < 5; ++i) answer[20 + 4 * i] = 0x80;
  answer[36] = 0x11;
  const auto parsed = batch.parse(answer);
  EXPECT_EQ(parsed.values[1], 0x41U);
  EXPECT_EQ(parsed.statuses[3], Status::ok);
  EXPECT_EQ(parsed.statuses[4], Status::ap_fault);
}

Version version_of(const Bytes& answer) { return Version::from(GetVersion::parse(answer)); }

TEST(StlinkFirmware, NamesAreThoseOfOpenOcd) {
  // 0x2 << 12 | 37 << 6 | 26
  EXPECT_EQ(describe(version_of({0x29, 0x5A, 0x83, 0x04, 0x4B, 0x37})),
            "STLINK V2J37M26 (API v2) VID:PID 0483:374B");
  EXPECT_EQ(describe(version_of({0x29, 0x47, 0x83, 0x04, 0x48, 0x37})),
            "STLINK V2J37S7 (API v2) VID:PID 0483:3748");
  // A V2-1 for STM8: M22S7, no debug.
  EXPECT_EQ(name_of(version_of({0x25, 0x87, 0x83, 0x04, 0x4B, 0x37})), "V2M22S7");
  const auto v3 = Version::from(GetVersionEx::parse(Bytes{3, 1, 10, 3, 0, 0, 0, 0, 0x83, 0x04, 0x4F, 0x37}));
  EXPECT_EQ(describe(v3), "STLINK V3J10M3S1 (API v3) VID:PID 0483:374F");
}

TEST(StlinkFirmware, FeaturesFollowTheVersion) {
  const Version j17{.stlink = 2, .jtag = 17};
  EXPECT_TRUE(has(j17, Feature::target_voltage));
  EXPECT_FALSE(has(j17, Feature::swd_speed));
  EXPECT_FALSE(has(j17, Feature::memory_16_bit));
  EXPECT_EQ(
      missing_features(j17),
      "no SWD speed setting (needs V2J22), no JTAG speed setting (needs V2J24), no dapdirect transport "
      "(needs V2J24), no 16-bit access (needs V2J26), no access port but the first (needs V2J28), slower "
      "memory access (needs V2J32)");
  const Version j31{.stlink = 2, .jtag = 31};
  EXPECT_TRUE(has(j31, Feature::init_ap));
  EXPECT_FALSE(has(j31, Feature::wide_access));
  EXPECT_EQ(missing_features(j31), "slower memory access (needs V2J32)");
  EXPECT_EQ(missing_features({.stlink = 2, .jtag = 32}), "");
  const Version v3j1{.stlink = 3, .jtag = 1};
  EXPECT_FALSE(has(v3j1, Feature::wide_access));
  EXPECT_TRUE(has(v3j1, Feature::dap_registers));
  EXPECT_EQ(missing_features(v3j1),
            "slower memory access (needs V3J2), trouble when changing between SWD and JTAG (needs V3J3)");
  EXPECT_EQ(missing_features({.stlink = 3, .jtag = 3}), "");
  const Version v3j6{.stlink = 3, .jtag = 6};
  EXPECT_TRUE(has(v3j6, Feature::byte_block_512));
  EXPECT_FALSE(has(v3j6, Feature::swd_speed));  // it has the COM_FREQ commands instead
}

TEST(StlinkSpeeds, TheNearestNotAbove) {
  EXPECT_EQ(nearest_speed(swd_speeds_v2(), kilohertz(2000)).kilohertz, 1800U);
  EXPECT_EQ(nearest_speed(swd_speeds_v2(), kilohertz(4000)).divisor, 0U);
  EXPECT_EQ(nearest_speed(swd_speeds_v2(), kilohertz(50000)).kilohertz, 4000U);
  EXPECT_EQ(nearest_speed(swd_speeds_v2(), kilohertz(1)).kilohertz, 5U);
  EXPECT_EQ(nearest_speed(jtag_speeds_v2(), kilohertz(1000)).kilohertz, 562U);
}

TEST(StlinkSerial, BinarySerialsBecomeDigits) {
  EXPECT_EQ(printable_serial("066BFF515053657867182514"), "066BFF515053657867182514");
  // The 12 bytes 57 FF 72 06 … as UTF-8 of code points.
  EXPECT_EQ(printable_serial("W\xC3\xBFr\x06reWWB\x13 g"), "57FF72067265575742132067");
  EXPECT_EQ(printable_serial("066B"), "066B");
}

}  // namespace
}  // namespace probity::stlink::stlink_codec_test
