#include "flash/stm32/h7_parts.hpp"

#include <algorithm>
#include <string>

#include "flash/stm32/h7_options.hpp"
#include "flash/stm32/h7_protection.hpp"
#include "flash/stm32/h7_registers.hpp"
#include "flash/stm32/h7rs_tables.hpp"

namespace probity::stm32 {

namespace {

using namespace h7;

constexpr FlashErrorFlag kErrors[] = {
    {SR::WRPERR, "write-protected (WPSN, PCROP or a secure area)"},
    {SR::PGSERR, "wrong programming sequence"},
    {SR::STRBERR, "a byte was written more than once in one flash word"},
    {SR::INCERR, "a flash word was begun and not completed"},
    {SR::OPERR, "the operation failed"},
    {SR::RDPERR, "read-protected (PCROP)"},
    {SR::RDSERR, "secure area"},
};

// FLASH_CR of H74x and H72x. PSIZE x64, its reset value, and what OpenOCD 0.12.0 uses; times of DS12110,
// table "flash memory programming": 100 µs (200) a word, 1 s (2 s) a sector, 5 s (10 s) a bank at x64,
// doubled for chips that are hot or old.
constexpr H7Layout kLayoutH74{
    .sr_names = {"FLASH_SR1", "FLASH_SR2"},
    .keyr = kKeyr,
    .cr = kCr,
    .sr = kSr,
    .ccr = kCcr,
    .error_register = 0,
    .error_register_name = {},
    .bank_step = kBankStep,
    .bank2_select = 0,
    .lock = CR::LOCK,
    .pg = CR::PG,
    .ser = CR::SER,
    .ber = CR::BER,
    .start = CR::START,
    .snb = CR::SNB,
    .parallelism = CR::PSIZE.mask(),
    .busy = SR::BSY,
    .write_buffer = SR::WBNE,
    .queue = SR::QW,
    .errors = kErrors,
    .to_clear = SR::kToClear,
    .granule = 32,
    .program_typical = Microseconds(100),
    .program_limit = Microseconds(400),
    .erase_limit = Milliseconds(4000),
    .bank_erase_limit = Milliseconds(20000),
    .icache_cr = 0,
    .watchdog = kIwdg1Kr,
};

// … of H7A and H7B: no PSIZE, other places for START and SNB, 128-bit words, 8 KiB sectors (some ms each).
constexpr H7Layout layout_of_h7a() {
  H7Layout layout = kLayoutH74;
  layout.start = CR::STARTofA;
  layout.snb = CR::SNBofA;
  layout.parallelism = 0;
  layout.to_clear = SR::kToClearOfA;
  layout.granule = 16;
  layout.program_typical = Microseconds(25);
  layout.program_limit = Microseconds(200);
  layout.erase_limit = Milliseconds(100);
  layout.bank_erase_limit = Milliseconds(2000);
  return layout;
}
constexpr H7Layout kLayoutH7A = layout_of_h7a();

constexpr FlashRevision kRevH74[] = {
    {0x1000, "A"}, {0x1001, "Z"}, {0x1003, "Y"}, {0x2001, "X"}, {0x2003, "V"}};
constexpr FlashRevision kRevH7A[] = {{0x1000, "A"}};
constexpr FlashRevision kRevH72[] = {{0x1000, "A"}, {0x1001, "Z"}};
constexpr FlashRevision kRevH7rs[] = {{0x1000, "A"}, {0x2000, "B"}};

constexpr std::uint32_t kLarge = 128 * 1024, kSmall = 8 * 1024;

constexpr WideWordRules kRules{kH7OptionControl, kH7WriteProtection, h7_protection};

// Ids from the manuals' DBGMCU chapters, names and revision letters as OpenOCD 0.12.0 prints them (H7R/S: as
// its successor), the size registers and sectors from FLASHSIZE_BASE and FLASH_SECTOR_SIZE of ST's headers.
// clang-format off
constexpr H7Part kParts[] = {
    // id     name             revisions  KiB   size reg    WRP  layout        rules        OTP            sector  two    M4     OPTSR2
    {{0x450, "STM32H74x/75x",  kRevH74,   2048, 0x1FF1E880, 1,   &kLayoutH74,  &kRules,     nullptr},      kLarge, true,  true,  false, h7_option_rows},    // RM0433, RM0399
    {{0x480, "STM32H7Ax/7Bx",  kRevH7A,   2048, 0x08FFF80C, 4,   &kLayoutH7A,  &kRules,     &kH7OtpArea},  kSmall, true,  false, false, h7_option_rows},    // RM0455
    {{0x483, "STM32H72x/73x",  kRevH72,   1024, 0x1FF1E880, 1,   &kLayoutH74,  &kRules,     nullptr},      kLarge, false, false, true,  h7_option_rows},    // RM0468
    {{0x485, "STM32H7Rx/7Sx",  kRevH7rs,  64,   0x08FFF80C, 1,   &kH7rsLayout, &kH7rsRules, &kH7rsOtpArea}, kSmall, false, false, false, h7rs_option_rows}, // RM0477
};
// clang-format on

constexpr unsigned kSingleBankKib = 128;  // the value lines H750, H7B0: one bank

}  // namespace

std::string flash_error_names(const H7Layout& layout, std::uint32_t status) {
  std::string names;
  for (const FlashErrorFlag& row : layout.errors) {
    if (!row.flag.is_set(status)) continue;
    if (!names.empty()) names += ", ";
    names += row.flag.name;
  }
  return names;
}

std::string_view error_register_name(const H7Layout& layout, unsigned chip_bank) {
  return layout.error_register != 0 ? layout.error_register_name : layout.sr_names[chip_bank];
}

const H7Part* find_h7_part(std::uint16_t device_id) {
  const auto* found = std::ranges::find(kParts, device_id, &H7Part::device_id);
  return found == std::end(kParts) ? nullptr : found;
}

const WideWordFamily kH7Family{"stm32h7x", "STM32H7xx family", kDbgmcuIdcode,
                               [](std::uint16_t id) -> const WideWordPart* { return find_h7_part(id); }};

bool h7_has_two_banks(const H7Part& part, unsigned kib) { return part.two_banks && kib > kSingleBankKib; }

H7Geometry h7_geometry(const H7Part& part, unsigned kib, ChipBanks which) {
  const bool two = h7_has_two_banks(part, kib);
  const std::uint32_t bank_size = kib * 1024 / (two ? 2 : 1);
  H7Geometry geometry;
  geometry.base = which == ChipBanks::second ? kH7Bank2 : kH7Bank1;
  const unsigned first = which == ChipBanks::second ? 1 : 0;
  const unsigned last = two && which != ChipBanks::first ? 1 : 0;
  for (unsigned bank = first; bank <= last; ++bank) {
    const std::uint32_t start = (bank == 0 ? kH7Bank1 : kH7Bank2) - geometry.base;
    for (unsigned n = 0; n < bank_size / part.sector_size; ++n) {
      geometry.sectors.push_back({start + n * part.sector_size, part.sector_size, bank, n});
    }
    geometry.span = start + bank_size;
  }
  return geometry;
}

}  // namespace probity::stm32
