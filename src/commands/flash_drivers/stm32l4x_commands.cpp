// stm32l4x lock, unlock, mass_erase, option_read, option_write, option_load, trustzone, wrp_info, otp,
// flashinfo: L4, L4+, L5, G0, G4, WB, WL, C0, U0, U3, U5 and WBA.
#include <fmt/format.h>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/flash_commands.hpp"
#include "commands/flash_support.hpp"
#include "commands/otp_command.hpp"
#include "flash/stm32/l4_bank.hpp"
#include "flash/stm32/l4_otp.hpp"

namespace probity {

using namespace flash_support;

namespace {

// `what` cannot be done with OTP memory.
stm32::L4Bank& main_bank(const Call& call, std::string_view what) {
  FlashBank& bank = bank_of(call.session, call.args[0]).bank;
  if (dynamic_cast<stm32::L4OtpBank*>(&bank) != nullptr) throw UsageError(std::string(what));
  return as_main_flash<stm32::L4Bank>(bank, "stm32l4x");
}

constexpr std::string_view kNoLock = "cannot lock/unlock OTP memory";
constexpr std::string_view kNoOptions = "option bytes belong to the main flash bank, not to the OTP area";

std::string lock(const Call& call) {
  args::expect(call.args, 1, 1);
  main_bank(call, kNoLock).lock();
  return {};
}

std::string unlock(const Call& call) {
  args::expect(call.args, 1, 1);
  main_bank(call, kNoLock).unlock();
  return {};
}

std::string mass_erase(const Call& call) {
  args::expect(call.args, 1, 1);
  main_bank(call, "cannot erase OTP memory").mass_erase();
  return "stm32l4x mass erase complete";
}

std::string option_read(const Call& call) {
  args::expect(call.args, 2, 2);
  stm32::L4Bank& bank = main_bank(call, kNoOptions);
  const std::uint32_t offset = args::number32(call.args[1]);
  return fmt::format("Option Register: <0x{:x}> = 0x{:x}", bank.register_address(offset),
                     bank.read_register(offset));
}

std::string option_write(const Call& call) {
  args::expect(call.args, 3, 4);
  const std::uint32_t offset = args::number32(call.args[1]), value = args::number32(call.args[2]);
  const std::uint32_t mask = call.args.size() == 4 ? args::number32(call.args[3]) : 0xFFFFFFFF;
  main_bank(call, kNoOptions).write_option(offset, value, mask);
  return "stm32l4x Option written.\n"
         "INFO: a reset or power cycle is required for the new settings to take effect.";
}

std::string option_load(const Call& call) {
  args::expect(call.args, 1, 1);
  main_bank(call, kNoOptions).load_options();
  return "stm32l4x option load completed. Power-on reset might be required";
}

std::string trustzone(const Call& call) {
  args::expect(call.args, 1, 2);
  stm32::L4Bank& bank = main_bank(call, kNoOptions);
  Log& log = call.session.log();
  if (!bank.has_trust_zone()) throw UsageError("This device does not have a TrustZone");
  const bool enabled = bank.trust_zone_enabled();
  if (call.args.size() == 1) {
    log.info("Global TrustZone Security is {}", enabled ? "enabled" : "disabled");
  } else if (const bool wanted = args::on_off(call.args[1]); wanted == enabled) {
    log.info("The requested TZEN is already programmed");
  } else {
    bank.enable_trust_zone(wanted);
  }
  return {};
}

std::string listed(const std::vector<stm32::L4PageRange>& ranges) {
  std::string text;
  for (const stm32::L4PageRange& range : ranges) {
    const std::string words = range.first == range.last ? fmt::format("[{}]", range.first)
                                                        : fmt::format("[{},{}]", range.first, range.last);
    text += (text.empty() ? "" : " ") + words;
  }
  return text;
}

std::string wrp_info(const Call& call) {
  args::expect(call.args, 1, 2);
  stm32::L4Bank& bank = main_bank(call, "OTP memory does not have write protection areas");
  std::optional<unsigned> chip_bank;
  if (call.args.size() == 2) {
    chip_bank = static_cast<unsigned>(args::one_of(call.args[1], {"bank1", "bank2"}));
  }
  const auto ranges = bank.write_protected(chip_bank);
  return ranges.empty() ? "no protected areas" : fmt::format("protected areas: {}", listed(ranges));
}

std::string flashinfo(const Call& call) {
  args::expect(call.args, 1, 1);
  return main_bank(call, kNoOptions).report();
}

}  // namespace

std::vector<CommandRow> stm32l4x_rows() {
  constexpr auto kExec = CommandMode::exec;
  return {
      {"stm32l4x lock", kExec, "bank_id", "Sets read-out protection level 1.", lock},
      {"stm32l4x unlock", kExec, "bank_id", "Removes read-out protection, which erases the whole flash.",
       unlock},
      {"stm32l4x mass_erase", kExec, "bank_id", "Erases the whole flash.", mass_erase},
      {"stm32l4x option_read", kExec, "bank_id reg_offset",
       "Shows a register of the flash interface, by its offset.", option_read},
      {"stm32l4x option_write", kExec, "bank_id reg_offset value [mask]",
       "Programs the bits of an option register that `mask` has.", option_write},
      {"stm32l4x option_load", kExec, "bank_id", "Makes the chip load its option bytes, which resets it.",
       option_load},
      {"stm32l4x trustzone", kExec, "<bank_id> [enable|disable]", "Shows or changes TZEN.", trustzone},
      {"stm32l4x wrp_info", kExec, "bank_id [bank1|bank2]", "Lists the write-protected areas.", wrp_info},
      {"stm32l4x otp", kExec, "<bank_id> <enable|disable|show>",
       "Allows or forbids writing to the one-time programmable area.", otp_command},
      {"stm32l4x flashinfo", kExec, "bank_id",
       "Shows how the flash is divided, the read-out level and every protected area.", flashinfo},
  };
}

}  // namespace probity
