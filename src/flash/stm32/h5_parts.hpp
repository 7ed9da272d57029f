// The STM32H5 parts that driver `stm32h5x` knows: one row a device id; layout, geometry and option bytes.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "flash/stm32/wide_word_part.hpp"

namespace probity::stm32 {

struct H5Part : WideWordPart {
  bool trustzone;  // TZEN, secure watermarks, data sectors
};

// Null where no row has this id.
const H5Part* find_h5_part(std::uint16_t device_id);
// The part as it is used with TrustZone on (non_secure, secure): by other registers.
H5Part h5_part_as(const H5Part& part, Security security);
extern const WideWordFamily kH5Family;
// Two halves of `kib` KiB; with `swapped` (OPTCR.SWAP_BANK) the lower one is physical bank 2.
std::vector<H7Sector> h5_geometry(unsigned kib, bool swapped);

H7OptionRows h5_option_rows(const H5Part& part);
extern const std::array<WriteProtection, 2> kH5WriteProtection;
// OptionControl::refusal for PRODUCT_STATE.
std::string_view h5_state_refusal(std::uint32_t before, std::uint32_t after);
// "OPEN", "CLOSED" …; "unknown" for other values of PRODUCT_STATE.
std::string_view h5_product_state(std::uint32_t value);

}  // namespace probity::stm32
