// The option bytes of an STM32 F2/F4/F7: FLASH_OPTCR and, where the part has them, FLASH_OPTCR1 and
// FLASH_OPTCR2.
#pragma once

#include <vector>

#include "flash/stm32/f2_interface.hpp"
#include "flash/stm32/f2_parts.hpp"
#include "flash/stm32/option_bytes.hpp"

namespace probity::stm32 {

// The fields of `part`, one nWRP bit for each of its protection blocks.
std::vector<OptionField> f2_option_fields(const F2Part& part, const std::vector<F2Block>& blocks);

class F2OptionBytes final : public OptionBytes {
 public:
  // `memory` and `controller` must outlive this.
  F2OptionBytes(MemPort& memory, F2Interface& controller, const F2Part& part, const F2Geometry& geometry);

  std::span<const OptionRegister> registers() const override { return registers_; }
  std::span<const OptionField> fields() const override { return fields_; }
  std::vector<std::uint32_t> read() override;
  void write(std::span<const std::uint32_t> values) override { controller_.write_options(values); }
  bool load() override { return false; }

 private:
  MemPort& memory_;
  F2Interface& controller_;
  std::vector<OptionRegister> registers_;
  std::vector<OptionField> fields_;
};

}  // namespace probity::stm32
