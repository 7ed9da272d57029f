// The J-Link driver against the virtual probes, over USB.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/jlink/jlink.hpp"
#include "adapter/jlink/probe.hpp"
#include "adapter/jlink/wire_link.hpp"
#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "vboard/stats.hpp"
#include "vboard/virtual_host.hpp"

namespace probity::jlink_driver_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint8_t kOut = 0x02, kIn = 0x81;

struct NoTcp final : TcpConnector {
  std::unique_ptr<TcpStream> connect(const std::string&, std::uint16_t, Milliseconds) override {
    throw AdapterError("no TCP here");
  }
};

struct Bench {
  explicit Bench(const std::string& spec = "stm32f407vg,probe=jlink")
      : host(spec), log(host.clock()), outside{host.usb(), host.hid(), tcp, host.clock()} {
    log.set_output("/dev/null");
    log.add_listener([this](LogLevel, std::string_view line) { lines.emplace_back(line); });
  }
  std::unique_ptr<JlinkAdapter> adapter(const AdapterSettings& settings = {}) {
    auto made = make_jlink(outside, settings, log);
    return std::unique_ptr<JlinkAdapter>(dynamic_cast<JlinkAdapter*>(made.release()));
  }
  std::unique_ptr<JlinkAdapter> open(const AdapterSettings& settings = {}) {
    auto opened = adapter(settings);
    opened->open();
    return opened;
  }
  template <typename E, typename Body>
  std::string message_of(Body body) {
    try {
      body();
    } catch (const E& e) {
      return e.message();
    }
    return "nothing was thrown";
  }
  // The device as another program has it.
  std::unique_ptr<UsbDevice> device() {
    auto opened = host.usb().open(host.usb().devices().front());
    opened->claim(0);
    return opened;
  }
  std::uint64_t usb_transfers() { return host.board().stats().usb_transfers; }

  vboard::VirtualHost host;
  NoTcp tcp;
  Log log;
  Host outside;
  std::vector<std::string> lines;
};

JtagChain chain() {
  JtagChain chain;
  chain.taps = {{"stm32f4x.cpu", 4, {}, true}, {"stm32f4x.bs", 5, {}, true}};
  return chain;
}

AdapterSettings with_serial(const std::string& serial) {
  AdapterSettings settings;
  settings.serial = serial;
  return settings;
}

// Powers the debug port up and reads AP 0's identification, often.
void expect_debug_port(DapLink& link, std::size_t reads) {
  std::vector<DapTransfer> transfers = {DapTransfer::store(Port::dp, 0x4, 0x50000000),
                                        DapTransfer::store(Port::dp, 0x8, 0xF0)};
  for (std::size_t i = 0; i < reads; ++i) transfers.push_back(DapTransfer::load(Port::ap, 0xC));
  ASSERT_EQ(link.run(transfers), transfers.size());
  for (std::size_t i = 0; i < reads; ++i) ASSERT_EQ(transfers[2 + i].value, 0x24770011U) << i;
}

TEST(JlinkDriver, SaysWhatOpenOcdSays) {
  Bench bench;
  const auto adapter = bench.open();
  EXPECT_THAT(adapter->describe(), ElementsAre("J-Link V9 compiled May  7 2021 16:26:12",
                                               "Hardware version: 9.40", "VTarget = 3.300 V"));
  EXPECT_EQ(adapter->target_voltage(), 3300U);
  EXPECT_THAT(bench.lines, IsEmpty());
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
}

TEST(JlinkDriver, ReachesTheDebugPortByBothWires) {
  Bench bench;
  for (const Transport transport : {Transport::swd, Transport::jtag}) {
    const auto adapter = bench.open();
    DapLink& link = adapter->connect(transport, chain());
    EXPECT_EQ(link.reconnect(), transport == Transport::swd ? 0x2BA01477U : 0x4BA00477U);
    expect_debug_port(link, 3);
  }
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
}

TEST(JlinkDriver, AnOldProbeHasJtagAlone) {
  Bench bench("stm32f407vg,probe=jlink-v4");
  auto adapter = bench.open();
  EXPECT_EQ(adapter->jtag_version(), 2U);
  EXPECT_EQ(bench.message_of<ConfigError>([&] { adapter->connect(Transport::swd, {}); }),
            "Device supports JTAG transport only");
  DapLink& link = adapter->connect(Transport::jtag, chain());
  EXPECT_EQ(link.reconnect(), 0x4BA00477U);
  expect_debug_port(link, 300);
  EXPECT_EQ(adapter->set_speed(kilohertz(50'000)), kilohertz(12'000));
  EXPECT_EQ(bench.message_of<ConfigError>([&] { adapter->trace_capture()->start({}); }),
            "Trace capturing is not supported by the device");
  adapter.reset();
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
}

TEST(JlinkDriver, NoOtherTransport) {
  Bench bench;
  EXPECT_THROW(bench.open()->connect(Transport::hla_swd, {}), ConfigError);
}

TEST(JlinkDriver, ManyTransfersInFewMessages) {
  for (const Transport transport : {Transport::swd, Transport::jtag}) {
    Bench bench;
    const auto adapter = bench.open();
    DapLink& link = adapter->connect(transport, chain());
    link.reconnect();
    expect_debug_port(link, 1);
    const std::uint64_t before = bench.usb_transfers();
    expect_debug_port(link, 600);
    EXPECT_LE(bench.usb_transfers() - before, 12U) << name_of(transport);
  }
}

// As after a reset, where nobody powers the debug port up anew.
TEST(JlinkDriver, WholeBatchesGoOutAfterTheTapsWereReset) {
  Bench bench;
  const auto adapter = bench.open();
  DapLink& link = adapter->connect(Transport::jtag, chain());
  link.reconnect();
  expect_debug_port(link, 1);
  link.reconnect();
  const std::uint64_t before = bench.usb_transfers();
  std::vector<DapTransfer> reads(300, DapTransfer::load(Port::ap, 0xC));
  ASSERT_EQ(link.run(reads), reads.size());
  EXPECT_EQ(reads.back().value, 0x24770011U);
  EXPECT_LE(bench.usb_transfers() - before, 8U);
}

TEST(JlinkDriver, SpeedsWithinTheProbesRange) {
  Bench bench;
  const auto adapter = bench.open();
  adapter->connect(Transport::swd, {});
  EXPECT_EQ(adapter->set_speed(kilohertz(4000)), kilohertz(4000));
  EXPECT_EQ(adapter->set_speed(Hertz{300}), kilohertz(1));
  EXPECT_THAT(bench.lines, IsEmpty());
  EXPECT_EQ(adapter->set_speed(kilohertz(50'000)), kilohertz(15'000));
  EXPECT_THAT(bench.lines, ElementsAre("Info : Reduced speed from 50000 kHz to 15000 kHz (maximum)"));
  EXPECT_EQ(bench.message_of<ConfigError>([&] { adapter->set_speed(Hertz{0}); }),
            "Adaptive clocking is not supported by the device");
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
}

TEST(JlinkDriver, TheSpeedIsOnTheWire) {
  Bench bench;
  const auto adapter = bench.open();
  DapLink& link = adapter->connect(Transport::swd, {});
  link.reconnect();
  const auto time_at = [&](Hertz speed) {
    adapter->set_speed(speed);
    const Nanoseconds before = bench.host.clock().now();
    expect_debug_port(link, 200);
    return bench.host.clock().now() - before;
  };
  EXPECT_GT(time_at(kilohertz(100)), 10 * time_at(kilohertz(10'000)));
}

TEST(JlinkDriver, ResetWires) {
  Bench bench;
  auto adapter = bench.open();
  adapter->set_reset({.srst = true, .trst = {}});
  EXPECT_TRUE(bench.host.board().nrst());
  EXPECT_EQ(adapter->hardware_status().srst, 0U);
  EXPECT_EQ(adapter->hardware_status().trst, 1U);
  adapter->connect(Transport::swd, {});  // stays: connect under reset
  EXPECT_TRUE(bench.host.board().nrst());
  adapter->set_reset({.srst = false, .trst = true});
  EXPECT_FALSE(bench.host.board().nrst());
  EXPECT_EQ(adapter->hardware_status().trst, 0U);
  adapter->set_reset({.srst = true, .trst = {}});
  adapter.reset();
  EXPECT_FALSE(bench.host.board().nrst());
}

TEST(JlinkDriver, LetsGoOfWhatAKilledProgramHeld) {
  Bench bench;
  bench.device()->bulk_out(kOut, Bytes{0xDC}, Milliseconds(100));
  ASSERT_TRUE(bench.host.board().nrst());
  const auto adapter = bench.open();
  adapter->connect(Transport::swd, {});
  EXPECT_FALSE(bench.host.board().nrst());
}

TEST(JlinkDriver, ChosenBySerialNumber) {
  Bench bench("stm32f407vg,probe=jlink;stm32f407vg,probe=jlink,serial=000050109999");
  EXPECT_EQ(bench.open(with_serial("50109999"))->report()->location, "1-2");
  EXPECT_EQ(bench.open(with_serial("000050109999"))->report()->location, "1-2");
  EXPECT_EQ(bench.open(with_serial("0050100001"))->report()->location, "1-1");
  EXPECT_EQ(bench.message_of<ConfigError>([&] { bench.open(with_serial("V9")); }),
            "Invalid serial number: V9");
  EXPECT_THAT(
      bench.message_of<AdapterError>([&] { bench.open(with_serial("7")); }),
      HasSubstr("looked for J-Link with serial 7; USB devices seen:\n  1366:0101 at 1-1, J-Link, serial "
                "50100001"));
  EXPECT_THAT(bench.message_of<AdapterError>([&] { bench.open(); }),
              HasSubstr("2 probes fit (J-Link); choose one:"));
}

TEST(JlinkDriver, ChosenByUsbAddress) {
  Bench bench;
  AdapterSettings settings;
  settings.options["jlink usb"] = "0";
  EXPECT_EQ(bench.open(settings)->report()->serial, "50100001");
  settings.options["jlink usb"] = "2";
  EXPECT_THAT(bench.message_of<AdapterError>([&] { bench.open(settings); }),
              HasSubstr("looked for J-Link at USB address 2"));
}

TEST(JlinkDriver, Listed) {
  Bench bench("stm32f407vg,probe=jlink,voltage=1800;stm32f407vg,probe=stlink-v2-1");
  const auto found = list_jlinks(bench.outside, {}, bench.log);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].kind, "J-Link");
  EXPECT_EQ(found[0].serial, "50100001");
  EXPECT_EQ(found[0].firmware, "V9 compiled May 7 2021 16:26:12");
  EXPECT_EQ(found[0].millivolts, 1800U);
  EXPECT_EQ(found[0].state, "free");
  const auto adapter = bench.open();
  EXPECT_EQ(list_jlinks(bench.outside, adapter->report(), bench.log)[0].state, "held by this process");
}

TEST(JlinkDriver, AnswersOfAKilledProgramAreNotOurs) {
  Bench bench;
  bench.device()->bulk_out(kOut, Bytes{0xF0}, Milliseconds(100));  // asked, and not read
  EXPECT_THAT(bench.open()->describe(), Contains("J-Link V9 compiled May  7 2021 16:26:12"));
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
}

TEST(JlinkDriver, AMessageThatAKilledProgramBeganIsTakenBack) {
  for (const std::size_t sent :
       {200U, 1027U, 3U}) {  // of 1028 bytes: our first one can also be the last of them
    Bench bench;
    Bytes begun = {0xCF, 0, 0x00, 0x10};
    begun.resize(sent, 0xFF);
    bench.device()->bulk_out(kOut, begun, Milliseconds(100));
    EXPECT_THAT(bench.open()->describe(), Contains("Hardware version: 9.40")) << sent;
  }
}

TEST(JlinkDriver, ALostAnswerIsAnErrorAndNotTheNextOnes) {
  Bench bench("stm32f407vg,probe=jlink,fault=usb-lost@usb:20");
  const auto adapter = bench.open();
  std::size_t failed = 0;
  for (unsigned i = 0; i < 20; ++i) {
    try {
      EXPECT_EQ(adapter->hardware_status().millivolts, 3300U);
      EXPECT_EQ(adapter->free_memory(), 20464U);
    } catch (const TimeoutError&) {
      ++failed;
    }
  }
  EXPECT_EQ(failed, 1U);
}

TEST(JlinkDriver, AShortAnswerIsAnError) {
  Bench bench("stm32f407vg,probe=jlink,fault=usb-short@usb:20");
  const auto adapter = bench.open();
  std::size_t failed = 0;
  for (unsigned i = 0; i < 20; ++i) {
    try {
      EXPECT_EQ(adapter->free_memory(), 20464U);
    } catch (const TimeoutError&) {
      ++failed;
    }
  }
  EXPECT_EQ(failed, 1U);
}

TEST(JlinkDriver, UnpluggedIsSaidSo) {
  Bench bench("stm32f407vg,probe=jlink,fault=unplug@usb:30");
  const auto adapter = bench.open();
  EXPECT_THAT(bench.message_of<DeviceGone>([&] {
    for (unsigned i = 0; i < 20; ++i) adapter->hardware_status();
  }),
              HasSubstr("J-Link 1366:0101 at 1-1, serial 50100001 was unplugged"));
}

// How many are registered, ourselves among them.
unsigned registered(UsbDevice& device) {
  device.bulk_out(kOut, Bytes{0x09, 0x64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, Milliseconds(100));
  return load_le16(device.bulk_in(kIn, 512, Milliseconds(100)), 2);
}

TEST(JlinkDriver, LeavesNoRegistrationBehind) {
  Bench bench;
  bench.open().reset();
  EXPECT_EQ(registered(*bench.device()), 1U);
}

TEST(JlinkDriver, GoesOnUnregisteredWhereThereIsNoRoom) {
  Bench bench;
  {
    const auto device = bench.device();
    for (unsigned i = 0; i < 16; ++i) registered(*device);
  }
  auto adapter = bench.open();
  EXPECT_THAT(bench.lines,
              Contains(HasSubstr("Warn : J-Link: maximum number of connections on the device reached")));
  EXPECT_EQ(adapter->connect(Transport::swd, {}).reconnect(), 0x2BA01477U);
  adapter.reset();
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
}

TEST(JlinkDriver, KeepsItsSettings) {
  Bench bench;
  {
    const auto adapter = bench.open();
    EXPECT_EQ(adapter->stored_config().usb_address(), 0U);
    adapter->edited_config().set_usb_address(2);
    EXPECT_EQ(adapter->stored_config().usb_address(), 0U);
    adapter->write_config();
  }
  EXPECT_EQ(bench.open()->stored_config().usb_address(), 2U);
}

TEST(JlinkDriver, TargetPower) {
  Bench bench;
  bench.open()->set_target_power(true);
  const auto device = bench.device();
  device->bulk_out(kOut, Bytes{0xC1, 1, 0, 0, 0}, Milliseconds(100));
  EXPECT_EQ(load_le32(device->bulk_in(kIn, 64, Milliseconds(100))), 1U);
}

TEST(JlinkDriver, CaptureTakesItsShareOfTheMemory) {
  Bench bench;
  const auto adapter = bench.open();
  DapLink& link = adapter->connect(Transport::swd, {});
  link.reconnect();
  expect_debug_port(link, 1);  // from here on whole batches go out
  TraceCapture& trace = *adapter->trace_capture();
  EXPECT_EQ(bench.message_of<ConfigError>([&] { trace.start({.protocol = TraceProtocol::manchester}); }),
            "Selected pin protocol is not supported");
  const TraceRate rate = trace.start({.trace_clock = Hertz{168'000'000}, .pin_frequency = Hertz{2'000'000}});
  EXPECT_EQ(rate.pin_frequency, Hertz{2'000'000});
  EXPECT_EQ(rate.divisor, 84U);
  EXPECT_EQ(adapter->free_memory(), 20464U - 0x2700);
  const auto messages_for_1400_reads = [&] {
    const std::uint64_t before = bench.host.board().stats().usb_commands;
    expect_debug_port(link, 1400);
    return bench.host.board().stats().usb_commands - before;
  };
  EXPECT_EQ(messages_for_1400_reads(), 2U);
  EXPECT_THAT(trace.read(), IsEmpty());
  trace.stop();
  EXPECT_EQ(adapter->free_memory(), 20464U);
  EXPECT_EQ(messages_for_1400_reads(), 1U);
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
}

TEST(JlinkDriver, SwoRatesAsTheProbeHasThem) {
  Bench bench;
  const auto adapter = bench.open();
  TraceCapture& trace = *adapter->trace_capture();
  EXPECT_EQ(trace.start({.trace_clock = Hertz{168'000'000}, .pin_frequency = Hertz{}}).pin_frequency.value,
            7'500'000U);
  EXPECT_THAT(bench.lines, Contains("Info : Using SWO frequency of 7500000 Hz"));
  EXPECT_EQ(
      trace.start({.trace_clock = Hertz{168'000'000}, .pin_frequency = Hertz{9'000'000}}).pin_frequency.value,
      7'500'000U);
  EXPECT_THAT(bench.lines, Contains("Info : Given SWO frequency too high, using 7500000 Hz instead"));
  EXPECT_EQ(
      trace.start({.trace_clock = Hertz{168'000'000}, .pin_frequency = Hertz{1'700'000}}).pin_frequency.value,
      60'000'000U / 35);
  EXPECT_THAT(
      bench.lines,
      Contains("Info : Given SWO frequency is not supported by the device, using 1714285 Hz instead"));
}

// Somebody else has taken memory since it was measured: the probe refuses, and has clocked nothing.
TEST(JlinkWireLink, GoesOnInSmallerParts) {
  Bench bench;
  UsbDeviceInfo device = bench.host.usb().devices().front();
  jlink::Probe probe(bench.outside, device, bench.log);
  probe.execute(jlink::SelectInterface{jlink::WireKind::jtag});
  jlink::WireLink link(probe, jlink::WireKind::jtag, bench.log);
  probe.execute(jlink::SwoStart{1'000'000, 19'000});
  // Through a chain in BYPASS what is shifted in comes out, some cycles later.
  const std::uint64_t clocks = bench.host.board().stats().jtag_clocks;
  constexpr std::size_t kBits = 60'000;
  link.jtag({BitVector::repeat(true, kBits), BitVector::repeat(true, kBits)}, 0, kBits);
  EXPECT_EQ(link.collect().size(), kBits);
  EXPECT_EQ(bench.host.board().stats().jtag_clocks - clocks, kBits);
}

}  // namespace
}  // namespace probity::jlink_driver_test
