// Flash drivers that OpenOCD has and this program has not. A configuration file may declare banks of them, so
// that its chip can be debugged; every operation on such a bank says clearly that there is no driver.
#pragma once

#include <vector>

#include "flash/bank.hpp"

namespace probity {

// Rows like those of flash_drivers(): `check` holds the bank to what OpenOCD 0.12.0 demands of its words, and
// every call of a bank that `make` made throws FlashError, but for those that only show its configuration.
const std::vector<FlashDriver>& foreign_flash_drivers();

}  // namespace probity
