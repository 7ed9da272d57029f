// The STM32 L0 and L1 that driver `stm32lx` knows: one row a device id, and the geometry of their flash as a
// pure function of (part, size register).
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/units.hpp"

namespace probity::stm32 {

// What is the same for all of L0, or all of L1.
struct LxLayout {
  Address base;             // of the flash interface
  std::uint32_t page_size;  // bytes; half of it is programmed at once
  std::string_view option_register, protection_register, pcrop_bit;  // as the manual calls them
};
extern const LxLayout kLxLayoutL0, kLxLayoutL1;

struct LxRevision {
  std::uint16_t id;  // DBGMCU_IDCODE.REV_ID
  std::string_view name;
};

// How the size register's 16 bits are to be read.
enum class LxSize {
  kib,
  kib_low_byte,  // the upper one means nothing
  code_0_1,      // 0: 384 KiB, 1: 256 KiB
};

// Where a chip's second bank begins.
enum class LxDual {
  never,
  half_from_128_kib,  // chips of 128 KiB and more have two halves
  at_192_kib,         // of 384 KiB; smaller ones have one bank
  at_256_kib,         // whatever the size: with 384 KiB there is nothing between 192 and 256 KiB
};

struct LxPart {
  std::uint16_t id;       // DBGMCU_IDCODE.DEV_ID
  std::string_view name;  // as OpenOCD 0.12.0 prints it in `flash info`
  std::span<const LxRevision> revisions;
  const LxLayout* layout;
  unsigned max_kib;             // assumed where the size register is blank
  Address flash_size_register;  // 16 bits
  LxSize size;
  LxDual dual;
  bool pcrop;       // has WPRMOD / SPRMOD
  bool boot_bank2;  // has BFB2
  bool boot_bits;   // nBOOT0 and nBOOT_SEL as option bytes
};

const LxPart* find_lx_part(std::uint16_t id);  // null: not known
std::span<const LxPart> lx_parts();
std::string_view revision_name(const LxPart& part, std::uint16_t revision);  // empty: unknown

// The address of DBGMCU_IDCODE for a core with this CPUID; nothing for a core that no L0 or L1 has.
std::optional<Address> lx_idcode_address(std::uint32_t cpuid);

// KiB of flash; nothing where the register is blank. It may be more than the part's maximum.
std::optional<unsigned> lx_kib(const LxPart& part, std::uint16_t size_register);

// The chip's banks, offsets from 0x08000000; the second one has size 0 where there is none.
struct LxBankExtent {
  std::uint32_t offset = 0, size = 0;
  std::uint32_t end() const { return offset + size; }
};
struct LxGeometry {
  LxBankExtent first, second;
  std::uint32_t end() const { return second.size != 0 ? second.end() : first.end(); }
};
LxGeometry lx_geometry(const LxPart& part, unsigned kib);

}  // namespace probity::stm32
