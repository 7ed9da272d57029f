// The small peripherals: a handful of registers each.
#pragma once

#include <functional>
#include <vector>

#include "vboard/chip/facts/facts.hpp"
#include "vboard/chip/register_block.hpp"

namespace probity::vboard {

// Registers that keep what is written: peripherals the board has no model of. Their reset values, and the
// bits that hardware sets, are rows of GenerationFacts.
class RegisterFile : public RegisterBlock {
 public:
  RegisterFile(std::uint32_t base, std::uint32_t size, const GenerationFacts& facts);
  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  void reset() override;

 protected:
  std::uint32_t& at(std::uint32_t offset) { return words_[offset / 4]; }

 private:
  std::uint32_t base_;
  std::vector<std::uint32_t> words_;
  std::vector<RegisterReset> reset_values_;
  std::vector<StatusBit> status_bits_;
};

// A port of F2 and later with nothing connected: IDR reads 0, BSRR acts on ODR (RM0090 8.4).
class Gpio final : public RegisterFile {
 public:
  Gpio(std::uint32_t base, const GenerationFacts& facts);
  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  // Pin `pin` is at its alternate function 0: the debug port's and SWO's.
  bool is_debug_pin(unsigned pin);
};

// SYSCFG (RM0090 9.2.1): MEM_MODE of its first register chooses what is seen at address 0.
class Syscfg final : public RegisterFile {
 public:
  // `remapped` runs when MEM_MODE changes.
  Syscfg(const GenerationFacts& facts, std::function<void()> remapped);
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  void reset() override;
  unsigned memory_mode();

 private:
  std::function<void()> remapped_;
};

// MCU debug component (RM0090 38.16): IDCODE, CR and freeze registers. Only power-on resets it.
class Dbgmcu final : public RegisterBlock {
 public:
  // `written` runs after each write.
  Dbgmcu(std::uint32_t idcode, const BlockPlaces& places, std::function<void()> written);
  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  void reset() override;
  bool stops_iwdg() const;
  bool keeps_clocks_in_stop() const;
  // TRACE_IOEN is set and TRACE_MODE asynchronous: TRACESWO has its pin.
  bool gives_swo() const;

 private:
  std::uint32_t idcode_;
  BlockPlaces places_;
  std::function<void()> written_;
  std::vector<std::uint32_t> words_;
};

}  // namespace probity::vboard
