#include "server/gdb/packet.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

#include "server/gdb/file_io.hpp"
#include "server/gdb/text.hpp"

namespace probity::server::gdb::gdb_packet_test {
namespace {

using Kind = Received::Kind;

std::vector<Received> all(PacketReader& reader, std::string_view bytes) {
  std::vector<Received> found;
  while (auto one = reader.next(bytes)) found.push_back(*one);
  EXPECT_TRUE(bytes.empty());
  return found;
}

TEST(GdbPacket, IsFramedWithItsChecksum) {
  EXPECT_EQ(framed("OK"), "$OK#9a");
  EXPECT_EQ(framed(""), "$#00");
}

TEST(GdbPacket, ComesInPieces) {
  PacketReader reader;
  std::vector<Received> found;
  for (const char c : std::string("+$m0,4#fd")) {
    for (Received& r : all(reader, {&c, 1})) found.push_back(r);
  }
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].kind, Kind::ack);
  EXPECT_EQ(found[1].kind, Kind::packet);
  EXPECT_EQ(found[1].text, "m0,4");
}

TEST(GdbPacket, BinaryDataKeepsItsBytes) {
  std::string binary;
  for (int i = 0; i < 256; ++i) binary += static_cast<char>(i);
  PacketReader reader;
  const auto found = all(reader, framed(escaped(binary)));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].text, binary);
}

TEST(GdbPacket, WrongChecksumsAreTold) {
  PacketReader reader;
  for (const std::string_view wrong : {"$g#68", "$g#zz", "$g#6", "$g# 67"}) {
    PacketReader fresh;
    const auto found = all(fresh, std::string(wrong) + (wrong == "$g#6" ? "x" : ""));
    ASSERT_FALSE(found.empty()) << wrong;
    EXPECT_EQ(found[0].kind, Kind::bad_checksum) << wrong;
  }
  reader.ignore_checksums();
  EXPECT_EQ(all(reader, "$g#00").at(0).kind, Kind::packet);
}

TEST(GdbPacket, GarbageBetweenPacketsIsDropped) {
  PacketReader reader;
  const auto found = all(reader, "$g#67 \r\nnoise#11\x03$?#3f-");
  ASSERT_EQ(found.size(), 4U);
  EXPECT_EQ(found[1].kind, Kind::interrupt);
  EXPECT_EQ(found[2].text, "?");
  EXPECT_EQ(found[3].kind, Kind::nak);
}

TEST(GdbPacket, LongerThanAnnouncedIsToldAndForgotten) {
  PacketReader reader;
  EXPECT_EQ(all(reader, framed(std::string(kPacketSize, 'a'))).at(0).kind, Kind::packet);
  const auto found = all(reader, framed(std::string(kPacketSize + 1, 'a')) + framed("g"));
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].kind, Kind::too_long);
  EXPECT_LE(found[0].text.size(), 64U);
  EXPECT_EQ(found[1].text, "g");
}

TEST(GdbPacket, BrowsersAreRefusedWithAllTheySend) {
  PacketReader reader;
  const auto found = all(reader, "POST / HTTP/1.1\r\nHost: x\r\n\r\n" + framed("vFlashErase:8000000,4000"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, Kind::http);
  PacketReader gdb;
  EXPECT_EQ(all(gdb, "+GET /" + framed("g")).back().text, "g");
}

TEST(GdbPacket, NoiseDoesNoHarm) {
  std::mt19937 random(1);
  PacketReader reader;
  std::uniform_int_distribution<int> byte(0, 255);
  std::string bytes;
  for (int i = 0; i < 100000; ++i) bytes += static_cast<char>(byte(random));
  for (const Received& r : all(reader, bytes)) EXPECT_LE(r.text.size(), kPacketSize);
  all(reader, "#00");  // whatever was open
  EXPECT_EQ(all(reader, framed("g")).back().text, "g");
}

TEST(GdbText, NumbersAndBytes) {
  Fields fields("20000000,10:abc");
  EXPECT_EQ(fields.address(), 0x20000000U);
  fields.expect(',');
  EXPECT_EQ(fields.length(), 0x10U);
  EXPECT_EQ(fields.until(':'), "");
  EXPECT_EQ(fields.rest(), "abc");
  EXPECT_THROW(Fields("zz").number(), BadRequest);
  EXPECT_THROW(Fields("100000000").address(), BadRequest);
  EXPECT_THROW(from_hex("abc"), BadRequest);
  EXPECT_THROW(from_hex("+1"), BadRequest);
  EXPECT_EQ(to_hex_le(0x12345678, 4), "78563412");
  EXPECT_EQ(from_hex_le("78563412"), 0x12345678U);
}

TEST(GdbText, DocumentsComeInChunks) {
  EXPECT_EQ(chunk("abcdef", 0, 4), "mabcd");
  EXPECT_EQ(chunk("abcdef", 4, 4), "lef");
  EXPECT_EQ(chunk("abcdef", 6, 4), "l");
  EXPECT_EQ(chunk("a#b", 0, 9),
            "la}\x03"
            "b");
}

TEST(GdbFileIo, AnswersAreRead) {
  const FileIoReply error = parse_file_io_reply("-1,9,C");
  EXPECT_EQ(error.result, -1);
  EXPECT_EQ(error.error, 9U);
  EXPECT_TRUE(error.ctrl_c);
  EXPECT_EQ(parse_file_io_reply("1f").result, 31);
  EXPECT_THROW(parse_file_io_reply(""), BadRequest);
}

}  // namespace
}  // namespace probity::server::gdb::gdb_packet_test
