#include "flash/stm32/f1_option_fields.hpp"

#include "flash/stm32/f1_registers.hpp"

namespace probity::stm32 {

namespace {

constexpr std::uint8_t kF1Open = 0xA5, kF0Open = 0xAA, kLevel2 = 0xCC;

constexpr OptionRegister place(std::string_view name, F1OptionByte byte) {
  const Address address = f1::kOptionArea + 2 * static_cast<Address>(byte);
  return {name, address, address};
}
constexpr OptionRegister kRegisters[] = {
    place("RDP", kRdp),   place("USER", kUser), place("Data0", kData0), place("Data1", kData1),
    place("WRP0", kWrp0), place("WRP1", kWrp1), place("WRP2", kWrp2),   place("WRP3", kWrp3),
};

OptionRisk risk_f1(std::uint32_t before, std::uint32_t after) {
  return before != kF1Open && after == kF1Open ? OptionRisk::mass_erase : OptionRisk::none;
}

OptionRisk risk_f0(std::uint32_t before, std::uint32_t after) {
  if (before != kLevel2 && after == kLevel2) return OptionRisk::permanent;
  return before != kF0Open && after == kF0Open ? OptionRisk::mass_erase : OptionRisk::none;
}

// The GD32 take 0xA5 for open and 0xCC for level 2.
OptionRisk risk_gd32(std::uint32_t before, std::uint32_t after) {
  return before != kLevel2 && after == kLevel2 ? OptionRisk::permanent : risk_f1(before, after);
}

constexpr OptionField kRdpF1{"RDP",  kRdp, 0, 8, "read-out protection: 0xa5 none, any other value on",
                             risk_f1};
constexpr OptionField kRdpF0{
    "RDP", kRdp, 0, 8, "read-out protection: 0xaa level 0, 0xcc level 2 (for ever), else level 1", risk_f0};
constexpr OptionField kRdpGd32{
    "RDP", kRdp, 0, 8, "read-out protection: 0xa5 none, 0xcc high (for ever), else low", risk_gd32};
constexpr OptionField kWdgSw{"WDG_SW", kUser, 0, 1,
                             "independent watchdog: 1 started by software, 0 always on"};
constexpr OptionField kStop{"nRST_STOP", kUser, 1, 1, "0: a reset instead of entering Stop mode"};
constexpr OptionField kStandby{"nRST_STDBY", kUser, 2, 1, "0: a reset instead of entering Standby mode"};
constexpr OptionField kBfb2{"BFB2", kUser, 3, 1, "0: boots from bank 2 where that is valid, 1: from bank 1"};
constexpr OptionField kNBoot0{"nBOOT0", kUser, 3, 1,
                              "stands for the BOOT0 pin, inverted, where BOOT_SEL is 0"};
constexpr OptionField kNBoot1{"nBOOT1", kUser, 4, 1,
                              "with BOOT0 high: 1 boots from system memory, 0 from SRAM"};
constexpr OptionField kVdda{"VDDA_MONITOR", kUser, 5, 1, "1: VDDA is supervised"};
constexpr OptionField kRamParity{"RAM_PARITY_CHECK", kUser, 6, 1, "0: parity of the RAM is checked"};
constexpr OptionField kSramParity{"SRAM_PE", kUser, 6, 1, "0: parity of the SRAM is checked"};
constexpr OptionField kBootSel{"BOOT_SEL", kUser, 7, 1, "1: the BOOT0 pin counts, 0: nBOOT0 does"};
constexpr OptionField kSdadc{"SDADC12_VDD_MONITOR", kUser, 7, 1, "1: VDDSD12 is supervised"};
constexpr OptionField kData0Field{"Data0", kData0, 0, 8, "a byte for the user"};
constexpr OptionField kData1Field{"Data1", kData1, 0, 8, "a byte for the user"};
constexpr OptionField kWrp0Field{"WRP0", kWrp0, 0, 8, "write protection, a 0 protects: blocks 0 to 7"};
constexpr OptionField kWrp1Field{"WRP1", kWrp1, 0, 8, "write protection, a 0 protects: blocks 8 to 15"};
constexpr OptionField kWrp2Field{"WRP2", kWrp2, 0, 8, "write protection, a 0 protects: blocks 16 to 23"};
constexpr OptionField kWrp3Field{"WRP3", kWrp3, 0, 8, "write protection, a 0 protects: blocks 24 to 31"};

constexpr OptionField kF1Fields[] = {kRdpF1,      kWdgSw,     kStop,      kStandby,   kData0Field,
                                     kData1Field, kWrp0Field, kWrp1Field, kWrp2Field, kWrp3Field};
constexpr OptionField kF1XlFields[] = {kRdpF1,     kWdgSw,      kStop,       kStandby,
                                       kBfb2,      kData0Field, kData1Field, kWrp0Field,
                                       kWrp1Field, kWrp2Field,  kWrp3Field};
constexpr OptionField kF0Fields[] = {kRdpF0,     kWdgSw,     kStop,       kStandby,    kNBoot1,
                                     kVdda,      kRamParity, kData0Field, kData1Field, kWrp0Field,
                                     kWrp1Field, kWrp2Field, kWrp3Field};
constexpr OptionField kF0BootSelFields[] = {kRdpF0,      kWdgSw,     kStop,      kStandby,   kNBoot0,
                                            kNBoot1,     kVdda,      kRamParity, kBootSel,   kData0Field,
                                            kData1Field, kWrp0Field, kWrp1Field, kWrp2Field, kWrp3Field};
constexpr OptionField kF3Fields[] = {kRdpF0,     kWdgSw,      kStop,       kStandby,    kNBoot1,
                                     kVdda,      kSramParity, kData0Field, kData1Field, kWrp0Field,
                                     kWrp1Field, kWrp2Field,  kWrp3Field};
constexpr OptionField kF37Fields[] = {kRdpF0,     kWdgSw,      kStop,      kStandby,    kNBoot1,
                                      kVdda,      kSramParity, kSdadc,     kData0Field, kData1Field,
                                      kWrp0Field, kWrp1Field,  kWrp2Field, kWrp3Field};
constexpr OptionField kGd32Fields[] = {kRdpGd32,   kWdgSw,      kStop,       kStandby,    kNBoot1,
                                       kVdda,      kSramParity, kData0Field, kData1Field, kWrp0Field,
                                       kWrp1Field, kWrp2Field,  kWrp3Field};

}  // namespace

// clang-format off
//                                        user data open     level2 load   fields
const F1OptionLayout kF1Options        {2, 10, kF1Open, false, false, kF1Fields};
const F1OptionLayout kF1XlOptions      {2, 10, kF1Open, false, false, kF1XlFields};
const F1OptionLayout kF0Options        {8, 16, kF0Open, true,  true,  kF0Fields};
const F1OptionLayout kF0BootSelOptions {8, 16, kF0Open, true,  true,  kF0BootSelFields};
const F1OptionLayout kF3Options        {8, 16, kF0Open, true,  true,  kF3Fields};
const F1OptionLayout kF37Options       {8, 16, kF0Open, true,  true,  kF37Fields};
// A chip at level 2 answers no debugger; and the GD32F103, which has the id of the GD32F1x0, shows WDG_SW there.
const F1OptionLayout kGd32F1x0Options  {8, 16, kF1Open, false, true,  kGd32Fields};
// clang-format on

std::span<const OptionRegister> f1_option_registers() { return kRegisters; }

}  // namespace probity::stm32
