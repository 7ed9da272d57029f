// What is known of a halted core's registers: values by DCRSR selector, cached until the core runs, dirty
// until flush(). Knows which of MSP and PSP `sp` is at the moment.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "target/cortex_m/core_debug.hpp"
#include "target/cortex_m/register_table.hpp"

namespace probity::cortex_m {

class RegisterFile {
 public:
  explicit RegisterFile(CoreDebug& debug) : debug_(debug) {}

  // Which registers there are; forgets all values.
  void describe(const CoreFacts& facts, bool fpu, unsigned dwt_comparators);

  const std::vector<CoreRegister>& registers() const { return registers_; }
  // Case does not count; "xpsr" and "xPSR" are one. ConfigError for a name that does not exist on this core.
  const RegisterRow& row(std::string_view name) const;
  bool knows(std::string_view name) const;

  // The core must be halted for these. Rows with an address (DWT) are not for this class.
  RegisterValue read(const RegisterRow& row);
  // Bits of `value` beyond the register's width are an error: ConfigError.
  void write(const RegisterRow& row, RegisterValue value);
  bool cached(const RegisterRow& row) const;
  bool dirty(const RegisterRow& row) const;

  // Makes all of these cached, in one batch; those that already are cost nothing.
  void fetch(std::span<const unsigned> selectors);
  // All that this core has.
  void fetch_all();
  // r0-r12, lr, pc, xPSR, msp, psp and the special registers.
  void fetch_core();
  // fetch_core()'s and, with an FPU, fpscr: what GDB shows as the general registers.
  void fetch_general();
  // Everything that an algorithm may change: what fetch_core() has, on Armv8-M the stack limits, and with
  // `both_states` (TrustZone) what each of the security states has of its own.
  std::vector<RegisterTransfer> save_core(bool both_states);
  void restore(const std::vector<RegisterTransfer>& saved);

  // What is cached of this register, a pending write too.
  void forget(const RegisterRow& row);
  void flush();
  void invalidate();

 private:
  struct Slot {
    std::optional<std::uint32_t> value;
    bool dirty = false;
  };
  std::uint32_t slot(unsigned selector);
  bool exists(unsigned selector) const;
  // msp, psp and the special registers, and msp_s, psp_ns …: two names for the same on Armv8-M. What is
  // written by one goes to the core before it is read, or written, by the other.
  static std::span<const unsigned> aliases(unsigned selector);
  bool alias_is_dirty(unsigned selector) const;
  // The selector that `row` stands for now: for sp the stack in use.
  unsigned selector_of(const RegisterRow& row);
  std::optional<unsigned> known_selector_of(const RegisterRow& row) const;

  CoreDebug& debug_;
  bool fpu_ = false;
  std::vector<RegisterRow> rows_;
  std::vector<CoreRegister> registers_;
  std::array<Slot, regsel::kCount> slots_{};
};

}  // namespace probity::cortex_m
