// What keeps parts of the flash from being changed on STM32 L4 and its relatives: write protection, PCROP,
// securable and hidden areas, the second core's flash, TrustZone. Pure: from the registers' values to pages,
// and for write protection back.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "flash/stm32/l4_parts.hpp"

namespace probity::stm32 {

// The value of a register of the flash interface, by its offset.
using L4Reader = std::function<std::uint32_t(unsigned offset)>;

struct L4Area {
  enum class Kind { write_protected, pcrop, securable, hidden, second_core, secure };
  Kind kind;
  std::string name;                  // "WRP1A", "PCROP1"
  std::string register_name;         // where it is set: "FLASH_WRP1AR"
  std::uint32_t raw = 0;             // what that register holds
  std::uint32_t begin = 0, end = 0;  // offsets from the bank's base, bytes; end excluded
  bool permanent = false;            // write protection that can never be taken off (UNLOCK = 0)
};

// Those in force, empty ones left out. `as_secure`: flash is changed through the secure registers.
std::vector<L4Area> l4_areas(const L4Part& part, const L4Layout& layout, const L4Geometry& geometry,
                             bool as_secure, const L4Reader& read);

// With TZEN set: what is secure, by watermark (SECWM1, SECWM2) and page by page until the next reset (SECBB1,
// SECBB2).
std::vector<L4Area> l4_secure_areas(const L4Part& part, const L4Geometry& geometry, const L4Reader& read);

// The WRP registers that count: one for each area that `wrp_info` and `flash protect` may use.
struct L4WrpRegister {
  unsigned index;  // into L4Layout::wrp: 1A, 1B, 2A, 2B
  unsigned bank;   // chip bank whose pages it counts; 0 where there is but one
};
std::vector<L4WrpRegister> l4_wrp_registers(const L4Part& part, const L4Geometry& geometry);

// First and last page (indices into L4Geometry::pages) of a WRP register's value, nothing where it protects
// none.
struct L4PageRange {
  unsigned first = 0, last = 0;
  bool operator==(const L4PageRange&) const = default;
};
std::optional<L4PageRange> wrp_pages(const L4Geometry& geometry, unsigned bank, std::uint32_t value);
// `before` with the pages of `range` in it, or none; its other bits stay.
std::uint32_t wrp_value(const L4Geometry& geometry, unsigned bank, std::optional<L4PageRange> range,
                        std::uint32_t before);

// Runs of set elements.
std::vector<L4PageRange> runs_of(const std::vector<bool>& pages);

}  // namespace probity::stm32
