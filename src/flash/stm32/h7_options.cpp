#include "flash/stm32/h7_options.hpp"

#include "flash/stm32/h7_option_bytes.hpp"
#include "flash/stm32/h7_registers.hpp"

namespace probity::stm32 {

using namespace h7;

const OptionControl kH7OptionControl{
    .keyr = kOptkeyr,
    .cr = kOptcr,
    .lock = OPTCR::OPTLOCK,
    .start = OPTCR::OPTSTART,
    .busy_register = kOptsrCur,
    .busy = OPTSR::OPT_BUSY,
    .error_name = "FLASH_OPTSR_CUR",
    .error_register = kOptsrCur,
    .error = OPTSR::OPTCHANGEERR,
    .error_clear = kOptccr,
};

// RM0455, 4.3.14 and 4.9.29; FLASH_OPTCR_PG_OTP, FLASH_OTPBL_LOCKBL of stm32h7a3xx.h.
const OtpArea kH7OtpArea{
    .blocks = 16,
    .block_size = 64,
    .control = kOptcr,
    .enable = OPTCR::PG_OTP,
    .force_write = {{}, 0, 0},
    .options_unlocked = true,
    .locks_enabled = false,
    .lock_register = {"FLASH_OTPBL", kOtpblCur, kOtpblPrg},
    .locks = {"LOCKBL", 0, 0, 16, kOtpLocksMeaning, otp_lock_risk},
};

const std::array<WriteProtection, 2> kH7WriteProtection = {
    {{"FLASH_WPSN_CUR1", "WRPSN1"}, {"FLASH_WPSN_CUR2", "WRPSN2"}}};

namespace {

constexpr H7BankOptions kBankNames[] = {
    {"FLASH_PRAR_CUR1", "PROT_AREA_START1", "PROT_AREA_END1", "FLASH_SCAR_CUR1", "SEC_AREA_START1",
     "SEC_AREA_END1"},
    {"FLASH_PRAR_CUR2", "PROT_AREA_START2", "PROT_AREA_END2", "FLASH_SCAR_CUR2", "SEC_AREA_START2",
     "SEC_AREA_END2"},
};

constexpr std::uint16_t kIdH7A = 0x480, kIdH72 = 0x483;
constexpr std::uint16_t kSecondCore = 1;  // in place of an id: dual-core parts

// Bits of FLASH_OPTSR: RM0433 4.9.8; `only` names the part that has them, 0: all.
struct OptsrRow {
  std::uint16_t only;
  OptionField field;
};
constexpr OptsrRow kOptsrRows[] = {
    {0, {"BOR_LEV", 0, 2, 2, "brown-out level: 0 off, 1 to 3 rising"}},
    {0, {"IWDG1_SW", 0, 4, 1, "independent watchdog 1: 0 started by hardware, 1 by software"}},
    {kSecondCore, {"IWDG2_SW", 0, 5, 1, "independent watchdog 2: 0 by hardware, 1 by software"}},
    {0, {"NRST_STOP_D1", 0, 6, 1, "0: entering DStop of domain D1 resets the chip"}},
    {0, {"NRST_STBY_D1", 0, 7, 1, "0: entering DStandby of domain D1 resets the chip"}},
    {0,
     {"RDP", 0, 8, 8, "read-out protection: 0xaa level 0, 0xcc level 2 (for ever), else level 1",
      h7_rdp_risk}},
    {kIdH7A, {"VDDMMC_HSLV", 0, 16, 1, "1: high-speed I/O at a low VDDMMC"}},
    {0, {"FZ_IWDG_STOP", 0, 17, 1, "0: the watchdogs stand still in Stop mode"}},
    {0, {"FZ_IWDG_SDBY", 0, 18, 1, "0: the watchdogs stand still in Standby mode"}},
    {0, {"ST_RAM_SIZE", 0, 19, 2, "DTCM that ST's services may use: 2, 4, 8, 16 KiB"}},
    {0, {"SECURITY", 0, 21, 1, "1: secure areas are enabled"}},
    {kSecondCore, {"BCM4", 0, 22, 1, "1: the Cortex-M4 boots"}},
    {kSecondCore, {"BCM7", 0, 23, 1, "1: the Cortex-M7 boots"}},
    {kSecondCore, {"NRST_STOP_D2", 0, 24, 1, "0: entering DStop of domain D2 resets the chip"}},
    {kSecondCore, {"NRST_STBY_D2", 0, 25, 1, "0: entering DStandby of domain D2 resets the chip"}},
    {kIdH72, {"NRST_STOP_D2", 0, 24, 1, "0: entering DStop of domain D2 resets the chip"}},
    {kIdH72, {"NRST_STBY_D2", 0, 25, 1, "0: entering DStandby of domain D2 resets the chip"}},
    {0, {"IO_HSLV", 0, 29, 1, "1: high-speed I/O at a low VDD"}},
};

constexpr std::string_view kMeaningStart = "first block of 256 bytes of the PCROP area";
constexpr std::string_view kMeaningEnd = "last block of the PCROP area; below the first: none";
constexpr std::string_view kMeaningDmep =
    "1: the PCROP area goes with the erase of all when RDP goes to level 0";
constexpr std::string_view kMeaningSecStart = "first block of 256 bytes of the secure area";
constexpr std::string_view kMeaningSecEnd = "last block of the secure area; below the first: none";
constexpr std::string_view kMeaningDmes =
    "1: the secure area goes with the erase of all when RDP goes to level 0";

class Rows {
 public:
  unsigned add(std::string_view name, Address current, Address programmed) {
    return add(OptionRegister{name, current, programmed});
  }
  unsigned add(const OptionRegister& reg) {
    rows_.registers.push_back(reg);
    return static_cast<unsigned>(rows_.registers.size()) - 1;
  }
  void add(OptionField field) { rows_.fields.push_back(field); }

  void add_bank(unsigned chip_bank, const H7Part& part) {
    const Address step = chip_bank * kBankStep;
    const bool second = chip_bank == 1;
    const H7BankOptions& names = h7_bank_options(chip_bank);
    const unsigned prar = add(second ? "FLASH_PRAR2" : "FLASH_PRAR1", kPrarCur + step, kPrarPrg + step);
    add({names.area_start, prar, 0, 12, kMeaningStart});
    add({names.area_end, prar, 16, 12, kMeaningEnd});
    add({second ? "DMEP2" : "DMEP1", prar, 31, 1, kMeaningDmep});
    const unsigned scar = add(second ? "FLASH_SCAR2" : "FLASH_SCAR1", kScarCur + step, kScarPrg + step);
    add({names.secure_start, scar, 0, 12, kMeaningSecStart});
    add({names.secure_end, scar, 16, 12, kMeaningSecEnd});
    add({second ? "DMES2" : "DMES1", scar, 31, 1, kMeaningDmes});
    const unsigned wpsn = add(second ? "FLASH_WPSN2" : "FLASH_WPSN1", kWpsnCur + step, kWpsnPrg + step);
    const bool grouped = part.sectors_per_wrp_bit > 1;
    add({kH7WriteProtection[chip_bank].field, wpsn, 0, grouped ? 32u : 8u,
         grouped ? "write protection, a bit for four sectors: 0 protected"
                 : "write protection, a bit for each sector: 0 protected"});
  }

  H7OptionRows take() { return std::move(rows_); }

 private:
  H7OptionRows rows_;
};

}  // namespace

const H7BankOptions& h7_bank_options(unsigned chip_bank) { return kBankNames[chip_bank]; }

H7OptionRows h7_option_rows(const H7Part& part, bool two_banks, bool second_core) {
  Rows rows;
  rows.add("FLASH_OPTSR", kOptsrCur, kOptsrPrg);
  for (const OptsrRow& row : kOptsrRows) {
    const bool there = row.only == kSecondCore ? second_core : row.only == 0 || row.only == part.device_id;
    if (there) rows.add(row.field);
  }
  if (two_banks) {
    rows.add({"SWAP_BANK_OPT", 0, 31, 1, "1: the two flash banks change places, from the next reset on"});
  }
  rows.add_bank(0, part);
  if (two_banks) rows.add_bank(1, part);
  const unsigned boot = rows.add("FLASH_BOOT", kBootCur, kBootPrg);
  rows.add({"BOOT_ADD0", boot, 0, 16, "upper half of the boot address with BOOT low"});
  rows.add({"BOOT_ADD1", boot, 16, 16, "upper half of the boot address with BOOT high"});
  if (second_core) {
    const unsigned boot4 = rows.add("FLASH_BOOT4", kBoot4Cur, kBoot4Prg);
    rows.add({"BCM4_ADD0", boot4, 0, 16, "… of the Cortex-M4, BOOT low"});
    rows.add({"BCM4_ADD1", boot4, 16, 16, "… of the Cortex-M4, BOOT high"});
  }
  if (part.otp != nullptr) {
    OptionField locks = part.otp->locks;
    locks.reg = rows.add(part.otp->lock_register);
    rows.add(locks);
  }
  if (part.second_option_word) {
    const unsigned optsr2 = rows.add("FLASH_OPTSR2", kOptsr2Cur, kOptsr2Prg);
    rows.add({"TCM_AXI_SHARED", optsr2, 0, 2, "RAM shared between ITCM and AXI"});
    rows.add({"CPUFREQ_BOOST", optsr2, 2, 1, "1: the highest core clock, without ECC on the TCMs"});
  }
  return rows.take();
}

}  // namespace probity::stm32
