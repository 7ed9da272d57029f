// What the driver puts on the socket, seen by a peer that only writes down.
#include "adapter/remote_bitbang/remote_bitbang.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/errors.hpp"
#include "vboard/virtual_host.hpp"

namespace probity::remote_bitbang_test {
namespace {

using ::testing::HasSubstr;

// Answers each read with `reply`.
struct Recorder final : TcpConnector {
  struct Stream final : TcpStream {
    explicit Stream(Recorder& owner) : owner(owner) {}
    void write(ByteView data) override {
      owner.sent.append(data.begin(), data.end());
      ++owner.writes;
    }
    Bytes read(std::size_t length, Milliseconds) override {
      return Bytes(length, static_cast<std::uint8_t>(owner.reply));
    }
    Recorder& owner;
  };
  std::unique_ptr<TcpStream> connect(const std::string& host, std::uint16_t port, Milliseconds) override {
    where = host + " " + std::to_string(port);
    return std::make_unique<Stream>(*this);
  }
  std::string where, sent;
  unsigned writes = 0;
  char reply = '1';
};

struct Bench {
  Bench() : log(host.clock()) { log.set_output("/dev/null"); }
  std::unique_ptr<Adapter> adapter(const std::string& name, const std::string& port) {
    AdapterSettings settings;
    if (!name.empty()) settings.options["remote_bitbang host"] = name;
    if (!port.empty()) settings.options["remote_bitbang port"] = port;
    return make_remote_bitbang({host.usb(), host.hid(), peer, host.clock()}, settings, log);
  }
  vboard::VirtualHost host{"stm32f407vg"};
  Recorder peer;
  Log log;
};

TEST(RemoteBitbang, ConnectsWhereItIsTold) {
  Bench bench;
  bench.adapter("board.example", "9999")->open();
  EXPECT_EQ(bench.peer.where, "board.example 9999");
  bench.adapter("", "9999")->open();
  EXPECT_EQ(bench.peer.where, "localhost 9999");
  bench.adapter("/run/bitbang", "")->open();
  EXPECT_EQ(bench.peer.where, "/run/bitbang 0");
  EXPECT_THROW(bench.adapter("", "")->open(), ConfigError);
  EXPECT_THROW(bench.adapter("board.example", "99999")->open(), ConfigError);
}

TEST(RemoteBitbang, ResetsAndQuits) {
  Bench bench;
  auto adapter = bench.adapter("", "9999");
  adapter->open();
  adapter->set_reset({.srst = true, .trst = {}});
  adapter->set_reset({.srst = {}, .trst = true});
  adapter->set_reset({.srst = false, .trst = {}});
  adapter->set_reset({.srst = {}, .trst = false});
  adapter.reset();
  EXPECT_EQ(bench.peer.sent, "sutrQ");
}

TEST(RemoteBitbang, HasNoClockToSet) {
  Bench bench;
  auto adapter = bench.adapter("", "9999");
  adapter->open();
  EXPECT_FALSE(adapter->set_speed(kilohertz(1000)));
  adapter->connect(Transport::swd, {});
  EXPECT_FALSE(adapter->set_speed(kilohertz(1000)));
}

TEST(RemoteBitbang, SwdFramesInItsCharacters) {
  Bench bench;
  auto adapter = bench.adapter("", "9999");
  adapter->open();
  DapLink& link = adapter->connect(Transport::swd, {});
  EXPECT_THROW(link.reconnect(), DapError);  // all ones: nobody there
  // Line driven; 56 clocks high; at the end of the sequence the DPIDR request 10100101, then the line is left
  // and the turnaround and three ACK bits are clocked, each ACK bit read before its rising edge.
  std::string high;
  for (unsigned i = 0; i < 56; ++i) high += "eg";
  EXPECT_EQ(bench.peer.sent.substr(0, 1 + high.size()), "O" + high);
  EXPECT_THAT(bench.peer.sent, HasSubstr("egdfegdfdfegdfeg"
                                         "odf"
                                         "dcfdcfdcf"));
}

TEST(RemoteBitbang, JtagUsesOnlyTheOldCharacters) {
  Bench bench;
  auto adapter = bench.adapter("", "9999");
  adapter->open();
  JtagChain chain;
  chain.taps = {{"chip.cpu", 4, {}, true}};
  DapLink& link = adapter->connect(Transport::jtag, chain);
  EXPECT_THROW(link.reconnect(), DapError);
  EXPECT_EQ(bench.peer.sent.find_first_not_of("01234567R"), std::string::npos);
  EXPECT_EQ(bench.peer.writes, 1u);  // the whole interrogation in one round trip
}

TEST(RemoteBitbang, NonsenseFromThePeerIsAnError) {
  Bench bench;
  bench.peer.reply = 'x';
  auto adapter = bench.adapter("", "9999");
  adapter->open();
  EXPECT_THROW(adapter->connect(Transport::swd, {}).reconnect(), AdapterError);
}

}  // namespace
}  // namespace probity::remote_bitbang_test
