// Selection of a CMSIS-DAP probe, what is logged of it, its reset wires.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/cmsis_dap/cmsis_dap.hpp"
#include "base/errors.hpp"
#include "vboard/virtual_host.hpp"

namespace probity::cmsis_dap_driver_test {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct NoTcp final : TcpConnector {
  std::unique_ptr<TcpStream> connect(const std::string& host, std::uint16_t port, Milliseconds) override {
    throw AdapterError("cannot reach " + host + ":" + std::to_string(port));
  }
};

struct Bench {
  explicit Bench(const std::string& spec) : host(spec), log(host.clock()) {
    log.set_output("/dev/null");
    log.add_listener([this](LogLevel, std::string_view line) { lines.emplace_back(line); });
  }
  std::unique_ptr<Adapter> adapter(const AdapterSettings& settings = {}) {
    return make_cmsis_dap({host.usb(), host.hid(), tcp, host.clock()}, settings, log);
  }
  template <typename ErrorType>
  std::string error_of_open(const AdapterSettings& settings) {
    try {
      adapter(settings)->open();
    } catch (const ErrorType& e) {
      return e.what();
    }
    return "no error";
  }
  vboard::VirtualHost host;
  NoTcp tcp;
  Log log;
  std::vector<std::string> lines;
};

AdapterSettings with(const std::string& word, const std::string& value) {
  AdapterSettings settings;
  settings.options[word] = value;
  return settings;
}

TEST(CmsisDapDriver, LogsWhatOpenOcdLogs) {
  Bench bench("stm32f407vg,probe=cmsis-dap-v2");
  auto adapter = bench.adapter();
  adapter->open();
  EXPECT_THAT(bench.lines, ElementsAre("Info : Using CMSIS-DAPv2 interface with VID:PID=0xc251:0xf00a, "
                                       "serial=0002A0000000"));
  const auto about = adapter->describe();
  ASSERT_GE(about.size(), 3u);
  EXPECT_EQ(about[0], "CMSIS-DAP: SWD supported");
  EXPECT_EQ(about[1], "CMSIS-DAP: JTAG supported");
  EXPECT_THAT(about, Contains("CMSIS-DAP: FW Version = 2.1.1"));
  EXPECT_EQ(about.back(), "CMSIS-DAP: Serial# = 0002A0000000");
  bench.lines.clear();
  adapter->connect(Transport::swd, {});
  ASSERT_EQ(bench.lines.size(), 3u);
  EXPECT_EQ(bench.lines[0], "Info : CMSIS-DAP: Interface Initialised (SWD)");
  EXPECT_THAT(bench.lines[1],
              testing::MatchesRegex("Info : SWCLK/TCK = [01] SWDIO/TMS = [01] TDI = [01] TDO = [01] "
                                    "nTRST = [01] nRESET = 1"));
  EXPECT_EQ(bench.lines[2], "Info : CMSIS-DAP: Interface ready");
  adapter.reset();
  EXPECT_THAT(bench.host.probe_errors(), IsEmpty());
}

TEST(CmsisDapDriver, NoneFoundListsWhatIsThere) {
  Bench bench("stm32f407vg,probe=stlink-v2-1");
  const std::string text = bench.error_of_open<AdapterError>({});
  EXPECT_THAT(text, HasSubstr("unable to find a matching CMSIS-DAP device"));
  EXPECT_THAT(text, HasSubstr("0483:374b"));
}

TEST(CmsisDapDriver, SelectsBySerialAndId) {
  Bench bench("stm32f407vg,probe=cmsis-dap-v2");
  AdapterSettings settings;
  settings.serial = "0002A0000000";
  settings.vid_pids = {{0x1234, 0x5678}, {0xC251, 0xF00A}};
  bench.adapter(settings)->open();
  settings.serial = "nobody";
  EXPECT_THAT(bench.error_of_open<AdapterError>(settings), HasSubstr("with serial nobody"));
  settings = {};
  settings.vid_pids = {{0x1234, 0x5678}};
  EXPECT_THAT(bench.error_of_open<AdapterError>(settings), HasSubstr("1234:5678"));
}

TEST(CmsisDapDriver, BackendIsObeyed) {
  Bench v2("stm32f407vg,probe=cmsis-dap-v2");
  EXPECT_THAT(v2.error_of_open<AdapterError>(with("cmsis-dap backend", "hid")), HasSubstr("unable to find"));
  v2.adapter(with("cmsis-dap backend", "usb_bulk"))->open();
  EXPECT_THAT(v2.error_of_open<ConfigError>(with("cmsis-dap backend", "usb")),
              HasSubstr("auto usb_bulk hid tcp"));
  EXPECT_THAT(v2.error_of_open<ConfigError>(with("cmsis-dap backend", "tcp")),
              HasSubstr("cmsis-dap tcp host"));
  AdapterSettings tcp = with("cmsis-dap backend", "tcp");
  tcp.options["cmsis-dap tcp host"] = "probe.example";
  EXPECT_THAT(v2.error_of_open<AdapterError>(tcp), HasSubstr("probe.example:4441"));
  tcp.options["cmsis-dap tcp port"] = "70000";
  EXPECT_THAT(v2.error_of_open<ConfigError>(tcp), HasSubstr("70000"));
}

TEST(CmsisDapDriver, DrivesReset) {
  Bench bench("stm32f407vg,probe=cmsis-dap-v2");
  auto adapter = bench.adapter();
  adapter->open();
  adapter->connect(Transport::swd, {});
  adapter->set_reset({.srst = true, .trst = {}});
  EXPECT_TRUE(bench.host.board().nrst());
  adapter->set_reset({.srst = false, .trst = false});
  EXPECT_FALSE(bench.host.board().nrst());
}

TEST(CmsisDapDriver, ConnectsUnderReset) {
  Bench bench("stm32f407vg,probe=cmsis-dap-v2");
  auto adapter = bench.adapter();
  adapter->open();
  adapter->set_reset({.srst = true, .trst = {}});
  adapter->connect(Transport::swd, {});
  EXPECT_TRUE(bench.host.board().nrst());
}

TEST(CmsisDapDriver, RefusesTransportsItHasNot) {
  Bench bench("stm32f407vg,probe=cmsis-dap-v2");
  auto adapter = bench.adapter();
  adapter->open();
  EXPECT_THROW(adapter->connect(Transport::hla_swd, {}), ConfigError);
  EXPECT_THROW(adapter->connect(Transport::jtag, {}), ConfigError);  // no TAP declared
  EXPECT_THROW(adapter->set_speed(Hertz{0}), ConfigError);
}

}  // namespace
}  // namespace probity::cmsis_dap_driver_test
