// Drivers of other OpenOCD builds that this program has no code for. A configuration file may name them and
// their transports, so that it loads; opening the adapter says clearly that there is no driver.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "adapter/adapter.hpp"

namespace probity {

// Rows like those of adapter_drivers(), whose `make` throws ConfigError naming the product and what there is
// instead.
const std::vector<AdapterDriver>& foreign_adapter_drivers();

// Values of `hla_layout` for probes that this program has no driver for; a session with one of them fails as
// the drivers above do.
struct ForeignLayout {
  std::string_view name;
  std::string_view product;
};
std::span<const ForeignLayout> foreign_hla_layouts();

// Throws the ConfigError where the settings choose such a layout.
void require_own_hla_layout(const AdapterSettings& settings);

}  // namespace probity
