// What GDB is told of the registers (qXfer:features:read, GDB manual appendix G): their numbers in the
// protocol are those of `reg`.
#pragma once

#include <string>
#include <vector>

#include "target/registers.hpp"

namespace probity::server::gdb {

// The document. Registers that do not exist or that `reg` hides are not in it.
std::string target_description(const std::vector<CoreRegister>& registers);

// How many bytes a register has in packets.
inline unsigned bytes_of(const CoreRegister& r) { return (r.bits + 7) / 8; }
// r0 to pc and xPSR: what the packets 'g' and 'G' carry.
constexpr unsigned kGeneralRegisters = 17;
// The register with this number; null where GDB knows none.
const CoreRegister* register_numbered(const std::vector<CoreRegister>& registers, std::uint64_t number);

}  // namespace probity::server::gdb
