// The descriptors of every probe, taken apart again as a host would.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "usb_bench.hpp"
#include "vboard/probe/usb_device.hpp"

namespace probity::vboard::usb_descriptors_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint8_t kDevice = 1, kConfiguration = 2, kString = 3, kInterfaceType = 4, kEndpointType = 5,
                       kQualifier = 6, kOtherSpeed = 7, kAssociation = 11, kBos = 15, kHid = 0x21,
                       kHidReport = 0x22;

struct Bench {
  explicit Bench(const std::string& kind, const ProbeOptions& options = {})
      : board(BoardOptions{.chip = "stm32f407vg", .flash_file = {}, .faults = {}}),
        probe(make_probe(kind, board, options)),
        device(make_usb_device(*probe)) {}
  std::vector<ParsedDescriptor> configuration(std::uint8_t type = kConfiguration) {
    return parse_descriptors(descriptor(*device, type));
  }
  std::string text(std::uint8_t index) {
    const Bytes bytes = descriptor(*device, kString, index);
    std::string ascii;
    for (std::size_t i = 2; i < bytes.size(); i += 2) ascii += static_cast<char>(load_le16(bytes, i));
    return ascii;
  }
  Board board;
  std::unique_ptr<Probe> probe;
  std::unique_ptr<UsbDeviceModel> device;
};

class EveryProbe : public testing::TestWithParam<std::string> {};

TEST_P(EveryProbe, SaysTheSameInBytesAndToTheBus) {
  Bench bench(GetParam());
  const UsbDeviceInfo info = info_of(bench.device->description());
  const Bytes device = descriptor(*bench.device, kDevice);
  ASSERT_THAT(device, SizeIs(18));
  EXPECT_EQ(load_le16(device, 8), info.vendor);
  EXPECT_EQ(load_le16(device, 10), info.product);
  EXPECT_EQ(bench.text(device[14]), info.manufacturer);
  EXPECT_EQ(bench.text(device[15]), info.product_name);
  EXPECT_EQ(bench.text(device[16]), info.serial);

  const Bytes whole = descriptor(*bench.device, kConfiguration);
  EXPECT_EQ(load_le16(whole, 2), whole.size());
  EXPECT_EQ(whole[4], info.interfaces.size());
  const auto all = bench.configuration();
  const auto interfaces = of_type(all, kInterfaceType);
  ASSERT_EQ(interfaces.size(), info.interfaces.size());
  std::size_t endpoints = 0;
  for (std::size_t i = 0; i < interfaces.size(); ++i) {
    EXPECT_EQ(interfaces[i][2], i);
    EXPECT_EQ(interfaces[i][4], info.interfaces[i].endpoints.size());
    EXPECT_EQ(interfaces[i][5], info.interfaces[i].class_code);
    EXPECT_EQ(bench.text(interfaces[i][8]), info.interfaces[i].name);
    endpoints += interfaces[i][4];
  }
  std::set<unsigned> addresses;
  for (const Bytes& endpoint : of_type(all, kEndpointType)) {
    addresses.insert(endpoint[2]);
    if (endpoint[3] == 2) {
      EXPECT_EQ(load_le16(endpoint, 4), info.high_speed ? 512 : 64);
    }
  }
  EXPECT_EQ(addresses.size(), endpoints);  // no address twice
}

TEST_P(EveryProbe, TellsItsOtherSpeedWhereItHasOne) {
  Bench bench(GetParam());
  const Bytes qualifier = descriptor(*bench.device, kQualifier);
  if (!bench.device->description().high_speed) {
    EXPECT_THAT(qualifier, IsEmpty());
    EXPECT_TRUE(is_stall(ask(*bench.device, 0, 6, kQualifier << 8, 0, 10)));
    EXPECT_TRUE(is_stall(ask(*bench.device, 0, 6, kOtherSpeed << 8, 0, 9)));
    return;
  }
  EXPECT_THAT(qualifier, SizeIs(10));
  for (const Bytes& endpoint : of_type(bench.configuration(kOtherSpeed), kEndpointType)) {
    EXPECT_LE(load_le16(endpoint, 4), 64);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, EveryProbe, testing::ValuesIn(probe_kinds()), [](const auto& row) {
  std::string name = row.param;
  std::erase(name, '-');
  return name;
});

TEST(UsbDescriptors, V2IsOneVendorInterface) {
  Bench bench("stlink-v2");
  const auto all = bench.configuration();
  EXPECT_EQ(descriptor(*bench.device, kConfiguration).size(), 39u);
  EXPECT_EQ(all.front().bytes[8], 50);  // 100 mA
  std::vector<unsigned> addresses;
  for (const Bytes& endpoint : of_type(all, kEndpointType)) addresses.push_back(endpoint[2]);
  EXPECT_THAT(addresses, ElementsAre(0x81, 0x02, 0x83));
  EXPECT_EQ(descriptor(*bench.device, kDevice)[4], 0);  // class: of the interface
}

TEST(UsbDescriptors, V21AndV3AreCompositeWithStorageAndPort) {
  for (const char* kind : {"stlink-v2-1", "stlink-v3"}) {
    Bench bench(kind);
    const Bytes device = descriptor(*bench.device, kDevice);
    EXPECT_EQ(device[4], 0xEF);
    EXPECT_EQ(device[5], 2);
    EXPECT_EQ(device[6], 1);
    const auto all = bench.configuration();
    EXPECT_EQ(load_le16(all.front().bytes, 2), 128);
    std::vector<unsigned> classes;
    for (const Bytes& interface : of_type(all, kInterfaceType)) classes.push_back(interface[5]);
    EXPECT_THAT(classes, ElementsAre(0xFF, 0x08, 0x02, 0x0A));
    const auto associations = of_type(all, kAssociation);
    ASSERT_THAT(associations, SizeIs(1));
    EXPECT_THAT(associations[0], ElementsAre(8, 11, 2, 2, 2, 2, 1, testing::_));
    EXPECT_EQ(bench.text(associations[0][7]), "ST-Link VCP Ctrl");
    EXPECT_EQ(bench.text(of_type(all, kInterfaceType)[0][8]), "ST-Link Debug");
  }
}

TEST(UsbDescriptors, AnAssociationComesBeforeItsFirstInterface) {
  Bench bench("stlink-v3-3753");
  std::vector<unsigned> order;
  for (const auto& one : bench.configuration()) {
    if (one.type == kAssociation) order.push_back(0x100u + one.bytes[2]);
    if (one.type == kInterfaceType) order.push_back(one.bytes[2]);
  }
  EXPECT_THAT(order, ElementsAre(0, 0x101, 1, 2, 0x103, 3, 4));
  const auto unions = of_type(bench.configuration(), 0x24);
  EXPECT_THAT(unions[3], ElementsAre(5, 0x24, 6, 1, 2));
  EXPECT_THAT(unions[7], ElementsAre(5, 0x24, 6, 3, 4));
}

TEST(UsbDescriptors, TheOtherV3HaveTheirInterfaces) {
  const auto classes = [](const std::string& kind) {
    Bench bench(kind);
    std::vector<unsigned> all;
    for (const Bytes& interface : of_type(bench.configuration(), kInterfaceType)) all.push_back(interface[5]);
    return all;
  };
  EXPECT_THAT(classes("stlink-v3-374f"), ElementsAre(0xFF, 2, 10, 0xFF, 8));
  EXPECT_THAT(classes("stlink-v3-3753"), ElementsAre(0xFF, 2, 10, 2, 10));
  EXPECT_THAT(classes("stlink-v3-3754"), ElementsAre(0xFF, 2, 10));
  EXPECT_EQ(Bench("stlink-v3-374f").device->description().product, 0x374F);
}

TEST(UsbDescriptors, CmsisDapV1IsHidWithReportsOf64Bytes) {
  Bench bench("cmsis-dap-v1");
  const auto hid = of_type(bench.configuration(), kHid);
  ASSERT_THAT(hid, SizeIs(1));
  const Bytes report = ask(*bench.device, kInterface, 6, kHidReport << 8, 0, 0xFFFF).data;
  EXPECT_EQ(load_le16(hid[0], 7), report.size());
  EXPECT_EQ(ask(*bench.device, kInterface, 6, kHid << 8, 0, 9).data, hid[0]);
  EXPECT_THAT(Bytes(report.begin(), report.begin() + 5), ElementsAre(0x06, 0x00, 0xFF, 0x09, 0x01));
  EXPECT_EQ(report.back(), 0xC0);
  std::vector<unsigned> attributes;
  for (const Bytes& endpoint : of_type(bench.configuration(), kEndpointType))
    attributes.push_back(endpoint[3]);
  EXPECT_THAT(attributes, ElementsAre(3, 3));
  const auto info = hid_info_of(bench.device->description());
  ASSERT_TRUE(info);
  EXPECT_EQ(info->usage_page, 0xFF00);
  EXPECT_EQ(info->usage, 1);
  EXPECT_TRUE(is_stall(ask(*bench.device, 0, 6, kBos << 8, 0, 5)));
}

TEST(UsbDescriptors, CmsisDapV2TellsWindowsItsDriver) {
  Bench bench("cmsis-dap-v2");
  EXPECT_EQ(load_le16(descriptor(*bench.device, kDevice), 2), 0x0210);
  const Bytes bos = descriptor(*bench.device, kBos);
  ASSERT_EQ(bos.size(), 33u);
  EXPECT_EQ(load_le16(bos, 2), bos.size());
  EXPECT_EQ(bos[4], 1);
  EXPECT_EQ(bos[5], bos.size() - 5);
  EXPECT_EQ(load_le32(bos, 9), 0xD8DD60DFu);  // the platform's UUID begins so
  const std::uint8_t vendor_code = bos[31];
  const auto set = ask(*bench.device, kVendor, vendor_code, 0, 7, 0xFFFF);
  ASSERT_TRUE(is_ok(set));
  EXPECT_EQ(load_le16(bos, 29), set.data.size());
  EXPECT_EQ(load_le16(set.data, 8), set.data.size());  // wTotalLength
  std::size_t features = 0, at = load_le16(set.data);
  std::string ascii;
  for (; at < set.data.size(); at += load_le16(set.data, at)) ++features;
  EXPECT_EQ(at, set.data.size());
  EXPECT_EQ(features, 2u);
  for (const std::uint8_t byte : set.data) {
    if (byte != 0) ascii += static_cast<char>(byte);
  }
  EXPECT_THAT(ascii, HasSubstr("WINUSB"));
  EXPECT_THAT(ascii, HasSubstr("DeviceInterfaceGUIDs"));
  EXPECT_THAT(ascii, HasSubstr("{CDB3B5AD-293B-4663-AA36-1AAE46463776}"));
  EXPECT_TRUE(is_stall(ask(*bench.device, kVendor, vendor_code, 0, 8, 0xFFFF)));
  EXPECT_TRUE(is_stall(ask(*bench.device, kVendor, 0x77, 0, 7, 0xFFFF)));
}

TEST(UsbDescriptors, ABinarySerialIsAUnitAByte) {
  Bench bench("stlink-v2", {.serial = "P\xC3\xBFl\x06", .firmware = {}});
  EXPECT_THAT(descriptor(*bench.device, kString, 3), ElementsAre(10, 3, 0x50, 0, 0xFF, 0, 0x6C, 0, 0x06, 0));
  EXPECT_EQ(printable_serial(bench.device->description().serial), "50FF6C06");
  EXPECT_EQ(printable_serial("0669FF51"), "0669FF51");
}

TEST(UsbDescriptors, StringsEndAtTheLastOne) {
  Bench bench("stlink-v2");
  EXPECT_THAT(descriptor(*bench.device, kString, 0), ElementsAre(4, 3, 0x09, 0x04));
  EXPECT_EQ(bench.text(4), "ST Link");
  EXPECT_TRUE(is_stall(ask(*bench.device, 0, 6, kString << 8 | 5, 0x409, 255)));
  EXPECT_TRUE(is_stall(ask(*bench.device, 0, 6, kString << 8 | 0xEE, 0, 255)));  // Microsoft's, version 1
}

}  // namespace
}  // namespace probity::vboard::usb_descriptors_test
