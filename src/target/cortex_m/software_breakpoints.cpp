#include "target/cortex_m/software_breakpoints.hpp"

#include <fmt/format.h>

#include "base/errors.hpp"
#include "target/cortex_m/debug_registers.hpp"

namespace probity::cortex_m {

namespace {
// BKPT #0x11 (DDI 0403E A7.7.17): the number that OpenOCD 0.12.0 leaves in memory. 0xAB is semihosting's.
constexpr std::uint16_t kPatch = 0xBE11;
}  // namespace

void SoftwareBreakpoints::set(Address address) {
  address &= ~Address{1};
  if (is_set(address)) return;
  const auto refuse = [&](std::string_view why) {
    throw TargetError(fmt::format("no software breakpoint at {:#010x}: {}", address, why));
  };
  try {
    const std::uint16_t instruction = memory_.read16(address);
    memory_.write16(address, kPatch);
    if (memory_.read16(address) != kPatch) refuse("the memory there does not keep what is written (flash?)");
    patches_[address] = instruction;
  } catch (const MemoryFault& fault) {
    refuse(fmt::format("the memory there cannot be written ({})", fault.message()));
  }
  invalidate_instruction_cache();
}

void SoftwareBreakpoints::clear(Address address) {
  const auto patch = patches_.find(address & ~Address{1});
  if (patch == patches_.end()) return;
  const auto [at, instruction] = *patch;
  if (memory_.read16(at) == kPatch) {
    memory_.write16(at, instruction);
    invalidate_instruction_cache();
  }
  patches_.erase(patch);
}

std::optional<std::uint16_t> SoftwareBreakpoints::replaced(Address address) const {
  const auto patch = patches_.find(address & ~Address{1});
  if (patch == patches_.end()) return {};
  return patch->second;
}

void SoftwareBreakpoints::invalidate_instruction_cache() {
  if (CCR::IC.is_set(memory_.read32(CCR::kAddress))) memory_.write32(kICIALLU, 0);
}

}  // namespace probity::cortex_m
