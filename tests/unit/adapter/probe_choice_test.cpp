// Which probe is meant, and what is said when that is not clear: pure, and over a bus with several virtual
// boards.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapter/adapter.hpp"
#include "adapter/usb_selection.hpp"
#include "vboard/virtual_host.hpp"

namespace probity::probe_choice_test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

// What the device of an old V2 gives, in UTF-8; the digits that st-info prints for it; and "\x57\xff…" in a
// file.
const std::string kBinary = "W\xC3\xBFr\x06reWWB\x13 g";
const std::string kDigits = "57FF72067265575742132067";
const std::string kBytes = "W\xFFr\x06reWWB\x13 g";

TEST(SerialFit, TakesAnyBeginningInAnyCase) {
  EXPECT_EQ(fit_serial("066B", "066BFF51", "066BFF51"), SerialFit::prefix);
  EXPECT_EQ(fit_serial("066bff", "066BFF51", "066BFF51"), SerialFit::prefix);
  EXPECT_EQ(fit_serial("066bff51", "066BFF51", "066BFF51"), SerialFit::whole);
  EXPECT_EQ(fit_serial("066BFF51", "066BFF51", "066BFF51"), SerialFit::exact);
  EXPECT_EQ(fit_serial("66B", "066BFF51", "066BFF51"), SerialFit::none);
  EXPECT_EQ(fit_serial("066BFF510", "066BFF51", "066BFF51"), SerialFit::none);
  EXPECT_EQ(fit_serial("066B", "", ""), SerialFit::none);
}

TEST(SerialFit, TakesABinarySerialInEverySpelling) {
  EXPECT_EQ(shown_serial(kBinary), kDigits);
  EXPECT_EQ(fit_serial(kDigits, kBinary, kDigits), SerialFit::exact);
  EXPECT_EQ(fit_serial("57ff72", kBinary, kDigits), SerialFit::prefix);
  EXPECT_EQ(fit_serial(kBinary, kBinary, kDigits), SerialFit::exact);
  EXPECT_EQ(fit_serial(kBytes, kBinary, kDigits), SerialFit::exact);
  EXPECT_EQ(fit_serial("W\xFFr", kBinary, kDigits), SerialFit::prefix);
  EXPECT_EQ(fit_serial("W\xFEr", kBinary, kDigits), SerialFit::none);
}

SeenDevice device(std::string location, std::string serial) {
  SeenDevice d;
  d.vendor = 0x0483;
  d.product = 0x374B;
  d.location = std::move(location);
  d.serial = d.shown = std::move(serial);
  return d;
}

std::string error_of_choice(const std::vector<SeenDevice>& devices, const AdapterSettings& settings) {
  try {
    choose(devices, settings, "ST-LINK");
  } catch (const AdapterError& e) {
    return e.message();
  }
  return "no error";
}

TEST(Choice, ListsOnlyWhatFits) {
  const std::vector<SeenDevice> devices = {device("1-1", "0669AA"), device("1-2", "0669BB"),
                                           device("1-3", "51")};
  AdapterSettings settings;
  settings.serial = "0669";
  EXPECT_THAT(error_of_choice(devices, settings),
              AllOf(HasSubstr("2 probes fit (ST-LINK with serial 0669); choose one:"),
                    HasSubstr("adapter serial 0669BB  or  adapter usb location 1-2"),
                    testing::Not(HasSubstr("1-3"))));
  settings.serial = "0669b";
  EXPECT_EQ(choose(devices, settings, "ST-LINK"), 1U);
  settings.serial = "7";
  EXPECT_EQ(choose(devices, settings, "ST-LINK"), std::nullopt);
  settings.serial.clear();
  settings.usb_location = "1-3";
  EXPECT_EQ(choose(devices, settings, "ST-LINK"), 2U);
}

TEST(Choice, NamesOnlyWaysThatTellProbesApart) {
  // Clones share their serial; a HID's place may be unknown.
  const std::string clones = error_of_choice({device("1-1", "1"), device("1-2", "1")}, {});
  EXPECT_THAT(clones, HasSubstr("\n    adapter usb location 1-1"));
  EXPECT_THAT(clones, testing::Not(HasSubstr("adapter serial")));
  const std::string hids = error_of_choice({device("", "1"), device("", "2")}, {});
  EXPECT_THAT(hids, HasSubstr("\n    adapter serial 2"));
  EXPECT_THAT(hids, testing::Not(HasSubstr("adapter usb location")));
  EXPECT_THAT(error_of_choice({device("", ""), device("", "")}, {}), HasSubstr("unplug the others"));
}

// Several boards' probes on one bus, each with a location and a serial of its own.
class JoinedUsb final : public UsbBus {
 public:
  struct Entry {
    vboard::VirtualHost* board;
    std::string location, serial, holder;
  };
  explicit JoinedUsb(std::vector<Entry> entries) : entries_(std::move(entries)) {}
  std::vector<UsbDeviceInfo> devices() override {
    std::vector<UsbDeviceInfo> all;
    for (const Entry& e : entries_) {
      for (UsbDeviceInfo d : e.board->usb().devices()) {
        d.location = e.location;
        d.address = static_cast<unsigned>(all.size() + 1);
        d.serial = e.serial;
        all.push_back(std::move(d));
      }
    }
    return all;
  }
  std::unique_ptr<UsbDevice> open(const UsbDeviceInfo& info) override {
    for (const Entry& e : entries_) {
      if (e.location != info.location) continue;
      opened.push_back(e.location);
      if (!e.holder.empty()) throw DeviceBusy(info.label + " is in use by " + e.holder, e.holder);
      return e.board->usb().open(e.board->usb().devices().front());
    }
    throw DeviceGone("gone");
  }
  std::vector<std::string> opened;

 private:
  std::vector<Entry> entries_;
};

class SeveralProbes : public testing::Test {
 protected:
  SeveralProbes() { log_.set_output("/dev/null"); }
  Host host() { return {usb_, v1_.hid(), *tcp_, v2_1_.clock()}; }
  std::unique_ptr<Adapter> open(const char* driver, const AdapterSettings& settings) {
    auto adapter = adapter_driver(driver).make(host(), settings, log_);
    adapter->open();
    return adapter;
  }
  std::string error_of(const char* driver, const AdapterSettings& settings) {
    try {
      open(driver, settings);
    } catch (const AdapterError& e) {
      return e.message();
    }
    return "no error";
  }

  vboard::VirtualHost v2_{"stm32f407vg,probe=stlink-v2"}, v2_1_{"stm32f407vg,probe=stlink-v2-1"},
      v3_{"stm32f407vg,probe=stlink-v3"}, v1_{"stm32f407vg,probe=cmsis-dap-v1"},
      bulk_{"stm32f407vg,probe=cmsis-dap-v2"};
  JoinedUsb usb_{{{&v2_, "1-1", kBinary, ""},
                  {&v2_1_, "1-2", "0669FF515055657867214418", ""},
                  {&v3_, "1-4.1", "0044002A", "openocd (process 4711)"},
                  {&bulk_, "2-1", "0002A0000000", ""}}};
  std::unique_ptr<TcpConnector> tcp_ = make_asio_tcp();
  Log log_{v2_1_.clock()};
};

TEST_F(SeveralProbes, StlinksAreChosenBySerialLocationAndIds) {
  AdapterSettings settings;
  EXPECT_THAT(error_of("hla", settings), AllOf(HasSubstr("3 probes fit (ST-LINK)"), HasSubstr(kDigits)));
  settings.serial = "0669ff";
  open("hla", settings);
  settings.serial = "57ff";
  open("st-link", settings);
  settings.serial = kBytes;
  open("st-link", settings);
  settings.serial.clear();
  settings.usb_location = "1-2";
  open("hla", settings);
  settings.usb_location.clear();
  settings.vid_pids = {{0x0483, 0x3748}};
  open("hla", settings);
  EXPECT_THAT(usb_.opened, ElementsAre("1-2", "1-1", "1-1", "1-2", "1-1"));
}

TEST_F(SeveralProbes, BothCmsisDapVersionsAreChosenAlike) {
  AdapterSettings settings;
  EXPECT_THAT(error_of("cmsis-dap", settings),
              AllOf(HasSubstr("2 probes fit (CMSIS-DAP)"), HasSubstr("adapter serial 0001A0000000"),
                    HasSubstr("adapter serial 0002A0000000  or  adapter usb location 2-1")));
  settings.serial = "0001a";
  open("cmsis-dap", settings);
  EXPECT_THAT(usb_.opened, ElementsAre());
  settings.serial = "0002";
  open("cmsis-dap", settings);
  EXPECT_THAT(usb_.opened, ElementsAre("2-1"));
  settings.serial.clear();
  settings.options["cmsis-dap backend"] = "hid";
  open("cmsis-dap", settings);
  settings.options.clear();
  settings.usb_location = "2-1";
  open("cmsis-dap", settings);
  settings.usb_location = "3-1";
  EXPECT_THAT(error_of("cmsis-dap", settings), HasSubstr("CMSIS-DAP device at USB location 3-1"));
}

TEST_F(SeveralProbes, OneThatIsHeldSaysByWhom) {
  AdapterSettings settings;
  settings.serial = "0044";
  EXPECT_THAT(error_of("hla", settings),
              testing::MatchesRegex(
                  "ST-LINK 0483:37.. at 1-4.1, serial 0044002A is in use by openocd .process 4711."));
}

TEST_F(SeveralProbes, AreAllListed) {
  const auto reports = list_probes(host(), {}, log_);
  std::vector<std::string> rows;
  for (const ProbeReport& r : reports) {
    rows.push_back(fmt::format("{} {} {} {} {} {}", r.kind, r.serial, r.firmware,
                               r.vendor != 0 && r.product != 0, r.millivolts.value_or(0), r.state));
  }
  EXPECT_THAT(
      rows, ElementsAre(fmt::format("ST-LINK/V2 {} V2J37S7 true 3300 free", kDigits),
                        "CMSIS-DAP/v1 0001A0000000 1.0 true 0 free",
                        "ST-LINK/V2-1 0669FF515055657867214418 V2J37M26 true 3300 free",
                        testing::MatchesRegex("STLINK-V3.* 0044002A  true 0 held by openocd .process 4711."),
                        "CMSIS-DAP/v2 0002A0000000 1.0 true 0 free"));
  EXPECT_EQ(reports[3].location, "1-4.1");
  // Nobody is disturbed, and the next one finds it as it was.
  for (const auto* board : {&v2_, &v2_1_, &bulk_, &v1_})
    EXPECT_THAT(board->probe_errors(), testing::IsEmpty());
  EXPECT_EQ(list_probes(host(), {}, log_).size(), 5U);
}

TEST(ProbeTable, HasAlignedColumns) {
  EXPECT_EQ(table_of({{"ST-LINK/V2-1", 0x0483, 0x374B, "1-2", "0669FF", "V2J37M26", 3304, "free"},
                      {"CMSIS-DAP/v1", 0xC251, 0xF001, "", "", "", {}, "held by pyocd (process 7)"}}),
            "ST-LINK/V2-1  0483:374b  usb 1-2  serial 0669FF  firmware V2J37M26  3.30 V  free\n"
            "CMSIS-DAP/v1  c251:f001  usb -    serial -       firmware -         - V     held by pyocd "
            "(process 7)");
  EXPECT_EQ(table_of({}), "");
}

TEST_F(SeveralProbes, OneOfOursIsNotOpenedAgain) {
  AdapterSettings settings;
  settings.serial = "0669";
  const auto mine = open("hla", settings);
  ASSERT_TRUE(mine->report());
  const auto reports = list_probes(host(), mine->report(), log_);
  EXPECT_EQ(reports[2].state, "held by this process");
  EXPECT_EQ(reports[2].firmware, "V2J37M26");
  EXPECT_EQ(reports[2].millivolts, 3300U);
  EXPECT_EQ(reports[0].state, "free");
}

}  // namespace
}  // namespace probity::probe_choice_test
