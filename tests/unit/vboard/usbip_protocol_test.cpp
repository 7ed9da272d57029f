// The USB/IP messages against the layouts of Linux's Documentation/usb/usbip_protocol.rst.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.hpp"
#include "vboard/serve/connection.hpp"
#include "vboard/serve/usbip_protocol.hpp"

namespace probity::vboard::usbip::usbip_protocol_test {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

// "0000 0d05" and so on, as the document prints its captures.
Bytes hex(std::string_view digits) {
  Bytes bytes;
  std::string pair;
  for (const char c : digits) {
    if (c == ' ') continue;
    pair += c;
    if (pair.size() < 2) continue;
    bytes.push_back(static_cast<std::uint8_t>(std::stoul(pair, nullptr, 16)));
    pair.clear();
  }
  return bytes;
}

constexpr std::string_view kInterruptIn =  // the document's CmdIntrIN
    "00000001 00000d05 0001000f 00000001 00000001 00000200 00000040 ffffffff 00000000 00000004 00000000 "
    "00000000";
constexpr std::string_view kInterruptOut =  // CmdIntrOUT
    "00000001 00000d06 0001000f 00000000 00000001 00000000 00000040 ffffffff 00000000 00000004 00000000 "
    "00000000 "
    "ffffffff860008a784ce5ae212376300000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000";

SubmitCommand take_submit(const Bytes& bytes) {
  ByteView input(bytes);
  const auto command = take_command(input);
  EXPECT_TRUE(command.has_value());
  EXPECT_TRUE(input.empty());
  return std::get<SubmitCommand>(command.value());
}

TEST(UsbipProtocol, TheDocumentsInterruptTransfers) {
  const SubmitCommand in = take_submit(hex(kInterruptIn));
  EXPECT_EQ(in.seqnum, 0xD05u);
  EXPECT_EQ(in.devid, 0x1000Fu);
  EXPECT_EQ(in.address(), 0x81);
  EXPECT_EQ(in.length, 64u);
  EXPECT_FALSE(in.isochronous());
  EXPECT_FALSE(in.short_is_error);
  EXPECT_TRUE(in.data.empty());
  const SubmitCommand out = take_submit(hex(kInterruptOut));
  EXPECT_EQ(out.address(), 0x01);
  ASSERT_EQ(out.data.size(), 64u);
  EXPECT_EQ(out.data[4], 0x86);

  Bytes replies;
  SubmitReply{0xD06, Status::ok, 64, out.start_frame, {}}.append_to(replies);
  EXPECT_EQ(replies, hex("00000003 00000d06 00000000 00000000 00000000 00000000 00000040 ffffffff 00000000 "
                         "00000000 00000000 00000000"));
  replies.clear();
  SubmitReply{0xD05, Status::ok, 2, in.start_frame, {0xAB, 0xCD}}.append_to(replies);
  EXPECT_EQ(replies, hex("00000003 00000d05 00000000 00000000 00000000 00000000 00000002 ffffffff 00000000 "
                         "00000000 00000000 00000000 abcd"));
}

TEST(UsbipProtocol, ASetupPacketAndTheFlagForShortReads) {
  Bytes bytes = hex(kInterruptIn);
  bytes[0x13] = 0;                      // endpoint 0
  bytes[0x17] = 0x01;                   // URB_SHORT_NOT_OK
  store_be32(bytes, 0x20, 0xFFFFFFFF);  // "not isochronous", in the document's own words
  for (std::uint8_t i = 0; i < 8; ++i) bytes[0x28 + i] = i;
  const SubmitCommand submit = take_submit(bytes);
  EXPECT_EQ(submit.endpoint, 0);
  EXPECT_TRUE(submit.short_is_error);
  EXPECT_FALSE(submit.isochronous());
  EXPECT_THAT(submit.setup, testing::ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
}

TEST(UsbipProtocol, Unlink) {
  const Bytes bytes = hex(
      "00000002 00000d07 0001000f 00000000 00000000 00000d05 00000000 00000000 00000000 00000000 00000000 "
      "00000000");
  ByteView input(bytes);
  const auto unlink = std::get<UnlinkCommand>(take_command(input).value());
  EXPECT_EQ(unlink.seqnum, 0xD07u);
  EXPECT_EQ(unlink.devid, 0x1000Fu);
  EXPECT_EQ(unlink.target, 0xD05u);
  Bytes reply;
  UnlinkReply{0xD07, Status::unlinked}.append_to(reply);
  EXPECT_EQ(reply, hex("00000004 00000d07 00000000 00000000 00000000 ffffff98 00000000 00000000 00000000 "
                       "00000000 00000000 00000000"));
}

TEST(UsbipProtocol, ErrorsAreLinuxNumbers) {
  const auto status = [](Status s) {
    Bytes reply;
    SubmitReply{1, s, 0, 0, {}}.append_to(reply);
    return load_be32(reply, 0x14);
  };
  EXPECT_EQ(status(Status::stall), 0xFFFFFFE0u);       // -EPIPE
  EXPECT_EQ(status(Status::short_read), 0xFFFFFF87u);  // -EREMOTEIO
  EXPECT_EQ(status(Status::invalid), 0xFFFFFFEAu);     // -EINVAL
}

TEST(UsbipProtocol, APartOfACommandIsLeftWhereItIs) {
  const Bytes whole = hex(kInterruptOut);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    ByteView part = ByteView(whole).first(size);
    EXPECT_FALSE(take_command(part).has_value()) << size;
    EXPECT_EQ(part.size(), size);
  }
  Bytes two = whole;
  append(two, hex(kInterruptIn));
  ByteView input(two);
  EXPECT_EQ(std::get<SubmitCommand>(take_command(input).value()).seqnum, 0xD06u);
  EXPECT_EQ(std::get<SubmitCommand>(take_command(input).value()).seqnum, 0xD05u);
  EXPECT_TRUE(input.empty());
}

TEST(UsbipProtocol, IsochronousTransfersAreTakenWithTheirPackets) {
  Bytes bytes = hex(kInterruptOut);
  store_be32(bytes, 0x20, 2);
  ByteView input(bytes);
  EXPECT_FALSE(take_command(input).has_value());
  bytes.resize(bytes.size() + 2 * 16);
  EXPECT_TRUE(take_submit(bytes).isochronous());
}

TEST(UsbipProtocol, AbsurdCommandsAreNamed) {
  const auto taking = [](std::size_t offset, std::uint32_t value) {
    return [=] {
      Bytes bytes = hex(kInterruptIn);
      store_be32(bytes, offset, value);
      ByteView input(bytes);
      take_command(input);
    };
  };
  EXPECT_THAT(taking(0, 0x47455420), ThrowsMessage<ProtocolError>(HasSubstr("command 0x47455420")));
  EXPECT_THAT(taking(0x10, 16), ThrowsMessage<ProtocolError>(HasSubstr("endpoint number 16")));
  EXPECT_THAT(taking(0x18, 0x80000000), ThrowsMessage<ProtocolError>(HasSubstr("2147483648 bytes")));
  EXPECT_THAT(taking(0x20, 5000), ThrowsMessage<ProtocolError>(HasSubstr("5000 isochronous")));
}

TEST(UsbipProtocol, Requests) {
  Bytes bytes = hex("0111 8005 00000000 0111");
  ByteView input(bytes);
  EXPECT_TRUE(std::holds_alternative<ListRequest>(take_request(input).value()));
  EXPECT_EQ(input.size(), 2u);
  EXPECT_FALSE(take_request(input).has_value());

  bytes = hex("0111 8003 00000000 312d32");
  bytes.resize(39);
  input = bytes;
  EXPECT_FALSE(take_request(input).has_value());
  bytes.resize(40);
  input = bytes;
  EXPECT_EQ(std::get<ImportRequest>(take_request(input).value()).busid, "1-2");
}

TEST(UsbipProtocol, AbsurdRequestsAreNamed) {
  const auto taking = [](std::string_view digits) {
    return [=] {
      const Bytes bytes = hex(digits);
      ByteView input(bytes);
      take_request(input);
    };
  };
  EXPECT_THAT(taking("4745 5420 2f20 4854"), ThrowsMessage<ProtocolError>(HasSubstr("version 0x4745")));
  EXPECT_THAT(taking("0106 8005 0000 0000"), ThrowsMessage<ProtocolError>(HasSubstr("version 0x0106")));
  EXPECT_THAT(taking("0111 8007 0000 0000"), ThrowsMessage<ProtocolError>(HasSubstr("request 0x8007")));
  EXPECT_THAT(taking("0111 8005 0000 0001"), ThrowsMessage<ProtocolError>(HasSubstr("status 1")));
  EXPECT_THAT(taking("0111 8003 00000000 31313131313131313131313131313131"
                     "31313131313131313131313131313131"),
              ThrowsMessage<ProtocolError>(HasSubstr("does not end")));
}

DeviceRecord record() {
  DeviceRecord device;
  device.path = "/sys/devices/virtual/probity/usb1/1-2";
  device.busid = "1-2";
  device.bus = 1;
  device.device = 2;
  device.speed = Speed::high;
  device.vendor = 0x0483;
  device.product = 0x374F;
  device.release = 0x0100;
  device.class_code = 0xEF;
  device.subclass = 2;
  device.protocol = 1;
  device.interfaces = {{0xFF, 0, 0}, {0x08, 0x06, 0x50}};
  return device;
}

TEST(UsbipProtocol, TheListHasEachInterfaceOfEachDevice) {
  Bytes bytes;
  ListReply{{record(), record()}}.append_to(bytes);
  ASSERT_EQ(bytes.size(), 0x0Cu + 2 * (0x138 + 8));  // the document's 0xC + i * 0x138 + m * 4
  EXPECT_EQ(load_be32(bytes), 0x01110005u);
  EXPECT_EQ(load_be32(bytes, 8), 2u);
  EXPECT_EQ(std::string(bytes.begin() + 0x10C, bytes.begin() + 0x10F), "1-2");
  EXPECT_EQ(load_be32(bytes, 0x12C), 1u);
  EXPECT_EQ(load_be32(bytes, 0x130), 2u);
  EXPECT_EQ(load_be32(bytes, 0x134), 3u);
  EXPECT_EQ(Bytes(bytes.begin() + 0x138, bytes.begin() + 0x14C),
            hex("0483 374f 0100 ef 02 01 01 01 02  ff000000 08065000"));
}

TEST(UsbipProtocol, AnImportHasTheDeviceOrAnError) {
  Bytes bytes;
  ImportReply{record()}.append_to(bytes);
  ASSERT_EQ(bytes.size(), 0x140u);
  EXPECT_EQ(load_be32(bytes), 0x01110003u);
  EXPECT_EQ(load_be32(bytes, 4), 0u);
  EXPECT_EQ(bytes[0x13F], 2);
  bytes.clear();
  ImportReply{}.append_to(bytes);
  EXPECT_EQ(bytes, hex("0111 0003 00000001"));
}

}  // namespace
}  // namespace probity::vboard::usbip::usbip_protocol_test
