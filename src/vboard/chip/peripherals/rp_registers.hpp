// A block of registers of RP2040: 16 KiB, of which the upper three quarters are the same registers again,
// where a write toggles, sets or clears bits (RP2040 data sheet 2.1.2). A write of a byte or half-word
// reaches the whole register, with the value repeated in all lanes (2.1.4).
#pragma once

#include <vector>

#include "vboard/chip/register_block.hpp"

namespace probity::vboard {

class RpRegisters : public RegisterBlock {
 public:
  static constexpr std::uint32_t kSize = 0x4000;
  struct Reset {
    std::uint32_t offset, value;
  };
  explicit RpRegisters(std::vector<Reset> resets = {});

  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) final;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) final;
  void reset() override;
  // RESETS has it: registers are as after reset, and writes are lost (the data sheet does not say what they
  // do).
  void hold(bool held);

 protected:
  // A register's value, and a write to it after the alias has been applied. Default: storage.
  virtual std::uint32_t get(std::uint32_t offset) { return word(offset); }
  virtual void put(std::uint32_t offset, std::uint32_t value) { word(offset) = value; }
  std::uint32_t& word(std::uint32_t offset) { return words_[offset / 4]; }
  std::uint32_t word(std::uint32_t offset) const { return words_[offset / 4]; }

 private:
  std::vector<Reset> resets_;
  std::vector<std::uint32_t> words_;
  bool held_ = false;
};

// What a write of these lanes is to all of a register.
std::uint32_t repeated(std::uint32_t value, Lanes lanes);

}  // namespace probity::vboard
