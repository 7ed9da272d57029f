// Chapter 9 of USB 2.0, endpoint halts, and what a probe's other functions answer.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "usb_bench.hpp"
#include "vboard/probe/usb_device.hpp"

namespace probity::vboard::usb_device_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

struct Bench {
  explicit Bench(const std::string& kind)
      : board(BoardOptions{.chip = "stm32f407vg", .flash_file = {}, .faults = {}}),
        probe(make_probe(kind, board)),
        device(make_usb_device(*probe)) {}
  UsbReply halt(std::uint16_t endpoint) { return tell(*device, kEndpoint, 3, 0, endpoint); }
  UsbReply clear_halt(std::uint16_t endpoint) { return tell(*device, kEndpoint, 1, 0, endpoint); }
  unsigned halted(std::uint16_t endpoint) { return ask(*device, kEndpoint, 0, 0, endpoint, 2).data.at(0); }
  Board board;
  std::unique_ptr<Probe> probe;
  std::unique_ptr<UsbDeviceModel> device;
};

Bytes command(std::initializer_list<std::uint8_t> begin) {
  Bytes block = begin;
  block.resize(16);
  return block;
}

TEST(UsbDevice, AnswersTheStandardRequests) {
  Bench bench("stlink-v2-1");
  UsbDeviceModel& device = *bench.device;
  EXPECT_THAT(ask(device, 0, 0, 0, 0, 2).data, ElementsAre(0, 0));           // GET_STATUS: bus-powered
  EXPECT_THAT(ask(device, kInterface, 0, 0, 3, 2).data, ElementsAre(0, 0));  // of an interface
  EXPECT_TRUE(is_stall(ask(device, kInterface, 0, 0, 4, 2)));
  EXPECT_THAT(ask(device, 0, 8, 0, 0, 1).data, ElementsAre(1));  // GET_CONFIGURATION
  EXPECT_TRUE(is_ok(tell(device, 0, 9, 0, 0)));
  EXPECT_THAT(ask(device, 0, 8, 0, 0, 1).data, ElementsAre(0));
  EXPECT_TRUE(is_stall(device.in(0x81, 64)));  // not configured
  EXPECT_TRUE(is_stall(tell(device, 0, 9, 2, 0)));
  EXPECT_TRUE(is_ok(tell(device, 0, 9, 1, 0)));
  EXPECT_TRUE(is_nak(device.in(0x81, 64)));
  EXPECT_THAT(ask(device, kInterface, 10, 0, 1, 1).data, ElementsAre(0));  // GET_INTERFACE
  EXPECT_TRUE(is_ok(tell(device, kInterface, 11, 0, 1)));
  EXPECT_TRUE(is_stall(tell(device, kInterface, 11, 1, 1)));  // no second setting
  EXPECT_TRUE(is_ok(tell(device, 0, 5, 7, 0)));               // SET_ADDRESS
}

TEST(UsbDevice, StallsWhatItDoesNotKnow) {
  Bench bench("stlink-v2-1");
  UsbDeviceModel& device = *bench.device;
  EXPECT_TRUE(is_stall(ask(device, 0, 12, 0, 0, 2)));                   // SYNCH_FRAME
  EXPECT_TRUE(is_stall(ask(device, 0, 6, 0x0F00, 0, 5)));               // BOS
  EXPECT_TRUE(is_stall(ask(device, 0, 6, 0x0201, 0, 9)));               // a second configuration
  EXPECT_TRUE(is_stall(tell(device, 0, 3, 1, 0)));                      // remote wake-up
  EXPECT_TRUE(is_stall(ask(device, kVendor, 0x20, 0, 7, 100)));         // no Microsoft descriptors
  EXPECT_TRUE(is_stall(ask(device, kClass, 1, 0, 0, 4)));               // a class request to the device
  EXPECT_TRUE(is_stall(ask(device, kClass | kInterface, 1, 0, 0, 4)));  // to the debug interface
  EXPECT_TRUE(is_stall(device.out(0x0F, Bytes(1))));
  EXPECT_TRUE(is_stall(device.in(0x8F, 64)));
  EXPECT_THAT(bench.probe->errors(), IsEmpty());
}

TEST(UsbDevice, ADescriptorIsCutToWhatWasAskedFor) {
  Bench bench("stlink-v2-1");
  EXPECT_THAT(descriptor(*bench.device, 1, 0, 8), SizeIs(8));
  EXPECT_THAT(descriptor(*bench.device, 2, 0, 9), SizeIs(9));
  EXPECT_THAT(descriptor(*bench.device, 2, 0, 0), IsEmpty());
}

TEST(UsbDevice, AHaltedEndpointStallsUntilItIsCleared) {
  Bench bench("stlink-v2-1");
  bench.device->out(0x01, command({0xF1}));
  EXPECT_TRUE(is_ok(bench.halt(0x81)));
  EXPECT_EQ(bench.halted(0x81), 1u);
  EXPECT_EQ(bench.halted(0x01), 0u);
  EXPECT_TRUE(is_stall(bench.device->in(0x81, 64)));
  EXPECT_TRUE(is_ok(bench.clear_halt(0x81)));
  EXPECT_THAT(bench.device->in(0x81, 64).data, SizeIs(6));  // the reply waited
  EXPECT_TRUE(is_stall(bench.halt(0x8F)));
  EXPECT_TRUE(is_stall(tell(*bench.device, kEndpoint, 3, 5, 0x81)));  // no such feature
  EXPECT_TRUE(is_ok(bench.clear_halt(0x00)));
  bench.halt(0x01);
  EXPECT_TRUE(is_stall(bench.device->out(0x01, command({0xF1}))));
  tell(*bench.device, kInterface, 11, 0, 0);  // SET_INTERFACE clears its endpoints
  EXPECT_EQ(bench.halted(0x01), 0u);
}

TEST(UsbDevice, EachEndpointAnswersForItself) {
  Bench bench("stlink-v2-1");
  bench.device->out(0x01, command({0xF1}));
  for (const std::uint8_t other : {0x82, 0x83, 0x84, 0x85}) {
    EXPECT_TRUE(is_nak(bench.device->in(other, 64))) << int{other};
  }
  EXPECT_THAT(bench.device->in(0x81, 64).data, SizeIs(6));
  EXPECT_TRUE(is_nak(bench.device->in(0x81, 64)));
}

TEST(UsbDevice, OnlyAConfigurationMakesTheFirmwareForget) {
  Bench bench("stlink-v2-1");
  UsbDeviceModel& device = *bench.device;
  device.out(0x01, command({0xF2, 0x30, 0xA3}));
  EXPECT_THAT(device.in(0x81, 2).data, ElementsAre(0x80, 0));
  device.out(0x01, command({0xF2, 0x0D, 0, 0, 0, 0x20, 8, 0}));  // write 8 bytes, of which 4 come
  device.out(0x01, Bytes(4));
  for (unsigned type = 0; type < 0x30; ++type) descriptor(device, static_cast<std::uint8_t>(type));
  ask(device, 0, 0, 0, 0, 2);
  ask(device, 0, 8, 0, 0, 1);
  bench.clear_halt(0x01);
  tell(device, kInterface, 11, 0, 0);
  device.out(0x01, command({0xF5}));         // taken as the rest of the data
  EXPECT_TRUE(is_nak(device.in(0x81, 64)));  // so there is no answer
  EXPECT_THAT(bench.probe->errors(), SizeIs(1));
  device.out(0x01, command({0xF1}));
  tell(device, 0, 9, 1, 0);
  EXPECT_TRUE(is_nak(device.in(0x81, 64)));
  device.out(0x01, command({0xF5}));
  EXPECT_THAT(device.in(0x81, 2).data, ElementsAre(1, 0));  // mass-storage mode, as after power-on
}

// PSTN 1.2, 6.3.
TEST(UsbCdc, KeepsItsLineCodingAndCarriesNothing) {
  Bench bench("stlink-v2-1");
  UsbDeviceModel& device = *bench.device;
  const auto coding = [&] { return ask(device, kClass | kInterface, 0x21, 0, 2, 7).data; };
  EXPECT_THAT(coding(), ElementsAre(0x00, 0xC2, 0x01, 0x00, 0, 0, 8));  // 115200 8N1
  const Bytes slow = {0x80, 0x25, 0, 0, 0, 2, 7};                       // 9600 7E1
  EXPECT_TRUE(is_ok(tell(device, kClass | kInterface, 0x20, 0, 2, slow)));
  EXPECT_EQ(coding(), slow);
  EXPECT_TRUE(is_stall(tell(device, kClass | kInterface, 0x20, 0, 2, Bytes(6))));
  EXPECT_TRUE(is_ok(tell(device, kClass | kInterface, 0x22, 3, 2)));  // DTR, RTS
  EXPECT_TRUE(is_ok(tell(device, kClass | kInterface, 0x23, 100, 2)));
  EXPECT_TRUE(is_stall(ask(device, kClass | kInterface, 0x01, 0, 2, 8)));
  EXPECT_TRUE(is_ok(device.out(0x05, Bytes(100))));
  EXPECT_TRUE(is_nak(device.in(0x85, 64)));
  EXPECT_TRUE(is_nak(device.in(0x84, 8)));
  tell(device, 0, 9, 1, 0);
  EXPECT_NE(coding(), slow);
}

TEST(UsbCdc, TwoPortsAreApart) {
  Bench bench("stlink-v3-3753");
  tell(*bench.device, kClass | kInterface, 0x20, 0, 1, Bytes(7, 1));
  EXPECT_EQ(ask(*bench.device, kClass | kInterface, 0x21, 0, 1, 7).data, Bytes(7, 1));
  EXPECT_NE(ask(*bench.device, kClass | kInterface, 0x21, 0, 3, 7).data, Bytes(7, 1));
  EXPECT_TRUE(is_ok(bench.device->out(0x07, Bytes(1))));
  EXPECT_TRUE(is_nak(bench.device->in(0x87, 64)));
}

TEST(UsbHid, ReportsGoBothWaysByEndpointAndByRequest) {
  Bench bench("cmsis-dap-v1");
  UsbDeviceModel& device = *bench.device;
  Bytes info = {0x00, 0xFE};  // DAP_Info: packet count
  info.resize(64);
  EXPECT_TRUE(is_ok(device.out(0x01, info)));
  const Bytes answer = device.in(0x81, 64).data;
  EXPECT_THAT(answer, SizeIs(64));
  EXPECT_TRUE(is_ok(tell(device, kClass | kInterface, 0x09, 0x0200, 0, info)));  // SET_REPORT (output)
  EXPECT_EQ(device.in(0x81, 64).data, answer);
  EXPECT_TRUE(is_stall(tell(device, kClass | kInterface, 0x09, 0x0300, 0, info)));  // no feature report
  EXPECT_THAT(ask(device, kClass | kInterface, 0x01, 0x0100, 0, 64).data, SizeIs(64));
  EXPECT_TRUE(is_ok(tell(device, kClass | kInterface, 0x0A, 0x0400, 0)));  // SET_IDLE
  EXPECT_THAT(ask(device, kClass | kInterface, 0x02, 0, 0, 1).data, ElementsAre(4));
  EXPECT_TRUE(is_stall(ask(device, kClass | kInterface, 0x03, 0, 0, 1)));  // GET_PROTOCOL: no boot device
  EXPECT_THAT(bench.probe->errors(), IsEmpty());
}

TEST(UsbBridge, IsThereAndTakesNothing) {
  Bench bench("stlink-v3-374f");
  EXPECT_TRUE(is_stall(bench.device->out(0x06, Bytes(16))));
  EXPECT_TRUE(is_stall(bench.device->in(0x86, 64)));
}

TEST(UsbSetup, IsParsedFromItsEightBytes) {
  const SetupPacket setup = SetupPacket::parse(Bytes{0x81, 0x06, 0x00, 0x22, 0x01, 0x00, 0x21, 0x01});
  EXPECT_TRUE(setup.to_host());
  EXPECT_EQ(setup.request, 6);
  EXPECT_EQ(setup.value, 0x2200);
  EXPECT_EQ(setup.index, 1);
  EXPECT_EQ(setup.length, 0x0121);
  EXPECT_THROW(SetupPacket::parse(Bytes(7)), std::out_of_range);
}

}  // namespace
}  // namespace probity::vboard::usb_device_test
