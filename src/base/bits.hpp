// Registers and fields by the manual's names. A row `{"SNB", 3, 5}` names bits 7:3; its comment names the
// source.
#pragma once

#include <cstdint>
#include <string_view>

namespace probity {

struct Field {
  std::string_view name;
  unsigned lsb = 0;
  unsigned width = 1;

  constexpr std::uint32_t mask() const { return (width >= 32 ? 0xFFFFFFFFu : (1u << width) - 1u) << lsb; }
  constexpr std::uint32_t get(std::uint32_t word) const { return (word & mask()) >> lsb; }
  constexpr bool is_set(std::uint32_t word) const { return (word & mask()) != 0; }
  // `value` moved to the field's place; bits of `value` that do not fit are dropped.
  constexpr std::uint32_t of(std::uint32_t value) const { return (value << lsb) & mask(); }
  constexpr std::uint32_t set(std::uint32_t word, std::uint32_t value) const {
    return (word & ~mask()) | of(value);
  }
};

}  // namespace probity
