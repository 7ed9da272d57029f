// The drivers: one row each.
#include <fmt/ranges.h>

#include <algorithm>

#include "adapter/adapter.hpp"
#include "adapter/cmsis_dap/cmsis_dap.hpp"
#include "adapter/remote_bitbang/remote_bitbang.hpp"
#include "adapter/stlink/stlink.hpp"
#include "base/errors.hpp"
#include "base/suggest.hpp"

namespace probity {

const std::vector<AdapterDriver>& adapter_drivers() {
  using enum Transport;
  // Both names of the ST-LINK take all its transports: interface/stlink.cfg with "transport select
  // dapdirect_swd", and interface/stlink-dap.cfg with hla_swd, are both in use.
  static const std::vector<AdapterDriver> kDrivers = {
      {"hla", {hla_swd, hla_jtag, dapdirect_swd, dapdirect_jtag, swd, jtag}, make_stlink, list_stlinks},
      {"st-link", {dapdirect_swd, dapdirect_jtag, swd, jtag, hla_swd, hla_jtag}, make_stlink},
      {"cmsis-dap", {swd, jtag}, make_cmsis_dap, list_cmsis_daps},
      {"remote_bitbang", {jtag, swd}, make_remote_bitbang},
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
  std::vector<std::string> known;
  known.reserve(drivers.size());
  for (const AdapterDriver& d : drivers) known.emplace_back(d.name);
  throw ConfigError(fmt::format("unknown adapter driver \"{}\"{}; known drivers: {}", name,
                                did_you_mean(name, known), fmt::join(known, ", ")));
}

}  // namespace probity
