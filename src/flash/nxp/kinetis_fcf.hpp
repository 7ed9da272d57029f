// The flash configuration field of a Kinetis, 16 bytes at 0x400 that its reset reads: with a wrong one the
// chip is locked, some for ever. Pure. Source: what OpenOCD 0.12.0
// does (reference manuals, "Flash Configuration Field Description").
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/units.hpp"

namespace probity::kinetis {

constexpr std::uint32_t kFcfOffset = 0x400, kFcfSize = 16;
using Fcf = std::array<std::uint8_t, kFcfSize>;

// Unsecured, without a backdoor key; `fprot`, `fdprot`: 0 bits protect.
Fcf make_fcf(std::uint32_t fprot, std::uint8_t fdprot, std::uint8_t fopt);

// What becomes of the field that an image brings: `accepted`, it is written as it is. `lines`: OpenOCD's, for
// its log.
struct FcfVerdict {
  bool accepted = false;
  std::vector<std::string> lines;
};
// `own`: what would be written without the image's. `ecc`: the flash cannot be programmed twice; `longword`:
// the chip programs longwords.
FcfVerdict judge_fcf(const Fcf& image, const Fcf& own, bool ecc, bool longword);

}  // namespace probity::kinetis
