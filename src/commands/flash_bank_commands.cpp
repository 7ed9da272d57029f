// flash bank: declares a bank. The other flash commands are in flash_commands.cpp.
#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/table.hpp"
#include "session/session.hpp"

namespace probity {

namespace {

std::string bank(const Call& call) {
  if (call.args.size() < 7) {
    throw UsageError("name, driver, base, size, chip width, bus width and target are needed");
  }
  FlashBankConfig config;
  config.name = call.args[0];
  config.driver = call.args[1];
  config.base = args::address(call.args[2]);
  config.size = args::number32(call.args[3]);
  config.chip_width = static_cast<unsigned>(args::number(call.args[4], 64));
  config.bus_width = static_cast<unsigned>(args::number(call.args[5], 64));
  config.target = call.session.target_entry(call.args[6]).name;
  config.options.assign(call.args.begin() + 7, call.args.end());
  const FlashDriver& driver = flash_driver(config.driver);
  if (driver.check) driver.check(config);
  const auto& banks = call.session.flash_banks;
  if (std::ranges::any_of(banks, [&](const FlashEntry& e) { return e.config.name == config.name; })) {
    throw ConfigError(fmt::format("flash bank name '{}' already exists", config.name));
  }
  call.session.flash_banks.push_back({std::move(config), nullptr});
  return {};
}

}  // namespace

std::vector<CommandRow> flash_bank_rows() {
  return {{"flash bank", CommandMode::config,
           "bank_id driver_name base_address size_bytes chip_width_bytes bus_width_bytes target "
           "[driver_options ...]",
           "Declares a flash bank.", bank}};
}

}  // namespace probity
