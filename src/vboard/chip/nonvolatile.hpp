// What survives power-off: flash cells, option words, OTP with its lock bytes; and the files they are kept
// in. FILE is the main flash byte for byte; FILE.options is text, one "NAME hex" a line.
#pragma once

#include <string>

#include "base/units.hpp"
#include "vboard/chip/facts.hpp"

namespace probity::vboard {

class NonVolatile {
 public:
  // Factory state, or what `flash_file` (may be empty) and its .options hold. ConfigError: file unreadable,
  // of another size than the chip's flash, or options not understood.
  NonVolatile(const ChipFacts& facts, std::string flash_file);
  // Writes both files, if there are any; ConfigError where that fails.
  void save() const;

  Bytes cells;
  std::uint32_t optcr = 0, optcr1 = 0;  // option bits as stored (OPTLOCK, OPTSTRT clear)
  Bytes otp, otp_locks;                 // lock byte 0x00: block locked

 private:
  void load_cells();
  void load_options();
  std::string file_;
};

}  // namespace probity::vboard
