// What the drivers agree with a probe on before it captures SWO, and what they refuse; what it captures is in
// tests/unit/target/trace_test.cpp.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/adapter.hpp"
#include "adapter/cmsis_dap/swo_messages.hpp"
#include "base/errors.hpp"
#include "vboard/virtual_host.hpp"

namespace probity::trace_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr Hertz kClock{16'000'000};

struct Rig {
  Rig(const std::string& probe, std::string_view driver, Transport transport, const std::string& more = {})
      : host("stm32f407vg,probe=" + probe + more), log(host.clock()) {
    log.set_output("/dev/null");
    adapter = adapter_driver(driver).make({host.usb(), host.hid(), *tcp, host.clock()}, {}, log);
    adapter->open();
    adapter->connect(transport, {}).reconnect();
  }
  TraceRate start(std::uint32_t pin, TraceProtocol protocol = TraceProtocol::uart, Hertz clock = kClock) {
    return adapter->trace_capture()->start(
        {.protocol = protocol, .trace_clock = clock, .pin_frequency = Hertz{pin}});
  }
  std::string refusal(std::uint32_t pin, TraceProtocol protocol = TraceProtocol::uart) {
    try {
      start(pin, protocol);
    } catch (const ConfigError& e) {
      return e.what();
    }
    return "none";
  }

  vboard::VirtualHost host;
  Log log;
  std::unique_ptr<TcpConnector> tcp = make_asio_tcp();
  std::unique_ptr<Adapter> adapter;
};

TEST(TraceDivisor, IsTheNearestWithinThreePercent) {
  EXPECT_EQ(trace_divisor(kClock, Hertz{2'000'000}), 8u);
  EXPECT_EQ(trace_divisor(Hertz{168'000'000}, Hertz{2'000'000}), 84u);
  EXPECT_EQ(trace_divisor(kClock, Hertz{1'980'000}), 8u);
  EXPECT_EQ(trace_divisor(kClock, Hertz{816'000}), 20u);  // not 19
  EXPECT_THROW(trace_divisor(kClock, Hertz{1'500'000}), ConfigError);
  EXPECT_THROW(trace_divisor(kClock, Hertz{0}), ConfigError);
  EXPECT_EQ(trace_divisor(Hertz{8192 * 1000}, Hertz{1000}), 8192u);
  EXPECT_THROW(trace_divisor(Hertz{8193 * 1000}, Hertz{1000}), ConfigError);
}

TEST(StlinkTrace, RatesOfTheGenerations) {
  Rig v2("stlink-v2-1", "hla", Transport::hla_swd);
  EXPECT_EQ(v2.start(0).pin_frequency.value, 2'000'000u);  // the highest
  EXPECT_EQ(v2.start(500'000).divisor, 32u);
  EXPECT_THAT(v2.refusal(4'000'000), HasSubstr("ST-LINK doesn't support SWO frequency higher than 2000000"));
  Rig v3("stlink-v3", "st-link", Transport::dapdirect_swd);
  EXPECT_EQ(v3.start(4'000'000).divisor, 4u);
  EXPECT_EQ(v3.start(0).pin_frequency.value, 16'000'000u);
  EXPECT_THAT(v3.host.probe_errors(), testing::IsEmpty());
}

TEST(StlinkTrace, RefusesWhatItHasNot) {
  Rig rig("stlink-v2-1", "hla", Transport::hla_swd);
  EXPECT_THAT(rig.refusal(1'000'000, TraceProtocol::manchester),
              HasSubstr("doesn't support this trace mode"));
  Rig old("stlink-v2", "hla", Transport::hla_swd, ",firmware=V2J12S4");  // trace came with J13
  EXPECT_THAT(old.refusal(1'000'000), HasSubstr("doesn't support trace"));
}

TEST(CmsisDapTrace, TakesTheRateThatTheProbeMakes) {
  Rig v1("cmsis-dap-v1", "cmsis-dap", Transport::swd);  // its UART divides 3 MHz
  EXPECT_EQ(v1.start(1'000'000).divisor, 16u);
  EXPECT_THAT(v1.refusal(2'000'000), HasSubstr("SWO frequency is not suitable"));
  EXPECT_THAT(v1.refusal(1'000'000, TraceProtocol::manchester),
              HasSubstr("Selected pin protocol is not supported. (The probe has uart, not manchester)"));
  Rig v2("cmsis-dap-v2", "cmsis-dap", Transport::swd);
  EXPECT_EQ(v2.start(2'000'000, TraceProtocol::manchester).divisor, 8u);
  EXPECT_EQ(v2.start(0).divisor, 16u);
  EXPECT_THAT(v2.host.probe_errors(), testing::IsEmpty());
}

TEST(CmsisDapSwoMessages, EncodeAndParse) {
  using namespace cmsis_dap;
  EXPECT_THAT(SwoTransport{SwoPath::data_command}.encode(), ElementsAre(0x17, 1));
  EXPECT_THAT(SwoMode{SwoCode::manchester}.encode(), ElementsAre(0x18, 2));
  EXPECT_THAT(SwoBaudrate{Hertz{0x01020304}}.encode(), ElementsAre(0x19, 4, 3, 2, 1));
  EXPECT_THAT(SwoControl{true}.encode(), ElementsAre(0x1A, 1));
  const auto status = SwoStatus::parse(Bytes{0x1B, 0x81, 2, 1, 0, 0});
  EXPECT_TRUE(status.state.capturing && status.state.overrun && !status.state.stream_error);
  EXPECT_EQ(status.waiting, 0x102u);
  EXPECT_THAT(SwoData{0x234}.encode(), ElementsAre(0x1C, 0x34, 2));
  EXPECT_THAT(SwoData::parse(Bytes{0x1C, 1, 2, 0, 'a', 'b', 0xEE}).data, ElementsAre('a', 'b'));
}

TEST(CmsisDapSwoMessages, RefuseWrongAnswers) {
  using namespace cmsis_dap;
  EXPECT_THROW(SwoMode::parse(Bytes{0x18, 0xFF}), AdapterError);
  EXPECT_THROW(SwoMode::parse(Bytes{0x17, 0}), AdapterError);
  EXPECT_THROW(SwoBaudrate{Hertz{9}}.parse(Bytes{0x19, 0, 0, 0, 0}), AdapterError);
  EXPECT_THROW(SwoData::parse(Bytes{0x1C, 1, 3, 0, 'a', 'b'}), AdapterError);  // announces more than there is
}

}  // namespace
}  // namespace probity::trace_test
