// Ordering codes: "stm32f407" + pins letter + flash size letter [+ package letter + temperature digit].
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/errors.hpp"
#include "vboard/chip/facts.hpp"

namespace probity::vboard {

namespace {

// Ordering information of each data sheet (last section): which pin counts and flash sizes exist.
struct OrderingRow {
  std::string_view family, pins, sizes;
  ChipLineId line;
};
constexpr std::array kOrdering{
    OrderingRow{"stm32f401", "crv", "bc", ChipLineId::f401bc},
    OrderingRow{"stm32f401", "crv", "de", ChipLineId::f401de},
    OrderingRow{"stm32f405", "orvz", "eg", ChipLineId::f40x},
    OrderingRow{"stm32f407", "vzi", "eg", ChipLineId::f40x},
    OrderingRow{"stm32f411", "crv", "ce", ChipLineId::f411},
    OrderingRow{"stm32f415", "orvz", "g", ChipLineId::f40x},
    OrderingRow{"stm32f417", "vzi", "eg", ChipLineId::f40x},
    OrderingRow{"stm32f427", "vzia", "gi", ChipLineId::f42x},
    OrderingRow{"stm32f429", "vzibna", "egi", ChipLineId::f42x},
    OrderingRow{"stm32f437", "vzia", "gi", ChipLineId::f42x},
    OrderingRow{"stm32f439", "vzibna", "gi", ChipLineId::f42x},
    OrderingRow{"stm32f446", "mrvz", "ce", ChipLineId::f446},
    OrderingRow{"stm32f745", "vzi", "eg", ChipLineId::f74x},
    OrderingRow{"stm32f746", "vzibn", "eg", ChipLineId::f74x},
    OrderingRow{"stm32f756", "vzibn", "g", ChipLineId::f74x},
    OrderingRow{"stm32f765", "vzibn", "gi", ChipLineId::f76x},
    OrderingRow{"stm32f767", "vzibn", "gi", ChipLineId::f76x},
    OrderingRow{"stm32f769", "ibna", "gi", ChipLineId::f76x},
    OrderingRow{"stm32f777", "vzibn", "i", ChipLineId::f76x},
    OrderingRow{"stm32f779", "ibna", "i", ChipLineId::f76x},
};

struct SizeLetter {
  char letter;
  std::uint32_t kib;
};
constexpr std::array kSizes{SizeLetter{'b', 128}, SizeLetter{'c', 256},  SizeLetter{'d', 384},
                            SizeLetter{'e', 512}, SizeLetter{'g', 1024}, SizeLetter{'i', 2048}};

constexpr std::size_t kFamilyLength = 9, kNameLength = 11;

std::uint32_t size_kib(char letter) {
  return std::find_if(kSizes.begin(), kSizes.end(), [&](SizeLetter s) { return s.letter == letter; })->kib;
}

// "", "t", "t6" or "tx": what ordering codes and project files append.
bool is_package_suffix(std::string_view suffix) {
  return suffix.size() <= 2 && (suffix.empty() || std::isalpha(static_cast<unsigned char>(suffix[0]))) &&
         (suffix.size() < 2 || suffix[1] == 'x' || std::isdigit(static_cast<unsigned char>(suffix[1])));
}

// Names that share the longest beginning with `name`, at most eight.
std::string near_names(std::string_view name) {
  const std::vector<std::string> all = all_chip_names();
  const auto common = [&](const std::string& other) {
    const auto [a, b] = std::mismatch(name.begin(), name.end(), other.begin(), other.end());
    return a - name.begin();
  };
  const auto best = std::max_element(all.begin(), all.end(),
                                     [&](const auto& a, const auto& b) { return common(a) < common(b); });
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
  for (const OrderingRow& row : kOrdering) {
    if (name.size() < kNameLength || !name.starts_with(row.family)) continue;
    const char pins = name[kFamilyLength], size = name[kFamilyLength + 1];
    if (row.pins.find(pins) == std::string_view::npos || row.sizes.find(size) == std::string_view::npos)
      continue;
    if (!is_package_suffix(std::string_view(name).substr(kNameLength))) continue;
    return {name.substr(0, kNameLength), &chip_line(row.line), size_kib(size)};
  }
  throw ConfigError(fmt::format("unknown virtual chip '{}'; near names: {} ...", text, near_names(name)));
}

std::vector<std::string> all_chip_names() {
  std::vector<std::string> names;
  for (const OrderingRow& row : kOrdering) {
    for (char pins : row.pins) {
      for (char size : row.sizes) names.push_back(fmt::format("{}{}{}", row.family, pins, size));
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace probity::vboard
