// The ftdi driver: clock divisors, layouts, and the whole of it against the virtual board's FTDI probes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/ftdi/chip.hpp"
#include "adapter/ftdi/ftdi.hpp"
#include "base/errors.hpp"
#include "vboard/virtual_host.hpp"

namespace probity::ftdi_test {
namespace {

using ftdi::Level;
using ftdi::Pins;
using ftdi::Signal;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint32_t kDpidr = 0x2BA01477, kJtagIdcode = 0x4BA00477;  // RM0090: STM32F407

const ftdi::Chip& h_type() { return *ftdi::chip_of(0x0700); }
const ftdi::Chip& d_type() { return *ftdi::chip_of(0x0500); }

struct Divided {
  std::uint32_t wanted;
  bool by_5;
  unsigned divisor;
  std::uint32_t actual;
};

// AN_108 3.8.1: 60 MHz / ((1 + divisor) * 2), 12 MHz with the division by five.
TEST(FtdiClock, IsTheFastestThatIsNotAbove) {
  for (const Divided& row : {Divided{30'000'000, false, 0, 30'000'000},
                             {40'000'000, false, 0, 30'000'000},
                             {15'000'000, false, 1, 15'000'000},
                             {29'999'999, false, 1, 15'000'000},
                             {4'000'000, false, 7, 3'750'000},
                             {1'000'000, false, 29, 1'000'000},
                             {1'000, false, 29999, 1'000},
                             {457, true, 13129, 456},
                             {1, true, 65535, 91}}) {
    const auto set = clock_setting(h_type(), Hertz{row.wanted});
    EXPECT_EQ(set.divide_by_5, row.by_5) << row.wanted;
    EXPECT_EQ(set.divisor, row.divisor) << row.wanted;
    EXPECT_EQ(set.actual.value, row.actual) << row.wanted;
  }
  EXPECT_EQ(clock_setting(d_type(), Hertz{30'000'000}).actual.value, 6'000'000u);
  EXPECT_EQ(clock_setting(d_type(), Hertz{4'000'000}).divisor, 1u);
  EXPECT_EQ(ftdi::chip_of(0x0600), nullptr);  // FT232R has no MPSSE
}

TEST(FtdiLayout, DrivesAndLetsGo) {
  Pins pins(0x0808, 0x0A1B);
  const Signal transistor{.oe = 0x0200};  // nSRST -oe 0x0200
  pins.set("nSRST", transistor, Level::low);
  EXPECT_EQ(pins, Pins(0x0A08, 0x0A1B));
  pins.set("nSRST", transistor, Level::released);
  EXPECT_EQ(pins, Pins(0x0808, 0x0A1B));
  EXPECT_THROW(pins.set("nSRST", transistor, Level::high), AdapterError);

  const Signal pin{.data = 0x0100, .oe = 0x0100};  // nTRST -data 0x0100 -oe 0x0100: the pin itself is let go
  pins.set("nTRST", pin, Level::low);
  EXPECT_EQ(pins, Pins(0x0808, 0x0B1B));
  pins.set("nTRST", pin, Level::high);
  EXPECT_EQ(pins, Pins(0x0908, 0x0B1B));
  pins.set("nTRST", pin, Level::released);
  EXPECT_EQ(pins, Pins(0x0808, 0x0A1B));

  const Signal buffer{.data = 0x0001, .oe = 0x0002, .invert_data = true, .invert_oe = true};
  pins = Pins(0, 0x0003);
  pins.set("B", buffer, Level::low);
  EXPECT_EQ(pins, Pins(0x0001, 0x0003));
  pins.set("B", buffer, Level::high);
  EXPECT_EQ(pins, Pins(0x0000, 0x0003));
  pins.set("B", buffer, Level::released);
  EXPECT_EQ(pins, Pins(0x0003, 0x0003));

  EXPECT_THROW(pins.set("E", Signal{}, Level::low), AdapterError);
  EXPECT_THROW(pins.set("LED", Signal{.data = 0x0800}, Level::released), AdapterError);
  EXPECT_EQ(level_of("I", Signal{.input = 0x0030}, 0x0010), 0x0010);
  EXPECT_EQ(level_of("I", Signal{.input = 0x0030, .invert_input = true}, 0x0010), 0x0020);
}

// A virtual probe and what its interface file says.
struct Bench {
  explicit Bench(const std::string& spec) : host(spec), log(host.clock()) {
    log.set_output("/dev/null");
    log.add_listener([this](LogLevel, std::string_view line) { lines.emplace_back(line); });
    settings.speed = kilohertz(10000);
  }
  void signal(const std::string& name, const Signal& signal) {
    settings.options[std::string(ftdi::kSignalOption) + name] = text_of(signal);
  }
  void olimex() {
    settings.vid_pids = {{0x15BA, 0x002A}, {0x15BA, 0x0004}};
    settings.options["ftdi layout_init"] = fmt::format("{} {}", 0x0808, 0x0A1B);
    signal("nSRST", {.oe = 0x0200});
    signal("nTRST", {.data = 0x0100, .oe = 0x0100});
  }
  void module() {
    settings.vid_pids = {{0x0403, 0x6014}};
    settings.options["ftdi layout_init"] = fmt::format("{} {}", 0x0030, 0x003B);
    signal("nSRST", {.data = 0x0010, .oe = 0x0010});
    signal("SWD_EN", {});
    signal("SWDIO_OE", {});
  }
  void kt_link() {
    settings.vid_pids = {{0x0403, 0xBBE2}};
    settings.options["ftdi layout_init"] = fmt::format("{} {}", 0x8C28, 0xFF3B);
    signal("nTRST", {.data = 0x0100, .oe = 0x0400, .invert_oe = true});
    signal("nSRST", {.data = 0x0200, .oe = 0x0800, .invert_oe = true});
    signal("SWD_EN", {.data = 0x0020, .oe = 0x2000, .invert_data = true});
    signal("SWDIO_OE", {.data = 0x1000, .invert_data = true});
  }
  Adapter& open() {
    adapter = make_ftdi({host.usb(), host.hid(), *tcp, host.clock()}, settings, log);
    adapter->open();
    return *adapter;
  }
  ftdi::SignalControl& control() { return dynamic_cast<ftdi::SignalControl&>(*adapter); }
  DapLink& connect(Transport transport) {
    return open().connect(transport, {.taps = {{"chip.cpu", 4, {}, true}, {"chip.bs", 5, {}, true}}});
  }
  template <typename ErrorType>
  std::string error_of_open() {
    try {
      open();
    } catch (const ErrorType& e) {
      return e.what();
    }
    return "no error";
  }

  vboard::VirtualHost host;
  std::unique_ptr<TcpConnector> tcp = make_asio_tcp();
  Log log;
  std::vector<std::string> lines;
  AdapterSettings settings;
  std::unique_ptr<Adapter> adapter;
};

// Powers the debug domain up and writes and reads 2 KiB of RAM through the AHB-AP.
void expect_memory_works(DapLink& link) {
  constexpr std::size_t kWords = 512;
  std::vector<DapTransfer> batch = {
      DapTransfer::store(Port::dp, 4, 0x50000000), DapTransfer::store(Port::dp, 8, 0),
      DapTransfer::store(Port::ap, 0, 0x23000012), DapTransfer::store(Port::ap, 4, 0x20000000)};
  for (std::uint32_t i = 0; i < kWords; ++i) {
    if (i == 256) batch.push_back(DapTransfer::store(Port::ap, 4, 0x20000400));
    batch.push_back(DapTransfer::store(Port::ap, 0xC, 0x01234567u * (i + 1)));
  }
  ASSERT_EQ(link.run(batch), batch.size());
  batch = {DapTransfer::store(Port::ap, 4, 0x20000000)};
  for (std::uint32_t i = 0; i < kWords; ++i) {
    if (i == 256) batch.push_back(DapTransfer::store(Port::ap, 4, 0x20000400));
    batch.push_back(DapTransfer::load(Port::ap, 0xC));
  }
  ASSERT_EQ(link.run(batch), batch.size());
  std::erase_if(batch, [](const DapTransfer& t) { return !t.read; });
  for (std::uint32_t i = 0; i < kWords; ++i) ASSERT_EQ(batch[i].value, 0x01234567u * (i + 1)) << i;
}

TEST(FtdiDriver, JtagThroughAnOlimexProbe) {
  Bench bench("stm32f407vg,probe=ft2232h");
  bench.olimex();
  DapLink& link = bench.connect(Transport::jtag);
  EXPECT_EQ(link.reconnect(), kJtagIdcode);
  EXPECT_EQ(link.idcodes().size(), 2u);
  expect_memory_works(link);
  EXPECT_LT(bench.host.clock().now(), Milliseconds(100));  // nothing waited for the latency timer
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
}

TEST(FtdiDriver, JtagWithTdoSampledLate) {
  Bench bench("stm32f407vg,probe=ft2232h");
  bench.olimex();
  bench.settings.options["ftdi tdo_sample_edge"] = "falling";
  DapLink& link = bench.connect(Transport::jtag);
  EXPECT_EQ(link.reconnect(), kJtagIdcode);
  expect_memory_works(link);
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
}

TEST(FtdiDriver, JtagThroughTheOldFullSpeedChip) {
  Bench bench("stm32f407vg,probe=ft2232d");
  bench.olimex();
  DapLink& link = bench.connect(Transport::jtag);
  EXPECT_EQ(link.reconnect(), kJtagIdcode);
  expect_memory_works(link);
  EXPECT_EQ(bench.adapter->set_speed(kilohertz(30000)), Hertz{6'000'000});
  EXPECT_THROW(bench.adapter->set_speed(Hertz{0}), ConfigError);  // no adaptive clocking
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
}

TEST(FtdiDriver, SwdThroughAResistor) {
  Bench bench("stm32f407vg,probe=ft232h");
  bench.module();
  DapLink& link = bench.connect(Transport::swd);
  EXPECT_EQ(link.reconnect(), kDpidr);
  expect_memory_works(link);  // replies of a read are more than the chip's 1 KiB
  EXPECT_EQ(bench.adapter->set_speed(Hertz{0}), Hertz{0});
  EXPECT_EQ(link.reconnect(), kDpidr);  // clocked by what comes back on RTCK
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
}

TEST(FtdiDriver, SwdThroughABufferThatIsTurned) {
  Bench bench("stm32f407vg,probe=kt-link");
  bench.kt_link();
  DapLink& link = bench.connect(Transport::swd);
  EXPECT_EQ(link.reconnect(), kDpidr);
  expect_memory_works(link);
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
}

TEST(FtdiDriver, SwdNeedsToBeToldHowItIsWired) {
  Bench bench("stm32f407vg,probe=ft2232h-swd");
  bench.olimex();
  EXPECT_THROW(bench.connect(Transport::swd), ConfigError);
  bench.adapter.reset();
  bench.signal("SWD_EN", {});
  EXPECT_EQ(bench.connect(Transport::swd).reconnect(), kDpidr);
}

TEST(FtdiDriver, ResetsAsConfigured) {
  Bench bench("stm32f407vg,probe=ft232h");
  bench.module();
  bench.open();
  EXPECT_TRUE(bench.adapter->has_srst());
  EXPECT_FALSE(bench.host.board().nrst());
  bench.adapter->set_reset({.srst = true, .trst = {}});
  EXPECT_TRUE(bench.host.board().nrst());
  bench.adapter->set_reset({.srst = false, .trst = {}});
  EXPECT_FALSE(bench.host.board().nrst());
  bench.lines.clear();
  bench.adapter->set_reset({.srst = {}, .trst = true});
  EXPECT_THAT(bench.lines, ElementsAre("Error: Can't assert TRST: nTRST signal is not defined"));
}

// A transistor can only pull: nSRST of this layout is never driven high.
TEST(FtdiDriver, PushPullNeedsAPinThatCanBeHigh) {
  Bench bench("stm32f407vg,probe=ft2232h");
  bench.olimex();
  bench.settings.srst_push_pull = true;
  bench.open();
  EXPECT_THROW(bench.adapter->set_reset({.srst = false, .trst = {}}), AdapterError);
}

TEST(FtdiDriver, SignalsByName) {
  Bench bench("stm32f407vg,probe=ft232h");
  bench.module();
  bench.signal("RESET_SENSE", {.input = 0x0010});
  bench.open();
  bench.control().set_signal("nSRST", Level::low);
  EXPECT_TRUE(bench.host.board().nrst());
  EXPECT_EQ(bench.control().get_signal("RESET_SENSE"), 0);
  bench.control().set_signal("nSRST", Level::released);
  EXPECT_EQ(bench.control().get_signal("RESET_SENSE"), 0x0010);
  EXPECT_THROW(bench.control().set_signal("LED", Level::high), AdapterError);
  EXPECT_THROW(bench.control().get_signal("nSRST"), AdapterError);
  bench.control().define_signal("LED", {.data = 0x0040});
  bench.control().set_signal("LED", Level::high);
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
}

TEST(FtdiDriver, FindsTheProbeThatIsMeant) {
  Bench bench("stm32f407vg,probe=ft2232h;stm32f407vg,probe=ft2232h");
  EXPECT_EQ(bench.error_of_open<ConfigError>(), "Please specify ftdi vid_pid");
  bench.olimex();
  EXPECT_THAT(bench.error_of_open<AdapterError>(), HasSubstr("OLA00002"));  // two, and no choice
  bench.settings.serial = "OLA00002";
  EXPECT_EQ(bench.open().report()->location, "1-2");
  bench.adapter.reset();
  bench.settings.options["ftdi device_desc"] = "Another probe";
  EXPECT_THAT(bench.error_of_open<AdapterError>(),
              HasSubstr("unable to open ftdi device with vid 15ba, pid 002a, description 'Another probe', "
                        "serial 'OLA00002' at bus location '*'"));
  bench.settings.options["ftdi device_desc"] = "Olimex OpenOCD JTAG ARM-USB-TINY-H";
  bench.settings.options["ftdi channel"] = "2";
  EXPECT_THAT(bench.error_of_open<ConfigError>(), HasSubstr("no channel 2"));
}

TEST(FtdiDriver, UnpluggedSaysSo) {
  Bench bench("stm32f407vg,probe=ft2232h,fault=unplug@usb:20x1000");
  bench.olimex();
  DapLink& link = bench.connect(Transport::jtag);
  try {
    for (int i = 0; i < 20; ++i) link.reconnect();
    FAIL() << "nothing was unplugged";
  } catch (const DeviceGone& e) {
    EXPECT_THAT(e.what(), HasSubstr("FTDI 15ba:002a at 1-1, serial OLA00001 was unplugged"));
  }
}

TEST(FtdiDriver, WarnsOfFastJtag) {
  Bench bench("stm32f407vg,probe=ft2232h");
  bench.olimex();
  bench.connect(Transport::jtag);
  bench.lines.clear();
  bench.adapter->set_speed(kilohertz(9000));
  EXPECT_THAT(bench.lines, IsEmpty());
  bench.adapter->set_speed(kilohertz(10000));
  EXPECT_THAT(bench.lines, ElementsAre(HasSubstr("ftdi tdo_sample_edge falling")));
}

}  // namespace
}  // namespace probity::ftdi_test
