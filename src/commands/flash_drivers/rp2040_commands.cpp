// rp2xxx rom_api_call, _switch_target: Raspberry Pi RP2040 and RP2350, as OpenOCD has them since 0.12.0.
#include <fmt/format.h>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/flash_commands.hpp"
#include "flash/raspberry_pi/rp2040_bank.hpp"
#include "session/session.hpp"

namespace probity {

namespace {

std::string rp2xxx_rom_api_call(const Call& call) {
  args::expect(call.args, 1, 5);
  if (call.args[0].size() != 2)
    throw UsageError(fmt::format("'{}' is no code of a ROM function: two letters (RP, FC …)", call.args[0]));
  std::vector<std::uint32_t> arguments;
  for (const std::string& word : call.args.subspan(1)) arguments.push_back(args::number32(word));
  const std::string& target = call.session.current().name;
  for (const FlashEntry& entry : call.session.flash_banks) {
    auto* bank = dynamic_cast<rp::RpBank*>(entry.bank.get());
    if (bank == nullptr || entry.config.target != target) continue;
    bank->call_rom(call.args[0], arguments);
    return {};
  }
  throw UsageError(fmt::format("[{}] No associated RP2xxx flash bank found", target));
}

// Files call it to give the flash to the core that is in use, Arm or RISC-V; this program has the Arm ones
// only, and a bank keeps the target that it was declared for.
std::string rp2xxx_switch_target(const Call& call) {
  args::expect(call.args, 2, 2);
  for (const std::string& name : call.args) call.session.target_entry(name);
  for (const FlashEntry& entry : call.session.flash_banks) {
    if (entry.config.driver == "rp2xxx" && entry.config.target == call.args[1]) return {};
  }
  throw ConfigError(
      fmt::format("no flash bank of driver rp2xxx is of target {}, and none can be given to it; "
                  "declare it so: flash bank NAME rp2xxx 0x10000000 0 0 0 {}",
                  call.args[1], call.args[1]));
}

}  // namespace

std::vector<CommandRow> rp2040_rows() {
  constexpr auto kExec = CommandMode::exec;
  return {
      {"rp2xxx rom_api_call", kExec, "fc [p0 [p1 [p2 [p3]]]]",
       "Calls a function of the boot ROM by its code.", rp2xxx_rom_api_call},
      {"rp2xxx _switch_target", kExec, "old_target new_target",
       "Looks that the flash is the new target's; for configuration files.", rp2xxx_switch_target},
  };
}

}  // namespace probity
