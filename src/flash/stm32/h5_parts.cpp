#include "flash/stm32/h5_parts.hpp"

#include <algorithm>

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

// FLASH_SECTOR_SIZE and sizes of ST's headers; ids: RM0481, RM0492, DBGMCU_IDCODE. H503 has no TrustZone.
// clang-format off
constexpr H5Part kParts[] = {
    // id    name                KiB  WRP  TrustZone
    {0x474, "STM32H503",         128, 1,   false},  // RM0492
    {0x478, "STM32H523/533",     512, 4,   true},   // RM0481
    {0x484, "STM32H562/563/573", 2048, 4,  true},   // RM0481
};
// clang-format on

struct Revision {
  std::uint16_t id;
  std::string_view name;
};
constexpr Revision kRevisions[] = {{0x1000, "A"}, {0x1001, "Z"}};

constexpr std::uint32_t kSectorSize = 8 * 1024;

}  // namespace

// RM0481, 7.11; times of DS14258, generously: some 10 µs a flash word, some ms a sector.
const H7Layout kH5Layout{
    .sr_names = {"FLASH_NSSR", "FLASH_NSSR"},
    .keyr = kNskeyr,
    .cr = kNscr,
    .sr = kNssr,
    .ccr = kNsccr,
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

const OptionControl kH5OptionControl{
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
    .not_set = 0,
};

const H5Part* find_h5_part(std::uint16_t device_id) {
  const auto* found = std::ranges::find(kParts, device_id, &H5Part::device_id);
  return found == std::end(kParts) ? nullptr : found;
}

std::string_view h5_revision_name(std::uint16_t revision) {
  const auto* found = std::ranges::find(kRevisions, revision, &Revision::id);
  return found == std::end(kRevisions) ? std::string_view() : found->name;
}

std::vector<H5Sector> h5_geometry(unsigned kib, bool swapped) {
  const std::uint32_t half = kib * 1024 / 2;
  std::vector<H5Sector> sectors;
  for (unsigned upper = 0; upper < 2; ++upper) {
    for (unsigned n = 0; n < half / kSectorSize; ++n) {
      sectors.push_back({upper * half + n * kSectorSize, kSectorSize, swapped ? 1 - upper : upper, n});
    }
  }
  return sectors;
}

}  // namespace probity::stm32
