// kinetis and kinetis_ke: NXP's Kinetis.
#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/flash_commands.hpp"
#include "commands/flash_drivers/kinetis_mdm.hpp"
#include "flash/nxp/kinetis_bank.hpp"
#include "flash/nxp/kinetis_ke_bank.hpp"
#include "session/session.hpp"

namespace probity {

namespace {

using kinetis::KinetisBank;
using kinetis::MdmAp;

// The first bank of the current target's chip, which these commands do not name. Null: it has none.
template <typename Bank>
Bank* first_bank(const Call& call) {
  const std::string& target = call.session.current().name;
  for (const FlashEntry& entry : call.session.flash_banks) {
    auto* bank = dynamic_cast<Bank*>(entry.bank.get());
    if (bank != nullptr && entry.config.target == target) return bank;
  }
  return nullptr;
}
KinetisBank& kinetis_bank(const Call& call) {
  if (auto* bank = first_bank<KinetisBank>(call)) return *bank;
  throw ConfigError(
      fmt::format("target {} has no flash bank of driver kinetis", call.session.current().name));
}

CommandRow mdm_row(std::string_view name, std::string_view help, void (MdmAp::*work)()) {
  return {name, CommandMode::exec, "", help, [work](const Call& call) -> std::string {
            MdmAp mdm(call.session);
            (mdm.*work)();
            return {};
          }};
}

std::string kinetis_create_banks(const Call& call) {
  args::expect(call.args, 0, 0);
  for (FlashEntry& entry : call.session.flash_banks) {
    if (entry.config.driver == "kinetis") entry.config.options.emplace_back(kinetis::kCreateBanks);
  }
  return {};
}

std::string kinetis_disable_wdog(const Call& call) {
  args::expect(call.args, 0, 0);
  kinetis_bank(call).disable_watchdog();
  return {};
}

std::string kinetis_ke_disable_wdog(const Call& call) {
  args::expect(call.args, 0, 0);
  if (auto* bank = first_bank<kinetis_ke::KinetisKeBank>(call)) {
    bank->disable_watchdog();
    return {};
  }
  throw ConfigError(
      fmt::format("target {} has no flash bank of driver kinetis_ke", call.session.current().name));
}

std::string kinetis_fcf_source(const Call& call) {
  args::expect(call.args, 0, 1);
  KinetisBank& bank = kinetis_bank(call);
  if (!call.args.empty()) bank.allow_fcf_writes(args::one_of(call.args[0], {"protection", "write"}) == 1);
  if (!bank.fcf_writes_allowed()) {
    return "Protection info writes to Flash Configuration Field enabled.\n"
           "Arbitrary FCF writes disabled. Mode safe from unwanted locking of the device.";
  }
  call.session.log().warn("BEWARE: incorrect flash configuration may permanently lock the device.");
  return "Arbitrary Flash Configuration Field writes enabled.\nProtection info writes to FCF disabled.";
}

std::string kinetis_fopt(const Call& call) {
  args::expect(call.args, 0, 1);
  KinetisBank& bank = kinetis_bank(call);
  if (call.args.empty()) return fmt::format("FCF_FOPT 0x{:02x}", bank.fopt());
  bank.set_fopt(static_cast<std::uint8_t>(args::number(call.args[0], UINT8_MAX)));
  return {};
}

// EEPROM of `first` and `second` bytes, as PGMPART's first byte has it; 0x3F: none.
std::uint8_t eeprom_code(std::uint32_t first, std::uint32_t second) {
  constexpr std::uint32_t kLargest = 16 * 1024, kNone = 0x3F;
  constexpr unsigned kLeastCode = 2, kMostCode = 9;
  constexpr Field kSplit{"EESPLIT", 4, 2};
  if (first + second == 0) return kNone;
  unsigned code = kLeastCode;
  while (code <= kMostCode && kLargest >> code != first + second) ++code;
  if (code > kMostCode) throw UsageError(fmt::format("Unsupported EEPROM size: {} bytes", first + second));
  if (first == second) return static_cast<std::uint8_t>(kSplit.of(3) | code);
  if (first * 3 == second) return static_cast<std::uint8_t>(kSplit.of(1) | code);
  if (first * 7 == second) return static_cast<std::uint8_t>(code);
  throw UsageError(fmt::format("Unsupported EEPROM sizes ratio: {} to {}", first, second));
}

std::string kinetis_nvm_partition(const Call& call) {
  args::expect(call.args, 0, 5);
  const auto& words = call.args;
  KinetisBank& bank = kinetis_bank(call);
  const bool data_flash = words.size() >= 2 && words[0] == "dataflash";
  if (!data_flash && !(words.size() >= 2 && words[0] == "eebkp")) return bank.partition_info();
  constexpr std::uint8_t kDataFlash = 0x8;
  std::uint8_t depart = data_flash ? kDataFlash : 0;
  for (std::uint64_t kib = args::number(words[1], UINT16_MAX); kib >= 8; kib /= 2) ++depart;  // 4 KiB << n
  std::uint32_t first = words.size() >= 3 ? args::number32(words[2]) : 0, second = first;
  if (words.size() == 3) first = second = first / 2;
  if (words.size() >= 4) second = args::number32(words[3]);
  const std::uint8_t code = eeprom_code(first, second);
  const bool load = words.size() == 5 ? args::on_off(words[4]) : first + second > 0;
  call.session.log().info("DEPART 0x{:x}, EEPROM size code 0x{:x}", depart, code);
  bank.set_partition(depart, code, load);
  return "FlexNVM partition set. Please reset MCU.\nFlexNVM banks will be re-probed to set new data flash "
         "size.";
}

}  // namespace

std::vector<CommandRow> kinetis_rows() {
  constexpr auto kExec = CommandMode::exec;
  constexpr std::string_view kCheck = "Check status of device security lock",
                             kErase = "Issue a complete flash erase via the MDM-AP",
                             kWatchdog = "Disable the watchdog timer";
  return {
      mdm_row("kinetis mdm check_security", kCheck, &MdmAp::check_security),
      mdm_row("kinetis mdm halt", "Issue a halt via the MDM-AP", &MdmAp::halt),
      mdm_row("kinetis mdm mass_erase", kErase, &MdmAp::mass_erase),
      mdm_row("kinetis mdm reset", "Issue a reset via the MDM-AP", &MdmAp::reset),
      mdm_row("kinetis_ke mdm check_security", kCheck, &MdmAp::check_security_ke),
      mdm_row("kinetis_ke mdm mass_erase", kErase, &MdmAp::mass_erase_ke),
      {"kinetis_ke disable_wdog", kExec, "", kWatchdog, kinetis_ke_disable_wdog},
      {"kinetis disable_wdog", kExec, "", kWatchdog, kinetis_disable_wdog},
      {"kinetis nvm_partition", kExec,
       "('info'|'dataflash' size|'eebkp' size) [eesize1 eesize2] ['on'|'off']",
       "Show/set data flash or EEPROM backup size in kilobytes, set two EEPROM sizes in bytes and FlexRAM "
       "loading "
       "during reset",
       kinetis_nvm_partition},
      {"kinetis fcf_source", kExec, "['protection'|'write']",
       "Use protection as a source for Flash Configuration Field or allow writing arbitrary values to the "
       "FCF Mode "
       "'protection' is safe from unwanted locking of the device.",
       kinetis_fcf_source},
      {"kinetis fopt", kExec, "[num]", "FCF_FOPT value source in 'kinetis fcf_source protection' mode",
       kinetis_fopt},
      {"kinetis create_banks", CommandMode::config, "",
       "Driver creates additional banks if device with two/four flash blocks is probed",
       kinetis_create_banks},
  };
}

}  // namespace probity
