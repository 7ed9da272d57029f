// The STM32H5 parts that driver `stm32h5x` knows: one row a device id; layout, geometry and option bytes.
#pragma once

#include <string_view>
#include <vector>

#include "flash/stm32/h7_layout.hpp"
#include "flash/stm32/option_bytes.hpp"

namespace probity::stm32 {

struct H5Part {
  std::uint16_t device_id;  // DBGMCU_IDCODE.DEV_ID
  std::string_view name;
  unsigned max_kib;
  unsigned sectors_per_wrp_bit;
  bool trustzone;  // TZEN, secure watermarks, data sectors
};

// Null where no row has this id.
const H5Part* find_h5_part(std::uint16_t device_id);
// Revision letter; empty: unknown.
std::string_view h5_revision_name(std::uint16_t revision);

extern const H7Layout kH5Layout;
extern const OptionControl kH5OptionControl;

struct H5Sector {
  std::uint32_t offset = 0, size = 0;  // bytes, from 0x08000000
  unsigned chip_bank = 0;              // physical: 0 or 1
  unsigned snb = 0;
  bool operator==(const H5Sector&) const = default;
};
// Two halves of `kib` KiB; with `swapped` (OPTCR.SWAP_BANK) the lower one is physical bank 2.
std::vector<H5Sector> h5_geometry(unsigned kib, bool swapped);

struct H5OptionRows {
  std::vector<OptionRegister> registers;
  std::vector<OptionField> fields;
};
H5OptionRows h5_option_rows(const H5Part& part);
// "OPEN", "CLOSED" …; "unknown" for other values.
std::string_view h5_product_state(std::uint32_t value);

}  // namespace probity::stm32
