// The option bytes of STM32H7 and H5, which are changed alike: a register in force beside each one to be
// programmed, keys, a start bit, an error flag.
#pragma once

#include <string>
#include <vector>

#include "adapter/mem_port.hpp"
#include "base/clock.hpp"
#include "flash/stm32/h7_layout.hpp"
#include "flash/stm32/option_bytes.hpp"

namespace probity::stm32 {

// RDP of H7: from level 1 to 0, to level 2.
OptionRisk h7_rdp_risk(std::uint32_t before, std::uint32_t after);

class H7OptionBytes final : public OptionBytes {
 public:
  // `memory` and `clock` must outlive it, and `control`. `limit`: the longest that a change may take, with
  // the erase of all flash that leaving a protection means.
  H7OptionBytes(MemPort& memory, Clock& clock, std::string bank, const OptionControl& control,
                std::vector<OptionRegister> registers, std::vector<OptionField> fields, Milliseconds limit);

  std::span<const OptionRegister> registers() const override { return registers_; }
  std::span<const OptionField> fields() const override { return fields_; }
  std::vector<std::uint32_t> read() override;
  // Writes only registers whose value differs, in force or as prepared.
  void write(std::span<const std::uint32_t> values) override;
  // Nothing to do: a change is in force when write() returns, but for SWAP_BANK, which waits for a reset.
  bool load() override { return false; }

  // One register to be programmed, by its address.
  void write_one(Address address, std::uint32_t value);
  // `values` of read() with one field changed.
  void set(std::vector<std::uint32_t>& values, std::string_view field, std::uint32_t value) const;
  std::uint32_t get(std::span<const std::uint32_t> values, std::string_view field) const;

 private:
  const OptionField& field_named(std::string_view name) const;
  void unlock();
  void apply();

  MemPort& memory_;
  Clock& clock_;
  std::string bank_;
  const OptionControl& control_;
  std::vector<OptionRegister> registers_;
  std::vector<OptionField> fields_;
  Milliseconds limit_;
};

}  // namespace probity::stm32
