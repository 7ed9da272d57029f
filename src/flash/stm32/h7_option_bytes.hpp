// The option bytes of STM32H7 and H5, which are changed alike: a register in force beside each one to be
// programmed, keys, a start bit, an error flag.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "adapter/mem_port.hpp"
#include "base/clock.hpp"
#include "flash/stm32/h7_layout.hpp"
#include "flash/stm32/option_bytes.hpp"

namespace probity::stm32 {

// RDP of H7: from level 1 to 0, to level 2.
OptionRisk h7_rdp_risk(std::uint32_t before, std::uint32_t after);

// Of the locks of a one-time programmable area, which stay.
OptionRisk otp_lock_risk(std::uint32_t before, std::uint32_t after);
inline constexpr std::string_view kOtpLocksMeaning =
    "one-time programmable area, a bit for each block of 64 bytes: 1 locked, for ever";

// Which option bytes a part has.
struct H7OptionRows {
  std::vector<OptionRegister> registers;  // the first one holds the read-out level or product state
  std::vector<OptionField> fields;
};

class H7OptionBytes final : public OptionBytes {
 public:
  // `memory` and `clock` must outlive it, and `control`. `limit`: the longest that a change may take, with
  // the erase of all flash that leaving a protection means.
  H7OptionBytes(MemPort& memory, Clock& clock, std::string bank, const OptionControl& control,
                std::vector<OptionRegister> registers, std::vector<OptionField> fields, Milliseconds limit);

  std::span<const OptionRegister> registers() const override { return registers_; }
  std::span<const OptionField> fields() const override { return fields_; }
  std::vector<std::uint32_t> read() override;
  // Writes only registers whose value differs, in force or as prepared. FlashError also for a step that the
  // chip does not know.
  void write(std::span<const std::uint32_t> values) override;
  // Nothing to do: a change is in force when write() returns, but for SWAP_BANK, which waits for a reset.
  bool load() override { return false; }

  // `work` with OPTLOCK clear.
  void while_unlocked(const std::function<void()>& work);
  // One register to be programmed, by its address.
  void write_one(Address address, std::uint32_t value);
  // `values` of read() with one field changed.
  void set(std::vector<std::uint32_t>& values, std::string_view field, std::uint32_t value) const;
  std::uint32_t get(std::span<const std::uint32_t> values, std::string_view field) const;

 private:
  const OptionField& field_named(std::string_view name) const;
  void require_possible(std::span<const std::uint32_t> before, std::span<const std::uint32_t> after) const;
  std::uint32_t bits_of(unsigned reg) const;
  bool starts_at_once() const { return control_.enable.width != 0; }
  void unlock();
  void store(Address address, std::uint32_t value);
  void prepare();
  void start();
  void finish();

  MemPort& memory_;
  Clock& clock_;
  std::string bank_;
  const OptionControl& control_;
  std::vector<OptionRegister> registers_;
  std::vector<OptionField> fields_;
  Milliseconds limit_;
};

}  // namespace probity::stm32
