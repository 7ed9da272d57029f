// Devices on the in-process bus as a program has them: open, close, killed, unplugged; several boards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/errors.hpp"
#include "probe_stlink_bench.hpp"
#include "usb_bench.hpp"
#include "vboard/probe/usb_pipe.hpp"

namespace probity::vboard::usb_host_test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

Bytes command(std::initializer_list<unsigned> bytes) { return StlinkBench::block(bytes); }

class OneProbe : public testing::Test {
 protected:
  explicit OneProbe(const std::string& more = "") : host("stm32f407vg,probe=stlink-v2-1" + more) {}
  std::unique_ptr<UsbDevice> open() {
    auto device = host.usb().open(host.usb().devices().at(0));
    device->claim(0);
    return device;
  }
  static Bytes ask(UsbDevice& device, std::initializer_list<unsigned> bytes, std::size_t length) {
    device.bulk_out(0x01, command(bytes), Milliseconds(100));
    return device.bulk_in(0x81, length, Milliseconds(100));
  }
  VirtualHost host;
};

TEST_F(OneProbe, AStaleReplyIsThereForTheNextThatOpensIt) {
  open()->bulk_out(0x01, command({0xF1}), Milliseconds(100));
  const auto next = open();
  EXPECT_THAT(next->bulk_in(0x81, 64, Milliseconds(100)), SizeIs(6));
}

TEST_F(OneProbe, SoIsTheHalfOfABlock) {
  {
    const auto killed = open();
    EXPECT_EQ(ask(*killed, {0xF2, 0x30, 0xA3}, 2).at(0), 0x80);
    killed->bulk_out(0x01, command({0xF2, 0x0D, 0, 0, 0, 0x20, 32}), Milliseconds(100));
  }
  const auto next = open();
  next->bulk_out(0x01, command({0xF5}), Milliseconds(100));
  EXPECT_THROW(next->bulk_in(0x81, 2, Milliseconds(100)), TimeoutError);  // swallowed as data
  next->control(0x00, 9, 1, 0, {}, 0, Milliseconds(100));                 // SET_CONFIGURATION
  EXPECT_EQ(ask(*next, {0xF5}, 2).at(0), 1);
}

TEST_F(OneProbe, AResetForgetsThem) {
  const auto device = open();
  device->bulk_out(0x01, command({0xF1}), Milliseconds(100));
  device->reset();
  EXPECT_THROW(device->bulk_in(0x81, 64, Milliseconds(100)), TimeoutError);
}

TEST_F(OneProbe, ControlReachesTheDeviceModel) {
  const auto device = open();
  const Bytes bytes = device->control(0x80, 6, 0x0100, 0, {}, 18, Milliseconds(100));
  ASSERT_THAT(bytes, SizeIs(18));
  EXPECT_EQ(load_le16(bytes, 10), 0x374B);
  EXPECT_THROW(device->control(0x80, 6, 0x0F00, 0, {}, 5, Milliseconds(100)), AdapterError);
  EXPECT_EQ(host.board().stats().usb_transfers, 0u);
}

TEST_F(OneProbe, EachInterfaceIsClaimedForItself) {
  const auto device = open();
  EXPECT_THROW(device->bulk_in(0x83, 13, Milliseconds(1)), AdapterError);
  device->claim(1);
  EXPECT_THROW(device->bulk_in(0x83, 13, Milliseconds(1)), TimeoutError);
  EXPECT_THROW(device->bulk_out(0x03, Bytes(31), Milliseconds(1)), AdapterError);  // no command: a stall
  EXPECT_THROW(device->bulk_in(0x84, 8, Milliseconds(1)), AdapterError);           // an interrupt endpoint
}

TEST_F(OneProbe, ItsHolderIsThisProcess) {
  const UsbDeviceInfo info = host.usb().devices().at(0);
  EXPECT_EQ(host.usb().holder(info), "");
  auto device = open();
  EXPECT_EQ(host.usb().holder(info), "this process");
  device.reset();
  EXPECT_EQ(host.usb().holder(info), "");
}

TEST(HidHost, TellsLocationAndHolder) {
  VirtualHost host("stm32f407vg,probe=stlink-v2;stm32f401rc,probe=cmsis-dap-v1");
  ASSERT_THAT(host.hid().devices(), SizeIs(1));
  const HidDeviceInfo info = host.hid().devices()[0];
  EXPECT_EQ(info.location, "1-2");
  EXPECT_EQ(host.usb().devices().at(1).location, "1-2");
  const auto device = host.hid().open(info);
  EXPECT_EQ(host.hid().holder(info), "this process");
  EXPECT_EQ(host.usb().holder(host.usb().devices().at(1)), "this process");
  EXPECT_EQ(host.usb().holder(host.usb().devices().at(0)), "");
}

class Unplugged : public OneProbe {
 protected:
  Unplugged() : OneProbe(",fault=unplug=200@usb:4") {}
};

TEST_F(Unplugged, ComesBackAsAnotherConnectionWithoutItsState) {
  auto device = open();
  const UsbDeviceInfo info = host.usb().devices().at(0);
  EXPECT_EQ(ask(*device, {0xF2, 0x30, 0xA3}, 2).at(0), 0x80);
  device->bulk_out(0x01, command({0xF5}), Milliseconds(1));
  EXPECT_THROW(device->bulk_in(0x81, 2, Milliseconds(1)), AdapterError);
  EXPECT_THAT(host.usb().devices(), IsEmpty());
  EXPECT_THROW(host.usb().open(info), AdapterError);
  EXPECT_EQ(host.usb().holder(info), "");
  host.clock().sleep(Milliseconds(200));
  ASSERT_THAT(host.usb().devices(), SizeIs(1));
  EXPECT_THROW(device->bulk_in(0x81, 2, Milliseconds(1)), AdapterError);  // the old handle stays dead
  const auto next = open();
  device.reset();  // and does not take the new one with it
  EXPECT_EQ(host.usb().holder(info), "this process");
  EXPECT_EQ(ask(*next, {0xF5}, 2).at(0), 1);
}

TEST(UsbPipe, PullingTheCableLetsTheResetWireGo) {
  Board board{BoardOptions{.chip = "stm32f407vg", .flash_file = {}, .faults = {}}};
  const auto probe = make_probe("stlink-v2-1", board);
  UsbPipe pipe(*probe, board, UsbSpeed::full);
  pipe.out(0x01, command({0xF2, 0x3C, 0}));
  EXPECT_EQ(pipe.in(0x81, 2, Milliseconds(1)).at(0), 0x80);
  EXPECT_TRUE(board.nrst());
  const unsigned before = pipe.connection();
  pipe.unplug();
  EXPECT_FALSE(board.nrst());
  EXPECT_FALSE(pipe.plugged());
  EXPECT_THROW(pipe.submit_in(0x81, 64), AdapterError);
  EXPECT_THROW(pipe.control({0x80, 6, 0x0100, 0, 18}, {}), AdapterError);
  pipe.plug();
  EXPECT_EQ(pipe.connection(), before + 1);
  EXPECT_TRUE(is_nak(pipe.submit_in(0x81, 64)));
}

TEST(UsbPipe, OnlyDebugTransfersCountAsFaultEvents) {
  Board board{
      BoardOptions{.chip = "stm32f407vg", .flash_file = {}, .faults = FaultPlan::parse("unplug@usb:3")}};
  const auto probe = make_probe("stlink-v2-1", board);
  UsbPipe pipe(*probe, board, UsbSpeed::full);
  for (unsigned i = 0; i < 10; ++i) {
    EXPECT_TRUE(is_nak(pipe.submit_in(0x81, 64)));
    EXPECT_TRUE(is_nak(pipe.submit_in(0x85, 64)));
    EXPECT_TRUE(is_ok(pipe.submit_out(0x05, Bytes(1))));
    EXPECT_TRUE(is_ok(pipe.control({0x80, 6, 0x0100, 0, 18}, {})));
  }
  pipe.submit_out(0x01, command({0xF1}));
  EXPECT_THAT(pipe.submit_in(0x81, 64).data, SizeIs(6));
  EXPECT_EQ(board.stats().usb_transfers, 2u);
  EXPECT_THROW(pipe.submit_out(0x01, command({0xF1})), AdapterError);
  EXPECT_FALSE(pipe.plugged());
}

TEST(SeveralBoards, HaveProbesAndFlashesOfTheirOwn) {
  const auto file = [](const char* name) {
    const auto path = std::filesystem::path(testing::TempDir()) / name;
    std::filesystem::remove(path);
    return path;
  };
  const auto first = file("several_boards_1.flash"), second = file("several_boards_2.flash");
  {
    VirtualHost host("stm32f407vg,probe=stlink-v2-1,flash=" + first.string() +
                     ";stm32f401rc,probe=stlink-v2-1,flash=" + second.string());
    const auto devices = host.usb().devices();
    ASSERT_THAT(devices, SizeIs(2));
    EXPECT_EQ(devices[0].location, "1-1");
    EXPECT_EQ(devices[1].location, "1-2");
    EXPECT_EQ(devices[0].serial, "0669FF515055657867214418");
    EXPECT_EQ(devices[1].serial, "0669FF515055657867214419");
    EXPECT_EQ(host.board(0).flash_content().size(), 1024u * 1024);
    EXPECT_EQ(host.board(1).flash_content().size(), 256u * 1024);
    EXPECT_THROW(host.board(2), std::out_of_range);
    const auto one = host.usb().open(devices[0]);
    const auto two = host.usb().open(devices[1]);
    UsbDeviceInfo nowhere = devices[0];
    nowhere.location = "1-7";
    EXPECT_THROW(host.usb().open(nowhere), AdapterError);
  }
  EXPECT_EQ(std::filesystem::file_size(first), 1024u * 1024);
  EXPECT_EQ(std::filesystem::file_size(second), 256u * 1024);
  for (const auto& path : {first, second}) {
    std::filesystem::remove(path);
    std::filesystem::remove(path.string() + ".options");
  }
}

TEST(SeveralBoards, MayHaveTheSameSerialAsClonesDo) {
  VirtualHost host("stm32f407vg,probe=stlink-v2,serial=1;stm32f401rc,probe=stlink-v2,serial=1");
  const auto devices = host.usb().devices();
  const auto second = host.usb().open(devices.at(1));
  EXPECT_EQ(host.usb().holder(devices.at(0)), "");
  EXPECT_EQ(host.usb().holder(devices.at(1)), "this process");
}

TEST(SeveralBoards, ShareOneTime) {
  VirtualHost host("stm32f407vg,probe=stlink-v2-1;stm32f401rc,probe=stlink-v2-1");
  const auto one = host.usb().open(host.usb().devices().at(0));
  const auto two = host.usb().open(host.usb().devices().at(1));
  one->claim(0);
  two->claim(0);
  EXPECT_THROW(one->bulk_in(0x81, 2, Milliseconds(500)), TimeoutError);
  two->bulk_out(0x01, command({0xF1}), Milliseconds(1));  // begins where the other left off
  EXPECT_GE(host.board(1).timeline().now(), Milliseconds(500));
  const auto before = host.clock().now();
  host.clock().sleep(Milliseconds(10));
  EXPECT_EQ(host.clock().now() - before, Milliseconds(10));
  EXPECT_EQ(host.board(0).timeline().now(), host.board(1).timeline().now());
}

TEST(SeveralBoards, EachHasItsOwnFaults) {
  VirtualHost host("stm32f407vg,probe=stlink-v2-1,fault=unplug@usb:1;stm32f401rc,probe=stlink-v2-1");
  const auto one = host.usb().open(host.usb().devices().at(0));
  const auto two = host.usb().open(host.usb().devices().at(1));
  one->claim(0);
  two->claim(0);
  EXPECT_THROW(one->bulk_out(0x01, command({0xF1}), Milliseconds(1)), AdapterError);
  two->bulk_out(0x01, command({0xF1}), Milliseconds(1));
  ASSERT_THAT(host.usb().devices(), SizeIs(1));
  EXPECT_EQ(host.usb().devices()[0].location, "1-2");  // the port stays its own
}

TEST(SeveralBoards, AMistakeInAnyIsNamed) {
  const auto refusal = [](const std::string& spec) -> std::string {
    try {
      VirtualHost host(spec);
    } catch (const ConfigError& e) {
      return e.what();
    }
    return "accepted";
  };
  EXPECT_THAT(refusal("stm32f407vg;stm32f999zz"), HasSubstr("stm32f999zz"));
  EXPECT_THAT(refusal("stm32f407vg;"), HasSubstr("does not begin with a chip"));
  EXPECT_THAT(refusal("stm32f407vg,flash=a.bin;stm32f407vg,flash=a.bin"), HasSubstr("a.bin"));
}

}  // namespace
}  // namespace probity::vboard::usb_host_test
