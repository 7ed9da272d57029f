#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "vboard/probe/cmsis_dap/firmware.hpp"
#include "vboard/probe/virtual_bus.hpp"
#include "vboard/serve/cmsis_dap_tcp.hpp"
#include "vboard/serve/options.hpp"
#include "vboard/serve/remote_bitbang.hpp"
#include "vboard/serve/stlink_server.hpp"

namespace probity::vboard::probe_servers_test {
namespace {

using testing::HasSubstr;

Bytes words(std::initializer_list<std::uint32_t> values) {
  Bytes bytes;
  for (const std::uint32_t value : values) append_le32(bytes, value);
  return bytes;
}

BoardOptions f407() {
  BoardOptions options;
  options.chip = "stm32f407vg";
  return options;
}

class StlinkServer : public testing::Test {
 protected:
  Bytes ask(Bytes request) {
    Bytes reply;
    connection.serve(request, reply);
    EXPECT_TRUE(request.empty());
    return reply;
  }
  Bytes usb_command(Bytes block, std::uint8_t direction, std::uint32_t size, const Bytes& data = {}) {
    Bytes request = words({5, 1});
    block.resize(16);
    append(request, block);
    append(request, words({direction, size}));
    append(request, data);
    return ask(request);
  }
  Board board{f407()};
  PluggedProbe plugged = plug(make_probe("stlink-v2-1", board), board);
  StlinkServerConnection connection{board, *plugged.pipe};
};

TEST_F(StlinkServer, ListsAndOpensItsOneProbe) {
  EXPECT_EQ(load_le32(ask({0x06, 1, 0, 0})), 3u);
  EXPECT_EQ(ask({0x00, 0}), words({1}));
  EXPECT_EQ(ask({0x01}), words({1}));
  const Bytes info = ask(words({2, 41}));
  ASSERT_EQ(info.size(), 45u);
  EXPECT_EQ(load_le16(info, 40), 0x0483);
  EXPECT_EQ(load_le16(info, 42), 0x374B);
  EXPECT_EQ(ask(words({3, 1})), words({1, 1}));
  EXPECT_EQ(load_le32(ask(words({3, 99}))), 0x1003u);
}

TEST_F(StlinkServer, ForwardsCommandsOnceOpened) {
  EXPECT_EQ(load_le32(usb_command({0xF1}, 1, 6)), 0x1002u);  // not opened
  ask(words({3, 1}));
  const Bytes version = usb_command({0xF1}, 1, 6);
  EXPECT_EQ(load_le32(version), 1u);
  EXPECT_EQ(load_be16(version, 4), 0x295A);
  EXPECT_EQ(usb_command({0xF2, 0x30, 0xA3}, 1, 2).at(4), 0x80);
  Bytes write = {0xF2, 0x08};
  append(write, words({0x20000000, 4}));
  EXPECT_EQ(usb_command(write, 0, 4, {1, 2, 3, 4}), words({1}));
  write[1] = 0x07;
  EXPECT_EQ(usb_command(write, 1, 4), words({1, 0x04030201}));
}

TEST_F(StlinkServer, AReplyThatIsTooShortHasAnErrorStatusAndItsFullLength) {
  ask(words({3, 1}));
  const Bytes reply = usb_command({0xF1}, 1, 20);
  EXPECT_EQ(reply.size(), 24u);
  EXPECT_EQ(load_le32(reply), 0x1052u);
  EXPECT_EQ(load_le32(usb_command({0xF2, 0x21}, 1, 2)), 0x1001u);  // EXIT has no reply
}

TEST_F(StlinkServer, TakesRequestsInPiecesAndTogether) {
  Bytes reply, request = {0x06, 1};
  connection.serve(request, reply);
  EXPECT_TRUE(reply.empty());
  append(request, Bytes{0, 0, 0x01, 0x00});
  connection.serve(request, reply);
  EXPECT_EQ(reply.size(), 20u);
  EXPECT_EQ(request, Bytes{0x00});
}

TEST_F(StlinkServer, MalformedRequestsAreNamed) {
  Bytes reply, request = {0x77};
  EXPECT_THROW(connection.serve(request, reply), ProtocolError);
  request = words({5, 1, 0, 0, 0, 0, 1, 1 << 20});
  EXPECT_THROW(connection.serve(request, reply), ProtocolError);
  request = words({2, 40});
  EXPECT_THROW(connection.serve(request, reply), ProtocolError);
}

class CmsisDapTcp : public testing::Test {
 protected:
  static Bytes packet(const Bytes& payload) {
    Bytes bytes = words({0x00504144});
    append_le16(bytes, static_cast<std::uint16_t>(payload.size()));
    append(bytes, Bytes{1, 0});
    append(bytes, payload);
    return bytes;
  }
  Board board{f407()};
  const cmsis_dap::Model& model = cmsis_dap::tcp_model();
  PluggedProbe plugged = plug(std::make_unique<cmsis_dap::Firmware>(model, board), board);
  CmsisDapTcpConnection connection{board, *plugged.pipe, model.packet_size, model.packet_count};
};

TEST_F(CmsisDapTcp, AnswersEachPacketBehindAHeader) {
  Bytes input = packet({0x00, 0xFF}), output;
  append(input, packet({0x02, 1}));
  input.push_back('D');
  EXPECT_TRUE(connection.serve(input, output));
  EXPECT_EQ(input, Bytes{'D'});
  EXPECT_EQ(output, (Bytes{'D', 'A', 'P', 0, 4, 0, 2, 0, 0x00, 2, 0x00, 0x04,  //
                           'D', 'A', 'P', 0, 2, 0, 2, 0, 0x02, 1}));
}

TEST_F(CmsisDapTcp, MorePacketsThanTheProbeQueuesAreTakenInTurns) {
  Bytes input, output;
  for (unsigned i = 0; i < 50; ++i) append(input, packet({0x00, 0xF0}));
  connection.serve(input, output);
  EXPECT_EQ(output.size(), 50u * 11);
  EXPECT_TRUE(plugged.probe->errors().empty());
}

TEST_F(CmsisDapTcp, MalformedPacketsAreNamed) {
  Bytes output, input = packet({0x00, 0xFF});
  input[0] = 'X';
  EXPECT_THROW(connection.serve(input, output), ProtocolError);
  input = packet(Bytes(1025));
  EXPECT_THROW(connection.serve(input, output), ProtocolError);
  input = packet({0x00, 0xFF});
  input[6] = 2;  // a response
  EXPECT_THROW(connection.serve(input, output), ProtocolError);
}

class RemoteBitbang : public testing::Test {
 protected:
  std::string ask(const std::string& requests) {
    Bytes input(requests.begin(), requests.end()), output;
    open = connection.serve(input, output);
    return {output.begin(), output.end()};
  }
  Board board{f407()};
  RemoteBitbangConnection connection{board};
  bool open = true;
};

TEST_F(RemoteBitbang, JtagShowsTheIdcodes) {
  ask(std::string("26262626262604") + "26" + "04" + "04");  // reset, Idle, Select-DR, Capture, Shift
  std::uint64_t bits = 0;
  for (unsigned i = 0; i < 64; ++i) bits |= std::uint64_t{ask("0R4") == "1"} << i;
  EXPECT_EQ(bits & 0xFFFFFFFF, 0x4BA00477u);
  EXPECT_EQ(bits >> 32, 0x06413041u);
  EXPECT_GT(board.stats().jtag_clocks, 64u);
}

TEST_F(RemoteBitbang, SwdShowsTheDpidr) {
  std::string sequence = "O";
  const auto drive = [&](std::uint64_t bits, unsigned count) {
    for (unsigned i = 0; i < count; ++i) sequence += (bits >> i & 1) != 0 ? "eg" : "df";
  };
  drive(~0ull, 56);
  drive(0xE79E, 16);
  drive(~0ull, 56);
  drive(0, 8);
  drive(0xA5, 8);     // DPIDR read
  sequence += "odf";  // turnaround
  ask(sequence);
  std::string answer;
  for (unsigned i = 0; i < 36; ++i) answer += ask("dcf");
  EXPECT_EQ(answer.substr(0, 3), "100");
  std::uint32_t dpidr = 0;
  for (unsigned i = 0; i < 32; ++i) dpidr |= std::uint32_t{answer[3 + i] == '1'} << i;
  EXPECT_EQ(dpidr, 0x2BA01477u);
  EXPECT_EQ(answer[35] == '1', std::popcount(dpidr) % 2 != 0);
}

TEST_F(RemoteBitbang, ResetsAndQuits) {
  ask("s");
  EXPECT_TRUE(board.nrst());
  ask("r");
  EXPECT_FALSE(board.nrst());
  EXPECT_TRUE(open);
  ask("BbZzQ");
  EXPECT_FALSE(open);
  EXPECT_THROW(ask("x"), ProtocolError);
  EXPECT_THROW(ask("0R6"), ProtocolError);  // TMS changed after the read
}

Options options_of(std::vector<const char*> words) { return parse_options(words); }

TEST(VboardOptions, DescribeOneBoard) {
  const Options options =
      options_of({"--chip", "stm32f429zi", "--serve", "stlink-server:7184", "--serve", "remote-bitbang:0",
                  "--pace", "real", "--voltage", "2000", "--dual-bank", "--bind", "::1"});
  ASSERT_EQ(options.serve.size(), 2u);
  EXPECT_EQ(options.serve[0].port, 7184);
  EXPECT_EQ(options.bind, "::1");
  ASSERT_EQ(options.boards.size(), 1u);
  const BoardOptions& board = options.boards[0].board;
  EXPECT_EQ(board.chip, "stm32f429zi");
  EXPECT_TRUE(board.dual_bank);
  EXPECT_EQ(board.millivolts, 2000u);
  EXPECT_EQ(board.pace, Pace::real);
}

TEST(VboardOptions, DescribeSeveralBoards) {
  const Options options = options_of({"--board", "stm32f407vg,probe=stlink-v3", "--chip", "stm32f429zi",
                                      "--board", "stm32f746zg,voltage=1800", "--serve", "usbip:0"});
  ASSERT_EQ(options.boards.size(), 3u);
  EXPECT_EQ(options.boards[0].board.chip, "stm32f429zi");
  EXPECT_EQ(options.boards[1].board.chip, "stm32f407vg");
  EXPECT_EQ(options.boards[2].board.millivolts, 1800u);
}

TEST(VboardOptions, OptionWordsHaveNameAndValue) {
  const Options options = options_of({"--chip", "x", "--option", "OPTCR=0FFFAAEC", "--board",
                                      "y,option:WRP1AR=ff00,option:OPTR=0xAA", "--serve", "usbip:0"});
  using Words = std::vector<std::pair<std::string, std::uint32_t>>;
  EXPECT_EQ(options.boards[0].board.option_words, (Words{{"OPTCR", 0x0FFFAAEC}}));
  EXPECT_EQ(options.boards[1].board.option_words, (Words{{"WRP1AR", 0xFF00}, {"OPTR", 0xAA}}));
  for (const char* word : {"OPTCR", "OPTCR=", "=12", "OPTCR=xy", "OPTCR=123456789"}) {
    EXPECT_THROW(parse_option_word(word), ConfigError) << word;
  }
}

TEST(VboardOptions, WrongOnesAreNamed) {
  EXPECT_THROW(options_of({"--chip", "x"}), UsageError);
  EXPECT_THROW(options_of({"--serve", "stlink-server:0"}), UsageError);
  EXPECT_THROW(options_of({"--chip", "x", "--serve", "telnet:1"}), UsageError);
  EXPECT_THROW(options_of({"--chip", "x", "--serve", "stlink-server:70000"}), UsageError);
  EXPECT_THROW(options_of({"--chip"}), UsageError);
  EXPECT_THROW(options_of({"--frobnicate"}), UsageError);
  EXPECT_THROW(options_of({"--chip", "x", "--serve", "stlink-server:0", "--probe", "cmsis-dap-v1"}),
               UsageError);
  EXPECT_THROW(options_of({"--board", "x,probe=cmsis-dap-v1", "--serve", "stlink-server:0"}), UsageError);
  EXPECT_THROW(options_of({"--board", "x", "--flash", "y", "--serve", "usbip:0"}), UsageError);
  EXPECT_THROW(options_of({"--board", "x,colour=red", "--serve", "usbip:0"}), ConfigError);
  EXPECT_THROW(options_of({"--board", "x,flash=a", "--board", "y,flash=a", "--serve", "usbip:0"}),
               ConfigError);
}

TEST(VboardOptions, HelpHasARowForEach) {
  for (const char* word : {"--board SPEC", "--bind ADDRESS", "usbip", "control", "stm32f407", "stlink-v3"}) {
    EXPECT_THAT(help_text(), HasSubstr(word));
  }
}

}  // namespace
}  // namespace probity::vboard::probe_servers_test
