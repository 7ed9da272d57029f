// The STM32 F0, F1, F3 and their clones that driver `stm32f1x` knows: one row a device id, and the geometry
// of flash and protection as a pure function of (part, size).
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "flash/stm32/option_bytes.hpp"

namespace probity::stm32 {

struct F1Revision {
  std::uint16_t id;  // DBGMCU_IDCODE.REV_ID
  std::string_view name;
};

// How FLASH_OBR shows the option bytes, and what they mean.
struct F1OptionLayout {
  unsigned user_lsb;                    // FLASH_OBR: the USER byte begins here
  unsigned data_lsb;                    // … and Data0, Data1 here
  std::uint8_t rdp_level0;              // RDP byte that leaves the flash open
  bool has_level2;                      // RDP = 0xCC closes the debug port for ever
  bool can_load;                        // FLASH_CR.OBL_LAUNCH
  std::span<const OptionField> fields;  // of the option bytes, WRP0 … WRP3 at the end
};

struct F1Part {
  std::uint32_t idcode;       // DBGMCU_IDCODE, as far as `idcode_mask` goes
  std::uint32_t idcode_mask;  // DEV_ID alone, or REV_ID too where a clone shares the original's DEV_ID
  std::string_view name;      // as OpenOCD 0.12.0 prints it in `flash info`
  std::span<const F1Revision> revisions;
  unsigned max_kib;             // assumed where the size register is blank
  Address flash_size_register;  // KiB, 16 bits
  std::uint32_t page_size;      // bytes
  unsigned pages_per_wrp;       // pages that one bit of write protection covers; the last bit covers the rest
  bool dual_bank;               // a second interface from 0x08080000 on
  const F1OptionLayout* options;
};

// Null where no row has this DBGMCU_IDCODE.
const F1Part* find_f1_part(std::uint32_t idcode);
std::span<const F1Part> f1_parts();
std::string_view revision_name(const F1Part& part, std::uint16_t revision);  // empty: unknown

// The address of DBGMCU_IDCODE for a core with this CPUID; nothing for a core that no such chip has.
std::optional<Address> f1_idcode_address(std::uint32_t cpuid);

// The option bytes in the order in which they lie in the option area, a half-word each: the byte and its
// complement.
enum F1OptionByte { kRdp, kUser, kData0, kData1, kWrp0, kWrp1, kWrp2, kWrp3, kOptionByteCount };
using F1OptionValues = std::array<std::uint8_t, kOptionByteCount>;

// What FLASH_OBR and FLASH_WRPR say of the option bytes; of RDP they know the level alone.
F1OptionValues f1_options_in_force(const F1OptionLayout& layout, std::uint32_t obr, std::uint32_t wrpr);
// 0, 1 or 2, by FLASH_OBR.
unsigned f1_rdp_level(const F1OptionLayout& layout, std::uint32_t obr);
// Bytes of WRP0 … WRP3 that the part has.
unsigned f1_wrp_bytes(const F1Part& part);
// The bit of FLASH_WRPR that protects this page; pages count from 0x08000000.
unsigned f1_wrp_bit(const F1Part& part, unsigned page);

// What one bank of the driver covers.
struct F1Extent {
  Address base = 0;
  std::uint32_t size = 0;
};
// `second_declared`: there is a bank of its own for what lies at 0x08080000; else one bank covers all.
// Nothing where `base` is the second bank's and the chip has none.
std::optional<F1Extent> f1_extent(const F1Part& part, unsigned kib, Address base, bool second_declared);

}  // namespace probity::stm32
