// Names of transports and drivers, and the choice of a probe on the bus.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "adapter/adapter.hpp"
#include "adapter/foreign_drivers.hpp"
#include "adapter/usb_selection.hpp"
#include "base/errors.hpp"
#include "vboard/virtual_host.hpp"

namespace probity::registry_test {
namespace {

using testing::HasSubstr;

template <typename E, typename Body>
std::string message_of(Body body) {
  try {
    body();
  } catch (const E& e) {
    return e.message();
  }
  return "nothing was thrown";
}

// What making an adapter fails with, where it must fail before it looks at any bus.
std::string made_by(const AdapterDriver& driver, const AdapterSettings& settings) {
  vboard::VirtualHost board("stm32f407vg");
  const std::unique_ptr<TcpConnector> tcp = make_asio_tcp();
  Log log(board.clock());
  return message_of<ConfigError>([&] {
    driver.make(Host{board.usb(), board.hid(), *tcp, board.clock()}, settings, log);
  });
}

TEST(Transports, NamesGoBothWays) {
  for (const char* name : {"swd", "jtag", "hla_swd", "hla_jtag", "dapdirect_swd", "dapdirect_jtag", "swim"}) {
    ASSERT_TRUE(transport_named(name)) << name;
    EXPECT_EQ(name_of(*transport_named(name)), name);
  }
  EXPECT_FALSE(transport_named("uart"));
  for (const Transport t : all_transports()) EXPECT_EQ(transport_named(name_of(t)), t);
}

TEST(Registry, BothStlinkNamesTakeEveryTransport) {
  for (const char* name : {"hla", "st-link"}) {
    for (const Transport t : {Transport::hla_swd, Transport::hla_jtag, Transport::dapdirect_swd,
                              Transport::dapdirect_jtag, Transport::swd, Transport::jtag}) {
      EXPECT_EQ(std::ranges::count(adapter_driver(name).transports, t), 1) << name << " " << name_of(t);
    }
  }
  EXPECT_EQ(adapter_driver("hla").transports.front(), Transport::hla_swd);
  EXPECT_EQ(adapter_driver("st-link").transports.front(), Transport::dapdirect_swd);
  EXPECT_EQ(adapter_driver("cmsis-dap").transports.front(), Transport::swd);
  EXPECT_EQ(adapter_driver("remote_bitbang").transports.front(), Transport::jtag);
}

TEST(Registry, AnUnknownDriverListsTheKnownOnes) {
  EXPECT_THAT(
      message_of<ConfigError>([] { adapter_driver("stlink"); }),
      HasSubstr("unknown adapter driver \"stlink\"; did you mean \"st-link\"?; known drivers: hla, st-link, "
                "cmsis-dap, "));
  EXPECT_THAT(message_of<ConfigError>([] { adapter_driver("soldered"); }),
              HasSubstr("unknown adapter driver \"soldered\"; known drivers: hla, "));
}

TEST(Registry, ADriverOfOthersIsAcceptedAndFailsWhenItIsMade) {
  const AdapterDriver& xds = adapter_driver("xds110");
  EXPECT_EQ(xds.transports, (std::vector<Transport>{Transport::swd, Transport::jtag}));
  EXPECT_EQ(std::ranges::count(adapter_drivers(), "xds110", &AdapterDriver::name), 0);
  const std::string text = made_by(xds, {});
  EXPECT_THAT(text, HasSubstr("adapter driver xds110: this program has no driver for the TI XDS110"));
  EXPECT_THAT(text, HasSubstr("There are drivers for: hla, st-link, cmsis-dap"));
}

TEST(Registry, NoNameIsBothOursAndOthers) {
  for (const AdapterDriver& foreign : foreign_adapter_drivers()) {
    EXPECT_EQ(std::ranges::count(adapter_drivers(), foreign.name, &AdapterDriver::name), 0) << foreign.name;
    EXPECT_FALSE(foreign.transports.empty()) << foreign.name;
  }
}

TEST(Registry, AnHlaLayoutOfOthersFailsWhenItIsMade) {
  AdapterSettings settings;
  settings.options["hla_layout"] = "ti-icdi";
  EXPECT_THAT(made_by(adapter_driver("hla"), settings),
              HasSubstr("hla_layout ti-icdi: this program has no driver"));
}

class Bus final : public UsbBus {
 public:
  explicit Bus(std::vector<UsbDeviceInfo> devices) : devices_(std::move(devices)) {}
  std::vector<UsbDeviceInfo> devices() override { return devices_; }
  std::unique_ptr<UsbDevice> open(const UsbDeviceInfo&) override { return nullptr; }

 private:
  std::vector<UsbDeviceInfo> devices_;
};

UsbDeviceInfo device(std::uint16_t vendor, std::uint16_t product, std::string location, std::string serial) {
  UsbDeviceInfo info;
  info.vendor = vendor;
  info.product = product;
  info.location = std::move(location);
  info.serial = std::move(serial);
  return info;
}

class UsbSelection : public testing::Test {
 protected:
  Bus bus_{{device(0x1D6B, 2, "1-0", ""), device(0x0483, 0x3748, "1-1", "AB12"),
            device(0x0483, 0x374B, "1-2.3", "AB1234"), device(0x0483, 0x374B, "1-4", "CD")}};
  AdapterSettings settings_;
  UsbProbeKind kind_{
      .name = "ST-LINK", .matches = [](const UsbDeviceInfo& d) { return d.vendor == 0x0483; }, .shown = {}};
  UsbDeviceInfo select() { return select_usb_probe(bus_, settings_, kind_); }
};

TEST_F(UsbSelection, SerialPicks) {
  settings_.serial = "CD";
  EXPECT_EQ(select().location, "1-4");
  settings_.serial = "C";  // a beginning that only one has
  EXPECT_EQ(select().location, "1-4");
  settings_.serial = "AB12";  // whole for one, a beginning for another
  EXPECT_EQ(select().location, "1-1");
}

TEST_F(UsbSelection, LocationAndVidPidPick) {
  settings_.usb_location = "1-2.3";
  EXPECT_EQ(select().serial, "AB1234");
  settings_.usb_location.clear();
  settings_.vid_pids = {{0x0483, 0x3748}};
  EXPECT_EQ(select().serial, "AB12");
}

TEST_F(UsbSelection, SeveralAreListed) {
  const std::string message = message_of<AdapterError>([&] { select(); });
  EXPECT_THAT(message, HasSubstr("3 probes fit (ST-LINK); choose one:"));
  EXPECT_THAT(message, HasSubstr("\n  ST-LINK 0483:374b at 1-2.3, serial AB1234\n"
                                 "    adapter serial AB1234  or  adapter usb location 1-2.3"));
}

TEST_F(UsbSelection, NoneSaysWhatWasWantedAndSeen) {
  settings_.serial = "XY";
  settings_.vid_pids = {{0x0483, 0x374B}};
  const std::string message = message_of<AdapterError>([&] { select(); });
  EXPECT_THAT(message, HasSubstr("no probe found: looked for ST-LINK with serial XY, vid:pid 0483:374b"));
  EXPECT_THAT(message, HasSubstr("\n  0483:3748 at 1-1, serial AB12"));
  Bus empty{{}};
  EXPECT_THAT(message_of<AdapterError>([&] { select_usb_probe(empty, settings_, kind_); }),
              HasSubstr("there are no USB devices at all"));
}

}  // namespace
}  // namespace probity::registry_test
