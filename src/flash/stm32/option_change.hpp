// What a change of option bytes comes to, before anything is written: values from names, and the differences
// with what each would mean. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "flash/stm32/option_bytes.hpp"

namespace probity::stm32 {

struct OptionAssignment {
  std::string name;
  std::uint32_t value = 0;
};

struct OptionDifference {
  const OptionField* field = nullptr;
  std::uint32_t before = 0, after = 0;  // of the field
  OptionRisk risk = OptionRisk::none;
};

// The field of that name, in whatever case. UsageError with the nearest name where there is none.
const OptionField& option_field(std::span<const OptionField> fields, std::string_view name);

// `before` (a value for each register) with the fields set. UsageError for an unknown name, a value that the
// field is too narrow for, and a field that is given two values.
std::vector<std::uint32_t> with_assignments(std::span<const OptionField> fields,
                                            std::span<const std::uint32_t> before,
                                            std::span<const OptionAssignment> assignments);

// All fields with their values, to be found again where registers or fields have become other ones; and those
// of them that `fields` has, set in `before`.
std::vector<OptionAssignment> option_assignments(std::span<const OptionField> fields,
                                                 std::span<const std::uint32_t> values);
std::vector<std::uint32_t> with_known_assignments(std::span<const OptionField> fields,
                                                  std::span<const std::uint32_t> before,
                                                  std::span<const OptionAssignment> assignments);

std::vector<OptionDifference> differences(std::span<const OptionField> fields,
                                          std::span<const std::uint32_t> before,
                                          std::span<const std::uint32_t> after);

// "0xaa", as many digits as the field has.
std::string option_value(const OptionField& field, std::uint32_t value);
// "NAME=0x..", one a line.
std::string option_lines(std::span<const OptionField> fields, std::span<const std::uint32_t> values);

}  // namespace probity::stm32
