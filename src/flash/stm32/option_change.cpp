#include "flash/stm32/option_change.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "base/errors.hpp"
#include "base/suggest.hpp"

namespace probity::stm32 {

namespace {

bool same_but_for_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

const OptionField& option_field(std::span<const OptionField> fields, std::string_view name) {
  const auto found =
      std::ranges::find_if(fields, [&](const OptionField& f) { return same_but_for_case(f.name, name); });
  if (found != fields.end()) return *found;
  std::vector<std::string> names;
  for (const OptionField& field : fields) names.emplace_back(field.name);
  throw UsageError(fmt::format("this chip has no option '{}'{} (option list shows all of them)", name,
                               did_you_mean(name, names)));
}

std::vector<std::uint32_t> with_assignments(std::span<const OptionField> fields,
                                            std::span<const std::uint32_t> before,
                                            std::span<const OptionAssignment> assignments) {
  std::vector<std::uint32_t> values(before.begin(), before.end());
  std::map<const OptionField*, std::uint32_t> given;
  for (const OptionAssignment& a : assignments) {
    const OptionField& row = option_field(fields, a.name);
    const Field field = row.field();
    if (field.get(field.of(a.value)) != a.value) {
      throw UsageError(fmt::format("{}=0x{:x}: the field has {} bit{}, at most 0x{:x}", row.name, a.value,
                                   row.bits, row.bits == 1 ? "" : "s", field.get(~0u)));
    }
    const auto [at, is_new] = given.emplace(&row, a.value);
    if (!is_new && at->second != a.value) {
      throw UsageError(fmt::format("{} is given twice: 0x{:x} and 0x{:x}", row.name, at->second, a.value));
    }
    values.at(row.reg) = field.set(values.at(row.reg), a.value);
  }
  return values;
}

std::vector<OptionAssignment> option_assignments(std::span<const OptionField> fields,
                                                 std::span<const std::uint32_t> values) {
  std::vector<OptionAssignment> assignments;
  for (const OptionField& f : fields)
    assignments.push_back({std::string(f.name), f.field().get(values[f.reg])});
  return assignments;
}

std::vector<std::uint32_t> with_known_assignments(std::span<const OptionField> fields,
                                                  std::span<const std::uint32_t> before,
                                                  std::span<const OptionAssignment> assignments) {
  std::vector<std::uint32_t> values(before.begin(), before.end());
  for (const OptionField& f : fields) {
    const auto found = std::ranges::find(assignments, f.name, &OptionAssignment::name);
    if (found != assignments.end()) values[f.reg] = f.field().set(values[f.reg], found->value);
  }
  return values;
}

std::vector<OptionDifference> differences(std::span<const OptionField> fields,
                                          std::span<const std::uint32_t> before,
                                          std::span<const std::uint32_t> after) {
  std::vector<OptionDifference> found;
  for (const OptionField& row : fields) {
    const std::uint32_t old_value = row.field().get(before[row.reg]),
                        new_value = row.field().get(after[row.reg]);
    if (old_value == new_value) continue;
    found.push_back({&row, old_value, new_value,
                     row.risk != nullptr ? row.risk(old_value, new_value) : OptionRisk::none});
  }
  return found;
}

std::string option_value(const OptionField& field, std::uint32_t value) {
  return fmt::format("0x{:0{}x}", value, (field.bits + 3) / 4);
}

std::string option_lines(std::span<const OptionField> fields, std::span<const std::uint32_t> values) {
  std::string text;
  for (const OptionField& row : fields) {
    text += fmt::format("{}={}\n", row.name, option_value(row, row.field().get(values[row.reg])));
  }
  return text;
}

}  // namespace probity::stm32
