#include "vboard/chip/facts/l4_device.hpp"

#include "vboard/chip/flash/l4_flash.hpp"

namespace probity::vboard {

Device l4_device(const GenerationFacts& family, const LineRow& row, L4Layout layout,
                 std::vector<OrderingCodes> codes) {
  ChipLine line = chip_line(family, row);
  line.options = layout.option_words();
  if (const std::uint32_t bits = layout.dual_bank_bits; bits != 0) {
    line.choose_dual_bank = [bits](NonVolatile& memory) {
      memory.set_option("OPTR", memory.option("OPTR") | bits);
    };
  }
  line.make_flash = [layout = std::make_shared<const L4Layout>(std::move(layout))](
                        const ChipFacts& facts, NonVolatile& memory, FlashSurroundings surroundings) {
    return std::make_unique<L4Flash>(layout, facts, memory, std::move(surroundings));
  };
  return {std::move(line), std::move(codes)};
}

}  // namespace probity::vboard
