// The option bytes of an STM32 L0 or L1, by name.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "flash/stm32/lx_controller.hpp"
#include "flash/stm32/lx_parts.hpp"
#include "flash/stm32/option_bytes.hpp"
#include "target/target.hpp"

namespace probity::stm32 {

class LxOptions final : public OptionBytes {
 public:
  // Registers: FLASH_OPTR (L1: FLASH_OBR), then those of write protection, 32 sectors each.
  enum Index : unsigned { kOptr, kWrp1 };

  // `reloaded` is called when the chip has loaded its option bytes.
  LxOptions(Target& target, Clock& clock, LxController& controller, std::function<void()> reloaded)
      : target_(target), clock_(clock), controller_(controller), reloaded_(std::move(reloaded)) {}

  // The tables become those of `part` with flash up to `flash_end` (offset from 0x08000000). Before anything
  // else.
  void configure(const LxPart& part, std::uint32_t flash_end);

  std::span<const OptionRegister> registers() const override { return registers_; }
  std::span<const OptionField> fields() const override { return fields_; }
  std::vector<std::uint32_t> read() override;
  // Programs the words that differ from what is programmed.
  void write(std::span<const std::uint32_t> values) override;
  bool load() override;

  // As they are programmed, which is in force after load() or a power cycle.
  std::vector<std::uint32_t> programmed();

 private:
  void add_field(std::string_view name, unsigned reg, unsigned lsb, unsigned bits, std::string_view meaning,
                 OptionRisk (*risk)(std::uint32_t, std::uint32_t) = nullptr);

  Target& target_;
  Clock& clock_;
  LxController& controller_;
  std::function<void()> reloaded_;
  std::vector<std::string> names_;  // what registers_ and fields_ refer to
  std::vector<OptionRegister> registers_;
  std::vector<unsigned> halves_;  // of each register: the option words that it has
  std::vector<OptionField> fields_;
};

// 0, 1 or 2, by FLASH_OPTR.
unsigned lx_rdp_level(std::uint32_t optr);

}  // namespace probity::stm32
