// The probe's drive, as Linux' usb-storage and vfat go about it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "usb_bench.hpp"
#include "vboard/probe/usb_device.hpp"
#include "vboard/usb/fat12.hpp"

namespace probity::vboard::usb_mass_storage_test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::uint8_t kIn = 0x83, kOut = 0x03;
constexpr std::uint16_t kStorage = 1;  // the interface

class Storage : public testing::Test {
 protected:
  struct Status {
    std::uint32_t tag, residue;
    std::uint8_t code;
  };
  struct Outcome {
    Bytes data;
    bool stalled = false;
    Status status;
  };

  static Bytes wrapper(ByteView block, std::uint32_t expected, bool to_host, std::uint32_t tag = 0x1234) {
    Bytes bytes;
    append_le32(bytes, 0x43425355);
    append_le32(bytes, tag);
    append_le32(bytes, expected);
    append(bytes,
           Bytes{static_cast<std::uint8_t>(to_host ? 0x80 : 0), 0, static_cast<std::uint8_t>(block.size())});
    append(bytes, block);
    bytes.resize(31);
    return bytes;
  }
  void clear(std::uint8_t endpoint) { EXPECT_TRUE(is_ok(tell(device, kEndpoint, 1, 0, endpoint))); }
  Status status() {
    const UsbReply reply = device.in(kIn, 13);
    EXPECT_TRUE(is_ok(reply));  // a stall before it was seen and cleared
    EXPECT_EQ(load_le32(reply.data), 0x53425355u);
    return {load_le32(reply.data, 4), load_le32(reply.data, 8), reply.data.at(12)};
  }
  Outcome read(const Bytes& block, std::uint32_t expected) {
    EXPECT_TRUE(is_ok(device.out(kOut, wrapper(block, expected, true))));
    Outcome outcome;
    if (expected != 0) {
      UsbReply reply = device.in(kIn, expected);
      outcome.stalled = is_stall(reply);
      if (outcome.stalled) clear(kIn);
      outcome.data = std::move(reply.data);
    }
    outcome.status = status();
    return outcome;
  }
  Bytes sector(std::uint32_t number, std::uint16_t count = 1) {
    Bytes block = {0x28, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    store_be32(block, 2, number);
    block[8] = static_cast<std::uint8_t>(count);
    return read(block, std::uint32_t{count} * 512).data;
  }
  Bytes sense() { return read({0x03, 0, 0, 0, 18, 0}, 18).data; }

  Board board{BoardOptions{.chip = "stm32f407vg", .flash_file = {}, .faults = {}}};
  std::unique_ptr<Probe> probe = make_probe("stlink-v2-1", board, {.serial = "P\xC3\xBF", .firmware = {}});
  std::unique_ptr<UsbDeviceModel> model = make_usb_device(*probe);
  UsbDeviceModel& device = *model;
};

TEST_F(Storage, IntroducesItself) {
  EXPECT_EQ(ask(device, kClass | kInterface, 0xFE, 0, kStorage, 1).data, Bytes{0});  // Get Max LUN
  const Outcome inquiry = read({0x12, 0, 0, 0, 36, 0}, 36);
  EXPECT_THAT(inquiry.data, SizeIs(36));
  EXPECT_EQ(inquiry.data[1] & 0x80, 0x80);  // removable
  EXPECT_THAT(std::string(inquiry.data.begin() + 8, inquiry.data.end()), HasSubstr("MBED"));
  EXPECT_EQ(inquiry.status.code, 0);
  EXPECT_EQ(inquiry.status.tag, 0x1234u);
  EXPECT_EQ(read({0, 0, 0, 0, 0, 0}, 0).status.code, 0);                          // TEST UNIT READY
  EXPECT_EQ(read({0x1E, 0, 0, 0, 1, 0}, 0).status.code, 0);                       // PREVENT REMOVAL
  EXPECT_EQ(read({0x1A, 0, 0x3F, 0, 192, 0}, 192).data, (Bytes{3, 0, 0x80, 0}));  // write-protected
  const Bytes capacity = read({0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 8).data;
  EXPECT_EQ(load_be32(capacity), 63u);
  EXPECT_EQ(load_be32(capacity, 4), 512u);
}

TEST_F(Storage, AShortAnswerHasAResidue) {
  const Outcome inquiry = read({0x12, 0, 0, 0, 255, 0}, 255);
  EXPECT_THAT(inquiry.data, SizeIs(36));
  EXPECT_FALSE(inquiry.stalled);  // a short packet says that it ends
  EXPECT_EQ(inquiry.status.residue, 255u - 36);
  EXPECT_EQ(inquiry.status.code, 0);
}

TEST_F(Storage, AnAnswerOfWholePacketsIsEndedByAStall) {
  device.out(kOut, wrapper(Bytes{0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0}, 1024, true));
  EXPECT_THAT(device.in(kIn, 1024).data, SizeIs(512));
  EXPECT_TRUE(is_stall(device.in(kIn, 512)));
  EXPECT_TRUE(is_stall(device.in(kIn, 13)));  // as long as it is halted
  clear(kIn);
  EXPECT_EQ(status().residue, 512u);
}

TEST_F(Storage, AVolumeWithTheProbesDetailsCanBeRead) {
  const Bytes boot = sector(0);
  ASSERT_EQ(load_le16(boot, 510), 0xAA55);
  EXPECT_EQ(load_le16(boot, 11), 512);
  const std::uint32_t fat = load_le16(boot, 14), root = fat + boot[16] * load_le16(boot, 22);
  const std::uint32_t data = root + load_le16(boot, 17) * 32u / 512;
  const Bytes directory = sector(root);
  EXPECT_EQ(std::string(directory.begin(), directory.begin() + 11), "VBOARD     ");
  EXPECT_EQ(directory[11], 0x08);
  EXPECT_EQ(std::string(directory.begin() + 32, directory.begin() + 43), "DETAILS TXT");
  const std::uint32_t size = load_le32(directory, 32 + 28);
  std::string text;
  const Bytes table = sector(fat);
  for (unsigned cluster = load_le16(directory, 32 + 26); cluster < 0xFF8;) {
    const Bytes part = sector(data + (cluster - 2) * boot[13]);
    text.append(part.begin(), part.end());
    const unsigned pair = load_le16(table, cluster * 3 / 2);
    cluster = cluster % 2 != 0 ? pair >> 4 : pair & 0xFFF;
  }
  text.resize(size);
  EXPECT_EQ(text, "Probe: STM32 STLink\r\nSerial: 50FF\r\nFirmware: V2J37M26\r\n");
}

TEST_F(Storage, AWriteIsRefusedWithSense) {
  const Bytes write = {0x2A, 0, 0, 0, 0, 5, 0, 0, 1, 0};
  EXPECT_TRUE(is_ok(device.out(kOut, wrapper(write, 512, false))));
  EXPECT_TRUE(is_stall(device.out(kOut, Bytes(512))));
  clear(kOut);
  const Status refused = status();
  EXPECT_EQ(refused.code, 1);
  EXPECT_EQ(refused.residue, 512u);
  const Bytes why = sense();
  EXPECT_EQ(why[2], 7);  // data protect
  EXPECT_EQ(why[12], 0x27);
  EXPECT_EQ(sense()[2], 0);  // told once
  EXPECT_EQ(sector(5), Bytes(512));
}

TEST_F(Storage, WhatItDoesNotKnowFailsWithSense) {
  const Outcome unknown = read({0xA3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 64);
  EXPECT_TRUE(unknown.stalled);
  EXPECT_EQ(unknown.status.code, 1);
  EXPECT_EQ(unknown.status.residue, 64u);
  EXPECT_EQ(sense()[12], 0x20);
  EXPECT_EQ(read({0x12, 1, 0x80, 0, 64, 0}, 64).status.code, 1);  // vital product data
  EXPECT_EQ(sense()[12], 0x24);
  EXPECT_EQ(read({0x28, 0, 0, 0, 0, 63, 0, 0, 2, 0}, 1024).status.code, 1);  // over the end
  EXPECT_EQ(sense()[12], 0x21);
}

TEST_F(Storage, ADirectionOrLengthThatDoesNotFitIsAPhaseError) {
  const Bytes read_one = {0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0};
  EXPECT_EQ(read(read_one, 0).status.code, 2);      // case 2
  EXPECT_EQ(read(read_one, 100).status.code, 2);    // case 7
  device.out(kOut, wrapper(read_one, 512, false));  // case 10
  EXPECT_TRUE(is_stall(device.out(kOut, Bytes(512))));
  clear(kOut);
  EXPECT_EQ(status().code, 2);
}

TEST_F(Storage, AWrapperThatIsNoneWedgesItUntilTheResetRequest) {
  EXPECT_TRUE(is_stall(device.out(kOut, Bytes(31))));
  clear(kOut);
  EXPECT_TRUE(is_stall(device.in(kIn, 13)));
  clear(kIn);
  EXPECT_TRUE(is_stall(device.out(kOut, wrapper(Bytes(6), 0, true))));
  EXPECT_TRUE(is_ok(tell(device, kClass | kInterface, 0xFF, 0, kStorage)));
  clear(kOut);
  clear(kIn);
  EXPECT_EQ(read({0, 0, 0, 0, 0, 0}, 0).status.code, 0);
}

TEST_F(Storage, AResetInTheMiddleForgetsTheData) {
  device.out(kOut, wrapper(Bytes{0x28, 0, 0, 0, 0, 0, 0, 0, 4, 0}, 2048, true));
  EXPECT_THAT(device.in(kIn, 512).data, SizeIs(512));
  tell(device, kClass | kInterface, 0xFF, 0, kStorage);
  EXPECT_TRUE(is_nak(device.in(kIn, 512)));
  EXPECT_EQ(read({0, 0, 0, 0, 0, 0}, 0).status.code, 0);
}

TEST_F(Storage, LeavesTheDebugInterfaceAlone) {
  sector(0);
  EXPECT_TRUE(is_nak(device.in(0x81, 64)));
  EXPECT_THAT(probe->errors(), IsEmpty());
}

TEST(Fat12, AFileOfSeveralClustersIsChained) {
  const std::string text(1300, 'x');
  const Bytes volume = fat12_volume("LABEL", {{"A.TXT", "a"}, {"EMPTY", ""}, {"LONG.BIN", text}});
  const auto entry = [&](std::size_t cluster) {
    const unsigned pair = load_le16(volume, 512 + cluster * 3 / 2);
    return cluster % 2 != 0 ? pair >> 4 : pair & 0xFFF;
  };
  EXPECT_EQ(entry(0), 0xFF8u);
  EXPECT_EQ(entry(2), 0xFFFu);  // A.TXT
  EXPECT_EQ(entry(3), 4u);      // LONG.BIN
  EXPECT_EQ(entry(4), 5u);
  EXPECT_EQ(entry(5), 0xFFFu);
  EXPECT_EQ(entry(6), 0u);
  EXPECT_EQ(load_le16(volume, 1024 + 64 + 26), 0u);  // EMPTY has no cluster
  EXPECT_EQ(load_le16(volume, 1024 + 96 + 26), 3u);
  EXPECT_EQ(volume[(3 + 1) * 512 + 1299], 'x');
}

}  // namespace
}  // namespace probity::vboard::usb_mass_storage_test
