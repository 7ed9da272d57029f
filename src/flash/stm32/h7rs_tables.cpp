#include "flash/stm32/h7rs_tables.hpp"

#include <algorithm>
#include <array>

#include "flash/stm32/h7rs_registers.hpp"

namespace probity::stm32 {

using namespace h7rs;

namespace {

constexpr FlashErrorFlag kErrors[] = {
    {ISR::WRPERRF, "write-protected (WRPS), or in the hidden area"},
    {ISR::PGSERRF, "wrong programming sequence"},
    {ISR::STRBERRF, "a byte was written more than once in one flash word"},
    {ISR::INCERRF, "a flash word was begun and not completed"},
    {ISR::RDSERRF, "hidden area"},
};

constexpr std::array<WriteProtection, 1> kWriteProtection = {{{"FLASH_WRPSR", "WRPS"}}};

// Back to OPEN leads debug authentication alone, with an erase of all.
OptionRisk state_risk(std::uint32_t before, std::uint32_t after) {
  if (before == after) return OptionRisk::none;
  return after == kOpen ? OptionRisk::mass_erase : OptionRisk::permanent;
}

// The root of trust and the epoch of its keys: what a later stage decides on may not find back.
OptionRisk lasting_risk(std::uint32_t before, std::uint32_t after) {
  return before == after ? OptionRisk::none : OptionRisk::permanent;
}

struct Row {
  OptionRegister reg;
  std::span<const OptionField> fields;  // their `reg` is filled in
};

constexpr OptionField kNvsrFields[] = {
    {"NVSTATE", 0, 0, 8, "life cycle: 0xb4 open, 0x51 closed (debug authentication alone opens)", state_risk},
};
constexpr OptionField kRotsrFields[] = {
    {"OEM_PROVD", 0, 0, 8, "0xb4: provisioned by the OEM, else not", lasting_risk},
    {"DBG_AUTH", 0, 8, 8,
     "debug authentication: 0x51 by signature, 0x8a by password, 0x6f by the OEM's boot code, 0xb4 no "
     "debugging "
     "any more (for ever), else none",
     lasting_risk},
    {"IROT_SELECT", 0, 24, 8, "root of trust at boot: 0xb4 ST's (not on H7R), else the OEM's", lasting_risk},
};
constexpr OptionField kWrpsrFields[] = {
    {"WRPS", 0, 0, 8, "write protection, a bit for each sector: 0 protected"},
};
constexpr OptionField kHdpsrFields[] = {
    {"HDP_AREA_START", 0, 0, 8, "hidden area: first block of 256 bytes"},
    {"HDP_AREA_END", 0, 16, 8, "hidden area: last block; below the first: none, the first: all sectors"},
};
constexpr OptionField kEpochsrFields[] = {
    {"EPOCH", 0, 0, 24, "epoch of the keys that SAES derives", lasting_risk},
};
constexpr OptionField kObw1srFields[] = {
    {"BOR_LEV", 0, 2, 2, "brown-out level: 0 off, 1 to 3 rising"},
    {"IWDG_HW", 0, 4, 1, "independent watchdog: 0 started by hardware, 1 by software"},
    {"NRST_STOP", 0, 6, 1, "0: entering Stop resets the chip"},
    {"NRST_STBY", 0, 7, 1, "0: entering Standby resets the chip"},
    {"XSPI1_HSLV", 0, 8, 1, "1: high-speed I/O of XSPIM port 1 at a low voltage"},
    {"XSPI2_HSLV", 0, 9, 1, "1: high-speed I/O of XSPIM port 2 at a low voltage"},
    {"IWDG_FZ_STOP", 0, 17, 1, "0: the watchdog stands still in Stop mode"},
    {"IWDG_FZ_STBY", 0, 18, 1, "0: the watchdog stands still in Standby mode"},
    {"VDDIO_HSLV", 0, 29, 1, "1: high-speed I/O at a low VDDIO"},
};
constexpr OptionField kObw2srFields[] = {
    {"ITCM_AXI_SHARE", 0, 0, 3, "ITCM: 0 or 3 64 KiB, 1 128 KiB, 2 192 KiB, at the cost of AXI SRAM"},
    {"DTCM_AXI_SHARE", 0, 4, 3, "DTCM: 0 or 3 64 KiB, 1 128 KiB, 2 192 KiB, at the cost of AXI SRAM"},
    {"ECC_ON_SRAM", 0, 8, 1, "1: ECC on AXI SRAM"},
    {"I2C_NI3C", 0, 9, 1, "1: I2C, 0: I3C"},
};

constexpr OptionRegister reg(std::string_view name, Address address) {
  return {name, address, address + kToProgram};
}

}  // namespace

// RM0477, 5.9; times of the data sheet, generously.
const H7Layout kH7rsLayout{
    .sr_names = {"FLASH_SR", "FLASH_SR"},
    .keyr = kKeyr,
    .cr = kCr,
    .sr = kSr,
    .ccr = kIcr,
    .error_register = kIsr,
    .error_register_name = "FLASH_ISR",
    .bank_step = 0,
    .bank2_select = 0,
    .lock = CR::LOCK,
    .pg = CR::PG,
    .ser = CR::SER,
    .ber = CR::BER,
    .start = CR::START,
    .snb = CR::SSN,
    .parallelism = 0,
    .busy = SR::BUSY,
    .write_buffer = SR::WBNE,
    .queue = SR::QW,
    .errors = kErrors,
    .to_clear = ISR::kToClear,
    .granule = 16,
    .program_typical = Microseconds(32),
    .program_limit = Microseconds(500),
    .erase_limit = Milliseconds(100),
    .bank_erase_limit = Milliseconds(2000),
    .icache_cr = 0,
    .watchdog = kIwdgKr,
};

// BUSY comes and goes within a change; QW is what to poll (RM0477, FLASH_SR).
const OptionControl kH7rsOptionControl{
    .keyr = kOptkeyr,
    .cr = kOptcr,
    .lock = kOptlock,
    .start = {{}, 0, 0},
    .busy_register = kSr,
    .busy = SR::QW,
    .error_name = "FLASH_OPTISR",
    .error_register = kOptisr,
    .error = kOpterrf,
    .error_clear = kOpticr,
    .enable = kPgOpt,
};

// OTP_AREA_BASE, OTP_SIZE; RM0477, FLASH_OTPLSR: a bit for 32 half-words, which changes under PG_OTP only
// (ST's HAL_FLASHEx_OTPLockConfig), so that it is not among the main flash's options.
const OtpArea kH7rsOtpArea{
    .blocks = 16,
    .block_size = 64,
    .control = kCr,
    .enable = CR::PG_OTP,
    .force_write = CR::FW,
    .options_unlocked = true,
    .locks_enabled = true,
    .lock_register = reg("FLASH_OTPLSR", kOtplsr),
    .locks = {"OTPL", 0, 0, 16, kOtpLocksMeaning, otp_lock_risk},
};

const WideWordRules kH7rsRules{kH7rsOptionControl, kWriteProtection, h7rs_protection};

H7OptionRows h7rs_option_rows(const H7Part&, bool, bool) {
  const Row table[] = {
      {reg("FLASH_NVSR", kNvsr), kNvsrFields},          {reg("FLASH_ROTSR", kRotsr), kRotsrFields},
      {reg("FLASH_WRPSR", kWrpsr), kWrpsrFields},       {reg("FLASH_HDPSR", kHdpsr), kHdpsrFields},
      {reg("FLASH_EPOCHSR", kEpochsr), kEpochsrFields}, {reg("FLASH_OBW1SR", kObw1sr), kObw1srFields},
      {reg("FLASH_OBW2SR", kObw2sr), kObw2srFields},
  };
  H7OptionRows rows;
  for (const Row& row : table) {
    for (OptionField field : row.fields) {
      field.reg = static_cast<unsigned>(rows.registers.size());
      rows.fields.push_back(field);
    }
    rows.registers.push_back(row.reg);
  }
  return rows;
}

}  // namespace probity::stm32
