// nrf5 and nrf51 mass_erase, info: Nordic nRF51 and nRF52.
#include <fmt/format.h>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/flash_commands.hpp"
#include "flash/nordic/nrf5_bank.hpp"
#include "session/session.hpp"

namespace probity {

namespace {

// The flash of the current target's chip: these commands name no bank.
nrf5::Nrf5Bank& current_bank(const Call& call) {
  args::expect(call.args, 0, 0);
  const std::string& target = call.session.current().name;
  for (const FlashEntry& entry : call.session.flash_banks) {
    auto* bank = dynamic_cast<nrf5::Nrf5Bank*>(entry.bank.get());
    if (bank != nullptr && entry.config.target == target && entry.config.base == nrf5::kFlash) return *bank;
  }
  throw UsageError(
      fmt::format("target {} has no flash bank of driver nrf5 at 0x{:08x}", target, nrf5::kFlash));
}

std::string mass_erase(const Call& call) {
  current_bank(call).mass_erase();
  return {};
}

std::string info(const Call& call) { return current_bank(call).information(); }

}  // namespace

std::vector<CommandRow> nrf5_rows() {
  constexpr auto kExec = CommandMode::exec;
  constexpr std::string_view kErase = "Erases flash and UICR.", kInfo = "Shows FICR and UICR.";
  return {
      {"nrf5 mass_erase", kExec, "", kErase, mass_erase},
      {"nrf5 info", kExec, "", kInfo, info},
      {"nrf51 mass_erase", kExec, "", kErase, mass_erase},
      {"nrf51 info", kExec, "", kInfo, info},
  };
}

}  // namespace probity
