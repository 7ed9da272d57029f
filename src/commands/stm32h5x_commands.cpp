// stm32h5x lock, unlock, mass_erase, option_read, option_write.
#include <fmt/format.h>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/flash_commands.hpp"
#include "commands/flash_support.hpp"
#include "flash/stm32/h5_bank.hpp"

namespace probity {

using namespace flash_support;

namespace {

stm32::H5Bank& h5_bank(const Call& call) {
  FlashBank& bank = bank_of(call.session, call.args[0]).bank;
  auto* h5 = dynamic_cast<stm32::H5Bank*>(&bank);
  if (h5 == nullptr) {
    throw UsageError(fmt::format("bank {} is not one of driver stm32h5x", bank.config().name));
  }
  return *h5;
}

std::string lock(const Call& call) {
  args::expect(call.args, 1, 1);
  h5_bank(call).lock();
  return "stm32h5x locked";
}

std::string unlock(const Call& call) {
  args::expect(call.args, 1, 1);
  h5_bank(call).unlock();
  return "stm32h5x unlocked";
}

std::string mass_erase(const Call& call) {
  args::expect(call.args, 1, 1);
  h5_bank(call).mass_erase();
  return "stm32h5x mass erase complete";
}

std::string option_read(const Call& call) {
  args::expect(call.args, 2, 2);
  const auto [address, value] = h5_bank(call).read_option(args::number32(call.args[1]));
  return fmt::format("Option Register: <0x{:x}> = 0x{:x}", address, value);
}

std::string option_write(const Call& call) {
  args::expect(call.args, 3, 4);
  const std::uint32_t mask = call.args.size() == 4 ? args::number32(call.args[3]) : 0xFFFFFFFF;
  h5_bank(call).write_option(args::number32(call.args[1]), args::number32(call.args[2]), mask);
  return {};
}

}  // namespace

std::vector<CommandRow> stm32h5x_rows() {
  constexpr auto kExec = CommandMode::exec;
  return {
      {"stm32h5x lock", kExec, "bank_id", "Says how the chip is closed (option write PRODUCT_STATE).", lock},
      {"stm32h5x unlock", kExec, "bank_id", "Checks that the product state is OPEN.", unlock},
      {"stm32h5x mass_erase", kExec, "bank_id", "Erases the whole bank.", mass_erase},
      {"stm32h5x option_read", kExec, "bank_id reg_offset", "Shows an option register.", option_read},
      {"stm32h5x option_write", kExec, "bank_id reg_offset value [reg_mask]",
       "Writes bits of an option register (of the _PRG register) and applies it.", option_write},
  };
}

}  // namespace probity
