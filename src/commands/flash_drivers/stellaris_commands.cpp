// stellaris mass_erase, recover: TI's Stellaris and Tiva.
#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/flash_commands.hpp"
#include "commands/flash_support.hpp"
#include "flash/ti/stellaris_bank.hpp"

namespace probity {

namespace {

std::string stellaris_mass_erase(const Call& call) {
  args::expect(call.args, 1, SIZE_MAX);
  FlashBank& bank = flash_support::bank_of(call.session, call.args[0]).bank;
  flash_support::as_main_flash<stellaris::StellarisBank>(bank, "stellaris").mass_erase();
  return "stellaris mass erase complete";
}

// The chip asks for five changes from JTAG to SWD and back while nRST is low, and a power cycle.
std::string stellaris_recover(const Call& call) {
  args::expect(call.args, 0, 0);
  if (!call.session.reset_config.has_srst)
    throw ConfigError(
        "Can't recover Stellaris flash without SRST: the chip's nRST has to be wired, and reset_config to "
        "say so (reset_config srst_only)");
  throw ConfigError(
      "stellaris recover: this program's adapters send no sequences that change from SWD to JTAG; use "
      "TI's LM Flash Programmer (or UniFlash), \"Unlock\"");
}

}  // namespace

std::vector<CommandRow> stellaris_rows() {
  constexpr auto kExec = CommandMode::exec;
  return {
      {"stellaris mass_erase", kExec, "<bank>", "erase entire device", stellaris_mass_erase},
      {"stellaris recover", kExec, "", "recover (and erase) locked device", stellaris_recover},
  };
}

}  // namespace probity
