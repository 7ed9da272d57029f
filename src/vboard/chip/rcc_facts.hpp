// What the board knows of a family's reset and clock control: registers that keep what is written, ready bits
// that follow their enables, the switch of the system clock, and the reset flags.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "base/bits.hpp"
#include "base/units.hpp"

namespace probity::vboard {

struct RccRegisterValue {
  std::uint32_t offset, value;
};

// An oscillator or PLL: its ready bit rises `start_up` after its enable bit.
struct RccOscillator {
  std::uint32_t enable_offset;
  Field enable;
  std::uint32_t ready_offset;
  Field ready;
  Microseconds start_up;
  // The value of SW that chooses it: it must be ready then, and cannot be switched off while in use.
  std::optional<unsigned> sw = {};
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
  Hertz (*core_clock)(std::span<const std::uint32_t> registers) = nullptr;
  std::uint32_t backup_offset = 0;     // BDCR: outlives a system reset; 0: none
  Field option_flag{"OBLRSTF", 0, 0};  // of a reset that loaded the option bytes; width 0: none
  // Whether oscillator number `row` can become ready (a PLL: its source runs), asked with the ready bits of
  // the rows before it in their places; null: always.
  bool (*source_runs)(std::size_t row, std::span<const std::uint32_t> registers) = nullptr;
};

}  // namespace probity::vboard
