#include "transport/sysfs.hpp"

#include <gtest/gtest.h>

#include "places.hpp"

namespace probity::sysfs_test {
namespace {

TEST(Sysfs, GivesTheStringsOfADevice) {
  const Place sys;
  sys.file("bus/usb/devices/1-2.3/serial", "066BFF515053657867182514\n");
  sys.file("bus/usb/devices/1-2.3/product", "STM32 STLink\n");
  sys.file("bus/usb/devices/1-2.3/1-2.3:1.0/interface", "ST-Link Debug\n");
  EXPECT_EQ(sysfs::device_text(sys.path(), "1-2.3", "serial"), "066BFF515053657867182514");
  EXPECT_EQ(sysfs::device_text(sys.path(), "1-2.3", "product"), "STM32 STLink");
  EXPECT_EQ(sysfs::interface_name(sys.path(), "1-2.3", 1, 0), "ST-Link Debug");
  EXPECT_EQ(sysfs::device_text(sys.path(), "1-2.3", "manufacturer"), std::nullopt);
  EXPECT_EQ(sysfs::interface_name(sys.path(), "1-2.3", 1, 1), std::nullopt);
  EXPECT_EQ(sysfs::device_text(sys.path(), "1-9", "serial"), std::nullopt);
}

TEST(Sysfs, LeavesBinarySerialsToTheDevice) {
  const Place sys;
  const std::string binary = "W\xC3\xBFr\x06reWWB\x13 g";
  sys.file("bus/usb/devices/1-1/serial", binary + "\n");
  EXPECT_EQ(sysfs::device_text(sys.path(), "1-1", "serial"), std::nullopt);
  EXPECT_EQ(sysfs::raw_device_text(sys.path(), "1-1", "serial"), binary);
  // One that ends in a line feed of its own.
  sys.file("bus/usb/devices/1-3/serial", "abc\n\n");
  EXPECT_EQ(sysfs::raw_device_text(sys.path(), "1-3", "serial"), "abc\n");
}

TEST(Sysfs, KnowsWhereAHidIsPluggedIn) {
  const Place sys;
  sys.file("devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2.4/1-2.4:1.0/0003:C251:F001.0004/uevent");
  sys.link("class/hidraw/hidraw0/device",
           sys.path() / "devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2.4/1-2.4:1.0/0003:C251:F001.0004");
  EXPECT_EQ(sysfs::location_of_hid(sys.path(), "/dev/hidraw0"), "1-2.4");
  EXPECT_EQ(sysfs::location_of_hid(sys.path(), "/dev/hidraw7"), "");
  sys.file("devices/virtual/misc/uhid/0005:046D:B33C.0001/uevent");  // Bluetooth
  sys.link("class/hidraw/hidraw1/device", sys.path() / "devices/virtual/misc/uhid/0005:046D:B33C.0001");
  EXPECT_EQ(sysfs::location_of_hid(sys.path(), "/dev/hidraw1"), "");
}

}  // namespace
}  // namespace probity::sysfs_test
