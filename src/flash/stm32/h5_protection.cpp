#include "flash/stm32/h5_protection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "flash/stm32/h5_parts.hpp"
#include "flash/stm32/h5_registers.hpp"

namespace probity::stm32 {

using namespace h5;

namespace {

// Names of one chip bank's fields.
struct BankNames {
  std::string_view secure_first, secure_last, hidden_first, hidden_last, data_count, data_on;
};
constexpr std::array<BankNames, 2> kNames = {{
    {"SECWM1_STRT", "SECWM1_END", "HDP1_STRT", "HDP1_END", "EDATA1_STRT", "EDATA1_EN"},
    {"SECWM2_STRT", "SECWM2_END", "HDP2_STRT", "HDP2_END", "EDATA2_STRT", "EDATA2_EN"},
}};

class H5Protection final : public ChipProtection {
 public:
  H5Protection(const ProtectedChip& chip, bool as_secure)
      : chip_(chip),
        as_secure_(as_secure),
        trustzone_(std::ranges::find(chip.options.fields(), "TZEN", &OptionField::name) !=
                   chip.options.fields().end()) {}

  void tell() const override;
  void require(std::span<const std::uint32_t> values, std::span<const FlashStep> steps) const override;
  std::string hint(unsigned sector) const override;
  // Always FlashError: what closes an H5 needs a word more than this call has. The message says which.
  void lock() override { refuse_to_close(chip_, "an STM32H5", "PRODUCT_STATE", kOptsrCur); }
  // Nothing to do in product state OPEN, FlashError in any other: out of those leads debug authentication
  // alone.
  void unlock() override;

 private:
  void require_open(std::span<const std::uint32_t> values) const;
  void require_no_area(std::span<const std::uint32_t> values, const FlashStep& step) const;

  void require_reachable(std::span<const std::uint32_t> values) const;

  ProtectedChip chip_;
  bool as_secure_, trustzone_;
};

void H5Protection::tell() const {
  const std::vector<std::uint32_t> values = chip_.options.read();
  const std::uint32_t state = chip_.options.get(values, "PRODUCT_STATE");
  const std::string text =
      fmt::format("{}: product state {} (0x{:02x})", chip_.bank, h5_product_state(state), state);
  if (state == kOpen) {
    chip_.log.info("{}", text);
  } else {
    chip_.log.warn("{}", text);
  }
  if (trustzone_ && chip_.options.get(values, "TZEN") == kTzenOn) {
    chip_.log.info("{}: TrustZone is on; the flash is changed through the {}secure registers", chip_.bank,
                   as_secure_ ? "" : "non-");
  }
}

void H5Protection::require_open(std::span<const std::uint32_t> values) const {
  const std::uint32_t state = chip_.options.get(values, "PRODUCT_STATE");
  if (state != kClosed && state != kLocked) return;
  throw FlashError(
      fmt::format("product state {} (FLASH_OPTSR_CUR=0x{:08x}): a debugger cannot reach the flash; {}",
                  h5_product_state(state), values[0],
                  state == kLocked ? "for ever" : "it takes debug authentication to open the chip"),
      chip_.bank, kOptsrCur, "FLASH_OPTSR_CUR", values[0]);
}

// The secure alias is for secure accesses.
void H5Protection::require_reachable(std::span<const std::uint32_t> values) const {
  if (chip_.base != kSecureFlash || as_secure_) return;
  const bool on = trustzone_ && chip_.options.get(values, "TZEN") == kTzenOn;
  const std::string_view way = !trustzone_ ? "this part has no TrustZone"
                               : on        ? "non-secure sectors are changed at 0x08000000"
                                    : "TrustZone is switched on with: option write -permanent TZEN=0xb4";
  throw FlashError(
      fmt::format("0x{:08x} is the secure alias of the flash, which a debugger reaches with TZEN=0xb4 and "
                  "product state OPEN only; {}",
                  chip_.base, way),
      chip_.bank, chip_.base);
}

// Areas in which the debugger can neither erase nor write.
void H5Protection::require_no_area(std::span<const std::uint32_t> values, const FlashStep& step) const {
  const H7Sector& sector = chip_.sectors[step.sector];
  const BankNames& names = kNames[sector.chip_bank];
  const auto get = [&](std::string_view name) { return chip_.options.get(values, name); };
  const auto fail = [&](std::string_view what, std::string_view name, std::uint32_t value) {
    throw FlashError(fmt::format("sector {} at 0x{:08x} is {} ({}=0x{:x}); nothing was changed", step.sector,
                                 chip_.base + sector.offset, what, name, value),
                     chip_.bank, chip_.base + sector.offset, std::string(name), value);
  };
  const std::uint32_t first = get(names.secure_first), last = get(names.secure_last);
  if (!as_secure_ && get("TZEN") == kTzenOn && sector.snb >= first && sector.snb <= last) {
    fail(
        "secure, and this product state leaves the debugger the non-secure side; the way back to OPEN is a "
        "regression, by debug authentication",
        names.secure_last, last);
  }
  const std::uint32_t data_sectors = get(names.data_count) + 1;
  const std::size_t per_bank = chip_.sectors.size() / 2;
  if (get(names.data_on) != 0 && sector.snb + data_sectors >= per_bank) {
    fail("a data sector, which is read and written from 0x09000000 on", names.data_count, data_sectors - 1);
  }
}

void H5Protection::require(std::span<const std::uint32_t> values, std::span<const FlashStep> steps) const {
  require_open(values);
  require_reachable(values);
  if (!trustzone_) return;
  for (const FlashStep& step : steps) require_no_area(values, step);
}

// What require() does not see: the hidden area is a matter of the boot stage.
std::string H5Protection::hint(unsigned sector) const {
  const std::vector<std::uint32_t> values = chip_.options.read();
  const H7Sector& place = chip_.sectors[sector];
  const BankNames& names = kNames[place.chip_bank];
  const std::uint32_t first = chip_.options.get(values, names.hidden_first);
  const std::uint32_t last = chip_.options.get(values, names.hidden_last);
  if (place.snb < first || place.snb > last) return {};
  return fmt::format("the sector is in the hidden area ({}={}, {}={})", names.hidden_first, first,
                     names.hidden_last, last);
}

void H5Protection::unlock() {
  const std::uint32_t state = chip_.options.get(chip_.options.read(), "PRODUCT_STATE");
  if (state == kOpen) {
    chip_.log.info("{}: product state is OPEN already", chip_.bank);
    return;
  }
  throw FlashError(fmt::format("product state {} (0x{:02x}): a regression to OPEN takes debug "
                               "authentication, which is not in this version",
                               h5_product_state(state), state),
                   chip_.bank, kOptsrCur, "PRODUCT_STATE", state);
}

}  // namespace

std::unique_ptr<ChipProtection> h5_protection(const ProtectedChip& chip) {
  return std::make_unique<H5Protection>(chip, false);
}

std::unique_ptr<ChipProtection> h5_secure_protection(const ProtectedChip& chip) {
  return std::make_unique<H5Protection>(chip, true);
}

}  // namespace probity::stm32
