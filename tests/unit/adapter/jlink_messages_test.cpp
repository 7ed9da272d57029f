// J-Link messages in bytes, which probe is meant, and the arithmetic of SWO.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/jlink/device_config.hpp"
#include "adapter/jlink/discovery.hpp"
#include "adapter/jlink/messages.hpp"
#include "adapter/jlink/trace.hpp"
#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity::jlink::jlink_messages_test {
namespace {

using testing::ElementsAre;

TEST(JlinkMessages, WireIoInBytes) {
  const BitVector first = BitVector::of(0x2A5, 10), second = BitVector::of(0x10F, 10);
  const WireIo v3{Command::io_v3, first, second}, v2{Command::io_v2, first, second};
  EXPECT_THAT(v3.encode(), ElementsAre(0xCF, 0, 10, 0, 0xA5, 0x02, 0x0F, 0x01));
  EXPECT_THAT(v2.encode(), ElementsAre(0xCE, 0, 10, 0, 0xA5, 0x02, 0x0F, 0x01));
  EXPECT_EQ(v3.answer_length({}), 3U);
  EXPECT_EQ(v2.answer_length({}), 2U);
  EXPECT_EQ(v3.parse(Bytes{0x81, 0x03, 0}), BitVector::of(0x381, 10));
  EXPECT_EQ(v2.parse(Bytes{0x81, 0x03}), BitVector::of(0x381, 10));
  EXPECT_EQ(v3.parse(Bytes{0, 0, 6}), std::nullopt);  // no memory: nothing was clocked
  EXPECT_THROW(v3.parse(Bytes{0, 0, 1}), AdapterError);
}

TEST(JlinkMessages, AnswersThatSayHowLongTheyAre) {
  EXPECT_EQ(GetVersion{}.answer_length({}), 2U);
  EXPECT_EQ(GetVersion{}.answer_length(Bytes{0x70, 0x00}), 0x72U);
  EXPECT_EQ(GetVersion{}.parse(Bytes{5, 0, 'V', '9', 0, 'x', 0}), "V9");
  EXPECT_EQ(GetVersion{}.parse(Bytes{2, 0, 'V', '9'}), "V9");

  const Register entering{true, 0};
  EXPECT_THAT(entering.encode(), ElementsAre(0x09, 0x64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0));
  EXPECT_EQ(entering.answer_length({}), 76U);
  EXPECT_EQ(entering.answer_length(Bytes{1, 0, 3, 0, 16, 0, 52, 0}), 8U + 3 * 16 + 52);
  EXPECT_EQ(entering.answer_length(Bytes{1, 0, 0, 0, 16, 0, 4, 0}), 76U);

  EXPECT_EQ(SwoRead{100}.answer_length(Bytes{0, 0, 0, 0, 100, 0, 0, 0}), 108U);
  EXPECT_THROW(SwoRead{100}.answer_length(Bytes{0, 0, 0, 0, 101, 0, 0, 0}), AdapterError);
  EXPECT_EQ(GetSwoSpeeds{}.answer_length(Bytes{28, 0, 0, 0}), 28U);
  EXPECT_EQ(GetSwoSpeeds{}.answer_length(Bytes{1, 0, 0, 0x80}), 4U);
  EXPECT_THROW(GetSwoSpeeds{}.parse(Bytes{1, 0, 0, 0x80}), AdapterError);
}

TEST(JlinkMessages, ARegistrationThatFoundNoRoomIsNotInTheTable) {
  Bytes answer = {7, 0, 1, 0, 16, 0, 52, 0};
  answer.resize(76);
  answer[8 + 10] = 6;
  EXPECT_FALSE((Register{true, 0}.parse(answer).listed));
  answer[8 + 10] = 7;
  EXPECT_TRUE((Register{true, 0}.parse(answer).listed));
  EXPECT_EQ((Register{true, 0}.parse(answer).handle), 7);
}

TEST(JlinkMessages, HardwareVersionIsDecimal) {
  Bytes answer;
  append_le32(answer, 3'11'04'02);
  const HardwareVersion v = GetHardwareVersion{}.parse(answer);
  EXPECT_THAT((std::array{v.type, v.major, v.minor, v.revision}), ElementsAre(3, 11, 4, 2));
}

TEST(JlinkMessages, CapabilitiesBeyondThoseTheProbeTells) {
  const CapabilitySet basic{{0x02, 0, 0x02, 0x80}};
  EXPECT_TRUE(basic.has(Capability::hardware_version));
  EXPECT_TRUE(basic.has(Capability::select_interface));
  EXPECT_TRUE(basic.has(Capability::extended_capabilities));
  EXPECT_FALSE(basic.has(Capability::swo));
  EXPECT_FALSE(basic.has(Capability::ethernet));
}

TEST(JlinkMessages, SwoStart) {
  EXPECT_THAT((SwoStart{0x001E8480, 0x2000}.encode()),
              ElementsAre(0xEB, 0x64, 4, 1, 0, 0, 0, 0, 4, 2, 0x80, 0x84, 0x1E, 0, 4, 4, 0, 0x20, 0, 0, 0));
  EXPECT_THAT(SwoStop{}.encode(), ElementsAre(0xEB, 0x65, 0));
}

TEST(JlinkConfig, FieldsThatWereNeverWrittenAreZero) {
  DeviceConfig config(Bytes(kConfigLength, 0xFF));
  EXPECT_EQ(config.usb_address(), 0U);
  EXPECT_FALSE(config.target_power());
  config.set_usb_address(3);
  config.set_target_power(true);
  EXPECT_EQ(config.raw()[0], 3);
  EXPECT_EQ(load_le32(config.raw(), 4), 1U);
  EXPECT_EQ(config.raw()[8], 0xFF);
}

UsbDeviceInfo device(std::uint16_t vendor, std::uint16_t product) {
  UsbDeviceInfo info;
  info.vendor = vendor;
  info.product = product;
  info.serial = "000050104321";
  UsbInterface port{
      .number = 0, .class_code = 0x02, .subclass = 2, .protocol = 1, .name = {}, .endpoints = {}};
  port.endpoints = {{0x83, UsbEndpointKind::interrupt, 8}};
  UsbInterface data{
      .number = 1, .class_code = 0x0A, .subclass = 0, .protocol = 0, .name = {}, .endpoints = {}};
  data.endpoints = {{0x01, UsbEndpointKind::bulk, 64}, {0x82, UsbEndpointKind::bulk, 64}};
  UsbInterface debug{
      .number = 2, .class_code = 0xFF, .subclass = 0xFF, .protocol = 0xFF, .name = {}, .endpoints = {}};
  debug.endpoints = {{0x84, UsbEndpointKind::bulk, 512}, {0x05, UsbEndpointKind::bulk, 64}};
  info.interfaces = {port, data, debug};
  return info;
}

TEST(JlinkDiscovery, TheDebugInterfaceIsFoundBehindASerialPort) {
  const auto found = debug_interface(device(kVendor, 0x0105));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->number, 2);
  EXPECT_EQ(found->out, 0x05);
  EXPECT_EQ(found->in, 0x84);
  EXPECT_EQ(found->packet, 512);
}

TEST(JlinkDiscovery, WhatIsAJlink) {
  for (const std::uint16_t product :
       {0x0101, 0x0102, 0x0103, 0x0104, 0x0105, 0x0107, 0x0108, 0x1010, 0x1018, 0x1020, 0x1055})
    EXPECT_TRUE(is_jlink(device(kVendor, product))) << product;
  EXPECT_FALSE(is_jlink(device(kVendor, 0x0106)));
  EXPECT_FALSE(is_jlink(device(0x0483, 0x0101)));
  UsbDeviceInfo only_port = device(kVendor, 0x0105);
  only_port.interfaces.pop_back();
  EXPECT_FALSE(is_jlink(only_port));
}

TEST(JlinkDiscovery, SerialNumbersAreNumbers) {
  EXPECT_EQ(short_serial("000050104321"), "50104321");
  EXPECT_EQ(short_serial("190050104321"), "50104321");  // the first two digits are padding
  EXPECT_EQ(short_serial("0"), "0");
  EXPECT_EQ(short_serial("000"), "0");
  EXPECT_EQ(short_serial(""), "");
}

TEST(JlinkSwo, HowMuchMemoryCaptureTakes) {
  EXPECT_EQ(swo_buffer_size(0x5000), 0x2800U);
  EXPECT_EQ(swo_buffer_size(0x3FFF), 0x3B00U);
  EXPECT_EQ(swo_buffer_size(0x601), 0x200U);
  EXPECT_EQ(swo_buffer_size(0x600), 0x300U);
  EXPECT_EQ(swo_buffer_size(0x1FF), 0U);
}

TEST(JlinkSwo, TheHighestRateWithinThreePercent) {
  const SwoSpeeds speeds{60'000'000, 8, 0x1000};
  EXPECT_EQ(detect_swo_rate(speeds, Hertz{168'000'000}), 7'500'000U);       // 22 × 7.5 = 165 MHz
  EXPECT_EQ(detect_swo_rate(speeds, Hertz{16'000'000}), 60'000'000U / 11);  // 3 × 5.45 = 16.4 MHz
  EXPECT_EQ(detect_swo_rate({60'000'000, 8, 8}, Hertz{16'000'000}), 0U);
}

}  // namespace
}  // namespace probity::jlink::jlink_messages_test
