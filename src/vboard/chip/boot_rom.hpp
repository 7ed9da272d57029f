// What stands in for ST's programs in system memory where TrustZone starts them (RSS, the root secure
// services, and the boot loader they go on to): RSS leaves nothing Secure but what the IDAU has, and goes to
// Non-secure state, where the boot loader waits for ever. Debuggers reach that state at every level but 2,
// and regress from there.
#pragma once

#include <cstdint>
#include <optional>

#include "vboard/chip/facts/facts.hpp"

namespace probity::vboard {

// The word at `address`, a multiple of 4, if it is one of these programs'.
std::optional<std::uint32_t> boot_rom_word(const GenerationFacts& facts, std::uint32_t address);

}  // namespace probity::vboard
