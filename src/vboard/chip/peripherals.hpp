// The small peripherals: a handful of registers each.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "vboard/chip/register_block.hpp"

namespace probity::vboard {

struct RegisterValue {
  std::uint32_t offset, value;
};

// Registers that keep what is written: peripherals the board has no model of.
class RegisterFile : public RegisterBlock {
 public:
  // `reset_values` name the registers that do not reset to 0; must outlive the block.
  RegisterFile(std::uint32_t size, std::span<const RegisterValue> reset_values);
  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  void reset() override;

 protected:
  std::uint32_t& at(std::uint32_t offset) { return words_[offset / 4]; }

 private:
  std::vector<std::uint32_t> words_;
  std::span<const RegisterValue> reset_values_;
};

// A port with nothing connected: IDR reads 0, BSRR acts on ODR (RM0090 8.4).
class Gpio final : public RegisterFile {
 public:
  explicit Gpio(std::span<const RegisterValue> reset_values);
  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  // Pin `pin` is at its alternate function 0: the debug port's and SWO's.
  bool is_debug_pin(unsigned pin);
};

// Power control (RM0090 5.4, RM0385 4.4): ready bits follow their enables.
class Pwr final : public RegisterFile {
 public:
  Pwr();
  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
};

// SYSCFG (RM0090 9.2.1): MEMRMP.MEM_MODE chooses what is seen at address 0.
class Syscfg final : public RegisterFile {
 public:
  // `remapped` runs when MEM_MODE changes.
  explicit Syscfg(std::function<void()> remapped);
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  void reset() override;
  unsigned memory_mode();

 private:
  std::function<void()> remapped_;
};

// MCU debug component (RM0090 38.16). Only power-on resets it.
class Dbgmcu final : public RegisterBlock {
 public:
  explicit Dbgmcu(std::uint32_t idcode) : idcode_(idcode) {}
  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  void reset() override { cr_ = apb1_fz_ = apb2_fz_ = 0; }
  bool stops_iwdg() const;
  // TRACE_IOEN is set and TRACE_MODE asynchronous: TRACESWO has its pin.
  bool gives_swo() const;

 private:
  std::uint32_t idcode_, cr_ = 0, apb1_fz_ = 0, apb2_fz_ = 0;
};

}  // namespace probity::vboard
