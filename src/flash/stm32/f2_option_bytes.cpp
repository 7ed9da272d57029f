#include "flash/stm32/f2_option_bytes.hpp"

#include <array>

#include "flash/stm32/f2_registers.hpp"

namespace probity::stm32 {

namespace {

constexpr OptionRegister kRegisters[] = {{"FLASH_OPTCR", kFlashOptcr, kFlashOptcr},
                                         {"FLASH_OPTCR1", kFlashOptcr1, kFlashOptcr1},
                                         {"FLASH_OPTCR2", kFlashOptcr2, kFlashOptcr2}};
constexpr unsigned kOptcr = 0, kOptcr1 = 1, kOptcr2 = 2;

OptionRisk rdp_risk(std::uint32_t before, std::uint32_t after) {
  if (after == kRdpLevel2 && before != kRdpLevel2) return OptionRisk::permanent;
  return after == kRdpLevel0 && before != kRdpLevel0 ? OptionRisk::mass_erase : OptionRisk::none;
}

constexpr std::string_view kBor = "brown-out level: 0 highest (2.7 V and more), 1, 2, 3 off (1.8 V)";
constexpr std::string_view kOnStop = "0: a reset when the chip enters Stop mode";
constexpr std::string_view kOnStandby = "0: a reset when the chip enters Standby mode";
constexpr std::string_view kIwdgSw = "independent watchdog: 0 runs from reset, 1 is started by software";
constexpr std::string_view kWwdgSw = "window watchdog: 0 runs from reset, 1 is started by software";

// FLASH_OPTCR and its neighbours in RM0090 3.9, RM0033, RM0385 3.7, RM0410 3.7, RM0431 3.7. Every part has
// these…
constexpr OptionField kEvery[] = {
    {"RDP", kOptcr, 8, 8, "read-out protection: 0xaa level 0, 0xcc level 2 (for ever), else level 1",
     rdp_risk},
    {"BOR_LEV", kOptcr, 2, 2, kBor},
    {"nRST_STOP", kOptcr, 6, 1, kOnStop},
    {"nRST_STDBY", kOptcr, 7, 1, kOnStandby},
};
constexpr OptionField kWatchdogOfF4[] = {{"WDG_SW", kOptcr, 5, 1, kIwdgSw}};
// … F42x, F43x, F469, F479 (RM0090, RM0386) …
constexpr OptionField kTwoBanksOfF4[] = {
    {"BFB2", kOptcr, 4, 1, "1: boot from flash bank 2"},
    {"DB1M", kOptcr, 30, 1, "1: 1 MiB of flash is two banks"},
};
// … F42x and what came after it of F4 …
constexpr OptionField kPcropOfF4[] = {
    {"SPRMOD", kOptcr, 31, 1, "1: nWRP bits mean PCROP; goes back to 0 only with RDP from level 1 to 0"},
};
// … every F7 …
constexpr OptionField kEveryF7[] = {
    {"WWDG_SW", kOptcr, 4, 1, kWwdgSw},
    {"IWDG_SW", kOptcr, 5, 1, kIwdgSw},
    {"IWDG_STDBY", kOptcr, 30, 1, "independent watchdog in Standby mode: 0 frozen, 1 runs"},
    {"IWDG_STOP", kOptcr, 31, 1, "independent watchdog in Stop mode: 0 frozen, 1 runs"},
    {"BOOT_ADD0", kOptcr1, 0, 16, "boot address >> 14 with pin BOOT0 low"},
    {"BOOT_ADD1", kOptcr1, 16, 16, "boot address >> 14 with pin BOOT0 high"},
};
// … F76x, F77x (RM0410) …
constexpr OptionField kTwoBanksOfF7[] = {
    {"nDBOOT", kOptcr, 28, 1, "0: boot from either bank, whichever holds a stack pointer"},
    {"nDBANK", kOptcr, 29, 1, "0: the flash is two banks; a change makes its content unreadable as it was"},
};
// … F72x, F73x (RM0431).
constexpr OptionField kPcropOfF7[] = {
    {"PCROP", kOptcr2, 0, 8, "bit n 1: sector n can neither be read as data nor written"},
    {"PCROP_RDP", kOptcr2, 31, 1, "1: PCROP sectors are erased when RDP goes from level 1 to 0"},
};

constexpr std::array<std::string_view, 24> kWrpNames{
    "nWRP0",  "nWRP1",  "nWRP2",  "nWRP3",  "nWRP4",  "nWRP5",  "nWRP6",  "nWRP7",
    "nWRP8",  "nWRP9",  "nWRP10", "nWRP11", "nWRP12", "nWRP13", "nWRP14", "nWRP15",
    "nWRP16", "nWRP17", "nWRP18", "nWRP19", "nWRP20", "nWRP21", "nWRP22", "nWRP23"};
constexpr unsigned kFirstOfBank2 = 12;  // RM0090: OPTCR1.nWRP[27:16] are nWRP12 to nWRP23

OptionField wrp_field(const F2Part& part, const F2Block& block) {
  const unsigned number = block.bit - OPTCR::nWRP.lsb + (block.optcr == kOptcr1 ? kFirstOfBank2 : 0);
  return {kWrpNames.at(number), block.optcr, block.bit, 1,
          part.has_sprmod ? "0: write-protected; where SPRMOD is 1, a 1 means PCROP" : "0: write-protected"};
}

}  // namespace

std::vector<OptionField> f2_option_fields(const F2Part& part, const std::vector<F2Block>& blocks) {
  std::vector<OptionField> fields;
  const auto add = [&](std::span<const OptionField> rows) {
    fields.insert(fields.end(), rows.begin(), rows.end());
  };
  add(kEvery);
  add(part.has_boot_addresses ? std::span<const OptionField>(kEveryF7) : kWatchdogOfF4);
  if (part.dual_bank == F2DualBank::above_1m_or_db1m) add(kTwoBanksOfF4);
  if (part.dual_bank == F2DualBank::ndbank_clear) add(kTwoBanksOfF7);
  if (part.has_sprmod) add(kPcropOfF4);
  if (part.has_optcr2) add(kPcropOfF7);
  for (const F2Block& block : blocks) fields.push_back(wrp_field(part, block));
  return fields;
}

F2OptionBytes::F2OptionBytes(MemPort& memory, F2Interface& controller, const F2Part& part,
                             const F2Geometry& geometry)
    : memory_(memory), controller_(controller), fields_(f2_option_fields(part, geometry.blocks)) {
  const bool has_optcr1 = part.has_boot_addresses || part.protection == F2Protection::bank2_in_optcr1;
  const std::size_t count = part.has_optcr2 ? 3 : has_optcr1 ? 2 : 1;
  registers_.assign(std::begin(kRegisters), std::begin(kRegisters) + static_cast<std::ptrdiff_t>(count));
}

std::vector<std::uint32_t> F2OptionBytes::read() {
  std::vector<std::uint32_t> values;
  for (const OptionRegister& reg : registers_) values.push_back(memory_.read32(reg.read));
  return values;
}

}  // namespace probity::stm32
