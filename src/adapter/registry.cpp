// The drivers: one row each.
#include <algorithm>
#include <numeric>

#include "adapter/adapter.hpp"
#include "adapter/cmsis_dap/cmsis_dap.hpp"
#include "adapter/remote_bitbang/remote_bitbang.hpp"
#include "adapter/stlink/stlink.hpp"
#include "base/errors.hpp"

namespace probity {

namespace {

// Levenshtein's distance: how many letters must be added, dropped or changed.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t change = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, change});
    }
  }
  return row.back();
}

}  // namespace

const std::vector<AdapterDriver>& adapter_drivers() {
  using enum Transport;
  // Both names of the ST-LINK take all its transports: interface/stlink.cfg with "transport select
  // dapdirect_swd", and interface/stlink-dap.cfg with hla_swd, are both in use.
  static const std::vector<AdapterDriver> kDrivers = {
      {"hla", {hla_swd, hla_jtag, dapdirect_swd, dapdirect_jtag, swd, jtag}, make_stlink},
      {"st-link", {dapdirect_swd, dapdirect_jtag, swd, jtag, hla_swd, hla_jtag}, make_stlink},
      {"cmsis-dap", {swd, jtag}, make_cmsis_dap},
      {"remote_bitbang", {jtag, swd}, make_remote_bitbang},
  };
  return kDrivers;
}

const AdapterDriver& adapter_driver(std::string_view name) {
  const auto& drivers = adapter_drivers();
  const auto found = std::ranges::find(drivers, name, &AdapterDriver::name);
  if (found != drivers.end()) return *found;
  std::string known;
  for (const AdapterDriver& d : drivers) known += fmt::format("{}{}", known.empty() ? "" : ", ", d.name);
  const auto near =
      std::ranges::min_element(drivers, {}, [&](const auto& d) { return distance(name, d.name); });
  const bool alike = distance(name, near->name) <= 2;
  throw ConfigError(fmt::format("unknown adapter driver \"{}\"{}; known drivers: {}", name,
                                alike ? fmt::format(", did you mean \"{}\"?", near->name) : "", known));
}

}  // namespace probity
