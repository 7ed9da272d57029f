// What a USB/IP client and the control port see of real probe models, without sockets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "vboard/probe/virtual_bus.hpp"
#include "vboard/serve/control_port.hpp"
#include "vboard/serve/usbip_connection.hpp"

namespace probity::vboard::usbip_session_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr std::uint32_t kIn = 1, kOut = 0;
constexpr std::int32_t kPipe = -32, kReset = -104, kRemoteIo = -121, kInvalid = -22;

Bytes be32(std::initializer_list<std::uint32_t> values) {
  Bytes bytes(values.size() * 4);
  std::size_t offset = 0;
  for (const std::uint32_t value : values) {
    store_be32(bytes, offset, value);
    offset += 4;
  }
  return bytes;
}

struct Reply {
  std::uint32_t command, seqnum;
  std::int32_t status;
  Bytes data;  // of a transfer to the host
  std::uint32_t actual_length;
};

// A client: its connection, and what it has sent.
class Client {
 public:
  explicit Client(Exports& exports)
      : connection_(std::make_unique<UsbipConnection>(exports, [this](const std::string& why) {
          hung_up = why;
          connection_.reset();
        })) {}

  // Sends `bytes`; what comes back goes to `output`.
  bool send(const Bytes& bytes) {
    append(input, bytes);
    return connection_->serve(input, output);
  }
  // The status of the import's reply.
  std::uint32_t import(const std::string& busid) {
    Bytes request = be32({0x01118003, 0});
    request.insert(request.end(), busid.begin(), busid.end());
    request.resize(40);
    const bool open = send(request);
    const std::uint32_t status = load_be32(output, 4);
    EXPECT_EQ(open, status == 0);
    EXPECT_EQ(output.size(), status == 0 ? 0x140u : 8u);
    if (open) devid = load_be32(output, 0x128) * 0x10000 + load_be32(output, 0x12C);
    output.clear();
    return status;
  }
  std::uint32_t list() {
    EXPECT_FALSE(send(be32({0x01118005, 0})));
    const std::uint32_t count = load_be32(output, 8);
    output.clear();
    return count;
  }

  Bytes submit_bytes(std::uint32_t endpoint, std::uint32_t direction, std::uint32_t length, const Bytes& data,
                     const Bytes& setup = Bytes(8), std::uint32_t flags = 0, std::uint32_t packets = 0) {
    Bytes bytes = be32({1, ++seqnum, devid, direction, endpoint, flags, length, 0, packets, 0});
    append(bytes, setup);
    append(bytes, data);
    to_host.push_back(direction == kIn);
    return bytes;
  }
  void in(std::uint32_t endpoint, std::uint32_t length, std::uint32_t flags = 0) {
    send(submit_bytes(endpoint, kIn, length, {}, Bytes(8), flags));
  }
  void out(std::uint32_t endpoint, const Bytes& data) {
    send(submit_bytes(endpoint, kOut, static_cast<std::uint32_t>(data.size()), data));
  }
  void control_in(const Bytes& setup, std::uint32_t length) { send(submit_bytes(0, kIn, length, {}, setup)); }
  void unlink(std::uint32_t target) {
    to_host.push_back(false);
    Bytes bytes = be32({2, ++seqnum, devid, 0, 0, target});
    bytes.resize(48);
    send(bytes);
  }
  Reply take() {
    EXPECT_GE(output.size(), 48u);
    if (output.size() < 48) return {};
    Reply reply{load_be32(output),
                load_be32(output, 4),
                static_cast<std::int32_t>(load_be32(output, 0x14)),
                {},
                load_be32(output, 0x18)};
    const std::size_t size = 48 + (to_host.at(reply.seqnum - 1) ? reply.actual_length : 0);
    EXPECT_GE(output.size(), size);
    reply.data.assign(output.begin() + 48, output.begin() + static_cast<std::ptrdiff_t>(size));
    output.erase(output.begin(), output.begin() + static_cast<std::ptrdiff_t>(size));
    return reply;
  }
  void go_away() { connection_.reset(); }

  Bytes input, output;
  std::uint32_t devid = 0, seqnum = 0;
  std::vector<bool> to_host;
  std::string hung_up;

 private:
  std::unique_ptr<UsbipConnection> connection_;
};

BoardOptions f407(const char* faults) {
  BoardOptions options;
  options.chip = "stm32f407vg";
  options.faults = FaultPlan::parse(faults);
  return options;
}

Bytes block(Bytes command) {
  command.resize(16);
  return command;
}
const Bytes kGetVersion = block({0xF1});

struct Desk {
  explicit Desk(const char* faults = "") : board(f407(faults)) {
    exports.add("stlink-v2-1", *stlink.pipe, board);
    exports.add("cmsis-dap-v2", *dap.pipe, board);
  }
  Board board;
  PluggedProbe stlink = plug(make_probe("stlink-v2-1", board), board);
  PluggedProbe dap = plug(make_probe("cmsis-dap-v2", board), board);
  Exports exports;
};

class Usbip : public testing::Test {
 protected:
  Desk desk;
  Client client{desk.exports};
};

TEST_F(Usbip, OneClientHasADeviceUntilItGoes) {
  EXPECT_EQ(Client(desk.exports).list(), 2u);
  EXPECT_EQ(client.import("1-1"), 0u);
  EXPECT_EQ(client.devid, 0x10001u);
  EXPECT_EQ(Client(desk.exports).import("1-1"), 1u);
  EXPECT_EQ(Client(desk.exports).list(), 1u);
  Client other(desk.exports);
  EXPECT_EQ(other.import("1-2"), 0u);
  EXPECT_EQ(other.devid, 0x10002u);
  EXPECT_EQ(Client(desk.exports).import("1-3"), 1u);
  client.go_away();
  EXPECT_EQ(Client(desk.exports).import("1-1"), 0u);
}

TEST_F(Usbip, DescriptorsComeInTheLengthAskedFor) {
  client.import("1-1");
  client.control_in({0x80, 6, 0, 1, 0, 0, 8, 0}, 8);
  Reply reply = client.take();
  EXPECT_EQ(reply.command, 3u);
  EXPECT_EQ(reply.status, 0);
  ASSERT_EQ(reply.data.size(), 8u);
  EXPECT_EQ(reply.data[0], 18);
  client.control_in({0x80, 6, 0, 1, 0, 0, 64, 0}, 64);
  reply = client.take();
  ASSERT_EQ(reply.data.size(), 18u);  // short: the device has no more
  EXPECT_EQ(load_le16(reply.data, 8), 0x0483);
  EXPECT_EQ(load_le16(reply.data, 10), 0x374B);
}

TEST_F(Usbip, AnUnknownControlRequestStallsAndTheNextOneWorks) {
  client.import("1-1");
  client.control_in({0x80, 0x77, 0, 0, 0, 0, 8, 0}, 8);
  const Reply reply = client.take();
  EXPECT_EQ(reply.status, kPipe);
  EXPECT_EQ(reply.actual_length, 0u);
  client.control_in({0x80, 8, 0, 0, 0, 0, 1, 0}, 1);
  EXPECT_EQ(client.take().data, Bytes{1});
}

TEST_F(Usbip, AReadWaitsForTheDevice) {
  client.import("1-1");
  client.in(1, 64);
  client.control_in({0x80, 8, 0, 0, 0, 0, 1, 0}, 1);
  EXPECT_EQ(client.take().seqnum, 2u);  // the other pipe goes on
  EXPECT_TRUE(client.output.empty());
  client.out(1, kGetVersion);
  const Reply written = client.take();
  EXPECT_EQ(written.seqnum, 3u);
  EXPECT_EQ(written.actual_length, 16u);
  const Reply version = client.take();
  EXPECT_EQ(version.seqnum, 1u);
  EXPECT_EQ(version.status, 0);
  EXPECT_EQ(version.data.size(), 6u);
}

TEST_F(Usbip, ReadsOfAnEndpointAreServedInOrder) {
  client.import("1-1");
  client.in(1, 2);
  client.in(1, 64);
  client.in(1, 64);
  client.out(1, kGetVersion);
  EXPECT_EQ(client.take().seqnum, 4u);
  const Reply first = client.take(), second = client.take();
  EXPECT_EQ(first.seqnum, 1u);
  EXPECT_EQ(first.data.size(), 2u);
  EXPECT_EQ(second.seqnum, 2u);
  EXPECT_EQ(second.data.size(), 4u);
  EXPECT_TRUE(client.output.empty());
}

TEST_F(Usbip, AnUnlinkedReadIsNeverAnswered) {
  client.import("1-1");
  client.in(1, 64);
  client.in(1, 64);
  client.unlink(1);
  const Reply unlinked = client.take();
  EXPECT_EQ(unlinked.command, 4u);
  EXPECT_EQ(unlinked.seqnum, 3u);
  EXPECT_EQ(unlinked.status, kReset);
  client.out(1, kGetVersion);
  EXPECT_EQ(client.take().seqnum, 4u);
  EXPECT_EQ(client.take().seqnum, 2u);  // the reply goes to the read that is left
  client.unlink(2);
  EXPECT_EQ(client.take().status, 0);  // it has ended before
  client.unlink(999);
  EXPECT_EQ(client.take().status, 0);
}

TEST_F(Usbip, AShortReadIsAnErrorWhereTheClientSaysSo) {
  client.import("1-1");
  client.out(1, kGetVersion);
  client.take();
  client.in(1, 64, 1);
  const Reply reply = client.take();
  EXPECT_EQ(reply.status, kRemoteIo);
  EXPECT_EQ(reply.data.size(), 6u);
}

TEST_F(Usbip, ALostReplyLeavesTheReadWaiting) {
  Desk faulty("usb-lost@usb:1");
  Client patient(faulty.exports);
  patient.import("1-1");
  patient.out(1, kGetVersion);
  patient.take();
  patient.in(1, 64);
  EXPECT_TRUE(patient.output.empty());
  patient.unlink(2);
  EXPECT_EQ(patient.take().status, kReset);
}

TEST_F(Usbip, IsochronousTransfersAreRefused) {
  client.import("1-1");
  Bytes bytes = client.submit_bytes(3, kIn, 192, {}, Bytes(8), 0, 1);
  append(bytes, Bytes(16));
  client.send(bytes);
  const Reply reply = client.take();
  EXPECT_EQ(reply.status, kInvalid);
  client.control_in({0x80, 8, 0, 0, 0, 0, 1, 0}, 1);
  EXPECT_EQ(client.take().status, 0);
}

TEST_F(Usbip, MessagesMayComeInPiecesAndTogether) {
  client.import("1-1");
  Bytes bytes = client.submit_bytes(1, kIn, 64, {});
  append(bytes, client.submit_bytes(1, kOut, 16, kGetVersion));
  for (const std::uint8_t byte : bytes) client.send({byte});
  EXPECT_EQ(client.take().seqnum, 2u);
  EXPECT_EQ(client.take().seqnum, 1u);
  EXPECT_TRUE(client.input.empty());
}

TEST_F(Usbip, CommandsMayFollowTheImportAtOnce) {
  Bytes bytes = be32({0x01118003, 0});
  append(bytes, Bytes{'1', '-', '1'});
  bytes.resize(40);
  client.devid = 0x10001;
  append(bytes, client.submit_bytes(0, kIn, 1, {}, {0x80, 8, 0, 0, 0, 0, 1, 0}));
  client.send(bytes);
  EXPECT_EQ(client.output.size(), 0x140u + 48 + 1);
}

TEST_F(Usbip, ACommandForAnotherDeviceIsNamed) {
  client.import("1-1");
  client.devid = 0x10002;
  EXPECT_THAT([&] { client.in(1, 64); }, ThrowsMessage<ProtocolError>(HasSubstr("device 0x00010002")));
}

TEST_F(Usbip, TheNextClientFindsNothingOfTheOneBefore) {
  client.import("1-1");
  client.out(1, kGetVersion);
  client.go_away();
  Client next(desk.exports);
  next.import("1-1");
  next.in(1, 64);
  EXPECT_TRUE(next.output.empty());
  next.out(1, kGetVersion);
  next.take();
  EXPECT_EQ(next.take().data.size(), 6u);
}

TEST_F(Usbip, APlannedUnplugEndsTheConnectionAndTakesTheDeviceAway) {
  Desk faulty("unplug@usb:2");
  Client victim(faulty.exports);
  victim.import("1-1");
  victim.in(1, 64);
  const auto twice = [&] {
    victim.out(1, kGetVersion);
    victim.out(1, kGetVersion);
  };
  EXPECT_THAT(twice, ThrowsMessage<AdapterError>(HasSubstr("1-1")));
  victim.go_away();
  EXPECT_EQ(Client(faulty.exports).list(), 1u);
  EXPECT_EQ(Client(faulty.exports).import("1-1"), 1u);
  faulty.exports.find("1-1")->pipe.plug();
  EXPECT_EQ(Client(faulty.exports).import("1-1"), 0u);
}

class UsbipControl : public Usbip {
 protected:
  std::string ask(const std::string& lines) {
    Bytes input(lines.begin(), lines.end()), output;
    EXPECT_TRUE(control.serve(input, output));
    EXPECT_TRUE(input.empty());
    return {output.begin(), output.end()};
  }
  unsigned saves = 0;
  ControlConnection control{desk.exports, [this] {
                              if (++saves > 1) throw ConfigError("the disk is full");
                            }};
};

TEST_F(UsbipControl, ListsWhatIsPluggedAndWhoIsFree) {
  client.import("1-2");
  const std::string one = desk.stlink.pipe->description().serial, two = desk.dap.pipe->description().serial;
  EXPECT_EQ(ask("list\r\n"),
            "1-1 stlink-v2-1 " + one + " plugged free\n1-2 cmsis-dap-v2 " + two + " plugged imported\nok\n");
}

TEST_F(UsbipControl, UnplugHangsUpAndPlugBringsBack) {
  client.import("1-1");
  Client other(desk.exports);
  other.import("1-2");
  EXPECT_EQ(ask("unplug 1-1\nlist\n").substr(0, 3), "ok\n");
  EXPECT_THAT(client.hung_up, HasSubstr("1-1 was unplugged"));
  EXPECT_TRUE(other.hung_up.empty());
  EXPECT_THAT(ask("list\n"), HasSubstr(" unplugged free\n"));
  EXPECT_EQ(Client(desk.exports).list(), 0u);
  EXPECT_EQ(Client(desk.exports).import("1-1"), 1u);
  EXPECT_EQ(ask("unplug 1-1\nplug 1-1\n"), "ok\nok\n");
  EXPECT_EQ(Client(desk.exports).import("1-1"), 0u);
  other.control_in({0x80, 8, 0, 0, 0, 0, 1, 0}, 1);
  EXPECT_EQ(other.take().status, 0);
}

TEST_F(UsbipControl, ABinarySerialIsShownInHex) {
  PluggedProbe old =
      plug(make_probe("stlink-v2", desk.board, {.serial = "\xC3\xBF\x06q", .firmware = ""}), desk.board);
  desk.exports.add("stlink-v2", *old.pipe, desk.board);
  EXPECT_THAT(ask("list\n"), HasSubstr("1-3 stlink-v2 FF0671 plugged free\n"));
}

TEST_F(UsbipControl, PowerCyclesTheTarget) {
  client.import("1-1");
  client.out(1, block({0xF2, 0x30, 0xA3}));  // into SWD mode
  client.in(1, 2);
  client.out(1, block({0xF2, 0x35, 0xFC, 0xED, 0x00, 0xE0, 0, 0, 0, 0x01}));  // DEMCR.TRCENA
  client.in(1, 2);
  client.out(1, block({0xF2, 0x36, 0xFC, 0xED, 0x00, 0xE0}));
  client.in(1, 8);
  client.output.clear();
  EXPECT_EQ(ask("power-cycle 1-1\n"), "ok\n");
  client.out(1, block({0xF2, 0x30, 0xA3}));
  client.in(1, 2);
  client.out(1, block({0xF2, 0x36, 0xFC, 0xED, 0x00, 0xE0}));
  client.in(1, 8);
  for (unsigned i = 0; i < 3; ++i) client.take();
  EXPECT_EQ(load_le32(client.take().data, 4), 0u);
}

TEST_F(UsbipControl, SavesAndSaysWhatWentWrong) {
  EXPECT_EQ(ask("save\n"), "ok\n");
  EXPECT_EQ(saves, 1u);
  EXPECT_EQ(ask("save\n"), "error: the disk is full\n");
}

TEST_F(UsbipControl, NamesWhatItDoesNotUnderstand) {
  EXPECT_THAT(ask("unplug 7-7\n"), HasSubstr("error: no probe has the bus id '7-7'; there are 1-1, 1-2"));
  EXPECT_THAT(ask("explode\n"), HasSubstr("error: 'explode' is not understood"));
  EXPECT_THAT(ask("\n"), HasSubstr("error: "));
  Bytes endless(2000, 'x'), output;
  EXPECT_THROW(control.serve(endless, output), ProtocolError);
}

}  // namespace
}  // namespace probity::vboard::usbip_session_test
