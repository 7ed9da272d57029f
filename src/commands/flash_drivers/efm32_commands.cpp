// efm32 debuglock: Silicon Labs' Geckos.
#include "commands/args.hpp"
#include "commands/flash_commands.hpp"
#include "commands/flash_support.hpp"
#include "flash/silabs/efm32_bank.hpp"

namespace probity {

namespace {

std::string efm32_debuglock(const Call& call) {
  args::expect(call.args, 1, SIZE_MAX);
  FlashBank& bank = flash_support::bank_of(call.session, call.args[0]).bank;
  flash_support::as_main_flash<efm32::Efm32Bank>(bank, "efm32").lock_debug();
  return "efm32x debug interface locked, reset the device to apply";
}

}  // namespace

std::vector<CommandRow> efm32_rows() {
  return {{"efm32 debuglock", CommandMode::exec, "bank_id", "Lock the debug interface of the device.",
           efm32_debuglock}};
}

}  // namespace probity
