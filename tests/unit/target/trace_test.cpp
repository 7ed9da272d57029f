// Trace from the virtual chip's ITM and TPIU, over the SWO wire, through real probes' drivers. The debugger
// itself writes to the stimulus ports.
#include "base/errors.hpp"
#include "target/trace/itm.hpp"
#include "target/trace/tpiu.hpp"
#include "unit/target/bench.hpp"

namespace probity::test::trace_test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr Hertz kHsi{16'000'000};  // the chip's clock from reset
constexpr Address kStim = 0xE0000000, kDBGMCU_CR = 0xE0042004, kTPIU_ACPR = 0xE0040010;
constexpr std::uint32_t kTraceIoEn = 1u << 5;

class TraceTest : public testing::TestWithParam<Way> {
 protected:
  TraceTest() : bench(GetParam()) {
    bench.target->examine();
    bench.target->halt();
  }
  MemPort& memory() { return bench.target->memory(); }
  TraceCapture& capture() { return *bench.adapter->trace_capture(); }
  TraceRate start(TraceProtocol protocol = TraceProtocol::uart, bool formatter = false) {
    memory().write32(kDBGMCU_CR, kTraceIoEn);
    const TraceRate rate =
        capture().start({.protocol = protocol, .trace_clock = kHsi, .pin_frequency = Hertz{1'000'000}});
    Tpiu(memory(), kTpiuBase)
        .set({.protocol = protocol, .port_width = 1, .divisor = rate.divisor, .formatter = formatter});
    enable_itm(memory(), bench.virtual_host.clock(), ports);
    return rate;
  }
  void say(std::string_view text, unsigned port = 0) {
    for (const char c : text) {
      memory().write8(kStim + 4 * port, static_cast<std::uint8_t>(c));
      pause();
    }
  }
  void pause() { bench.virtual_host.clock().sleep(Milliseconds(1)); }

  Bench bench;
  ItmPorts ports;
};

TEST_P(TraceTest, WhatTheItmSaysArrives) {
  const TraceRate rate = start();
  EXPECT_EQ(rate.pin_frequency.value, 1'000'000u);
  EXPECT_EQ(rate.divisor, 16u);
  EXPECT_EQ(memory().read32(kTPIU_ACPR), 15u);
  say("Hi");
  memory().write32(kStim, 0x44332211);
  pause();
  EXPECT_THAT(capture().read(), ElementsAre(1, 'H', 1, 'i', 3, 0x11, 0x22, 0x33, 0x44));
  EXPECT_THAT(capture().read(), IsEmpty());
  EXPECT_FALSE(capture().lost());
}

TEST_P(TraceTest, MoreThanOnePacketOfTheProbe) {
  start();
  Bytes expected;
  for (unsigned i = 0; i < 150; ++i) {
    say(std::string(1, static_cast<char>(i)));
    expected.insert(expected.end(), {1, static_cast<std::uint8_t>(i)});
  }
  EXPECT_EQ(capture().read(), expected);
}

TEST_P(TraceTest, OnlyThePortsThatAreOn) {
  ports.set(0, false);
  ports.set(5, true);
  start();
  say("A", 0);
  say("B", 5);
  EXPECT_THAT(capture().read(), ElementsAre(5 << 3 | 1, 'B'));
  ports.set_all(true);
  enable_itm(memory(), bench.virtual_host.clock(), ports);
  say("C", 31);
  EXPECT_THAT(capture().read(), ElementsAre(31 << 3 | 1, 'C'));
}

TEST_P(TraceTest, AnotherRateThanTheProbesMakesNoSense) {
  start();
  Tpiu(memory(), kTpiuBase).set({.divisor = 10});
  say("Hello");
  const Bytes sense{1, 'H', 1, 'e', 1, 'l', 1, 'l', 1, 'o'};
  EXPECT_NE(capture().read(), sense);
}

TEST_P(TraceTest, NoPinNoTrace) {
  start();
  memory().write32(kDBGMCU_CR, 0);
  say("A");
  EXPECT_THAT(capture().read(), IsEmpty());
}

TEST_P(TraceTest, FormatterFrames) {
  start(TraceProtocol::uart, true);
  say("abcdefg");
  const Bytes bytes = capture().read();
  ASSERT_EQ(bytes.size(), 20u);
  EXPECT_THAT(Bytes(bytes.begin(), bytes.begin() + 6), ElementsAre(0xFF, 0xFF, 0xFF, 0x7F, 0x03, 0x01));
}

TEST_P(TraceTest, StopsAndStartsAnew) {
  start();
  say("A");
  capture().stop();
  EXPECT_THAT(capture().read(), IsEmpty());
  capture().stop();  // nothing to do
  say("B");
  start();
  say("C");
  start();  // drops C
  say("D");
  EXPECT_THAT(capture().read(), ElementsAre(1, 'D'));
}

TEST_P(TraceTest, TpiuTellsWhatItHas) {
  Tpiu tpiu(memory(), kTpiuBase);
  EXPECT_TRUE(tpiu.has_protocol(TraceProtocol::uart));
  EXPECT_TRUE(tpiu.has_protocol(TraceProtocol::manchester));
  EXPECT_TRUE(tpiu.has_port_width(4));
  EXPECT_FALSE(tpiu.has_port_width(3));
}

std::string name_of_probe(const testing::TestParamInfo<Way>& way) {
  std::string name = way.param.probe;
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Probes, TraceTest,
                         testing::Values(Way{"hla", Transport::hla_swd, "stlink-v2"}, kHla, kDapDirect,
                                         Way{"cmsis-dap", Transport::swd, "cmsis-dap-v1"}, kCmsisDap),
                         name_of_probe);

}  // namespace
}  // namespace probity::test::trace_test
