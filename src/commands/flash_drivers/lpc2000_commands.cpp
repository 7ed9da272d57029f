// lpc2000 part_id: NXP LPC.
#include <fmt/format.h>

#include "commands/args.hpp"
#include "commands/flash_commands.hpp"
#include "commands/flash_support.hpp"
#include "flash/nxp/lpc2000_bank.hpp"

namespace probity {

namespace {

std::string lpc2000_part_id(const Call& call) {
  args::expect(call.args, 1, 1);
  FlashBank& bank = call.session.flash_bank(call.args[0]);
  return fmt::format("lpc2000 part id: 0x{:08x}",
                     flash_support::as_main_flash<lpc::LpcBank>(bank, "lpc2000").part_id());
}

}  // namespace

std::vector<CommandRow> lpc2000_rows() {
  return {{"lpc2000 part_id", CommandMode::exec, "<bank>",
           "Prints the part id that the chip's boot ROM tells.", lpc2000_part_id}};
}

}  // namespace probity
