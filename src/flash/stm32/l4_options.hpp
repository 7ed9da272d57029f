// The option bytes of one STM32 that driver `stm32l4x` knows, by name.
#pragma once

#include <functional>

#include "flash/stm32/l4_controller.hpp"
#include "flash/stm32/option_bytes.hpp"
#include "target/target.hpp"

namespace probity::stm32 {

class L4Options final : public OptionBytes {
 public:
  // `reloaded` is called when the chip has loaded its option bytes.
  L4Options(Target& target, Clock& clock, L4Controller& controller, std::function<void()> reloaded)
      : target_(target), clock_(clock), controller_(controller), reloaded_(std::move(reloaded)) {}

  // The tables become those of `part`. `optr`: registers that cannot be written with TZEN = 0 are left out
  // then.
  void configure(const L4Part& part, const L4Geometry& geometry, std::uint32_t optr);

  std::span<const OptionRegister> registers() const override { return registers_; }
  std::span<const OptionField> fields() const override { return fields_; }
  std::vector<std::uint32_t> read() override;
  // Writes those that differ from what is in force.
  void write(std::span<const std::uint32_t> values) override;
  bool load() override;

 private:
  Target& target_;
  Clock& clock_;
  L4Controller& controller_;
  std::function<void()> reloaded_;
  std::vector<std::string> names_;  // what registers_ refers to
  std::vector<OptionRegister> registers_;
  std::vector<OptionField> fields_;
};

}  // namespace probity::stm32
