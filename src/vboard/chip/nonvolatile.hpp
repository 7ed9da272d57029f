// What survives power-off: flash cells, option words, OTP with its lock bytes; and the files they are kept
// in. FILE is the main flash byte for byte; FILE.options is text, one "NAME hex" a line.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/units.hpp"
#include "vboard/chip/facts/facts.hpp"

namespace probity::vboard {

// What is at `offset` of a memory, little-endian; `size` 1, 2 or 4.
std::uint32_t load_sized(ByteView bytes, std::uint32_t offset, unsigned size);

class NonVolatile {
 public:
  // Factory state, or what `flash_file` (may be empty) and its .options hold. ConfigError: file unreadable,
  // of another size than the chip's flash, or options not understood.
  NonVolatile(const ChipFacts& facts, std::string flash_file);
  // Writes both files, if there are any; ConfigError where that fails.
  void save() const;

  // An option word as stored, by the name that ChipLine::options has. A name that the line does not have is a
  // programming error (std::out_of_range).
  std::uint32_t option(std::string_view name) const;
  void set_option(std::string_view name, std::uint32_t value);

  Bytes cells;
  Bytes otp, otp_locks;  // lock byte 0x00: block locked; empty where the generation has none

 private:
  void load_cells();
  void load_options();
  std::map<std::string, std::uint32_t, std::less<>> options_;
  std::string file_;
};

}  // namespace probity::vboard
