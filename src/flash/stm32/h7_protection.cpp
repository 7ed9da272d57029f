#include "flash/stm32/h7_protection.hpp"

#include <fmt/format.h>

#include "flash/stm32/h7_options.hpp"
#include "flash/stm32/h7_registers.hpp"

namespace probity::stm32 {

using namespace h7;

namespace {

class H7Protection final : public ChipProtection {
 public:
  explicit H7Protection(const ProtectedChip& chip) : chip_(chip) {}

  void tell() const override;
  void require(std::span<const std::uint32_t> values, std::span<const FlashStep> steps) const override;
  void lock() override { set_level(kRdpForLevel1); }
  void unlock() override { set_level(kRdpLevel0); }

 private:
  // First and last block of 256 bytes, and how to name it.
  struct Area {
    std::string_view reg, first_name, last_name, what, gone_with;
  };
  void require_readable(std::span<const std::uint32_t> values) const;
  void require_outside(std::span<const std::uint32_t> values, const FlashStep& step, const Area& area) const;
  void set_level(std::uint8_t rdp);

  ProtectedChip chip_;
};

void H7Protection::tell() const {
  const std::uint32_t rdp = chip_.options.get(chip_.options.read(), "RDP");
  if (rdp == kRdpLevel0) return;
  chip_.log.warn("{}: read-out protection level {} is set (RDP=0x{:02x})", chip_.bank,
                 rdp == kRdpLevel2 ? 2 : 1, rdp);
}

void H7Protection::require_readable(std::span<const std::uint32_t> values) const {
  const std::uint32_t rdp = chip_.options.get(values, "RDP");
  if (rdp == kRdpLevel0) return;
  const std::string what =
      rdp == kRdpLevel2
          ? "read-out protection level 2: the chip can never be reprogrammed through a debugger"
          : fmt::format(
                "read-out protection level 1: flash cannot be read, erased or written with a debugger "
                "connected; remove it, which erases the whole flash, with: stm32h7x unlock {}",
                chip_.bank);
  throw FlashError(fmt::format("RDP=0x{:02x} (FLASH_OPTSR_CUR=0x{:08x}): {}", rdp, values[0], what),
                   chip_.bank, kOptsrCur, "FLASH_OPTSR_CUR", values[0]);
}

void H7Protection::require_outside(std::span<const std::uint32_t> values, const FlashStep& step,
                                   const Area& area) const {
  const std::uint32_t first = chip_.options.get(values, area.first_name);
  const std::uint32_t last = chip_.options.get(values, area.last_name);
  if (last < first) return;
  const H7Sector& sector = chip_.sectors[step.sector];
  const std::uint32_t begin = sector.snb * sector.size / kAreaUnit;
  const std::uint32_t sector_last = begin + sector.size / kAreaUnit - 1;
  const bool all = first == last;  // RM0433 4.5.4, 4.5.5
  if (!all && (sector_last < first || begin > last)) return;
  throw FlashError(fmt::format("{} ({}=0x{:x}, {}=0x{:x}): sector {} at 0x{:08x} belongs to it; nothing was "
                               "changed; it goes away with read-out protection where {} is 1: stm32h7x lock "
                               "{}, then stm32h7x unlock {}, which erases the whole flash",
                               area.what, area.first_name, first, area.last_name, last, step.sector,
                               chip_.base + sector.offset, area.gone_with, chip_.bank, chip_.bank),
                   chip_.bank, chip_.base + sector.offset, std::string(area.reg), last << 16 | first);
}

// PCROP and secure areas: neither may be erased or written.
void H7Protection::require(std::span<const std::uint32_t> values, std::span<const FlashStep> steps) const {
  require_readable(values);
  const bool secure = chip_.options.get(values, "SECURITY") != 0;
  for (const FlashStep& step : steps) {
    const H7BankOptions& names = h7_bank_options(chip_.sectors[step.sector].chip_bank);
    require_outside(values, step, {names.prar_name, names.area_start, names.area_end, "PCROP area", "DMEP"});
    if (!secure) continue;
    require_outside(values, step,
                    {names.scar_name, names.secure_start, names.secure_end, "secure area", "DMES"});
  }
}

void H7Protection::set_level(std::uint8_t rdp) {
  std::vector<std::uint32_t> values = chip_.options.read();
  const std::uint32_t now = chip_.options.get(values, "RDP");
  if (now == kRdpLevel2) require_readable(values);
  if (now == rdp) {
    chip_.log.info("the requested RDP value is already programmed");
    return;
  }
  chip_.log.info("{} the entire flash device", rdp == kRdpLevel0 ? "unlocking" : "locking");
  chip_.options.set(values, "RDP", rdp);
  chip_.options.write(values);
}

}  // namespace

std::unique_ptr<ChipProtection> h7_protection(const ProtectedChip& chip) {
  return std::make_unique<H7Protection>(chip);
}

}  // namespace probity::stm32
