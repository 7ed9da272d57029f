// Firmware versions of ST-LINK: how they are written, and what each could do.
#pragma once

#include <string>
#include <string_view>

#include "vboard/probe/stlink/model.hpp"

namespace probity::vboard::stlink {

// `text` as ST's tools write it, e.g. "V2J21S4", "V2J37M26", "V3J7M2B4S1". ConfigError where that is no
// version of `model`.
Version parse_version(std::string_view text, const Model& model);
std::string to_string(const Version& version);

// Whether this version has debug command `code`. True for one that no version has.
bool has_command(const Version& version, std::uint8_t code);
bool has_target_voltage(const Version& version);
// Whether memory commands take an access port's number and CSW, and set TAR anew where it may wrap.
bool has_wide_access(const Version& version);
// Bytes of 8-bit memory access.
std::uint32_t most_bytes(const Version& version);

}  // namespace probity::vboard::stlink
