// The option bytes of an STM32H5, as rows.
#include <algorithm>
#include <utility>

#include "flash/stm32/h5_parts.hpp"
#include "flash/stm32/h5_registers.hpp"

namespace probity::stm32 {

using namespace h5;

namespace {

struct ProductState {
  std::uint32_t value;
  std::string_view name;
};
constexpr ProductState kStates[] = {
    {kOpen, "OPEN"},
    {kProvisioning, "PROVISIONING"},
    {kIrotProvisioned, "iROT-PROVISIONED"},
    {kTzClosed, "TZ-CLOSED"},
    {kClosed, "CLOSED"},
    {kLocked, "LOCKED"},
    {kRegression, "REGRESSION"},
    {kNsRegression, "NS-REGRESSION"},
};

bool is_regression(std::uint32_t state) {
  return state == kOpen || state == kRegression || state == kNsRegression;
}

// Back leads debug authentication alone, and nothing where none was provisioned.
OptionRisk product_state_risk(std::uint32_t before, std::uint32_t after) {
  if (before == after) return OptionRisk::none;
  return is_regression(after) ? OptionRisk::mass_erase : OptionRisk::permanent;
}

// With TrustZone on, the chip starts secure; off again goes by a regression alone.
OptionRisk trustzone_risk(std::uint32_t before, std::uint32_t after) {
  return before != after && after == kTzenOn ? OptionRisk::permanent : OptionRisk::none;
}

OptionRisk boot_lock_risk(std::uint32_t before, std::uint32_t after) {
  return before != after && after == kBootLocked ? OptionRisk::permanent : OptionRisk::none;
}

// What `only` says of a row: on which parts it is.
enum class On { all, trustzone, h503 };
struct FieldRow {
  On only;
  std::string_view reg;
  OptionField field;  // `reg` is filled in by name
};
struct RegisterRow {
  On only;
  std::string_view name;
  Address current;
};

constexpr RegisterRow kRegisterRows[] = {
    {On::all, "FLASH_OPTSR", kOptsrCur},
    {On::all, "FLASH_OPTSR2", kOptsr2Cur},
    {On::all, "FLASH_NSBOOTR", kNsbootCur},
    {On::trustzone, "FLASH_SECBOOTR", kSecbootCur},
    {On::all, "FLASH_OTPBLR", kOtpblCur},
    {On::trustzone, "FLASH_SECWM1R", kSecwmCur},
    {On::all, "FLASH_WRP1R", kWrpCur},
    {On::trustzone, "FLASH_EDATA1R", kEdataCur},
    {On::all, "FLASH_HDP1R", kHdpCur},
    {On::trustzone, "FLASH_SECWM2R", kSecwmCur + kBank2Step},
    {On::all, "FLASH_WRP2R", kWrpCur + kBank2Step},
    {On::trustzone, "FLASH_EDATA2R", kEdataCur + kBank2Step},
    {On::all, "FLASH_HDP2R", kHdpCur + kBank2Step},
};

constexpr std::string_view kStates8 =
    "life cycle: 0xed open, 0x17 provisioning, 0x2e iROT provisioned, 0xc6 TZ closed, 0x72 closed, 0x5c "
    "locked (for ever), 0x9a regression";

constexpr FieldRow kFieldRows[] = {
    {On::all, "FLASH_OPTSR", {"BOR_LEV", 0, 0, 2, "brown-out level"}},
    {On::all, "FLASH_OPTSR", {"BORH_EN", 0, 2, 1, "1: brown-out at BOR_LEV, 0: at the lowest level"}},
    {On::all, "FLASH_OPTSR", {"IWDG_SW", 0, 3, 1, "independent watchdog: 0 by hardware, 1 by software"}},
    {On::all, "FLASH_OPTSR", {"WWDG_SW", 0, 4, 1, "window watchdog: 0 by hardware, 1 by software"}},
    {On::all, "FLASH_OPTSR", {"NRST_STOP", 0, 6, 1, "0: entering Stop resets the chip"}},
    {On::all, "FLASH_OPTSR", {"NRST_STDBY", 0, 7, 1, "0: entering Standby resets the chip"}},
    {On::all, "FLASH_OPTSR", {"PRODUCT_STATE", 0, 8, 8, kStates8, product_state_risk}},
    {On::all, "FLASH_OPTSR", {"IO_VDD_HSLV", 0, 16, 1, "1: high-speed I/O at a low VDD"}},
    {On::all, "FLASH_OPTSR", {"IO_VDDIO2_HSLV", 0, 17, 1, "1: high-speed I/O at a low VDDIO2"}},
    {On::all, "FLASH_OPTSR", {"IWDG_STOP", 0, 20, 1, "0: the watchdog stands still in Stop mode"}},
    {On::all, "FLASH_OPTSR", {"IWDG_STDBY", 0, 21, 1, "0: the watchdog stands still in Standby mode"}},
    {On::trustzone, "FLASH_OPTSR", {"BOOT_UBE", 0, 22, 8, "unique boot entry: 0xb4 OEM-iROT, 0xc3 ST-iROT"}},
    {On::all,
     "FLASH_OPTSR",
     {"SWAP_BANK", 0, 31, 1, "1: the two flash banks change places, from the next reset on"}},
    {On::h503, "FLASH_OPTSR2", {"SRAM2_RST", 0, 3, 1, "0: SRAM2 is erased by a reset"}},
    {On::trustzone, "FLASH_OPTSR2", {"SRAM1_3_RST", 0, 2, 1, "0: SRAM1 and SRAM3 are erased by a reset"}},
    {On::trustzone, "FLASH_OPTSR2", {"SRAM2_RST", 0, 3, 1, "0: SRAM2 is erased by a reset"}},
    {On::all, "FLASH_OPTSR2", {"BKPRAM_ECC", 0, 4, 1, "0: ECC on the backup RAM"}},
    {On::trustzone, "FLASH_OPTSR2", {"SRAM3_ECC", 0, 5, 1, "0: ECC on SRAM3"}},
    {On::all, "FLASH_OPTSR2", {"SRAM2_ECC", 0, 6, 1, "0: ECC on SRAM2"}},
    {On::trustzone, "FLASH_OPTSR2", {"USBPD_DIS", 0, 8, 1, "1: no USB power delivery on dead battery"}},
    {On::h503, "FLASH_OPTSR2", {"SRAM1_RST", 0, 9, 1, "0: SRAM1 is erased by a reset"}},
    {On::h503, "FLASH_OPTSR2", {"SRAM1_ECC", 0, 10, 1, "0: ECC on SRAM1"}},
    {On::trustzone, "FLASH_OPTSR2", {"TZEN", 0, 24, 8, "TrustZone: 0xb4 on, 0xc3 off", trustzone_risk}},
    {On::all,
     "FLASH_NSBOOTR",
     {"NSBOOT_LOCK", 0, 0, 8, "0xb4: NSBOOTADD is fixed for ever, 0xc3: not", boot_lock_risk}},
    {On::all, "FLASH_NSBOOTR", {"NSBOOTADD", 0, 8, 24, "boot address, bits 31:8"}},
    {On::trustzone,
     "FLASH_SECBOOTR",
     {"SECBOOT_LOCK", 0, 0, 8, "0xb4: SECBOOTADD is fixed for ever, 0xc3: not", boot_lock_risk}},
    {On::trustzone, "FLASH_SECBOOTR", {"SECBOOTADD", 0, 8, 24, "secure boot address, bits 31:8"}},
    {On::all, "FLASH_OTPBLR", {"LOCKBL", 0, 0, 32, kOtpLocksMeaning, otp_lock_risk}},
    {On::trustzone, "FLASH_SECWM1R", {"SECWM1_STRT", 0, 0, 7, "first secure sector of bank 1"}},
    {On::trustzone,
     "FLASH_SECWM1R",
     {"SECWM1_END", 0, 16, 7, "last secure sector of bank 1; below the first: none"}},
    {On::h503,
     "FLASH_WRP1R",
     {"WRPSG1", 0, 0, 8, "write protection of bank 1, a bit for each sector: 0 protected"}},
    {On::trustzone,
     "FLASH_WRP1R",
     {"WRPSG1", 0, 0, 32, "write protection of bank 1, a bit for four sectors: 0 protected"}},
    {On::trustzone,
     "FLASH_EDATA1R",
     {"EDATA1_STRT", 0, 0, 3, "data sectors at the end of bank 1: their number - 1"}},
    {On::trustzone, "FLASH_EDATA1R", {"EDATA1_EN", 0, 15, 1, "1: bank 1 has data sectors"}},
    {On::all, "FLASH_HDP1R", {"HDP1_STRT", 0, 0, 7, "first hidden sector of bank 1"}},
    {On::all, "FLASH_HDP1R", {"HDP1_END", 0, 16, 7, "last hidden sector of bank 1; below the first: none"}},
    {On::trustzone, "FLASH_SECWM2R", {"SECWM2_STRT", 0, 0, 7, "first secure sector of bank 2"}},
    {On::trustzone,
     "FLASH_SECWM2R",
     {"SECWM2_END", 0, 16, 7, "last secure sector of bank 2; below the first: none"}},
    {On::h503,
     "FLASH_WRP2R",
     {"WRPSG2", 0, 0, 8, "write protection of bank 2, a bit for each sector: 0 protected"}},
    {On::trustzone,
     "FLASH_WRP2R",
     {"WRPSG2", 0, 0, 32, "write protection of bank 2, a bit for four sectors: 0 protected"}},
    {On::trustzone,
     "FLASH_EDATA2R",
     {"EDATA2_STRT", 0, 0, 3, "data sectors at the end of bank 2: their number - 1"}},
    {On::trustzone, "FLASH_EDATA2R", {"EDATA2_EN", 0, 15, 1, "1: bank 2 has data sectors"}},
    {On::all, "FLASH_HDP2R", {"HDP2_STRT", 0, 0, 7, "first hidden sector of bank 2"}},
    {On::all, "FLASH_HDP2R", {"HDP2_END", 0, 16, 7, "last hidden sector of bank 2; below the first: none"}},
};

bool is_on(On only, const H5Part& part) {
  return only == On::all || part.trustzone == (only == On::trustzone);
}

}  // namespace

const std::array<WriteProtection, 2> kH5WriteProtection = {{{"WRPSG1", "WRPSG1"}, {"WRPSG2", "WRPSG2"}}};

std::string_view h5_product_state(std::uint32_t value) {
  const auto* found = std::ranges::find(kStates, value, &ProductState::value);
  return found == std::end(kStates) ? std::string_view("unknown") : found->name;
}

// RM0481, "product state transitions".
std::string_view h5_state_refusal(std::uint32_t before, std::uint32_t after) {
  if (h5_product_state(after) == "unknown") return "that is no product state";
  if (is_regression(after)) {
    return "a regression takes debug authentication, with the password or certificate that was provisioned; "
           "this "
           "program does not do it";
  }
  if (before == kOpen && after != kProvisioning) {
    return "from OPEN the way is PROVISIONING (PRODUCT_STATE=0x17), where debug authentication is "
           "provisioned; a "
           "chip that is closed without it stays so for ever";
  }
  return {};
}

H7OptionRows h5_option_rows(const H5Part& part) {
  H7OptionRows rows;
  for (const RegisterRow& row : kRegisterRows) {
    if (is_on(row.only, part)) rows.registers.push_back({row.name, row.current, row.current + kToProgram});
  }
  for (const FieldRow& row : kFieldRows) {
    if (!is_on(row.only, part)) continue;
    OptionField field = row.field;
    const auto reg = std::ranges::find(rows.registers, row.reg, &OptionRegister::name);
    field.reg = static_cast<unsigned>(reg - rows.registers.begin());
    rows.fields.push_back(field);
  }
  return rows;
}

}  // namespace probity::stm32
