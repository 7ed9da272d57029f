// Ordering codes: "stm32f407" + pins letter + flash size letter [+ package letter + temperature digit].
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/errors.hpp"
#include "vboard/chip/facts/facts.hpp"

namespace probity::vboard {

namespace {

// The flash-size letter of ordering codes: "ordering information" of each data sheet.
struct SizeLetter {
  char letter;
  std::uint32_t kib;
};
constexpr std::array kSizes{
    SizeLetter{'3', 8},    SizeLetter{'4', 16},   SizeLetter{'6', 32},   SizeLetter{'8', 64},
    SizeLetter{'b', 128},  SizeLetter{'z', 192},  SizeLetter{'c', 256},  SizeLetter{'d', 384},
    SizeLetter{'e', 512},  SizeLetter{'y', 640},  SizeLetter{'f', 768},  SizeLetter{'g', 1024},
    SizeLetter{'h', 1536}, SizeLetter{'i', 2048}, SizeLetter{'j', 4096},
};

std::uint32_t size_kib(const OrderingRow& row, char letter) {
  if (row.kib != 0) return row.kib;
  return std::find_if(kSizes.begin(), kSizes.end(), [&](SizeLetter s) { return s.letter == letter; })->kib;
}

// All generations' rows.
std::vector<OrderingRow> all_rows() {
  std::vector<OrderingRow> rows;
  for (const auto table :
       {f2_chips, f1_chips, l4_chips, u5_chips, lx_chips, h7_chips, h5_chips, nrf5_chips, rp_chips,
        kinetis_chips, kinetis_ke_chips, lpc_chips, samd_chips, efm32_chips, stellaris_chips}) {
    const std::vector<OrderingRow> more = table();
    rows.insert(rows.end(), more.begin(), more.end());
  }
  return rows;
}

// "", "t", "t6" or "tx": what ordering codes and project files append.
bool is_package_suffix(std::string_view suffix) {
  return suffix.size() <= 2 && (suffix.empty() || std::isalpha(static_cast<unsigned char>(suffix[0]))) &&
         (suffix.size() < 2 || suffix[1] == 'x' || std::isdigit(static_cast<unsigned char>(suffix[1])));
}

// Names that share the longest beginning with `name`, or any STM32s, at most eight.
std::string near_names(std::string_view name) {
  const std::vector<std::string> all = all_chip_names();
  const auto common = [&](const std::string& other) {
    const auto [a, b] = std::mismatch(name.begin(), name.end(), other.begin(), other.end());
    return a - name.begin();
  };
  const auto best = std::max_element(all.begin(), all.end(),
                                     [&](const auto& a, const auto& b) { return common(a) < common(b); });
  if (common(*best) == 0) return near_names("stm32");
  std::string list;
  unsigned listed = 0;
  for (const std::string& other : all) {
    if (common(other) != common(*best) || listed == 8) continue;
    list += fmt::format("{}{}", listed++ ? ", " : "", other);
  }
  return list;
}

}  // namespace

ChipFacts find_chip(std::string_view text) {
  std::string name;
  for (char c : text) name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const OrderingRow& row : all_rows()) {
    const std::size_t letters = row.family.size() + 2;
    if (name.size() < letters || !name.starts_with(row.family)) continue;
    const char pins = name[row.family.size()], size = name[row.family.size() + 1];
    if (row.pins.find(pins) == std::string_view::npos || row.sizes.find(size) == std::string_view::npos)
      continue;
    if (!is_package_suffix(std::string_view(name).substr(letters))) continue;
    return {name.substr(0, letters), row.line, size_kib(row, size)};
  }
  throw ConfigError(fmt::format("unknown virtual chip '{}'; near names: {} ...", text, near_names(name)));
}

std::vector<std::string> all_chip_patterns() {
  const auto letters = [](std::string_view of) {
    return of.size() == 1 ? std::string(of) : fmt::format("[{}]", of);
  };
  std::vector<std::string> patterns;
  for (const OrderingRow& row : all_rows()) {
    patterns.push_back(fmt::format("{}{}{}", row.family, letters(row.pins), letters(row.sizes)));
  }
  std::sort(patterns.begin(), patterns.end());
  return patterns;
}

std::vector<std::string> all_chip_names() {
  std::vector<std::string> names;
  for (const OrderingRow& row : all_rows()) {
    for (char pins : row.pins) {
      for (char size : row.sizes) names.push_back(fmt::format("{}{}{}", row.family, pins, size));
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace probity::vboard
