#include "vboard/chip/boot_rom.hpp"

#include <array>

namespace probity::vboard {

std::optional<std::uint32_t> boot_rom_word(const GenerationFacts& facts, std::uint32_t address) {
  constexpr std::uint32_t kCode = 8 | 1;  // behind stack and entry, Thumb
  constexpr std::uint32_t kSauCtrl = 0xE000EDD0;
  if (facts.secure_services == 0) return {};
  const std::array rss{0x30001000u,  // stack
                       facts.secure_services + kCode,
                       0x21024802u,  // ldr r0, =SAU_CTRL; movs r1, #ALLNS
                       0x48026001u,  // str r1, [r0]; ldr r0, =boot loader
                       0xBF004704u,  // bxns r0; nop
                       kSauCtrl,
                       facts.system_memory + 8};
  const std::array loader{0x20001000u, facts.system_memory + kCode, 0xE7FEE7FEu};  // b .
  if (address - facts.secure_services < 4 * rss.size()) return rss[(address - facts.secure_services) / 4];
  if (address - facts.system_memory < 4 * loader.size()) return loader[(address - facts.system_memory) / 4];
  return {};
}

}  // namespace probity::vboard
