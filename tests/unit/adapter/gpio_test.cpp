// The GPIO adapters on the virtual board's header: both wires, resets, what is refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/adapter.hpp"
#include "adapter/gpio/signals.hpp"
#include "base/errors.hpp"
#include "vboard/virtual_host.hpp"

namespace probity::gpio_test {
namespace {

using gpio::signal_named;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint32_t kDpidr = 0x2BA01477, kJtagIdcode = 0x4BA00477;  // RM0090: STM32F407

struct Bench {
  explicit Bench(const std::string& spec = "stm32f407vg,probe=gpio") : host(spec), log(host.clock()) {
    log.set_output("/dev/null");
    log.add_listener([this](LogLevel, std::string_view line) { lines.emplace_back(line); });
  }
  gpio::Wire& wire(const std::string& signal, int number) {
    gpio::Wire& wire = wires[signal] = wire_of(settings, *signal_named(signal));
    wire.number = number;
    wire.chip = 0;
    return wire;
  }
  void swd() {
    wire("swclk", 11);
    wire("swdio", 25);
  }
  void jtag() {
    wire("tck", 11);
    wire("tms", 25);
    wire("tdi", 10);
    wire("tdo", 9);
  }
  Adapter& open(std::string_view driver, GpioChips& chips) {
    for (const auto& [name, wire] : wires) keep_wire(settings, *signal_named(name), wire);
    adapter.reset();
    const Host machine{host.usb(), host.hid(), *tcp, host.clock(), &chips};
    adapter = adapter_driver(driver).make(machine, settings, log);
    adapter->open();
    return *adapter;
  }
  Adapter& open(std::string_view driver = "linuxgpiod") { return open(driver, host.gpio()); }
  DapLink& connect(Transport transport, std::string_view driver = "linuxgpiod") {
    return open(driver).connect(transport, {.taps = {{"chip.cpu", 4, {}, true}, {"chip.bs", 5, {}, true}}});
  }
  template <typename ErrorType>
  std::string error_of_connect(Transport transport) {
    try {
      connect(transport);
    } catch (const ErrorType& e) {
      return e.describe();
    }
    return "no error";
  }

  vboard::VirtualHost host;
  std::unique_ptr<TcpConnector> tcp = make_asio_tcp();
  Log log;
  std::vector<std::string> lines;
  AdapterSettings settings;
  std::map<std::string, gpio::Wire> wires;
  std::unique_ptr<Adapter> adapter;
};

void expect_memory_works(DapLink& link) {
  std::vector<DapTransfer> batch = {DapTransfer::store(Port::dp, 4, 0x50000000),
                                    DapTransfer::store(Port::dp, 8, 0),
                                    DapTransfer::store(Port::ap, 0, 0x23000012),
                                    DapTransfer::store(Port::ap, 4, 0x20000000),
                                    DapTransfer::store(Port::ap, 0xC, 0x12345678),
                                    DapTransfer::store(Port::ap, 0xC, 0x9ABCDEF1),
                                    DapTransfer::store(Port::ap, 4, 0x20000000),
                                    DapTransfer::load(Port::ap, 0xC),
                                    DapTransfer::load(Port::ap, 0xC)};
  ASSERT_EQ(link.run(batch), batch.size());
  EXPECT_EQ(batch[7].value, 0x12345678u);
  EXPECT_EQ(batch[8].value, 0x9ABCDEF1u);
}

TEST(GpioAdapter, Swd) {
  Bench bench;
  bench.swd();
  DapLink& link = bench.connect(Transport::swd);
  EXPECT_THAT(bench.lines, ElementsAre("Info : Linux GPIOD JTAG/SWD bitbang driver"));
  EXPECT_EQ(link.reconnect(), kDpidr);
  expect_memory_works(link);
  EXPECT_FALSE(bench.adapter->set_speed(kilohertz(1000)));
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
}

TEST(GpioAdapter, Jtag) {
  Bench bench;
  bench.jtag();
  DapLink& link = bench.connect(Transport::jtag);
  EXPECT_EQ(link.reconnect(), kJtagIdcode);
  EXPECT_EQ(link.idcodes().size(), 2u);
  expect_memory_works(link);
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
}

// One line serves both wires, as most boards have it; only those of the chosen one are asked for.
TEST(GpioAdapter, BothWiresOnTheSameLines) {
  Bench bench;
  bench.swd();
  bench.jtag();
  EXPECT_EQ(bench.connect(Transport::swd).reconnect(), kDpidr);
  EXPECT_EQ(bench.connect(Transport::jtag).reconnect(), kJtagIdcode);
}

TEST(GpioAdapter, ResetsAreOpenDrainUnlessToldOtherwise) {
  Bench bench;
  bench.swd();
  bench.wire("srst", 24);
  bench.wire("trst", 7);
  bench.open();
  EXPECT_TRUE(bench.adapter->has_srst());
  EXPECT_FALSE(bench.host.board().nrst());
  bench.adapter->set_reset({.srst = true, .trst = true});
  EXPECT_TRUE(bench.host.board().nrst());
  bench.adapter->set_reset({.srst = false, .trst = false});
  EXPECT_FALSE(bench.host.board().nrst());
}

TEST(GpioAdapter, AnInvertedResetIsTurnedRound) {
  Bench bench;
  bench.swd();
  bench.wire("srst", 24).active_low = false;
  bench.settings.srst_push_pull = true;
  bench.open();
  EXPECT_TRUE(bench.host.board().nrst());  // inactive is low
  bench.adapter->set_reset({.srst = true, .trst = {}});
  EXPECT_FALSE(bench.host.board().nrst());
}

// Writes down how lines are asked for.
struct Recorder final : GpioChips {
  struct Nothing final : GpioLines {
    void set(std::uint64_t, std::uint64_t) override {}
    std::uint64_t get(std::uint64_t) override { return 0; }
    void configure(std::span<const GpioLineConfig>) override {}
  };
  std::unique_ptr<GpioLines> request(unsigned, const std::string&,
                                     std::span<const GpioLineConfig> lines) override {
    asked.assign(lines.begin(), lines.end());
    return std::make_unique<Nothing>();
  }
  std::vector<GpioLineConfig> asked;
};

TEST(GpioAdapter, TheResetsDriveIsResetConfigs) {
  Bench bench;
  bench.wire("srst", 24);
  bench.wire("trst", 7);
  Recorder recorder;
  const auto drives = [&](bool srst_push_pull, bool trst_open_drain) {
    bench.settings.srst_push_pull = srst_push_pull;
    bench.settings.trst_open_drain = trst_open_drain;
    bench.open("linuxgpiod", recorder);
    return std::pair(recorder.asked.at(0).drive, recorder.asked.at(1).drive);
  };
  EXPECT_EQ(drives(false, false), std::pair(GpioDrive::open_drain, GpioDrive::push_pull));
  EXPECT_EQ(drives(true, true), std::pair(GpioDrive::push_pull, GpioDrive::open_drain));
}

TEST(GpioAdapter, SaysWhatIsMissing) {
  Bench bench;
  EXPECT_EQ(bench.error_of_connect<ConfigError>(Transport::swd), "Require swclk and swdio gpio for SWD mode");
  EXPECT_EQ(bench.error_of_connect<ConfigError>(Transport::jtag),
            "Require tck, tms, tdi and tdo gpios for JTAG mode");
  bench.swd();
  bench.wire("swdio", 99);
  EXPECT_THAT(bench.error_of_connect<AdapterError>(Transport::swd), HasSubstr("has no line 99"));
  bench.wire("swdio", 25).chip = 3;
  EXPECT_THAT(bench.error_of_connect<AdapterError>(Transport::swd),
              HasSubstr("Cannot open LinuxGPIOD chip 3 for swdio"));
  bench.wire("swdio", 11);
  EXPECT_THAT(bench.error_of_connect<ConfigError>(Transport::swd), HasSubstr("line 11"));
}

TEST(GpioAdapter, ALineInUseNamesItsUser) {
  Bench bench;
  bench.swd();
  const std::vector<GpioLineConfig> taken = {{.offset = 25}};
  const auto other = bench.host.gpio().request(0, "some-driver", taken);
  EXPECT_THAT(bench.error_of_connect<DeviceBusy>(Transport::swd), HasSubstr("in use by some-driver"));
}

TEST(GpioAdapter, OldDriversCountLinesTheirOwnWay) {
  Bench bench;
  bench.settings.options["sysfsgpio swclk"] = "11";
  bench.settings.options["sysfsgpio swdio"] = "25";
  EXPECT_EQ(bench.connect(Transport::swd, "sysfsgpio").reconnect(), kDpidr);
  bench.settings.options["imx_gpio swclk"] = "11";
  bench.settings.options["imx_gpio swdio"] = "57";  // line 25 of chip 1
  EXPECT_THROW(bench.connect(Transport::swd, "imx_gpio"), AdapterError);
  bench.settings.options["imx_gpio swdio"] = "25";
  EXPECT_EQ(bench.connect(Transport::swd, "imx_gpio").reconnect(), kDpidr);
}

TEST(GpioSignals, AreKeptAndShownAsOpenOcdShowsThem) {
  AdapterSettings settings;
  const auto& trst = *signal_named("trst");
  EXPECT_EQ(describe(trst, wire_of(settings, trst)),
            "adapter gpio trst (output): num -1, chip -1, active-low, pull-none, init-state inactive");
  const auto& swdio = *signal_named("swdio");
  const gpio::Wire wire{.number = 25,
                        .chip = 1,
                        .active_low = true,
                        .drive = GpioDrive::open_drain,
                        .pull = GpioPull::up,
                        .initial = gpio::InitialState::input};
  keep_wire(settings, swdio, wire);
  EXPECT_EQ(describe(swdio, wire_of(settings, swdio)),
            "adapter gpio swdio (bidirectional): num 25, chip 1, active-low, open-drain, pull-up, init-state "
            "input");
  const auto& dir = *signal_named("swdio_dir");
  EXPECT_EQ(describe(dir, wire_of(settings, dir)),
            "adapter gpio swdio_dir (output): num -1, chip -1, active-high, push-pull, pull-none");
}

}  // namespace
}  // namespace probity::gpio_test
