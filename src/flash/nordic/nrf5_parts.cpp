#include "flash/nordic/nrf5_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace probity::nrf5 {

namespace {

constexpr std::uint32_t kNrf51 = 0x51000, kNrf52 = 0x52000;  // PART[31:12] of the two series
constexpr std::uint32_t series_of(std::uint32_t part) { return part & 0xFFFFF000; }

struct Nrf51Part {
  std::uint16_t hardware_id;
  std::string_view part, variant, build_code;
};
// Most nRF51 say what they are by this id alone.
constexpr Nrf51Part kNrf51Parts[] = {
    {0x001D, "51822", "QFAA", "CA/C0"}, {0x001E, "51422", "QFAA", "CA"},  {0x0020, "51822", "CEAA", "BA"},
    {0x0024, "51422", "QFAA", "C0"},    {0x0026, "51822", "QFAB", "AA"},  {0x0027, "51822", "QFAB", "A0"},
    {0x002A, "51822", "QFAA", "FA0"},   {0x002D, "51422", "QFAA", "DAA"}, {0x002E, "51422", "QFAA", "E0"},
    {0x002F, "51822", "CEAA", "B0"},    {0x0031, "51422", "CEAA", "A0A"}, {0x003C, "51822", "QFAA", "G0"},
    {0x0040, "51822", "CEAA", "CA0"},   {0x0044, "51822", "QFAA", "GC0"}, {0x0047, "51822", "CEAA", "DA0"},
    {0x004C, "51822", "QFAB", "B0"},    {0x004D, "51822", "CEAA", "D00"}, {0x0050, "51422", "CEAA", "B0"},
    {0x0057, "51822", "QFAA", "G2"},    {0x0058, "51822", "QFAA", "G3"},  {0x0061, "51422", "QFAB", "A00"},
    {0x0072, "51822", "QFAA", "H0"},    {0x0073, "51422", "QFAA", "F0"},  {0x0079, "51822", "CEAA", "E0"},
    {0x007A, "51422", "CEAA", "C0"},    {0x007B, "51822", "QFAB", "C0"},  {0x007C, "51422", "QFAB", "B0"},
    {0x007D, "51822", "CDAB", "A0"},    {0x007E, "51422", "CDAB", "A0"},  {0x0083, "51822", "QFAC", "A0"},
    {0x0084, "51822", "QFAC", "A1"},    {0x0085, "51422", "QFAC", "A0"},  {0x0086, "51422", "QFAC", "A1"},
    {0x0087, "51822", "CFAC", "A0"},    {0x0088, "51422", "CFAC", "A0"},  {0x008F, "51822", "QFAA", "H1"},
    {0x00D1, "51822", "QFAA", "H2"},
};

struct Package {
  std::uint32_t value;  // FICR.INFO.PACKAGE
  std::string_view name;
};
constexpr Package kPackages[] = {
    {0x2000, "QF"}, {0x2001, "CH"}, {0x2002, "CI"}, {0x2003, "QC"},
    {0x2004, "QI"}, {0x2005, "CK"}, {0x2007, "QD"}, {0x2008, "CJ"},
};

const Nrf51Part* find_nrf51(std::uint16_t hardware_id) {
  const auto* found = std::ranges::find(kNrf51Parts, hardware_id, &Nrf51Part::hardware_id);
  return found == std::end(kNrf51Parts) ? nullptr : found;
}

std::string_view package_name(std::uint32_t value) {
  const auto* found = std::ranges::find(kPackages, value, &Package::value);
  return found == std::end(kPackages) ? std::string_view("xx") : found->name;
}

// Four letters, the first in the highest byte: "AAB0".
std::string letters(std::uint32_t word) {
  std::string text;
  for (unsigned shift = 32; shift != 0; shift -= 8) {
    const auto letter = static_cast<char>(Field{"letter", shift - 8, 8}.get(word));
    text += letter >= ' ' && letter <= '~' ? letter : '?';
  }
  return text;
}

}  // namespace

bool Chip::is_nrf51() const { return info ? series_of(info->part) == kNrf51 : true; }
bool Chip::known() const { return info.has_value() || find_nrf51(hardware_id) != nullptr; }

std::optional<Info> info_of(std::uint32_t part, std::uint32_t variant, std::uint32_t package,
                            std::uint32_t ram, std::uint32_t flash) {
  if (series_of(part) != kNrf51 && series_of(part) != kNrf52) return {};
  return Info{part, variant, package, ram, flash};
}

std::string name_of(const Chip& chip) {
  if (const Nrf51Part* part = find_nrf51(chip.hardware_id)) {
    return fmt::format("nRF{}-{}(build code: {})", part->part, part->variant, part->build_code);
  }
  if (!chip.info) return fmt::format("nRF51xxx (HWID 0x{:04x})", chip.hardware_id);
  const std::string variant = letters(chip.info->variant);
  return fmt::format("nRF{:x}-{}{}(build code: {})", chip.info->part, package_name(chip.info->package),
                     variant.substr(0, 2), variant.substr(2));
}

}  // namespace probity::nrf5
