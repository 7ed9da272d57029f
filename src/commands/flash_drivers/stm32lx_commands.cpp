// stm32lx lock, unlock, mass_erase, option_load: L0 and L1.
#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/flash_commands.hpp"
#include "commands/flash_support.hpp"
#include "flash/stm32/lx_bank.hpp"

namespace probity {

using namespace flash_support;

namespace {

stm32::LxBank& lx_bank(const Call& call) {
  args::expect(call.args, 1, 1);
  return as_main_flash<stm32::LxBank>(bank_of(call.session, call.args[0]).bank, "stm32lx");
}

std::string lock(const Call& call) {
  lx_bank(call).lock();
  return "STM32Lx locked, takes effect after power cycle.";
}

std::string unlock(const Call& call) {
  lx_bank(call).unlock();
  return "STM32Lx unlocked, takes effect after power cycle.";
}

std::string mass_erase(const Call& call) {
  lx_bank(call).erase_device();
  return "stm32lx mass erase complete";
}

std::string option_load(const Call& call) {
  lx_bank(call).load_options();
  return "stm32lx option load completed. Power-on reset might be required";
}

}  // namespace

std::vector<CommandRow> stm32lx_rows() {
  constexpr auto kExec = CommandMode::exec;
  return {
      {"stm32lx lock", kExec, "bank_id", "Sets read-out protection level 1.", lock},
      {"stm32lx unlock", kExec, "bank_id", "Removes read-out protection, which erases flash and data EEPROM.",
       unlock},
      {"stm32lx mass_erase", kExec, "bank_id",
       "Erases the whole chip, its data EEPROM too, read-protected or not; it resets.", mass_erase},
      {"stm32lx option_load", kExec, "bank_id", "Makes the chip load its option bytes, which resets it.",
       option_load},
  };
}

}  // namespace probity
