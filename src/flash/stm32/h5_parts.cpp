#include "flash/stm32/h5_parts.hpp"

#include <algorithm>

#include "flash/stm32/h5_protection.hpp"
#include "flash/stm32/h5_registers.hpp"

namespace probity::stm32 {

using namespace h5;

namespace {

constexpr FlashErrorFlag kErrors[] = {
    {SR::WRPERR, "write-protected (WRP, HDP, or a secure sector)"},
    {SR::PGSERR, "wrong programming sequence"},
    {SR::STRBERR, "a byte was written more than once in one flash word"},
    {SR::INCERR, "a flash word was begun and not completed, or written with another security"},
};

constexpr std::uint32_t kSectorSize = 8 * 1024;

// RM0481, 7.11; times of DS14258, generously: some 10 µs a flash word, some ms a sector.
constexpr H7Layout kLayout{
    .sr_names = {"FLASH_NSSR", "FLASH_NSSR"},
    .keyr = kNskeyr,
    .cr = kNscr,
    .sr = kNssr,
    .ccr = kNsccr,
    .error_register = 0,
    .error_register_name = {},
    .bank_step = 0,
    .bank2_select = CR::BKSEL.mask(),
    .lock = CR::LOCK,
    .pg = CR::PG,
    .ser = CR::SER,
    .ber = CR::BER,
    .start = CR::START,
    .snb = CR::SNB,
    .parallelism = 0,
    .busy = SR::BSY,
    .write_buffer = SR::WBNE,
    .queue = SR::DBNE,
    .errors = kErrors,
    .to_clear = SR::kToClear,
    .granule = 16,
    .program_typical = Microseconds(32),
    .program_limit = Microseconds(500),
    .erase_limit = Milliseconds(100),
    .bank_erase_limit = Milliseconds(5000),
    .icache_cr = kIcacheCr,
    .watchdog = kIwdgKr,
};

constexpr H7Layout secured(H7Layout layout) {
  layout.sr_names = {"FLASH_SECSR", "FLASH_SECSR"};
  layout.keyr = kSeckeyr;
  layout.cr = kSeccr;
  layout.sr = kSecsr;
  layout.ccr = kSecccr;
  layout.icache_cr += kSecureAlias;
  layout.security = Security::secure;
  layout.secure_blocks = {kSecbb1, kSecbb2};
  return layout;
}
constexpr H7Layout kSecureLayout = secured(kLayout);
constexpr H7Layout beside_secure(H7Layout layout) {
  layout.security = Security::non_secure;
  return layout;
}
constexpr H7Layout kNonSecureLayout = beside_secure(kLayout);

constexpr OptionControl kOptionControl{
    .keyr = kOptkeyr,
    .cr = kOptcr,
    .lock = kOptlock,
    .start = kOptstart,
    .busy_register = kNssr,
    .busy = SR::BSY,
    .error_name = "FLASH_NSSR",
    .error_register = kNssr,
    .error = SR::OPTCHANGEERR,
    .error_clear = kNsccr,
    .state_field = "PRODUCT_STATE",
    .refusal = h5_state_refusal,
};

constexpr FlashRevision kRevisions[] = {{0x1000, "A"}, {0x1001, "Z"}};

// Half-words with PG as other words (RM0481, 7.3.9); FLASH_OTP_BASE, FLASH_OTP_SIZE: a bit of OTPBLR for 64
// bytes.
constexpr OtpArea kOtpArea{
    .blocks = 32,
    .block_size = 64,
    .control = kNscr,
    .enable = CR::PG,
    .force_write = {{}, 0, 0},
    .options_unlocked = false,
    .locks_enabled = false,
    .lock_register = {"FLASH_OTPBLR", kOtpblCur, kOtpblCur + kToProgram},
    .locks = {"LOCKBL", 0, 0, 32, kOtpLocksMeaning, otp_lock_risk},
};

constexpr OptionControl secured(OptionControl control) {
  control.secure = true;
  return control;
}
constexpr OptionControl kSecureOptionControl = secured(kOptionControl);

constexpr WideWordRules kRules{kOptionControl, kH5WriteProtection, h5_protection};
constexpr WideWordRules kSecureRules{kSecureOptionControl, kH5WriteProtection, h5_secure_protection};

// FLASH_SECTOR_SIZE and sizes of ST's headers; ids: RM0481, RM0492, DBGMCU_IDCODE. H503 has no TrustZone.
// clang-format off
constexpr H5Part kParts[] = {
    // id     name                revisions   KiB   size reg    WRP  layout    rules    OTP         TrustZone
    {{0x474, "STM32H503",         kRevisions, 128,  kFlashSize, 1,   &kLayout, &kRules, &kOtpArea}, false},  // RM0492
    {{0x478, "STM32H523/533",     kRevisions, 512,  kFlashSize, 4,   &kLayout, &kRules, &kOtpArea}, true},   // RM0481
    {{0x484, "STM32H562/563/573", kRevisions, 2048, kFlashSize, 4,   &kLayout, &kRules, &kOtpArea}, true},   // RM0481
};
// clang-format on

}  // namespace

const H5Part* find_h5_part(std::uint16_t device_id) {
  const auto* found = std::ranges::find(kParts, device_id, &H5Part::device_id);
  return found == std::end(kParts) ? nullptr : found;
}

H5Part h5_part_as(const H5Part& part, Security security) {
  H5Part changed = part;
  if (security == Security::non_secure) changed.layout = &kNonSecureLayout;
  if (security == Security::secure) {
    changed.layout = &kSecureLayout;
    changed.rules = &kSecureRules;
  }
  return changed;
}

const WideWordFamily kH5Family{"stm32h5x", "STM32H5", kDbgmcuIdcode,
                               [](std::uint16_t id) -> const WideWordPart* { return find_h5_part(id); }};

std::vector<H7Sector> h5_geometry(unsigned kib, bool swapped) {
  const std::uint32_t half = kib * 1024 / 2;
  std::vector<H7Sector> sectors;
  for (unsigned upper = 0; upper < 2; ++upper) {
    for (unsigned n = 0; n < half / kSectorSize; ++n) {
      sectors.push_back({upper * half + n * kSectorSize, kSectorSize, swapped ? 1 - upper : upper, n});
    }
  }
  return sectors;
}

}  // namespace probity::stm32
