// stm32f1x lock, unlock, mass_erase, options_read, options_write, options_load: F0, F1, F3 and their clones.
#include <fmt/format.h>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/flash_commands.hpp"
#include "commands/flash_support.hpp"
#include "flash/stm32/f1_bank.hpp"

namespace probity {

using namespace flash_support;

namespace {

stm32::F1Bank& main_bank(const Call& call) {
  return as_main_flash<stm32::F1Bank>(bank_of(call.session, call.args[0]).bank, "stm32f1x");
}

std::string lock(const Call& call) {
  args::expect(call.args, 1, 1);
  main_bank(call).lock();
  return "stm32x locked";
}

std::string unlock(const Call& call) {
  args::expect(call.args, 1, 1);
  main_bank(call).unlock();
  return "stm32x unlocked.\nINFO: a reset or power cycle is required for the new settings to take effect.";
}

std::string mass_erase(const Call& call) {
  args::expect(call.args, 1, 1);
  main_bank(call).mass_erase();
  return "stm32x mass erase complete";
}

std::string options_read(const Call& call) {
  args::expect(call.args, 1, 1);
  stm32::F1Bank& bank = main_bank(call);
  return stm32::describe_f1_options(bank.part(), bank.options_in_force());
}

struct OptionWord {
  std::string_view word;
  std::uint8_t bit;  // of the USER byte
  bool set;
  bool dual_bank_only;
};
constexpr OptionWord kOptionWords[] = {
    {"SWWDG", 0x01, true, false},    {"HWWDG", 0x01, false, false},      {"NORSTSTOP", 0x02, true, false},
    {"RSTSTOP", 0x02, false, false}, {"NORSTSTNDBY", 0x04, true, false}, {"RSTSTNDBY", 0x04, false, false},
    {"BOOT0", 0x08, true, true},     {"BOOT1", 0x08, false, true},
};

// Adds what `word` asks for to `change`; false where it is none of the words that this chip has.
bool apply(std::string_view word, bool dual_bank, stm32::F1UserChange& change) {
  for (const OptionWord& row : kOptionWords) {
    if (row.word != word || (row.dual_bank_only && !dual_bank)) continue;
    (row.set ? change.set : change.clear) |= row.bit;
    (row.set ? change.clear : change.set) &= static_cast<std::uint8_t>(~row.bit);
    return true;
  }
  return false;
}

std::string options_write(const Call& call) {
  args::expect(call.args, 2, 16);
  stm32::F1Bank& bank = main_bank(call);
  const bool dual_bank = bank.part().dual_bank;
  stm32::F1UserChange change;
  for (std::size_t i = 1; i < call.args.size(); ++i) {
    const std::string& word = call.args[i];
    if (word == "USEROPT" && i + 1 < call.args.size()) {
      change.data = static_cast<std::uint16_t>(args::number(call.args[++i], 0xFFFF));
    } else if (!apply(word, dual_bank, change)) {
      throw UsageError(
          fmt::format("'{}' is none of SWWDG, HWWDG, RSTSTNDBY, NORSTSTNDBY, RSTSTOP, NORSTSTOP{}, "
                      "USEROPT user_data",
                      word, dual_bank ? ", BOOT0, BOOT1" : ""));
    }
  }
  bank.write_user_options(change);
  return fmt::format(
      "stm32x write options complete.\nINFO: {}power cycle is required for the new settings to take effect.",
      bank.part().options->can_load ? "'stm32f1x options_load' command or " : "");
}

std::string options_load(const Call& call) {
  args::expect(call.args, 1, 1);
  main_bank(call).load_options();
  return {};
}

}  // namespace

std::vector<CommandRow> stm32f1x_rows() {
  constexpr auto kExec = CommandMode::exec;
  return {
      {"stm32f1x lock", kExec, "bank_id", "Sets read-out protection level 1.", lock},
      {"stm32f1x unlock", kExec, "bank_id", "Removes read-out protection, which erases the whole flash.",
       unlock},
      {"stm32f1x mass_erase", kExec, "bank_id", "Erases the whole bank.", mass_erase},
      {"stm32f1x options_read", kExec, "bank_id", "Shows the option bytes in force.", options_read},
      {"stm32f1x options_write", kExec,
       "bank_id ('SWWDG'|'HWWDG') ('RSTSTNDBY'|'NORSTSTNDBY') ('RSTSTOP'|'NORSTSTOP') ('USEROPT' user_data)",
       "Changes the user option bytes that are named and keeps the others.", options_write},
      {"stm32f1x options_load", kExec, "bank_id",
       "Makes the chip load its option bytes, which resets it (not on F1).", options_load},
  };
}

}  // namespace probity
