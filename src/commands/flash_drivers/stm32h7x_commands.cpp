// stm32h7x and stm32h5x lock, unlock, mass_erase, option_read, option_write, otp.
#include <fmt/format.h>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/flash_commands.hpp"
#include "commands/flash_support.hpp"
#include "commands/otp_command.hpp"
#include "flash/stm32/wide_word_bank.hpp"

namespace probity {

using namespace flash_support;

namespace {

// "stm32h7x" of "stm32h7x lock".
std::string_view driver_of(const Call& call) { return call.name.substr(0, call.name.find(' ')); }

stm32::WideWordBank& wide_word_bank(const Call& call) {
  FlashBank& bank = bank_of(call.session, call.args[0]).bank;
  auto* wide = dynamic_cast<stm32::WideWordBank*>(&bank);
  if (wide == nullptr || bank.config().driver != driver_of(call)) {
    throw UsageError(
        fmt::format("bank {} is not the main flash of driver {}", bank.config().name, driver_of(call)));
  }
  return *wide;
}

std::string lock(const Call& call) {
  args::expect(call.args, 1, 1);
  wide_word_bank(call).lock();
  return fmt::format("{} locked", driver_of(call));
}

std::string unlock(const Call& call) {
  args::expect(call.args, 1, 1);
  wide_word_bank(call).unlock();
  return fmt::format("{} unlocked", driver_of(call));
}

std::string mass_erase(const Call& call) {
  args::expect(call.args, 1, 1);
  wide_word_bank(call).mass_erase();
  return fmt::format("{} mass erase complete", driver_of(call));
}

std::string option_read(const Call& call) {
  args::expect(call.args, 2, 2);
  const auto [address, value] = wide_word_bank(call).read_option(args::number32(call.args[1]));
  return fmt::format("Option Register: <0x{:x}> = 0x{:x}", address, value);
}

std::string option_write(const Call& call) {
  args::expect(call.args, 3, 4);
  const std::uint32_t mask = call.args.size() == 4 ? args::number32(call.args[3]) : 0xFFFFFFFF;
  wide_word_bank(call).write_option(args::number32(call.args[1]), args::number32(call.args[2]), mask);
  return {};
}

constexpr auto kExec = CommandMode::exec;
constexpr std::string_view kEraseHelp = "Erases the whole bank.", kReadHelp = "Shows an option register.";
constexpr std::string_view kWriteHelp =
    "Writes bits of an option register (of the _PRG register) and applies it.";
constexpr std::string_view kReadUsage = "bank_id reg_offset", kWriteUsage = "bank_id reg_offset value [mask]",
                           kOtpUsage = "<bank_id> <enable|disable|show>";
constexpr std::string_view kOtpHelp = "Allows or forbids writing to the one-time programmable area.";

}  // namespace

std::vector<CommandRow> stm32h7x_rows() {
  return {
      {"stm32h7x lock", kExec, "bank_id", "Sets read-out protection level 1.", lock},
      {"stm32h7x unlock", kExec, "bank_id", "Removes read-out protection, which erases the whole flash.",
       unlock},
      {"stm32h7x mass_erase", kExec, "bank_id", kEraseHelp, mass_erase},
      {"stm32h7x option_read", kExec, kReadUsage, kReadHelp, option_read},
      {"stm32h7x option_write", kExec, kWriteUsage, kWriteHelp, option_write},
      {"stm32h7x otp", kExec, kOtpUsage, kOtpHelp, otp_command},
  };
}

std::vector<CommandRow> stm32h5x_rows() {
  return {
      {"stm32h5x lock", kExec, "bank_id", "Says how the chip is closed (option write PRODUCT_STATE).", lock},
      {"stm32h5x unlock", kExec, "bank_id", "Checks that the product state is OPEN.", unlock},
      {"stm32h5x mass_erase", kExec, "bank_id", kEraseHelp, mass_erase},
      {"stm32h5x option_read", kExec, kReadUsage, kReadHelp, option_read},
      {"stm32h5x option_write", kExec, kWriteUsage, kWriteHelp, option_write},
      {"stm32h5x otp", kExec, kOtpUsage, kOtpHelp, otp_command},
  };
}

}  // namespace probity
