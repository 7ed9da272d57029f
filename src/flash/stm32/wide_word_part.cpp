#include "flash/stm32/wide_word_part.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace probity::stm32 {

namespace {

constexpr Field kRevId{"REV_ID", 16, 16}, kDevId{"DEV_ID", 0, 12};

}  // namespace

WideWordIdentity identify_wide_word(Target& target, const WideWordFamily& family, const std::string& bank) {
  const std::uint32_t idcode = target.memory().read32(family.idcode_register);
  const WideWordPart* part = family.find(static_cast<std::uint16_t>(kDevId.get(idcode)));
  if (part != nullptr) return {part, idcode};
  throw FlashError(fmt::format("Cannot identify target as a {} (DBGMCU_IDCODE=0x{:08x}, device id 0x{:03x}); "
                               "is this the right target configuration for the chip?",
                               family.name, idcode, kDevId.get(idcode)),
                   bank, family.idcode_register, "DBGMCU_IDCODE", idcode);
}

std::string describe_wide_word(const WideWordIdentity& identity) {
  const std::uint32_t revision = kRevId.get(identity.idcode);
  const auto& known = identity.part->revisions;
  const auto found = std::ranges::find(known, revision, &FlashRevision::id);
  const std::string text =
      found == known.end() ? fmt::format("unknown (0x{:04x})", revision) : std::string(found->name);
  return fmt::format("{} - Rev: {}", identity.part->name, text);
}

void refuse_to_close(const ProtectedChip& chip, std::string_view what, std::string_view field,
                     Address address) {
  throw FlashError(
      fmt::format("{} is closed by its product state, and opened again by debug authentication alone (not at "
                  "all where none was provisioned); where that is meant, write {} with: option write",
                  what, field),
      chip.bank, address);
}

}  // namespace probity::stm32
