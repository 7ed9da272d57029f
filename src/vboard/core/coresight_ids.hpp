// CoreSight identification: PIDR, CIDR, DEVTYPE of the core's components, and its ROM tables.
#pragma once

#include <cstdint>
#include <optional>

#include "vboard/core/core.hpp"

namespace probity::vboard::armv7m {

// What the component's page at `address` & ~0xFFF has at this address, if it is an identification register,
// or a ROM table entry.
std::optional<std::uint32_t> coresight_register(const CoreFacts& facts, std::uint32_t address);

}  // namespace probity::vboard::armv7m
