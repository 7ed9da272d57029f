// The option bytes of an STM32 F0, F1, F3: by name, and as the driver's own commands use them.
#pragma once

#include "flash/stm32/f1_controller.hpp"
#include "flash/stm32/f1_parts.hpp"
#include "target/target.hpp"

namespace probity::stm32 {

// FLASH_OBR and FLASH_WRPR: the option bytes in force.
struct F1OptionRegisters {
  std::uint32_t obr = 0, wrpr = 0;
};

class F1Options final : public OptionBytes {
 public:
  F1Options(F1Controller& controller, Target& target, Clock& clock)
      : controller_(controller), target_(target), clock_(clock) {}
  // Which chip it is; before anything else.
  void belong_to(const F1Part& part) { part_ = &part; }

  std::span<const OptionRegister> registers() const override;
  std::span<const OptionField> fields() const override;
  // What is programmed: in force after the next reset.
  std::vector<std::uint32_t> read() override;
  void write(std::span<const std::uint32_t> values) override;
  bool load() override;

  F1OptionRegisters in_force();
  F1OptionValues programmed();
  // All of them. The core must be halted.
  void program(const F1OptionValues& values) { controller_.write_options(values); }

 private:
  F1Controller& controller_;
  Target& target_;
  Clock& clock_;
  const F1Part* part_ = nullptr;
};

// What `stm32f1x options_read` prints, in OpenOCD's words.
std::string describe_f1_options(const F1Part& part, const F1OptionRegisters& now);

}  // namespace probity::stm32
