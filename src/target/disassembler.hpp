// Thumb code as text.
#pragma once

#include <string>
#include <vector>

#include "base/units.hpp"

namespace probity {

struct Instruction {
  Address address = 0;
  unsigned size = 2;     // bytes: 2 or 4
  std::string mnemonic;  // ".byte" for what is no instruction
  std::string operands;
};

// At most `most` instructions of `code`, which begins at `address` (even). An instruction cut off at the end
// of `code` is left out.
std::vector<Instruction> disassemble(Address address, ByteView code, std::size_t most);

}  // namespace probity
