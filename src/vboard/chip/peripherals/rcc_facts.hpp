// What the board knows of a family's reset and clock control: registers that keep what is written, ready bits
// that follow their enables, the switch of the system clock, and the reset flags.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "base/bits.hpp"
#include "base/units.hpp"

namespace probity::vboard {

struct RccRegisterValue {
  std::uint32_t offset, value;
};

using RccRegisters = std::span<const std::uint32_t>;

// A field and the register it is in.
struct RccPlace {
  std::uint32_t offset;
  Field field;
  constexpr std::uint32_t get(RccRegisters registers) const { return field.get(registers[offset / 4]); }
};

// What a PLL divides and multiplies: the ready bit of each value of PLLSRC, in the first register. A value
// without one (width 0) is no clock.
struct RccPllSource {
  RccPlace select;
  std::array<Field, 4> ready;
  constexpr bool runs(RccRegisters registers) const {
    return ready[select.get(registers) & 3].is_set(registers[0]);
  }
};
inline constexpr Field kNoClock{"no clock", 0, 0};

// The AHB clock, never 0, by the prescaler's code: 0xxx undivided, then 2, 4, 8, 16, 64, 128, 256, 512 (HPRE
// of RM0090 7.3.3 and of every manual since).
constexpr Hertz ahb_clock(std::uint64_t hertz, std::uint32_t code) {
  constexpr std::array<std::uint32_t, 8> kDivider{2, 4, 8, 16, 64, 128, 256, 512};
  const std::uint32_t divider = code < 8 ? 1 : kDivider[code - 8];
  return Hertz{static_cast<std::uint32_t>(std::max<std::uint64_t>(hertz / divider, 1))};
}

// An oscillator or PLL: its ready bit rises `start_up` after its enable bit.
struct RccOscillator {
  std::uint32_t enable_offset;
  Field enable;
  std::uint32_t ready_offset;
  Field ready;
  Microseconds start_up;
  // The value of SW that chooses it: it must be ready then, and cannot be switched off while in use.
  std::optional<unsigned> sw = {};
  // Of a PLL: it locks only on a source that runs, whose ready bit is in a row before it. Null: no PLL, or
  // one whose source is not looked at.
  const RccPllSource* source = nullptr;
};

struct RccFacts {
  std::uint32_t size = 0x400;                      // of the block
  std::span<const RccRegisterValue> reset_values;  // registers that do not reset to 0
  std::span<const RccOscillator> oscillators;
  std::uint32_t switch_offset = 0;  // of SW and SWS
  Field sw{"SW", 0, 2}, sws{"SWS", 2, 2};
  std::uint32_t flags_offset = 0;  // of the reset flags: RCC_CSR, RCC_RSR …
  Field power_flag{"PORRSTF", 27}, pin_flag{"PINRSTF", 26}, software_flag{"SFTRSTF", 28},
      watchdog_flag{"IWDGRSTF", 29};
  Field clear_flags{"RMVF", 24};
  // The core's clock, from the block's registers (a function, as PLLs differ); never 0. SWS is the source in
  // use.
  Hertz (*core_clock)(RccRegisters registers) = nullptr;
  std::uint32_t backup_offset = 0;     // BDCR: outlives a system reset; 0: none
  Field option_flag{"OBLRSTF", 0, 0};  // of a reset that loaded the option bytes; width 0: none
  // Where RccOscillator::source does not say it: whether oscillator number `row` can become ready, asked with
  // the ready bits of the rows before it in their places; null: always.
  bool (*source_runs)(std::size_t row, RccRegisters registers) = nullptr;
};

}  // namespace probity::vboard
