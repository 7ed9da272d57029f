// The driver through the stlink-server protocol: the virtual board's server, met in this process byte by
// byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/adapter.hpp"
#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "vboard/probe/virtual_bus.hpp"
#include "vboard/serve/stlink_server.hpp"
#include "vboard/virtual_host.hpp"

namespace probity::stlink_server_test {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

// A stream whose other end is the server's connection; a server that has not enough bytes yet stays silent.
class ServerStream final : public TcpStream {
 public:
  explicit ServerStream(std::unique_ptr<vboard::Connection> connection)
      : connection_(std::move(connection)) {}
  void write(ByteView data) override {
    append(input_, data);
    connection_->serve(input_, output_);
  }
  Bytes read(std::size_t length, Milliseconds timeout) override {
    if (output_.size() < length) throw TimeoutError("the server is silent", "a TCP peer", timeout);
    Bytes data(output_.begin(), output_.begin() + static_cast<std::ptrdiff_t>(length));
    output_.erase(output_.begin(), output_.begin() + static_cast<std::ptrdiff_t>(length));
    return data;
  }

 private:
  std::unique_ptr<vboard::Connection> connection_;
  Bytes input_, output_;
};

class ServerConnector final : public TcpConnector {
 public:
  explicit ServerConnector(vboard::Board& board)
      : board_(board), probe_(vboard::plug(vboard::make_probe("stlink-v2-1", board), board)) {}
  std::unique_ptr<TcpStream> connect(const std::string& host, std::uint16_t port, Milliseconds) override {
    peer = host + ":" + std::to_string(port);
    return std::make_unique<ServerStream>(
        std::make_unique<vboard::StlinkServerConnection>(board_, *probe_.pipe));
  }
  const std::vector<std::string>& errors() const { return probe_.probe->errors(); }
  std::string peer;

 private:
  vboard::Board& board_;
  vboard::PluggedProbe probe_;
};

class StlinkServer : public testing::Test {
 protected:
  vboard::VirtualHost host_{"stm32f407vg,probe=cmsis-dap-v2"};
  Log log_{host_.clock()};
  ServerConnector tcp_{host_.board()};
  AdapterSettings settings_;

  std::unique_ptr<Adapter> make(std::string_view driver, const std::string& key, const std::string& backend) {
    log_.set_output("/dev/null");
    settings_.options[key] = backend;
    return adapter_driver(driver).make({host_.usb(), host_.hid(), tcp_, host_.clock()}, settings_, log_);
  }
};

TEST_F(StlinkServer, CarriesBlocksAndWordsBothWays) {
  auto adapter = make("st-link", "st-link backend", "tcp 7999");
  adapter->open();
  EXPECT_EQ(tcp_.peer, "127.0.0.1:7999");
  DapLink& link = adapter->connect(Transport::dapdirect_swd, {});
  EXPECT_EQ(link.reconnect(), 0x2BA01477U);
  MemPort& memory = *link.native_memory(0);
  Bytes sent(9001);
  for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<std::uint8_t>(i ^ i >> 8);
  memory.write_bytes(0x20000001, sent);
  Bytes back(sent.size());
  memory.read_bytes(0x20000001, back);
  EXPECT_EQ(back, sent);
  std::vector<WordAccess> batch(8, WordAccess::store(0x20000000, 9));
  memory.run(batch);
  EXPECT_EQ(memory.read32(0x20000000), 9U);
  EXPECT_THROW(memory.read32(0x20020000), MemoryFault);
  EXPECT_EQ(memory.read32(0x20000000), 9U);
  adapter.reset();
  EXPECT_THAT(tcp_.errors(), testing::IsEmpty());
}

TEST_F(StlinkServer, TellsWhoItTalksTo) {
  auto adapter = make("hla", "hla_stlink_backend", "tcp");
  adapter->open();
  EXPECT_EQ(tcp_.peer, "127.0.0.1:7184");
  const auto lines = adapter->describe();
  ASSERT_THAT(lines, SizeIs(4));
  EXPECT_EQ(lines[0], "connected to stlink-server");
  EXPECT_THAT(lines[1], HasSubstr("stlink-server API v"));
  EXPECT_THAT(lines[2], HasSubstr("VID:PID 0483:374B"));
}

TEST_F(StlinkServer, AWrongSerialListsWhatTheServerHas) {
  settings_.serial = "NOSUCH";
  auto adapter = make("hla", "hla_stlink_backend", "tcp");
  try {
    adapter->open();
    FAIL() << "opened another probe";
  } catch (const AdapterError& e) {
    EXPECT_THAT(e.message(),
                HasSubstr("looked for ST-LINK with serial NOSUCH; it has:\n  0483:374b, serial "));
  }
}

}  // namespace
}  // namespace probity::stlink_server_test
