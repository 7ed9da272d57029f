// The virtual FTDI chips as a host that knows nothing of our driver sees them. Sources: FTDI AN_108, AN_135,
// the data sheets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/errors.hpp"
#include "vboard/virtual_host.hpp"

namespace probity::vboard::probe_ftdi_test {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint8_t kOut = 0x02, kIn = 0x81;
constexpr Milliseconds kTimeout{1000};

struct Bench {
  explicit Bench(const std::string& kind) : host("stm32f407vg,probe=" + kind) {
    device = host.usb().open(host.usb().devices().front());
    device->claim(0);
    control(0x0B, 0x0200);  // bit mode MPSSE
  }
  void control(std::uint8_t request, std::uint16_t value, std::uint16_t index = 1) {
    device->control(0x40, request, value, index, {}, 0, kTimeout);
  }
  void send(const Bytes& bytes) { device->bulk_out(kOut, bytes, kTimeout); }
  Bytes receive(std::size_t most = 512) { return device->bulk_in(kIn, most, kTimeout); }
  // What is behind the status bytes of the answer's only packet.
  Bytes ask(Bytes bytes) {
    bytes.push_back(0x87);
    send(bytes);
    const Bytes packet = receive();
    return {packet.begin() + 2, packet.end()};
  }
  Nanoseconds now() { return host.clock().now(); }

  VirtualHost host;
  std::unique_ptr<UsbDevice> device;
};

TEST(VirtualFtdi, AnswersWhatIsNoCommandWithIt) {
  Bench bench("ft2232h");
  EXPECT_THAT(bench.ask({0xAA}), ElementsAre(0xFA, 0xAA));
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());  // that is how hosts find its commands' beginnings
  EXPECT_THAT(bench.ask({0x9F, 0x8A, 0x97}), ElementsAre(0xFA, 0x9F));
  EXPECT_THAT(bench.host.probe_errors(), ElementsAre(HasSubstr("bad MPSSE command 0x9f")));
}

TEST(VirtualFtdi, TheOldChipHasNoneOfTheHTypesCommands) {
  Bench bench("ft2232d");
  EXPECT_THAT(bench.ask({0x8A, 0x97}), ElementsAre(0xFA, 0x8A, 0xFA, 0x97));
}

TEST(VirtualFtdi, AnAnswerThatIsNotSentOnWaitsForTheLatencyTimer) {
  Bench bench("ft2232h");
  bench.control(0x09, 100);
  bench.send({0xAA});
  Nanoseconds before = bench.now();
  EXPECT_EQ(bench.receive().size(), 4u);
  EXPECT_GE(bench.now() - before, Milliseconds(100));
  bench.send({0xAA, 0x87});
  before = bench.now();
  EXPECT_EQ(bench.receive().size(), 4u);
  EXPECT_LT(bench.now() - before, Milliseconds(1));
  before = bench.now();
  EXPECT_EQ(bench.receive().size(), 2u);  // nothing but the status
  EXPECT_GE(bench.now() - before, Milliseconds(100));
}

TEST(VirtualFtdi, EachPacketBeginsWithTheStatus) {
  Bench bench("ft2232h");
  bench.send(Bytes(1100, 0x83));  // reads of ACBUS, inputs: all high
  const Bytes two = bench.receive(4096);
  ASSERT_EQ(two.size(), 1024u);  // full packets leave by themselves
  EXPECT_EQ(two[0], 0x32);
  EXPECT_EQ(two[1], 0x60);
  EXPECT_EQ(two[512], 0x32);
  EXPECT_EQ(two[513], 0x60);
  EXPECT_EQ(two[2], 0xFF);
  EXPECT_EQ(bench.receive(4096).size(), 2u + 1100 - 2 * 510);
}

TEST(VirtualFtdi, StandsStillWhereItsAnswersHaveNoRoom) {
  Bench bench("ft232h");
  EXPECT_THROW(bench.send(Bytes(4000, 0x81)), TimeoutError);  // 1 KiB of answers, and more commands than fit
  std::size_t answers = 0;
  for (Bytes got = bench.receive(); got.size() > 2; got = bench.receive()) answers += got.size() - 2;
  EXPECT_EQ(answers, 4000u);
}

TEST(VirtualFtdi, ClocksAsFastAsItIsTold) {
  Bench bench("ft2232h");
  const auto seconds_of = [&](const Bytes& setting) {
    bench.send(setting);
    bench.send({0x80, 0x08, 0x0B});
    const Nanoseconds before = bench.now();
    Bytes shift = {0x19, 0xE7, 0x03};  // 1000 bytes
    shift.resize(3 + 1000);
    bench.send(shift);
    return bench.now() - before;
  };
  const auto takes = [&](const Bytes& setting, Nanoseconds wanted) {
    const Nanoseconds seconds = seconds_of(setting);
    // The transfer itself takes 125 us and 25 ns a byte, if it does not hide behind the one before.
    EXPECT_GE(seconds, wanted);
    EXPECT_LE(seconds, wanted + Microseconds(151));
  };
  takes({0x8A, 0x86, 0x1D, 0x00}, Milliseconds(8));       // 60 MHz / 2 / 30
  takes({0x8B, 0x86, 0x05, 0x00}, Milliseconds(8));       // 12 MHz / 2 / 6
  takes({0x8A, 0x86, 0x02, 0x00}, Microseconds(800));     // 10 MHz
  EXPECT_EQ(bench.host.board().stats().jtag_clocks, 0u);  // the buffer is off: nothing reached the chip
}

TEST(VirtualFtdi, ShiftsThroughTheTaps) {
  Bench bench("ft2232h");
  bench.send({0x82, 0x00, 0x02, 0x80, 0x08, 0x1B});  // buffer on, TMS high
  // Test-Logic-Reset, to Shift-DR; the IDCODE of the JTAG-DP, least significant byte first.
  EXPECT_THAT(bench.ask({0x4B, 0x04, 0x1F, 0x4B, 0x03, 0x02, 0x28, 0x03, 0x00}),
              ElementsAre(0x77, 0x04, 0xA0, 0x4B));
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
}

TEST(VirtualFtdi, BitsComeInFromTheTop) {
  Bench bench("ft2232h");
  bench.send({0x82, 0x00, 0x02, 0x80, 0x08, 0x1B});
  EXPECT_THAT(bench.ask({0x4B, 0x04, 0x1F, 0x4B, 0x03, 0x02, 0x2A, 0x02}),
              ElementsAre(0xE0));  // 1, 1, 1 of 0x77
}

TEST(VirtualFtdi, PullsTheResetWires) {
  Bench bench("kt-link");
  bench.send({0x82, 0x8C, 0xFF});
  EXPECT_FALSE(bench.host.board().nrst());
  bench.send({0x82, 0x84, 0xFF});  // nSRST's buffer on, its data low
  EXPECT_TRUE(bench.host.board().nrst());
  bench.send({0x82, 0x86, 0xFF});  // its data high
  EXPECT_FALSE(bench.host.board().nrst());
  bench.send({0x82, 0x84, 0xFF});
  bench.control(0x0B, 0x0000);              // bit mode off: all pins are let go
  EXPECT_FALSE(bench.host.board().nrst());  // pull-ups turn the buffer off
}

TEST(VirtualFtdi, RefusesWhatItDoesNotKnow) {
  Bench bench("ft232h");
  EXPECT_THROW(bench.control(0x33, 0), AdapterError);
  EXPECT_THROW(bench.control(0x09, 0), AdapterError);          // no latency of nothing
  EXPECT_THROW(bench.control(0x0B, 0x0200, 2), AdapterError);  // it has one channel
  bench.control(0x0B, 0x0000);
  bench.send({0x80, 0, 0});
  EXPECT_THAT(bench.host.probe_errors(), Each(HasSubstr("the MPSSE, which is off")));
}

}  // namespace
}  // namespace probity::vboard::probe_ftdi_test
