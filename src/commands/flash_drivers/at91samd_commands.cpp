// at91samd chip-erase, set-security, eeprom, bootloader, nvmuserrow, dsu_reset_deassert: Microchip SAM D, R,
// L, C. As with OpenOCD they mean the current target's chip, with or without a flash bank.
#include <fmt/format.h>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/flash_commands.hpp"
#include "flash/microchip/at91samd_controller.hpp"
#include "session/session.hpp"

namespace probity {

namespace {

// What errors call the flash: its bank's name, as commands take it.
samd::Controller samd_controller(const Call& call) {
  const TargetEntry& entry = call.session.current();
  std::string name = entry.name;
  for (const FlashEntry& bank : call.session.flash_banks) {
    if (bank.config.target == entry.name && bank.config.driver == "at91samd") name = bank.config.name;
  }
  return {call.session.target(), call.session.clock(), name};
}

void require_samd_halted(const Call& call) {
  const TargetState state = call.session.target().state();
  if (state != TargetState::halted) throw TargetError("Target not halted", std::string(name_of(state)));
}

// Bits `first`.. of the user row's first 64.
struct UserRowField {
  unsigned first, width;
};
constexpr UserRowField kBootprot{0, 3}, kEeprom{4, 3};

unsigned user_row_code(samd::Controller& controller, UserRowField field) {
  return static_cast<unsigned>(controller.user_row() >> field.first & ((1u << field.width) - 1));
}

void change_user_row_code(samd::Controller& controller, UserRowField field, unsigned code) {
  const std::uint64_t mask = std::uint64_t{(1u << field.width) - 1} << field.first;
  controller.change_user_row(std::uint64_t{code} << field.first, mask);
}

std::string samd_chip_erase(const Call& call) {
  args::expect(call.args, 0, 0);
  samd::Controller controller = samd_controller(call);
  controller.start_chip_erase();
  call.session.log().user("chip erase started");
  controller.wait_chip_erase();
  return {};
}

std::string samd_set_security(const Call& call) {
  if (call.args.empty() || call.args[0] != "enable")
    throw UsageError("supply the \"enable\" argument to proceed.");
  args::expect(call.args, 1, 1);
  require_samd_halted(call);
  samd_controller(call).secure();
  return "chip secured on next power-cycle";
}

std::string samd_eeprom(const Call& call) {
  args::expect(call.args, 0, 1);
  require_samd_halted(call);
  samd::Controller controller = samd_controller(call);
  if (call.args.empty()) {
    const std::uint32_t size = samd::eeprom_size(user_row_code(controller, kEeprom));
    return size == 0 ? "EEPROM is disabled" : fmt::format("EEPROM size is {} bytes", size);
  }
  const unsigned code = samd::eeprom_code(args::number32(call.args[0]));
  if (code == samd::kNoCode)
    throw UsageError("Invalid EEPROM size.  Please see datasheet for a list valid sizes.");
  change_user_row_code(controller, kEeprom, code);
  return {};
}

std::string samd_bootloader(const Call& call) {
  args::expect(call.args, 0, 1);
  require_samd_halted(call);
  samd::Controller controller = samd_controller(call);
  const std::uint32_t page = controller.pages().size;
  if (call.args.empty()) {
    const std::uint32_t size = samd::bootloader_size(user_row_code(controller, kBootprot), page);
    return fmt::format("Bootloader size is {} bytes ({} rows)", size, size / (page * samd::kPagesARow));
  }
  const unsigned code = samd::bootloader_code(args::number32(call.args[0]), page);
  if (code == samd::kNoCode)
    throw UsageError("Invalid bootloader size.  Please see datasheet for a list valid sizes.");
  change_user_row_code(controller, kBootprot, code);
  return {};
}

std::string samd_nvmuserrow(const Call& call) {
  if (call.args.size() > 2) throw UsageError("Too much Arguments given.");
  samd::Controller controller = samd_controller(call);
  if (!call.args.empty()) {
    require_samd_halted(call);
    constexpr std::uint64_t kWithoutLocks = 0x0000FFFFFFFFFFFF;  // those are `flash protect`'s
    std::uint64_t mask = samd::user_row_mask(controller.device_id()) & kWithoutLocks;
    if (mask == 0) throw ConfigError("Couldn't determine the mask for reserved bits.");
    const std::uint64_t value = args::number(call.args[0]);
    if (call.args.size() == 2) mask &= args::number(call.args[1]);
    controller.change_user_row(value, mask);
  }
  return fmt::format("NVMUSERROW: 0x{:016X}", controller.user_row());
}

// Out of a reset by its pin the DSU keeps the core in reset where SWCLK was low then.
std::string samd_reset_deassert(const Call& call) {
  args::expect(call.args, 0, 0);
  TargetEntry& entry = call.session.current();
  if (!call.session.target().examined()) {
    try {
      call.session.examine(entry);
    } catch (const TargetError& e) {
      call.session.log().debug("before the DSU lets the core go: {}", e.what());
    }
  }
  samd_controller(call).release_core();
  return {};
}

}  // namespace

std::vector<CommandRow> at91samd_rows() {
  constexpr auto kExec = CommandMode::exec;
  return {
      {"at91samd dsu_reset_deassert", kExec, "", "Ends the reset that the DSU holds the core in.",
       samd_reset_deassert},
      {"at91samd chip-erase", kExec, "",
       "Erases all flash by the DSU; opens a chip with its security bit set.", samd_chip_erase},
      {"at91samd set-security", kExec, "'enable'",
       "Sets the security bit: flash cannot be read any more until the chip is erased.", samd_set_security},
      {"at91samd eeprom", kExec, "[size_in_bytes]",
       "Shows or sets the size of the emulated EEPROM (user row; counts from the next reset).", samd_eeprom},
      {"at91samd bootloader", kExec, "[size_in_bytes]",
       "Shows or sets the size of the protected bootloader section (user row; counts from the next reset).",
       samd_bootloader},
      {"at91samd nvmuserrow", kExec, "[value] [mask]",
       "Shows or changes the user row's first 64 bits; only bits set in the mask change, and never reserved "
       "ones or region locks.",
       samd_nvmuserrow},
  };
}

}  // namespace probity
