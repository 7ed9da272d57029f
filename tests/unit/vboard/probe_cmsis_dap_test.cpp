#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "vboard/virtual_host.hpp"

namespace probity::vboard::probe_cmsis_dap_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Request bits of DAP_Transfer.
constexpr std::uint8_t kDpRead = 0x02, kDpWrite = 0x00, kApRead = 0x03, kApWrite = 0x01;
constexpr std::uint8_t kAbort = 0x0, kCtrlStat = 0x4, kSelect = 0x8, kRdBuff = 0xC;
constexpr std::uint8_t kCsw = 0x0, kTar = 0x4, kDrw = 0xC;

// A CMSIS-DAP probe on the virtual bus, version 1 or 2.
struct Bench {
  explicit Bench(const std::string& probe, const std::string& more = "")
      : host("stm32f407vg,probe=" + probe + more), v1(probe == "cmsis-dap-v1") {
    if (v1) {
      hid = host.hid().open(host.hid().devices().front());
    } else {
      usb = host.usb().open(host.usb().devices().front());
      usb->claim(0);
    }
  }
  // SWD, JTAG, atomic commands (bits 0, 1, 4); SWO as UART (2), on version 2 Manchester and streamed, too (3,
  // 6).
  std::uint8_t capabilities() const { return v1 ? 0x17 : 0x5F; }
  void send(Bytes packet) {
    if (v1) {
      packet.resize(64);
      hid->write(packet);
    } else {
      usb->bulk_out(0x01, packet, Milliseconds(100));
    }
  }
  Bytes receive() {
    return v1 ? hid->read(64, Milliseconds(100)) : usb->bulk_in(0x81, 512, Milliseconds(100));
  }
  Bytes command(const Bytes& packet) {
    send(packet);
    return receive();
  }
  // Line reset, select, line reset, DPIDR; debug power-up.
  std::uint32_t connect_swd() {
    EXPECT_EQ(command({0x02, 1}).at(1), 1);
    command({0x11, 0x40, 0x42, 0x0F, 0x00});  // 1 MHz
    command({0x04, 0, 100, 0, 50, 0});
    command({0x13, 0});
    for (const Bytes& bits : {Bytes{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}, Bytes{0x9E, 0xE7},
                              Bytes{0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x00}}) {
      Bytes sequence = {0x12, static_cast<std::uint8_t>(8 * bits.size())};
      append(sequence, bits);
      EXPECT_EQ(command(sequence).at(1), 0);
    }
    const Bytes reply = command({0x05, 0, 1, kDpRead});
    power_up();
    return load_le32(reply, 3);
  }
  void power_up() {
    Bytes packet = {0x05, 0, 3,    kDpWrite | kAbort,  0x1E, 0, 0, 0, kDpWrite | kCtrlStat, 0,
                    0,    0, 0x50, kDpWrite | kSelect, 0,    0, 0, 0};
    EXPECT_EQ(command(packet).at(1), 3);
  }
  void point_at(std::uint32_t address) {
    Bytes packet = {0x05, 0, 2, kApWrite | kCsw};
    append_le32(packet, 0x23000012);  // words, single increment
    append_u8(packet, kApWrite | kTar);
    append_le32(packet, address);
    const Bytes reply = command(packet);
    EXPECT_EQ(reply.at(1), 2);
    EXPECT_EQ(reply.at(2), 1);
  }

  VirtualHost host;
  bool v1;
  std::unique_ptr<HidDevice> hid;
  std::unique_ptr<UsbDevice> usb;
};

class ProbeCmsisDap : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Versions, ProbeCmsisDap, testing::Values("cmsis-dap-v1", "cmsis-dap-v2"),
                         [](const auto& version) {
                           return std::string(version.param == "cmsis-dap-v1" ? "v1" : "v2");
                         });

TEST_P(ProbeCmsisDap, TellsAboutItself) {
  Bench bench(GetParam());
  const bool v1 = bench.v1;
  const Bytes size = bench.command({0x00, 0xFF}), count = bench.command({0x00, 0xFE});
  EXPECT_EQ(load_le16(size, 2), v1 ? 64 : 512);
  EXPECT_EQ(count.at(2), v1 ? 4 : 8);
  EXPECT_EQ(bench.command({0x00, 0xF0}).at(2), bench.capabilities());
  const Bytes version = bench.command({0x00, 0x04});
  EXPECT_EQ(std::string(version.begin() + 2, version.begin() + 1 + version.at(1)), v1 ? "1.3.0" : "2.1.1");
  EXPECT_EQ(bench.command({0x00, 0x05}).at(1), 0);  // no target name: length 0
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
}

TEST_P(ProbeCmsisDap, UnknownCommandsAreRefusedAndRecorded) {
  Bench bench(GetParam());
  EXPECT_EQ(bench.command({0x42}).at(0), 0xFF);
  ASSERT_EQ(bench.host.probe_errors().size(), 1u);
  EXPECT_THAT(bench.host.probe_errors()[0], HasSubstr("0x42"));
}

TEST_P(ProbeCmsisDap, NothingIsTransferredBeforeConnect) {
  Bench bench(GetParam());
  const Bytes reply = bench.command({0x05, 0, 1, kDpRead});
  EXPECT_EQ(reply.at(1), 0);
  EXPECT_EQ(reply.at(2), 0);
  EXPECT_EQ(bench.host.probe_errors().size(), 1u);
}

TEST_P(ProbeCmsisDap, SwdReadsAndWritesMemory) {
  Bench bench(GetParam());
  EXPECT_EQ(bench.connect_swd(), 0x2BA01477u);
  bench.point_at(0x20000000);
  Bytes write = {0x06, 0, 4, 0, kApWrite | kDrw};
  for (std::uint32_t i = 0; i < 4; ++i) append_le32(write, 0x11111111 * (i + 1));
  Bytes reply = bench.command(write);
  EXPECT_EQ(load_le16(reply, 1), 4);
  EXPECT_EQ(reply.at(3), 1);
  bench.point_at(0x20000000);
  reply = bench.command({0x06, 0, 3, 0, kApRead | kDrw});
  EXPECT_EQ(load_le16(reply, 1), 3);
  EXPECT_EQ(load_le32(reply, 4), 0x11111111u);
  EXPECT_EQ(load_le32(reply, 12), 0x33333333u);
  // Mixed: two posted reads, a DP read between, in order.
  bench.point_at(0x20000004);
  reply = bench.command({0x05, 0, 3, kApRead | kDrw, kDpRead, kApRead | kDrw});
  EXPECT_EQ(reply.at(1), 3);
  EXPECT_EQ(load_le32(reply, 3), 0x22222222u);
  EXPECT_EQ(load_le32(reply, 7), 0x2BA01477u);
  EXPECT_EQ(load_le32(reply, 11), 0x33333333u);
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
}

TEST_P(ProbeCmsisDap, JtagReachesTheSamePort) {
  Bench bench(GetParam());
  EXPECT_EQ(bench.command({0x02, 2}).at(1), 2);
  bench.command({0x12, 8, 0x1F});  // ones, then Run-Test/Idle
  bench.command({0x15, 2, 4, 5});
  EXPECT_EQ(load_le32(bench.command({0x16, 0}), 2), 0x4BA00477u);
  bench.command({0x04, 8, 100, 0, 0, 0});
  bench.power_up();
  bench.point_at(0xE000ED00);
  const Bytes reply = bench.command({0x05, 0, 2, kApRead | kDrw, kDpRead | kCtrlStat});
  EXPECT_EQ(reply.at(1), 2);
  EXPECT_EQ(load_le32(reply, 3), 0x410FC241u);
  EXPECT_EQ(load_le32(reply, 7) & 0xF0000000, 0xF0000000u);
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
}

TEST_P(ProbeCmsisDap, AMatchReadWaitsForItsValueOrSaysMismatch) {
  Bench bench(GetParam());
  bench.connect_swd();
  Bytes packet = {0x05, 0, 2, 0x20, 0, 0, 0, 0xF0, kDpRead | kCtrlStat | 0x10, 0, 0, 0, 0xF0};
  EXPECT_THAT(Bytes(bench.command(packet)).at(2), 1);
  packet.back() = 0x10;
  const Bytes reply = bench.command(packet);
  EXPECT_EQ(reply.at(1), 1);
  EXPECT_EQ(reply.at(2), 0x11);
}

TEST_P(ProbeCmsisDap, AFaultStopsTheBlockAndNamesHowFarItCame) {
  Bench bench(GetParam(), ",fault=fault@ap:6");
  bench.connect_swd();
  bench.point_at(0x20000000);  // AP transfers 1 and 2
  Bytes write = {0x06, 0, 6, 0, kApWrite | kDrw};
  write.resize(write.size() + 24);
  const Bytes reply = bench.command(write);
  EXPECT_EQ(load_le16(reply, 1), 3);
  EXPECT_EQ(reply.at(3), 4);
  EXPECT_EQ(bench.command({0x08, 0, 0x1E, 0, 0, 0}).at(1), 0);
  bench.point_at(0x20000000);
}

TEST_P(ProbeCmsisDap, CommandsCanBeQueuedAndExecutedTogether) {
  Bench bench(GetParam());
  Bytes reply = bench.command({0x7F, 2, 0x01, 0, 1, 0x00, 0xF0});
  EXPECT_EQ(Bytes(reply.begin(), reply.begin() + 7),
            (Bytes{0x7F, 2, 0x01, 0, 0x00, 1, bench.capabilities()}));
  bench.send({0x7E, 1, 0x01, 0, 1});
  EXPECT_THROW(bench.receive(), TimeoutError);
  bench.send({0x01, 1, 1});
  reply = bench.receive();
  EXPECT_EQ(Bytes(reply.begin(), reply.begin() + 4), (Bytes{0x7F, 1, 0x01, 0}));
  EXPECT_EQ(bench.receive().at(0), 0x01);
}

TEST_P(ProbeCmsisDap, NoMorePacketsInFlightThanItSaid) {
  Bench bench(GetParam());
  const unsigned count = bench.v1 ? 4 : 8;
  for (unsigned i = 0; i < count; ++i) bench.send({0x00, 0xF0});
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
  bench.send({0x00, 0xF0});
  ASSERT_EQ(bench.host.probe_errors().size(), 1u);
  EXPECT_THAT(bench.host.probe_errors()[0], HasSubstr("in flight"));
}

TEST_P(ProbeCmsisDap, ATruncatedCommandIsAnError) {
  Bench bench(GetParam());
  bench.connect_swd();
  Bytes write = {0x06, 0, 200, 0, kApWrite | kDrw, 1, 2, 3, 4};
  EXPECT_EQ(bench.command(write).at(1), 0xFF);
  EXPECT_EQ(bench.host.probe_errors().size(), 1u);
}

TEST_P(ProbeCmsisDap, PinsFollow) {
  Bench bench(GetParam());
  bench.command({0x02, 1});
  EXPECT_EQ(bench.command({0x10, 0x00, 0x80, 0, 0, 0, 0}).at(1) & 0x80, 0);  // nRESET low
  EXPECT_TRUE(bench.host.board().nrst());
  EXPECT_EQ(bench.command({0x10, 0x80, 0x80, 0x10, 0x27, 0, 0}).at(1) & 0x80, 0x80);
  EXPECT_FALSE(bench.host.board().nrst());
}

TEST(ProbeCmsisDapTime, PacketsInFlightHideBehindEachOther) {
  const auto duration = [](bool together) {
    Bench bench("cmsis-dap-v2");
    bench.connect_swd();
    bench.point_at(0x20000000);
    const auto start = bench.host.clock().now();
    const Bytes read = {0x06, 0, 100, 0, kApRead | kDrw};  // about 4.6 ms of clocks at 1 MHz
    for (unsigned i = 0; i < 4; ++i) {
      bench.send(read);
      if (!together) bench.receive();
    }
    if (together) {
      for (unsigned i = 0; i < 4; ++i) bench.receive();
    }
    return bench.host.clock().now() - start;
  };
  const auto one_by_one = duration(false), together = duration(true);
  EXPECT_GT(one_by_one - together, Microseconds(3 * 250));
  EXPECT_GT(together, Microseconds(4 * 100 * 46));
}

TEST(ProbeCmsisDapTime, HidTakesAMillisecondEachWay) {
  Bench bench("cmsis-dap-v1");
  const auto start = bench.host.clock().now();
  for (unsigned i = 0; i < 10; ++i) bench.command({0x00, 0xF0});
  EXPECT_EQ(bench.host.clock().now() - start, Milliseconds(20));
}

}  // namespace
}  // namespace probity::vboard::probe_cmsis_dap_test
