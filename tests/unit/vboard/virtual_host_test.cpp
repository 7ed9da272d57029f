#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/errors.hpp"
#include "vboard/virtual_host.hpp"

namespace probity::vboard::virtual_host_test {
namespace {

using testing::HasSubstr;

std::string refusal(const std::string& spec) {
  try {
    VirtualHost host(spec);
  } catch (const ConfigError& e) {
    return e.what();
  }
  return "accepted";
}

// A file name of this test alone, removed at its end.
struct TemporaryFile {
  explicit TemporaryFile(const std::string& name)
      : path((std::filesystem::path(testing::TempDir()) / name).string()) {
    std::filesystem::remove(path);
  }
  ~TemporaryFile() { std::filesystem::remove(path); }
  std::string text() const {
    std::ostringstream all;
    all << std::ifstream(path, std::ios::binary).rdbuf();
    return all.str();
  }
  std::string path;
};

TEST(VirtualHostSpec, EveryWrongWordIsNamed) {
  EXPECT_THAT(refusal("stm32f407vg,colour=red"), HasSubstr("colour=red"));
  EXPECT_THAT(refusal("stm32f407vg,probe=stlink-v9"), HasSubstr("stlink-v9"));
  EXPECT_THAT(refusal("stm32f407vg,probe=stlink-v9"), HasSubstr("cmsis-dap-v1"));  // lists the known ones
  EXPECT_THAT(refusal("stm32f407vg,probe="), HasSubstr("probe="));
  EXPECT_THAT(refusal("stm32f407vg,voltage=3v3"), HasSubstr("3v3"));
  EXPECT_THAT(refusal("stm32f407vg,fault=gremlins"), HasSubstr("gremlins"));
  EXPECT_THAT(refusal("stm32f999zz"), HasSubstr("stm32f999zz"));
  EXPECT_THAT(refusal("probe=stlink-v2"), HasSubstr("stm32f407vg"));
  EXPECT_THAT(refusal(""), HasSubstr("chip"));
}

TEST(VirtualHostSpec, WithoutAProbeBothKindsAreThere) {
  VirtualHost host("stm32f407vg");
  const auto devices = host.usb().devices();
  ASSERT_EQ(devices.size(), 2u);
  EXPECT_EQ(devices[0].product, 0x374B);
  EXPECT_THAT(devices[1].product_name, HasSubstr("CMSIS-DAP"));
  EXPECT_TRUE(host.hid().devices().empty());
}

TEST(VirtualHostSpec, AHidProbeIsOnTheHidBus) {
  VirtualHost host("stm32f407vg,probe=cmsis-dap-v1");
  ASSERT_EQ(host.hid().devices().size(), 1u);
  EXPECT_THAT(host.hid().devices()[0].product_name, HasSubstr("CMSIS-DAP"));
  const auto device = host.usb().open(host.usb().devices().front());
  EXPECT_THROW(device->claim(0), AdapterError);
}

TEST(VirtualHostBus, ADeviceIsOpenedOnce) {
  VirtualHost host("stm32f407vg,probe=stlink-v2-1");
  const UsbDeviceInfo info = host.usb().devices().front();
  auto device = host.usb().open(info);
  EXPECT_THROW(host.usb().open(info), AdapterError);
  device.reset();
  EXPECT_NO_THROW(host.usb().open(info));
  UsbDeviceInfo other = info;
  other.serial = "other";
  EXPECT_THROW(host.usb().open(other), AdapterError);
}

TEST(VirtualHostBus, EndpointsHaveToBeClaimed) {
  VirtualHost host("stm32f407vg,probe=stlink-v2-1");
  const auto device = host.usb().open(host.usb().devices().front());
  EXPECT_THROW(device->bulk_out(0x01, Bytes(16), Milliseconds(1)), AdapterError);
  device->claim(0);
  EXPECT_THROW(device->bulk_out(0x02, Bytes(16), Milliseconds(1)), AdapterError);  // a V2's endpoint
  EXPECT_THROW(device->claim(7), AdapterError);
}

TEST(VirtualHost, SleepIsVirtual) {
  VirtualHost host("stm32f407vg");
  const auto start = host.clock().now();
  host.clock().sleep(std::chrono::hours(1));
  EXPECT_EQ(host.clock().now() - start, std::chrono::hours(1));
}

TEST(VirtualHost, LeavesFlashFileAndStatistics) {
  const TemporaryFile flash("virtual_host_test.flash"), stats("virtual_host_test.stats");
  {
    VirtualHost host("stm32f401rc,flash=" + flash.path + ",stats=" + stats.path);
    const auto device = host.usb().open(host.usb().devices().front());
    device->claim(0);
    device->bulk_out(0x01, Bytes{0xF1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, Milliseconds(1));
    device->bulk_in(0x81, 6, Milliseconds(1));
  }
  EXPECT_EQ(flash.text(), std::string(256 * 1024, '\xFF'));
  EXPECT_THAT(stats.text(), HasSubstr("USB commands 1\n"));
  EXPECT_THAT(stats.text(), HasSubstr("USB transfers 2\n"));
  EXPECT_THAT(stats.text(), HasSubstr("probe errors 0\n"));
}

}  // namespace
}  // namespace probity::vboard::virtual_host_test
