#include "vboard/probe/stlink/version.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/errors.hpp"

namespace probity::vboard::stlink {

namespace {

// The first "J" of V2 and of V3 with a debug command, as the open-source drivers note it; what is not listed
// all have. kNever: that generation does it otherwise.
constexpr unsigned kNever = 255;
struct Since {
  std::uint8_t code;
  unsigned v2, v3;
};
constexpr std::array kSince = {
    Since{debug::kStartTrace, 13, 0},
    Since{debug::kStopTrace, 13, 0},
    Since{debug::kGetTraceCount, 13, 0},
    Since{debug::kGetLastRwStatus2, 15, 0},
    Since{debug::kSwdSetFrequency, 22, kNever},
    Since{debug::kJtagSetFrequency, 24, kNever},
    Since{debug::kReadDapReg, 24, 0},
    Since{debug::kWriteDapReg, 24, 0},
    Since{debug::kReadMem16, 26, 0},
    Since{debug::kWriteMem16, 26, 0},
    Since{debug::kWriteMem32NoIncrement, 26, 0},
    Since{debug::kInitAp, 28, 0},
    Since{debug::kCloseAp, 28, 0},
    Since{debug::kReadMem32NoIncrement, 32, 2},
    Since{debug::kRwMiscOut, 32, 2},
    Since{debug::kRwMiscIn, 32, 2},
    Since{debug::kSetComFrequency, kNever, 0},
    Since{debug::kGetComFrequency, kNever, 0},
};
// Before V2J11 the commands were others altogether.
constexpr unsigned kOldestV2 = 11;

std::string_view letters_of(const Model& model) {
  if (model.version.major >= 3) return "JMBS";
  return model.version.mass_storage != 0 ? "JM" : "JS";
}

std::uint8_t& field(Version& version, char letter) {
  switch (letter) {
    case 'J':
      return version.jtag;
    case 'M':
      return version.mass_storage;
    case 'B':
      return version.bridge;
    case 'S':
      return version.swim;
    default:
      return version.major;
  }
}

}  // namespace

Version parse_version(std::string_view text, const Model& model) {
  const auto reject = [&](const std::string& why) -> void {
    throw ConfigError(fmt::format("firmware={}: {}, as in {}", text, why, to_string(model.version)));
  };
  const std::string_view letters = letters_of(model);
  Version version;
  for (const char *at = text.data(), *end = at + text.size(); at != end;) {
    const char letter = *at;
    const bool first = at == text.data();
    if (first ? letter != 'V' : letters.find(letter) == std::string_view::npos) {
      reject(fmt::format("{} has versions of V and {}", model.name, letters));
    }
    const auto [rest, problem] = std::from_chars(at + 1, end, field(version, letter));
    if (problem != std::errc()) reject(fmt::format("a number from 0 to 255 follows {}", letter));
    at = rest;
  }
  const unsigned largest = model.version.major >= 3 ? 255 : 63;  // V2 tells them in 6 bits
  if (version.major != model.version.major) reject(fmt::format("{} is V{}", model.name, model.version.major));
  if (std::max({version.jtag, version.swim, version.mass_storage}) > largest) reject("numbers go up to 63");
  if (version.major == 2 && version.jtag < kOldestV2) reject("versions before V2J11 speak another protocol");
  return version;
}

std::string to_string(const Version& version) {
  std::string text = fmt::format("V{}J{}", version.major, version.jtag);
  if (version.mass_storage != 0) text += fmt::format("M{}", version.mass_storage);
  if (version.bridge != 0) text += fmt::format("B{}", version.bridge);
  if (version.swim != 0) text += fmt::format("S{}", version.swim);
  return text;
}

bool has_command(const Version& version, std::uint8_t code) {
  const auto row = std::ranges::find(kSince, code, &Since::code);
  if (row == kSince.end()) return true;
  const unsigned since = version.major >= 3 ? row->v3 : row->v2;
  return since != kNever && version.jtag >= since;
}

bool has_target_voltage(const Version& version) { return version.major >= 3 || version.jtag >= 13; }

bool has_wide_access(const Version& version) { return version.jtag >= (version.major >= 3 ? 2 : 32); }

std::uint32_t most_bytes(const Version& version) {
  return version.major >= 3 && version.jtag >= 6 ? 512 : 64;
}

}  // namespace probity::vboard::stlink
