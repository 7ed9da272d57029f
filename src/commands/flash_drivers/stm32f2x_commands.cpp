// stm32f2x lock, unlock, mass_erase, options_read, options_write, optcr2_write, otp: F2, F4 and F7.
#include <fmt/format.h>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/flash_commands.hpp"
#include "commands/flash_support.hpp"
#include "commands/otp_command.hpp"
#include "flash/stm32/f2_bank.hpp"

namespace probity {

using namespace flash_support;

namespace {

constexpr std::string_view kNeedsReset =
    "INFO: a reset or power cycle is required for the new settings to take effect.";

stm32::F2Bank& main_bank(const Call& call) {
  return as_main_flash<stm32::F2Bank>(bank_of(call.session, call.args[0]).bank, "stm32f2x");
}

std::string lock(const Call& call) {
  args::expect(call.args, 1, 1);
  main_bank(call).lock();
  return "stm32f2x locked";
}

std::string unlock(const Call& call) {
  args::expect(call.args, 1, 1);
  main_bank(call).unlock();
  return fmt::format("stm32f2x unlocked.\n{}", kNeedsReset);
}

std::string mass_erase(const Call& call) {
  args::expect(call.args, 1, 1);
  main_bank(call).mass_erase();
  return "stm32x mass erase complete";
}

std::string options_read(const Call& call) {
  args::expect(call.args, 1, 1);
  const stm32::F2UserOptions options = main_bank(call).read_options();
  if (!options.extra) return fmt::format("stm32f2x user_options 0x{:02X}", options.user_options);
  std::string text = fmt::format("stm32f2x user_options 0x{:03X}", options.user_options);
  if (options.boot_add0 && options.boot_add1) {
    text += fmt::format(", boot_add0 0x{:04X}, boot_add1 0x{:04X}", *options.boot_add0, *options.boot_add1);
  }
  if (options.optcr2) text += fmt::format("\nstm32f2x optcr2_pcrop 0x{:08X}", *options.optcr2);
  return text;
}

std::string options_write(const Call& call) {
  args::expect(call.args, 2, 4);
  if (call.args.size() == 3) throw UsageError("boot_add0 and boot_add1 belong together");
  const auto boot = [&](std::size_t at) -> std::optional<std::uint16_t> {
    if (call.args.size() != 4) return {};
    return static_cast<std::uint16_t>(args::number(call.args[at], 0xFFFF));
  };
  main_bank(call).write_options(args::number32(call.args[1]), boot(2), boot(3));
  return fmt::format("stm32f2x write options complete.\n{}", kNeedsReset);
}

std::string optcr2_write(const Call& call) {
  args::expect(call.args, 2, 2);
  main_bank(call).write_optcr2(args::number32(call.args[1]));
  return "stm32f2x optcr2_write complete.\n"
         "INFO: To disable PCROP, set PCROP_RDP with PCROPi bits STILL SET, then\n"
         "lock device and finally unlock it. Clears PCROP and mass erases flash.";
}

// The doubled word is OpenOCD 0.12.0's, and so are the levels.
std::string otp(const Call& call) {
  args::expect(call.args, 2, 2);
  const auto [bank, number] = bank_of(call.session, call.args[0]);
  auto* area = dynamic_cast<stm32::OtpBank*>(&bank);
  if (area == nullptr) throw UsageError(fmt::format("Failed: not an OTP bank. ({})", bank.config().name));
  const std::size_t what = args::one_of(call.args[1], {"enable", "disable", "show"});
  if (what == 2) return otp_state(*area, number);
  Log& log = call.session.log();
  if (what == 0 && area->writes_enabled()) {
    log.warn("OTP memory bank #{} is is already enabled for write commands.", number);
    return {};
  }
  area->enable_writes(what == 0);
  log.info("OTP memory bank #{} is {} for write commands.", number, what == 0 ? "is enabled" : "disabled");
  return {};
}

}  // namespace

std::vector<CommandRow> stm32f2x_rows() {
  constexpr auto kExec = CommandMode::exec;
  return {
      {"stm32f2x lock", kExec, "bank_id", "Sets read-out protection level 1.", lock},
      {"stm32f2x unlock", kExec, "bank_id", "Removes read-out protection, which erases the whole flash.",
       unlock},
      {"stm32f2x mass_erase", kExec, "bank_id", "Erases the whole flash.", mass_erase},
      {"stm32f2x options_read", kExec, "bank_id", "Shows the option bytes.", options_read},
      {"stm32f2x options_write", kExec, "bank_id user_options [ boot_add0 boot_add1 ]",
       "Writes the option bytes.", options_write},
      {"stm32f2x optcr2_write", kExec, "bank_id optcr2", "Writes FLASH_OPTCR2 (PCROP of F72x and F73x).",
       optcr2_write},
      {"stm32f2x otp", kExec, "bank_id (enable|disable|show)",
       "Allows or forbids writing to the one-time programmable area.", otp},
  };
}

}  // namespace probity
