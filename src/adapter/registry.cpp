// The drivers: one row each.
#include <fmt/ranges.h>

#include <algorithm>

#include "adapter/adapter.hpp"
#include "adapter/cmsis_dap/cmsis_dap.hpp"
#include "adapter/foreign_drivers.hpp"
#include "adapter/ftdi/ftdi.hpp"
#include "adapter/gpio/gpio.hpp"
#include "adapter/jlink/jlink.hpp"
#include "adapter/remote_bitbang/remote_bitbang.hpp"
#include "adapter/stlink/stlink.hpp"
#include "base/errors.hpp"
#include "base/suggest.hpp"

namespace probity {

namespace {

std::unique_ptr<Adapter> make_hla(const Host& host, const AdapterSettings& settings, Log& log) {
  require_own_hla_layout(settings);
  return make_stlink(host, settings, log);
}

}  // namespace

const std::vector<AdapterDriver>& adapter_drivers() {
  using enum Transport;
  // Both names of the ST-LINK take all its transports: interface/stlink.cfg with "transport select
  // dapdirect_swd", and interface/stlink-dap.cfg with hla_swd, are both in use.
  static const std::vector<AdapterDriver> kDrivers = {
      {"hla", {hla_swd, hla_jtag, dapdirect_swd, dapdirect_jtag, swd, jtag}, make_hla, list_stlinks},
      {"st-link", {dapdirect_swd, dapdirect_jtag, swd, jtag, hla_swd, hla_jtag, swim}, make_stlink},
      {"cmsis-dap", {swd, jtag}, make_cmsis_dap, list_cmsis_daps},
      {"jlink", {jtag, swd}, make_jlink, list_jlinks},
      {"remote_bitbang", {jtag, swd}, make_remote_bitbang},
      {"ftdi", {jtag, swd}, make_ftdi, list_ftdis},
      {"linuxgpiod", {swd, jtag}, make_linuxgpiod},
      {"sysfsgpio", {jtag, swd}, make_sysfsgpio},
      {"bcm2835gpio", {jtag, swd}, make_bcm2835gpio},
      {"am335xgpio", {jtag, swd}, make_am335xgpio},
      {"imx_gpio", {jtag, swd}, make_imx_gpio},
  };
  return kDrivers;
}

std::vector<ProbeReport> list_probes(const Host& host, const std::optional<ProbeReport>& mine, Log& log) {
  std::vector<ProbeReport> all;
  for (const AdapterDriver& driver : adapter_drivers()) {
    if (!driver.list) continue;
    for (ProbeReport& report : driver.list(host, mine, log)) all.push_back(std::move(report));
  }
  std::ranges::sort(all, {}, &ProbeReport::location);
  return all;
}

const AdapterDriver& adapter_driver(std::string_view name) {
  const auto& drivers = adapter_drivers();
  const auto found = std::ranges::find(drivers, name, &AdapterDriver::name);
  if (found != drivers.end()) return *found;
  const auto& foreign = foreign_adapter_drivers();
  const auto without_code = std::ranges::find(foreign, name, &AdapterDriver::name);
  if (without_code != foreign.end()) return *without_code;
  std::vector<std::string> known;
  known.reserve(drivers.size());
  for (const AdapterDriver& d : drivers) known.emplace_back(d.name);
  throw ConfigError(fmt::format("unknown adapter driver \"{}\"{}; known drivers: {}", name,
                                did_you_mean(name, known), fmt::join(known, ", ")));
}

}  // namespace probity
