// Sources: the option bytes' and flash registers' sections of the manuals that l4_registers.hpp names; names
// and places from ST's CMSIS headers (FLASH_OPTR_…_Pos).
#include "flash/stm32/l4_option_tables.hpp"

#include <algorithm>
#include <array>

namespace probity::stm32 {

namespace {

OptionRisk rdp_risk(std::uint32_t before, std::uint32_t after) {
  if (before == after) return OptionRisk::none;
  if (after == kL4Rdp2) return OptionRisk::permanent;
  return after == kL4Rdp0 || (after == kL4Rdp0_5 && before != kL4Rdp0) ? OptionRisk::mass_erase
                                                                       : OptionRisk::none;
}
// TZEN goes back to 0 only together with RDP to level 0, which erases the flash.
OptionRisk trust_zone_risk(std::uint32_t before, std::uint32_t after) {
  return before == after ? OptionRisk::none : OptionRisk::mass_erase;
}
OptionRisk set_for_ever(std::uint32_t before, std::uint32_t after) {
  return before == 0 && after != 0 ? OptionRisk::permanent : OptionRisk::none;
}
OptionRisk clear_for_ever(std::uint32_t before, std::uint32_t after) {
  return before != 0 && after == 0 ? OptionRisk::permanent : OptionRisk::none;
}

constexpr std::string_view kRdpWords =
    "read-out protection: 0xaa level 0, 0xcc level 2 (for ever), else level 1";
constexpr std::string_view kRdpTzWords =
    "read-out protection: 0xaa level 0, 0x55 level 0.5 (TZEN), 0xcc level 2 (for ever), else level 1";
constexpr std::string_view kStart = "first page of the area, counted in its chip bank";
constexpr std::string_view kEnd = "last page of the area; none is protected where it lies before the first";
constexpr std::string_view kPcropStart = "first unit of the area that can only be executed";
constexpr std::string_view kPcropEnd = "last unit of it; none where it lies before the first";
constexpr std::string_view kStop = "0: a reset instead of entering Stop";
constexpr std::string_view kStandby = "0: a reset instead of entering Standby";
constexpr std::string_view kShutdown = "0: a reset instead of entering Shutdown";
constexpr std::string_view kIwdgSw = "0: IWDG starts by itself, 1: by software";
constexpr std::string_view kIwdgStop = "0: IWDG stands still in Stop";
constexpr std::string_view kIwdgStandby = "0: IWDG stands still in Standby";
constexpr std::string_view kWwdgSw = "0: WWDG starts by itself, 1: by software";
constexpr std::string_view kBoot1 = "with BOOT0: 1 system memory, 0 SRAM";
constexpr std::string_view kBoot0 = "what counts as BOOT0 (inverted) while nSWBOOT0 is 0";
constexpr std::string_view kSwBoot0 = "0: nBOOT0 counts, 1: the pin BOOT0";
constexpr std::string_view kBootSel = "0: the pin BOOT0 counts, 1: nBOOT0";
constexpr std::string_view kBoot0G0 = "what counts as BOOT0 (inverted) while nBOOT_SEL is 1";
constexpr std::string_view kBorLevel = "brown-out reset level";
constexpr std::string_view kParity = "0: SRAM parity check on";
constexpr std::string_view kSramErase = "0: SRAM is erased by a system reset";
constexpr std::string_view kNrstMode = "pin nRST: 1 input only, 2 GPIO, 3 input and output";
constexpr std::string_view kIrhen = "0: internal resets drive nRST as a pulse only, 1: until it is low";
constexpr std::string_view kBfb2 = "1: boot from bank 2 where its vector is valid";
constexpr std::string_view kPages = "pages from the bank's begin that SEC_PROT closes until the next reset";
constexpr std::string_view kBootLock = "1: boots from main flash only (RDP level 1 then keeps debuggers out)";
constexpr std::string_view kHslv = "1: pins may be fast below 2.5 V; never with more";

using Fields = const L4OptionField[];

// --- FLASH_OPTR ---

constexpr Fields kOptrL4 = {
    // L4, L4+, G4, WB, WL
    {"RDP", 0, 8, kRdpWords, rdp_risk},  {"nRST_STOP", 12, 1, kStop}, {"nRST_STDBY", 13, 1, kStandby},
    {"nRST_SHDW", 14, 1, kShutdown},     {"IWDG_SW", 16, 1, kIwdgSw}, {"IWDG_STOP", 17, 1, kIwdgStop},
    {"IWDG_STDBY", 18, 1, kIwdgStandby}, {"WWDG_SW", 19, 1, kWwdgSw}, {"nBOOT1", 23, 1, kBoot1},
};
constexpr Fields kOptrL43 = {
    {"BOR_LEV", 8, 3, kBorLevel},  {"SRAM2_PE", 24, 1, kParity}, {"SRAM2_RST", 25, 1, kSramErase},
    {"nSWBOOT0", 26, 1, kSwBoot0}, {"nBOOT0", 27, 1, kBoot0},
};
constexpr Fields kOptrL47 = {
    {"BOR_LEV", 8, 3, kBorLevel},
    {"BFB2", 20, 1, kBfb2},
    {"DUALBANK", 21, 1, "parts with less than 1 MiB: 1 two banks"},
    {"SRAM2_PE", 24, 1, kParity},
    {"SRAM2_RST", 25, 1, kSramErase},
};
constexpr Fields kOptrL49 = {
    {"BOR_LEV", 8, 3, kBorLevel},
    {"BFB2", 20, 1, kBfb2},
    {"DUALBANK", 21, 1, "parts with less than 1 MiB: 1 two banks"},
    {"SRAM2_PE", 24, 1, kParity},
    {"SRAM2_RST", 25, 1, kSramErase},
    {"nSWBOOT0", 26, 1, kSwBoot0},
    {"nBOOT0", 27, 1, kBoot0},
};
constexpr Fields kOptrL4Plus = {
    {"BOR_LEV", 8, 3, kBorLevel},
    {"BFB2", 20, 1, kBfb2},
    {"DB1M", 21, 1, "parts with half of the flash (L4P, L4Q: DB512K): 1 two banks"},
    {"DBANK", 22, 1, "parts with all of the flash: 1 two banks of 4 KiB pages, 0 one of 8 KiB pages"},
    {"SRAM2_PE", 24, 1, kParity},
    {"SRAM2_RST", 25, 1, kSramErase},
    {"nSWBOOT0", 26, 1, kSwBoot0},
    {"nBOOT0", 27, 1, kBoot0},
};
constexpr Fields kOptrG43 = {
    {"BOR_LEV", 8, 3, kBorLevel},  {"SRAM_PE", 24, 1, kParity}, {"CCMSRAM_RST", 25, 1, kSramErase},
    {"nSWBOOT0", 26, 1, kSwBoot0}, {"nBOOT0", 27, 1, kBoot0},   {"NRST_MODE", 28, 2, kNrstMode},
    {"IRHEN", 30, 1, kIrhen},
};
constexpr Fields kOptrG47 = {
    {"BOR_LEV", 8, 3, kBorLevel},
    {"BFB2", 20, 1, kBfb2},
    {"DBANK", 22, 1, "1: two banks of 2 KiB pages, 0: one of 4 KiB pages"},
    {"SRAM_PE", 24, 1, kParity},
    {"CCMSRAM_RST", 25, 1, kSramErase},
    {"nSWBOOT0", 26, 1, kSwBoot0},
    {"nBOOT0", 27, 1, kBoot0},
    {"NRST_MODE", 28, 2, kNrstMode},
    {"IRHEN", 30, 1, kIrhen},
};
constexpr Fields kOptrG49 = {
    {"BOR_LEV", 8, 3, kBorLevel},
    {"PB4_PUPEN", 22, 1, "1: PB4 without the pull-down of USB-C dead batteries"},
    {"SRAM_PE", 24, 1, kParity},
    {"CCMSRAM_RST", 25, 1, kSramErase},
    {"nSWBOOT0", 26, 1, kSwBoot0},
    {"nBOOT0", 27, 1, kBoot0},
    {"NRST_MODE", 28, 2, kNrstMode},
    {"IRHEN", 30, 1, kIrhen},
};
constexpr Fields kOptrWb5 = {
    {"ESE", 8, 1, "1: the security of the radio core is on (it alone changes this)"},
    {"BOR_LEV", 9, 3, kBorLevel},
    {"SRAM2PE", 24, 1, kParity},
    {"SRAM2RST", 25, 1, kSramErase},
    {"nSWBOOT0", 26, 1, kSwBoot0},
    {"nBOOT0", 27, 1, kBoot0},
    {"AGC_TRIM", 29, 3, "trimming of the radio's gain control"},
};
constexpr Fields kOptrWb1 = {
    {"ESE", 8, 1, "1: the security of the radio core is on (it alone changes this)"},
    {"BOR_LEV", 9, 3, kBorLevel},
    {"IRHEN", 15, 1, kIrhen},
    {"nRST_MODE_1", 22, 1, "high bit of the mode of pin nRST"},
    {"SRAM2PE", 24, 1, kParity},
    {"SRAM2RST", 25, 1, kSramErase},
    {"nSWBOOT0", 26, 1, kSwBoot0},
    {"nBOOT0", 27, 1, kBoot0},
    {"nRST_MODE_0", 28, 1, "low bit of the mode of pin nRST"},
    {"AGC_TRIM", 29, 3, "trimming of the radio's gain control"},
};
constexpr Fields kOptrWl = {
    {"ESE", 8, 1, "1: the security of the second core is on"},
    {"BOR_LEV", 9, 3, kBorLevel},
    {"SRAM2_PE", 24, 1, kParity},
    {"SRAM_RST", 25, 1, kSramErase},
    {"nSWBOOT0", 26, 1, kSwBoot0},
    {"nBOOT0", 27, 1, kBoot0},
    {"BOOT_LOCK", 30, 1, kBootLock, set_for_ever},
    {"C2BOOT_LOCK", 31, 1, "1: the second core boots from its reset vector in SRRVR only", set_for_ever},
};
constexpr Fields kOptrG0 = {
    // C0, G0, U0
    {"RDP", 0, 8, kRdpWords, rdp_risk},
    {"BOR_EN", 8, 1, "1: brown-out levels as set, 0: power-on reset only"},
    {"nRST_STOP", 13, 1, kStop},
    {"nRST_STDBY", 14, 1, kStandby},
    {"nRST_SHDW", 15, 1, kShutdown},
    {"IWDG_SW", 16, 1, kIwdgSw},
    {"IWDG_STOP", 17, 1, kIwdgStop},
    {"IWDG_STDBY", 18, 1, kIwdgStandby},
    {"WWDG_SW", 19, 1, kWwdgSw},
    {"RAM_PARITY_CHECK", 22, 1, kParity},
    {"nBOOT_SEL", 24, 1, kBootSel},
    {"nBOOT1", 25, 1, kBoot1},
    {"nBOOT0", 26, 1, kBoot0G0},
    {"NRST_MODE", 27, 2, kNrstMode},
    {"IRHEN", 29, 1, kIrhen},
};
constexpr Fields kOptrG07 = {
    {"BORR_LEV", 9, 2, "brown-out level when the supply rises"},
    {"BORF_LEV", 11, 2, "brown-out level when it falls"},
};
constexpr Fields kOptrG0B = {
    {"BORR_LEV", 9, 2, "brown-out level when the supply rises"},
    {"BORF_LEV", 11, 2, "brown-out level when it falls"},
    {"nSWAP_BANK", 20, 1, "0: bank 2 lies before bank 1"},
    {"DUAL_BANK", 21, 1, "1: two banks"},
};
constexpr Fields kOptrC0 = {
    {"BORR_LEV", 9, 2, "brown-out level when the supply rises"},
    {"BORF_LEV", 11, 2, "brown-out level when it falls"},
    {"HSE_NOT_REMAPPED", 21, 1, "0: HSE is on other pins (not on C011, C031)"},
    {"SECURE_MUXING_EN", 23, 1, "1: only one of several pads of a small package's pin can be driven"},
};
constexpr Fields kOptrU0 = {
    {"BOR_LEV", 9, 2, kBorLevel},
    {"BDRST", 21, 1, "1: a power-on reset resets the backup domain too"},
    {"BKPSRAM_HW_ERASE", 23, 1, "0: a tamper event erases the backup SRAM"},
};
constexpr Fields kOptrL5 = {
    // L5, U3, U5, WBA
    {"RDP", 0, 8, kRdpTzWords, rdp_risk},
    {"BOR_LEV", 8, 3, kBorLevel},
    {"nRST_STOP", 12, 1, kStop},
    {"nRST_STDBY", 13, 1, kStandby},
    {"IWDG_SW", 16, 1, kIwdgSw},
    {"IWDG_STOP", 17, 1, kIwdgStop},
    {"IWDG_STDBY", 18, 1, kIwdgStandby},
    {"SRAM2_RST", 25, 1, kSramErase},
    {"nSWBOOT0", 26, 1, kSwBoot0},
    {"nBOOT0", 27, 1, kBoot0},
    {"TZEN", 31, 1, "TrustZone; goes back to 0 only with RDP to level 0", trust_zone_risk},
};
constexpr Fields kOptrL55 = {
    {"nRST_SHDW", 14, 1, kShutdown},
    {"WWDG_SW", 19, 1, kWwdgSw},
    {"SWAP_BANK", 20, 1, "1: bank 2 lies before bank 1"},
    {"DB256K", 21, 1, "parts with 256 KiB: 1 two banks"},
    {"DBANK", 22, 1, "parts with 512 KiB: 1 two banks of 2 KiB pages, 0 one of 4 KiB pages"},
    {"SRAM2_PE", 24, 1, kParity},
    {"PA15_PUPEN", 28, 1, "1: PA15 without the pull-down of USB-C dead batteries"},
};
constexpr Fields kOptrU5 = {
    {"nRST_SHDW", 14, 1, kShutdown},
    {"SRAM_RST", 15, 1, "0: all SRAM but SRAM2 and backup is erased by a system reset"},
    {"WWDG_SW", 19, 1, kWwdgSw},
    {"SWAP_BANK", 20, 1, "1: bank 2 lies before bank 1"},
    {"DUALBANK", 21, 1, "parts with less than all of the flash: 1 two banks"},
    {"BKPRAM_ECC", 22, 1, "0: ECC of the backup SRAM on"},
    {"SRAM3_ECC", 23, 1, "0: ECC of SRAM3 on (not on U535, U545)"},
    {"SRAM2_ECC", 24, 1, "0: ECC of SRAM2 on"},
    {"PA15_PUPEN", 28, 1, "1: PA15 without the pull-down of USB-C dead batteries"},
    {"IO_VDD_HSLV", 29, 1, kHslv},
    {"IO_VDDIO2_HSLV", 30, 1, kHslv},
};
constexpr Fields kOptrU3 = {
    {"BDRST_POR", 11, 1, "1: a power-on reset resets the backup domain too"},
    {"nRST_SHDW", 14, 1, kShutdown},
    {"SRAM1_RST", 15, 1, kSramErase},
    {"WWDG_SW", 19, 1, kWwdgSw},
    {"SWAP_BANK", 20, 1, "1: bank 2 lies before bank 1"},
    {"DUALBANK", 21, 1, "parts with less than all of the flash: 1 two banks"},
    {"SRAM3_PE", 23, 1, kParity},
    {"SRAM2_PE", 24, 1, kParity},
    {"IO_VDD_HSLV", 29, 1, kHslv},
    {"IO_VDDIO2_HSLV", 30, 1, kHslv},
};
constexpr Fields kOptrWba5 = {
    {"SRAM1_RST", 15, 1, kSramErase},
    {"WWDG_SW", 19, 1, kWwdgSw},
    {"SRAM2_PE", 24, 1, kParity},
};
constexpr Fields kOptrWba6 = {
    {"SRAM1_RST", 15, 1, kSramErase},
    {"WWDG_SW", 19, 1, kWwdgSw},
    {"SWAP_BANK", 20, 1, "1: bank 2 lies before bank 1"},
    {"DUAL_BANK", 21, 1, "1: two banks"},
    {"SRAM2_PE", 24, 1, kParity},
    {"IO_VDD_HSLV", 29, 1, kHslv},
    {"IO_VDDIO2_HSLV", 30, 1, kHslv},
};
constexpr Fields kOptrWba2 = {
    {"SRAM1_RST", 15, 1, kSramErase},
    {"SRAM2_PE", 24, 1, kParity},
};

// --- areas ---

constexpr Fields kWrp1A = {{"WRP1A_STRT", 0, kPageBits, kStart}, {"WRP1A_END", 16, kPageBits, kEnd}};
constexpr Fields kWrp1B = {{"WRP1B_STRT", 0, kPageBits, kStart}, {"WRP1B_END", 16, kPageBits, kEnd}};
constexpr Fields kWrp2A = {{"WRP2A_STRT", 0, kPageBits, kStart}, {"WRP2A_END", 16, kPageBits, kEnd}};
constexpr Fields kWrp2B = {{"WRP2B_STRT", 0, kPageBits, kStart}, {"WRP2B_END", 16, kPageBits, kEnd}};
constexpr Fields kPcrop1S = {{"PCROP1_STRT", 0, kPcropBits, kPcropStart}};
constexpr Fields kPcrop1E = {{"PCROP1_END", 0, kPcropBits, kPcropEnd}};
constexpr Fields kPcrop2S = {{"PCROP2_STRT", 0, kPcropBits, kPcropStart}};
constexpr Fields kPcrop2E = {{"PCROP2_END", 0, kPcropBits, kPcropEnd}};
constexpr Fields kPcrop1AS = {{"PCROP1A_STRT", 0, kPcropBits, kPcropStart}};
constexpr Fields kPcrop1AE = {{"PCROP1A_END", 0, kPcropBits, kPcropEnd}};
constexpr Fields kPcrop1BS = {{"PCROP1B_STRT", 0, kPcropBits, kPcropStart}};
constexpr Fields kPcrop1BE = {{"PCROP1B_END", 0, kPcropBits, kPcropEnd}};
constexpr Fields kPcrop2AS = {{"PCROP2A_STRT", 0, kPcropBits, kPcropStart}};
constexpr Fields kPcrop2AE = {{"PCROP2A_END", 0, kPcropBits, kPcropEnd}};
constexpr Fields kPcrop2BS = {{"PCROP2B_STRT", 0, kPcropBits, kPcropStart}};
constexpr Fields kPcrop2BE = {{"PCROP2B_END", 0, kPcropBits, kPcropEnd}};
constexpr Fields kPcropRdp = {{"PCROP_RDP", 31, 1, "1: PCROP goes when RDP goes from level 1 to 0"}};
constexpr Fields kSecG0 = {{"SEC_SIZE", 0, 8, kPages}, {"BOOT_LOCK", 16, 1, kBootLock, set_for_ever}};
constexpr Fields kSecG0B = {{"SEC_SIZE2", 20, 8, kPages}};
constexpr Fields kSecG4 = {{"SEC_SIZE1", 0, 8, kPages}, {"BOOT_LOCK", 16, 1, kBootLock, set_for_ever}};
constexpr Fields kSecG4Two = {{"SEC_SIZE2", 0, 8, kPages}};
constexpr Fields kSecU0 = {{"HDP1_PEND", 0, 7, "last page of the area that HDP1_ACCDIS hides"},
                           {"BOOT_LOCK", 16, 1, kBootLock, set_for_ever},
                           {"HDP1EN", 24, 8, "0xb4: no such area"}};
constexpr Fields kIpccb = {{"IPCCDBA", 0, 14, "offset of the mailbox in SRAM2a, double words"}};
constexpr Fields kSfrWb = {{"SFSA", 0, 8, "first page of the radio core's flash (it alone changes this)"},
                           {"FSD", 8, 1, "0: the radio core's flash is closed to all others"},
                           {"DDS", 12, 1, "1: the radio core cannot be debugged"}};
constexpr Fields kSfrWl = {{"SFSA", 0, 7, "first page of the second core's flash"},
                           {"FSD", 7, 1, "0: the second core's flash is closed to the first"},
                           {"DDS", 12, 1, "1: the second core cannot be debugged"},
                           {"HDPSA", 16, 7, "first page of the area that is hidden"},
                           {"HDPAD", 23, 1, "1: nothing is hidden"},
                           {"SUBGHZSPISD", 31, 1, "1: the radio's SPI is not kept to the second core"}};
constexpr Fields kSrrvr = {{"SBRV", 0, 18, "reset vector of the second core, words"},
                           {"C2OPT", 31, 1, "1: it lies in flash, 0: in SRAM"}};

constexpr std::string_view kBootAddress = "boot address, bits 31:7";
constexpr Fields kNsBoot0 = {{"NSBOOTADD0", 7, 25, kBootAddress}};
constexpr Fields kNsBoot1 = {{"NSBOOTADD1", 7, 25, kBootAddress}};
constexpr Fields kSecBoot0 = {
    {"BOOT_LOCK", 0, 1, "1: boots from SECBOOTADD0 only", set_for_ever},
    {"SECBOOTADD0", 7, 25, kBootAddress},
};
constexpr std::string_view kSecureStart = "first secure page, counted in its chip bank";
constexpr std::string_view kSecureEnd = "last secure page; none where it lies before the first";
constexpr std::string_view kHideEnd =
    "last page of the area that HDP_ACCDIS hides; it begins with the secure one";
constexpr std::string_view kHideOn = "1: there is such an area";
constexpr std::string_view kHideOnByte = "0xb4: there is no such area";
constexpr Fields kSecwm1 = {{"SECWM1_PSTRT", 0, kPageBits, kSecureStart},
                            {"SECWM1_PEND", 16, kPageBits, kSecureEnd}};
constexpr Fields kSecwm2 = {{"SECWM2_PSTRT", 0, kPageBits, kSecureStart},
                            {"SECWM2_PEND", 16, kPageBits, kSecureEnd}};
constexpr Fields kHdp1 = {{"HDP1_PEND", 16, kPageBits, kHideEnd}, {"HDP1EN", 31, 1, kHideOn}};
constexpr Fields kHdp2 = {{"HDP2_PEND", 16, kPageBits, kHideEnd}, {"HDP2EN", 31, 1, kHideOn}};
constexpr Fields kHdp1U3 = {{"HDP1_PEND", 16, kPageBits, kHideEnd}, {"HDP1EN", 24, 8, kHideOnByte}};
constexpr Fields kHdp2U3 = {{"HDP2_PEND", 16, kPageBits, kHideEnd}, {"HDP2EN", 24, 8, kHideOnByte}};
constexpr Fields kWrp1ATz = {{"WRP1A_PSTRT", 0, kPageBits, kStart}, {"WRP1A_PEND", 16, kPageBits, kEnd}};
constexpr Fields kWrp1BTz = {{"WRP1B_PSTRT", 0, kPageBits, kStart}, {"WRP1B_PEND", 16, kPageBits, kEnd}};
constexpr Fields kWrp2ATz = {{"WRP2A_PSTRT", 0, kPageBits, kStart}, {"WRP2A_PEND", 16, kPageBits, kEnd}};
constexpr Fields kWrp2BTz = {{"WRP2B_PSTRT", 0, kPageBits, kStart}, {"WRP2B_PEND", 16, kPageBits, kEnd}};
constexpr std::string_view kUnlockWords = "0: the area stays as it is for ever";
constexpr Fields kUnlock1A = {{"WRP1A_UNLOCK", 31, 1, kUnlockWords, clear_for_ever}};
constexpr Fields kUnlock1B = {{"WRP1B_UNLOCK", 31, 1, kUnlockWords, clear_for_ever}};
constexpr Fields kUnlock2A = {{"WRP2A_UNLOCK", 31, 1, kUnlockWords, clear_for_ever}};
constexpr Fields kUnlock2B = {{"WRP2B_UNLOCK", 31, 1, kUnlockWords, clear_for_ever}};

// --- registers of each family ---

using Registers = const L4OptionRegister[];
constexpr bool kTwo = true, kSecure = true;

constexpr L4OptionRegister optr(std::span<const L4OptionField> fields, std::span<const L4OptionField> more) {
  return {"OPTR", 0x20, fields, more};
}
constexpr L4OptionRegister kWrp1AR{"WRP1AR", 0x2C, kWrp1A}, kWrp1BR{"WRP1BR", 0x30, kWrp1B};
constexpr L4OptionRegister kWrp2AR{"WRP2AR", 0x4C, kWrp2A, {}, kTwo},
    kWrp2BR{"WRP2BR", 0x50, kWrp2B, {}, kTwo};
constexpr L4OptionRegister kPcrop1SR{"PCROP1SR", 0x24, kPcrop1S},
    kPcrop1ER{"PCROP1ER", 0x28, kPcrop1E, kPcropRdp};
constexpr L4OptionRegister kPcrop2SR{"PCROP2SR", 0x44, kPcrop2S, {}, kTwo};
constexpr L4OptionRegister kPcrop2ER{"PCROP2ER", 0x48, kPcrop2E, {}, kTwo};
constexpr L4OptionRegister kPcrop1ASR{"PCROP1ASR", 0x24, kPcrop1AS},
    kPcrop1AER{"PCROP1AER", 0x28, kPcrop1AE, kPcropRdp};
constexpr L4OptionRegister kPcrop1BSR{"PCROP1BSR", 0x34, kPcrop1BS}, kPcrop1BER{"PCROP1BER", 0x38, kPcrop1BE};

constexpr Registers kL43 = {optr(kOptrL4, kOptrL43), kPcrop1SR, kPcrop1ER, kWrp1AR, kWrp1BR};
constexpr std::array<L4OptionRegister, 9> of_two_banks(std::span<const L4OptionField> optr_fields) {
  return {optr(kOptrL4, optr_fields),
          kPcrop1SR,
          kPcrop1ER,
          kWrp1AR,
          kWrp1BR,
          kPcrop2SR,
          kPcrop2ER,
          kWrp2AR,
          kWrp2BR};
}
constexpr auto kL47 = of_two_banks(kOptrL47);
constexpr auto kL49 = of_two_banks(kOptrL49);
constexpr auto kL4Plus = of_two_banks(kOptrL4Plus);
constexpr Registers kG43 = {optr(kOptrL4, kOptrG43), kPcrop1SR, kPcrop1ER, kWrp1AR, kWrp1BR,
                            {"SEC1R", 0x70, kSecG4}};
constexpr Registers kG49 = {optr(kOptrL4, kOptrG49), kPcrop1SR, kPcrop1ER, kWrp1AR, kWrp1BR,
                            {"SEC1R", 0x70, kSecG4}};
constexpr Registers kG47 = {optr(kOptrL4, kOptrG47),
                            kPcrop1SR,
                            kPcrop1ER,
                            kWrp1AR,
                            kWrp1BR,
                            kPcrop2SR,
                            kPcrop2ER,
                            kWrp2AR,
                            kWrp2BR,
                            {"SEC1R", 0x70, kSecG4},
                            {"SEC2R", 0x74, kSecG4Two, {}, kTwo}};
constexpr Registers kG0 = {
    optr(kOptrG0, kOptrG07), kPcrop1ASR, kPcrop1AER, kWrp1AR, kWrp1BR, kPcrop1BSR, kPcrop1BER,
    {"SECR", 0x80, kSecG0}};
constexpr Registers kC0 = {
    optr(kOptrG0, kOptrC0), kPcrop1ASR, kPcrop1AER, kWrp1AR, kWrp1BR, kPcrop1BSR, kPcrop1BER,
    {"SECR", 0x80, kSecG0}};
constexpr Registers kG0B = {optr(kOptrG0, kOptrG0B),
                            kPcrop1ASR,
                            kPcrop1AER,
                            kWrp1AR,
                            kWrp1BR,
                            kPcrop1BSR,
                            kPcrop1BER,
                            {"PCROP2ASR", 0x44, kPcrop2AS, {}, kTwo},
                            {"PCROP2AER", 0x48, kPcrop2AE, {}, kTwo},
                            kWrp2AR,
                            kWrp2BR,
                            {"PCROP2BSR", 0x54, kPcrop2BS, {}, kTwo},
                            {"PCROP2BER", 0x58, kPcrop2BE, {}, kTwo},
                            {"SECR", 0x80, kSecG0, kSecG0B}};
constexpr Registers kU0 = {optr(kOptrG0, kOptrU0), kWrp1AR, kWrp1BR, {"SECR", 0x80, kSecU0}};
// Of the parts with a radio core.
constexpr std::array<L4OptionRegister, 10> of_radio_part(std::span<const L4OptionField> optr_fields,
                                                         std::span<const L4OptionField> second_core) {
  return {optr(kOptrL4, optr_fields),
          kPcrop1ASR,
          kPcrop1AER,
          kWrp1AR,
          kWrp1BR,
          kPcrop1BSR,
          kPcrop1BER,
          {"IPCCBR", 0x3C, kIpccb},
          {"SFR", 0x80, second_core},
          {"SRRVR", 0x84, kSrrvr}};
}
constexpr auto kWb5 = of_radio_part(kOptrWb5, kSfrWb);
constexpr auto kWb1 = of_radio_part(kOptrWb1, kSfrWb);
constexpr auto kWl = of_radio_part(kOptrWl, kSfrWl);

constexpr L4OptionRegister optr_tz(std::span<const L4OptionField> more) {
  return {"OPTR", 0x40, kOptrL5, more};
}
constexpr L4OptionRegister kNsBoot0R{"NSBOOTADD0R", 0x44, kNsBoot0}, kNsBoot1R{"NSBOOTADD1R", 0x48, kNsBoot1};
constexpr L4OptionRegister kSecBoot0R{"SECBOOTADD0R", 0x4C, kSecBoot0, {}, false, kSecure};
constexpr L4OptionRegister kSecwm1R1{"SECWM1R1", 0x50, kSecwm1, {}, false, kSecure};
constexpr L4OptionRegister kSecwm1R2{"SECWM1R2", 0x54, kHdp1, {}, false, kSecure};
constexpr L4OptionRegister kSecwm2R1{"SECWM2R1", 0x60, kSecwm2, {}, kTwo, kSecure};
constexpr L4OptionRegister kSecwm2R2{"SECWM2R2", 0x64, kHdp2, {}, kTwo, kSecure};
constexpr L4OptionRegister kSecwm1R2U3{"SECWM1R2", 0x54, kHdp1U3, {}, false, kSecure};
constexpr L4OptionRegister kSecwm2R2U3{"SECWM2R2", 0x64, kHdp2U3, {}, kTwo, kSecure};
constexpr L4OptionRegister kLocked1A{"WRP1AR", 0x58, kWrp1ATz, kUnlock1A},
    kLocked1B{"WRP1BR", 0x5C, kWrp1BTz, kUnlock1B};
constexpr L4OptionRegister kLocked2A{"WRP2AR", 0x68, kWrp2ATz, kUnlock2A, kTwo};
constexpr L4OptionRegister kLocked2B{"WRP2BR", 0x6C, kWrp2BTz, kUnlock2B, kTwo};

constexpr Registers kL5 = {optr_tz(kOptrL55),
                           kNsBoot0R,
                           kNsBoot1R,
                           kSecBoot0R,
                           kSecwm1R1,
                           kSecwm1R2,
                           {"WRP1AR", 0x58, kWrp1ATz},
                           {"WRP1BR", 0x5C, kWrp1BTz},
                           kSecwm2R1,
                           kSecwm2R2,
                           {"WRP2AR", 0x68, kWrp2ATz, {}, kTwo},
                           {"WRP2BR", 0x6C, kWrp2BTz, {}, kTwo}};
constexpr Registers kU5 = {optr_tz(kOptrU5), kNsBoot0R, kNsBoot1R, kSecBoot0R, kSecwm1R1, kSecwm1R2,
                           kLocked1A,        kLocked1B, kSecwm2R1, kSecwm2R2,  kLocked2A, kLocked2B};
constexpr Registers kU3 = {optr_tz(kOptrU3), kNsBoot0R, kNsBoot1R, kSecBoot0R,  kSecwm1R1, kSecwm1R2U3,
                           kLocked1A,        kLocked1B, kSecwm2R1, kSecwm2R2U3, kLocked2A, kLocked2B};
constexpr Registers kWba5 = {optr_tz(kOptrWba5), kNsBoot0R, kNsBoot1R, kSecBoot0R,
                             kSecwm1R1,          kSecwm1R2, kLocked1A, kLocked1B};
constexpr Registers kWba6 = {optr_tz(kOptrWba6), kNsBoot0R, kNsBoot1R, kSecBoot0R, kSecwm1R1, kSecwm1R2,
                             kLocked1A,          kLocked1B, kSecwm2R1, kSecwm2R2,  kLocked2A, kLocked2B};
constexpr Registers kWba2 = {optr_tz(kOptrWba2), kNsBoot0R,   kNsBoot1R, kSecBoot0R,
                             kSecwm1R1,          kSecwm1R2U3, kLocked1A, kLocked1B};

struct FamilyRow {
  L4Family family;
  std::span<const L4OptionRegister> registers;
  std::uint32_t pcrop_unit;         // 0: no PCROP
  std::uint32_t pcrop_unit_single;  // … with one bank
};
// The unit: the largest part's (bank's) size divided by what the field can say.
constexpr FamilyRow kFamilies[] = {
    {L4Family::l41_46, kL43, 8, 8},      {L4Family::l47_48, kL47, 8, 8},    {L4Family::l49_4a, kL49, 8, 8},
    {L4Family::l4_plus, kL4Plus, 8, 16}, {L4Family::l5, kL5, 0, 0},         {L4Family::g0, kG0, 512, 512},
    {L4Family::g0b, kG0B, 512, 512},     {L4Family::g43, kG43, 8, 8},       {L4Family::g47, kG47, 8, 16},
    {L4Family::g49, kG49, 8, 8},         {L4Family::wb5, kWb5, 2048, 2048}, {L4Family::wb1, kWb1, 1024, 1024},
    {L4Family::wl, kWl, 1024, 1024},     {L4Family::c0, kC0, 512, 512},     {L4Family::u0, kU0, 0, 0},
    {L4Family::u3, kU3, 0, 0},           {L4Family::u5, kU5, 0, 0},         {L4Family::wba5, kWba5, 0, 0},
    {L4Family::wba6, kWba6, 0, 0},       {L4Family::wba2, kWba2, 0, 0},
};

const FamilyRow& row_of(L4Family family) { return *std::ranges::find(kFamilies, family, &FamilyRow::family); }

}  // namespace

std::span<const L4OptionRegister> l4_option_registers(L4Family family) { return row_of(family).registers; }

std::uint32_t l4_pcrop_unit(L4Family family, bool dual_bank) {
  const FamilyRow& row = row_of(family);
  return dual_bank ? row.pcrop_unit : row.pcrop_unit_single;
}

}  // namespace probity::stm32
