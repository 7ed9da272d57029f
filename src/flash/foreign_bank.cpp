#include "flash/foreign_bank.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <span>

#include "base/errors.hpp"

namespace probity {

namespace {

class ForeignBank final : public FlashBank {
 public:
  ForeignBank(FlashBankConfig config, std::string_view chips, Target& target, Clock& clock, Log& log)
      : FlashBank(std::move(config), target, clock, log), chips_(chips) {
    base_ = config_.base;
    size_ = config_.size;
  }

  bool usable() const override { return false; }
  void probe(bool) override { fail(); }
  void erase(SectorRange) override { fail(); }
  void write(std::uint32_t, ByteView) override { fail(); }
  void protect(SectorRange, bool) override { fail(); }
  void check_protection() override { fail(); }
  void mass_erase() override { fail(); }
  void lock() override { fail(); }
  void unlock() override { fail(); }
  std::string describe() override { fail(); }

 private:
  [[noreturn]] void fail() const {
    throw FlashError(fmt::format("flash bank {}: this program has no flash driver {} ({}); the chip can be "
                                 "debugged, its flash cannot be written",
                                 config_.name, config_.driver, chips_),
                     config_.name, base_);
  }
  std::string_view chips_;
};

// What OpenOCD 0.12.0 demands at `flash bank`, as seen of it: that many options, one of these bases, a chip
// and bus width. Empty or 0: it does not care.
struct Row {
  std::string_view name;
  std::string_view chips;
  std::size_t options = 0;
  std::span<const Address> bases = {};
  bool widths = false;
  std::uint32_t size = 0;  // the bank has it, whatever was said
};

constexpr Address kSam3Bases[] = {0x00080000, 0x000A0000, 0x000C0000, 0x00100000, 0x00400000};
constexpr Address kSam4Bases[] = {0x00400000, 0x00480000, 0x00500000, 0x01000000, 0x01100000};
constexpr Address kRsl10Bases[] = {0x00080000, 0x00080800, 0x00081000, 0x00100000};

constexpr Row kRows[] = {
    {"aduc702x", "Analog Devices ADuC702x"},
    {"aducm360", "Analog Devices ADuCM360", 0, {}, false, 0x20000},
    {"ambiqmicro", "Ambiq Apollo"},
    {"artery", "Artery AT32, Holtek HT32"},
    {"at91sam3", "Microchip SAM3", 0, kSam3Bases},
    {"at91sam4", "Microchip SAM4", 0, kSam4Bases},
    {"at91sam4l", "Microchip SAM4L"},
    {"at91sam7", "Microchip SAM7"},
    {"ath79", "Atheros AR71xx, AR724x, AR91xx"},
    {"atsame5", "Microchip SAMD5x, SAME5x"},
    {"atsamv", "Microchip SAMV, SAMS7, SAME70"},
    {"avr", "Microchip AVR"},
    {"bluenrg-x", "STMicroelectronics BlueNRG"},
    {"cc26xx", "Texas Instruments CC13xx, CC26xx"},
    {"cc3220sf", "Texas Instruments CC3220SF"},
    {"cfi", "parallel NOR flash with CFI", 0, {}, true},
    {"dsp5680xx_flash", "Freescale DSP5680xx", 0, {}, false, 0x4000},
    {"dw-spi", "flash behind a DesignWare SPI controller"},
    {"em357", "Silicon Labs EM357"},
    {"eneispif", "flash behind an ENE controller"},
    {"esirisc", "eSi-TSMC flash"},
    {"faux", "a flash that does not exist"},
    {"fespi", "flash behind a Freedom E SPI controller"},
    {"fm3", "Cypress FM3"},
    {"fm4", "Cypress FM4", 1},
    {"jtagspi", "SPI flash behind an FPGA", 1},
    {"lpc288x", "NXP LPC288x"},
    {"lpc2900", "NXP LPC2900"},
    {"lpcspifi", "SPI flash of NXP LPC"},
    {"max32xxx", "Maxim MAX32", 3},
    {"mdr", "Milandr MDR", 3},
    {"mrvlqspi", "SPI flash of Marvell chips", 1},
    {"msp432", "Texas Instruments MSP432"},
    {"mspm0", "Texas Instruments MSPM0"},
    {"niietcm4", "NIIET K1921"},
    {"npcx", "Nuvoton NPCX"},
    {"numicro", "Nuvoton NuMicro"},
    {"ocl", "on-chip loader protocol"},
    {"pic32mx", "Microchip PIC32MX"},
    {"psoc4", "Infineon PSoC 4"},
    {"psoc5lp", "Infineon PSoC 5LP"},
    {"psoc5lp_eeprom", "Infineon PSoC 5LP, EEPROM"},
    {"psoc5lp_nvl", "Infineon PSoC 5LP, latches"},
    {"psoc6", "Infineon PSoC 6"},
    {"qn908x", "NXP QN908x"},
    {"read_only", "memory that is only read"},
    {"renesas_rpchf", "flash behind a Renesas RPC", 0, {}, true},
    {"rpchf", "flash behind a Renesas RPC", 0, {}, true},
    {"rsl10", "onsemi RSL10", 0, kRsl10Bases},
    {"rsl15", "onsemi RSL15"},
    {"sh_qspi", "flash behind a Renesas QSPI controller"},
    {"sim3x", "Silicon Labs SiM3x"},
    {"stmsmi", "flash behind an ST SMI controller"},
    {"str7x", "STMicroelectronics STR7", 1},
    {"str9x", "STMicroelectronics STR9"},
    {"str9xpec", "STMicroelectronics STR9 over JTAG"},
    {"swm050", "Synwit SWM050"},
    {"tms470", "Texas Instruments TMS470"},
    {"w600", "WinnerMicro W600"},
    {"xcf", "Xilinx XCF platform flash"},
    {"xmc1xxx", "Infineon XMC1000"},
    {"xmc4xxx", "Infineon XMC4000"},
};

void check(const Row& row, FlashBankConfig& config) {
  const auto refuse = [&](const std::string& why) {
    throw ConfigError(
        fmt::format("'{}' driver rejected flash bank at 0x{:08x}: {}", row.name, config.base, why));
  };
  if (config.options.size() < row.options) {
    refuse(fmt::format("{} driver option{} missing", row.options - config.options.size(),
                       row.options - config.options.size() == 1 ? "" : "s"));
  }
  if (!row.bases.empty() && std::ranges::find(row.bases, config.base) == row.bases.end()) {
    refuse(fmt::format("its banks begin at {:#010x}", fmt::join(row.bases, ", ")));
  }
  if (row.widths && (config.chip_width == 0 || config.bus_width == 0)) {
    refuse("chip and bus width have to be given, in bytes");
  }
  if (row.size != 0) config.size = row.size;
}

}  // namespace

const std::vector<FlashDriver>& foreign_flash_drivers() {
  static const std::vector<FlashDriver> kDrivers = [] {
    std::vector<FlashDriver> drivers;
    for (const Row& row : kRows) {
      drivers.push_back({row.name,
                         [&row](const FlashBankConfig& config, Target& target, Clock& clock, Log& log) {
                           return std::make_unique<ForeignBank>(config, row.chips, target, clock, log);
                         },
                         [&row](FlashBankConfig& config) { check(row, config); }});
    }
    return drivers;
  }();
  return kDrivers;
}

}  // namespace probity
