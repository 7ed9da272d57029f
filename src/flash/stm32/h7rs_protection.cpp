// Life cycle and hidden area of an STM32H7R/S.
#include <fmt/format.h>

#include "flash/stm32/h7rs_registers.hpp"
#include "flash/stm32/h7rs_tables.hpp"

namespace probity::stm32 {

using namespace h7rs;

namespace {

class H7rsProtection final : public ChipProtection {
 public:
  explicit H7rsProtection(const ProtectedChip& chip) : chip_(chip) {}

  void tell() const override;
  void require(std::span<const std::uint32_t> values, std::span<const FlashStep> steps) const override;
  std::string hint(unsigned sector) const override;
  // Always FlashError, which says what closes the chip.
  void lock() override { refuse_to_close(chip_, "an STM32H7R/S", "NVSTATE", kNvsr); }
  // Nothing to do where the chip is open, FlashError where it is not.
  void unlock() override;

 private:
  std::uint32_t state(std::span<const std::uint32_t> values) const {
    return chip_.options.get(values, "NVSTATE");
  }
  [[noreturn]] void refuse_closed(std::span<const std::uint32_t> values) const;

  ProtectedChip chip_;
};

void H7rsProtection::tell() const {
  const std::vector<std::uint32_t> values = chip_.options.read();
  if (state(values) == kOpen) return;
  chip_.log.warn("{}: the chip is not open (NVSTATE=0x{:02x})", chip_.bank, state(values));
}

void H7rsProtection::refuse_closed(std::span<const std::uint32_t> values) const {
  const bool for_ever = chip_.options.get(values, "DBG_AUTH") == kDebugLocked;
  throw FlashError(
      fmt::format("NVSTATE=0x{:02x} (FLASH_NVSR=0x{:08x}): the chip is closed, a debugger cannot reach the "
                  "flash; {}",
                  state(values), values[0],
                  for_ever ? "for ever (DBG_AUTH)"
                           : "it takes debug authentication to open it, which this program does not do"),
      chip_.bank, kNvsr, "FLASH_NVSR", values[0]);
}

void H7rsProtection::require(std::span<const std::uint32_t> values, std::span<const FlashStep>) const {
  if (state(values) == kClosed) refuse_closed(values);
}

// What require() does not see: what is hidden is a matter of the boot stage.
std::string H7rsProtection::hint(unsigned sector) const {
  const std::vector<std::uint32_t> values = chip_.options.read();
  const std::uint32_t first = chip_.options.get(values, "HDP_AREA_START");
  const std::uint32_t last = chip_.options.get(values, "HDP_AREA_END");
  const H7Sector& place = chip_.sectors[sector];
  const bool inside =
      place.offset / kHideUnit <= last && (place.offset + place.size - 1) / kHideUnit >= first;
  if (last < first || (last != first && !inside)) return {};
  return fmt::format("the sector is in the hidden area (HDP_AREA_START=0x{:x}, HDP_AREA_END=0x{:x})", first,
                     last);
}

void H7rsProtection::unlock() {
  const std::vector<std::uint32_t> values = chip_.options.read();
  if (state(values) != kOpen) refuse_closed(values);
  chip_.log.info("{}: the chip is open already", chip_.bank);
}

}  // namespace

std::unique_ptr<ChipProtection> h7rs_protection(const ProtectedChip& chip) {
  return std::make_unique<H7rsProtection>(chip);
}

}  // namespace probity::stm32
