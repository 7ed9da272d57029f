// The option bytes of an STM32 by the manual's names: one row a field, one a register. What `option
// list/read/write` show and change; the drivers' own protection and lock commands go the same way.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bits.hpp"
#include "base/units.hpp"

namespace probity::stm32 {

enum class OptionRisk {
  none,
  mass_erase,  // leaves read-out protection: erases the flash
  permanent,   // can never be undone: RDP level 2, WRP or PCROP that stay …
};

// A register with option bytes: where its value in force is read and where a new one is written (the same on
// most).
struct OptionRegister {
  std::string_view name;  // "FLASH_OPTR"
  Address read, write;
};

struct OptionField {
  std::string_view name;  // the manual's: "RDP", "nBOOT0", "WRP1A_STRT"
  unsigned reg;           // index of its OptionRegister
  unsigned lsb, bits;
  std::string_view
      meaning;  // one line: "read-out protection: 0xaa level 0, 0xcc level 2 (for ever), else level 1"
  // What going from `before` to `after` would mean; null: never a risk.
  OptionRisk (*risk)(std::uint32_t before, std::uint32_t after) = nullptr;

  Field field() const { return {name, lsb, bits}; }
};

class OptionBytes {
 public:
  virtual ~OptionBytes() = default;
  virtual std::span<const OptionRegister> registers() const = 0;
  virtual std::span<const OptionField> fields() const = 0;
  // The values in force, one for each register.
  virtual std::vector<std::uint32_t> read() = 0;
  // Programs all registers and starts the change; the core must be halted. On most generations they are in
  // force after load(), or a power cycle. FlashError, TimeoutError.
  virtual void write(std::span<const std::uint32_t> values) = 0;
  // Makes the chip load its option bytes (OBL_LAUNCH), which resets it, and waits until the debug port
  // answers again; false where the generation has no such command (F2/F4/F7: in force at once; RDP needs a
  // power cycle).
  virtual bool load() = 0;
};

}  // namespace probity::stm32
