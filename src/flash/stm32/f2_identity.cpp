#include "flash/stm32/f2_identity.hpp"

#include <fmt/format.h>

#include "base/errors.hpp"
#include "flash/stm32/f2_registers.hpp"

namespace probity::stm32 {

namespace {

// RM0090, erratum of the first F405/F407: DBGMCU_IDCODE reads as that of an F2; the core tells them
// apart.
constexpr std::uint16_t kIdF2 = 0x411, kIdF405 = 0x413, kRevisionOfErratum = 0x2000, kRevisionA = 0x1000;
constexpr Field kPartNo{"PARTNO", 4, 12};  // CPUID
constexpr std::uint32_t kCortexM4 = 0xC24;

}  // namespace

F2Identity identify_f2(Target& target, const std::string& bank) {
  F2Identity identity;
  identity.idcode = target.memory().read32(kDbgmcuIdcode);
  auto device = static_cast<std::uint16_t>(kDevId.get(identity.idcode));
  identity.revision = static_cast<std::uint16_t>(kRevId.get(identity.idcode));
  if (device == kIdF2 && kPartNo.get(target.cpuid()) == kCortexM4) {
    device = kIdF405;
    if (identity.revision == kRevisionOfErratum) identity.revision = kRevisionA;
  }
  identity.part = find_f2_part(device);
  if (identity.part != nullptr) return identity;
  throw FlashError(
      fmt::format("Cannot identify target as a STM32F2/4/7 (DBGMCU_IDCODE=0x{:08x}, device id 0x{:03x}); "
                  "is this the right target configuration for the chip?",
                  identity.idcode, device),
      bank, kDbgmcuIdcode, "DBGMCU_IDCODE", identity.idcode);
}

std::string describe_f2(const F2Identity& identity) {
  const std::string_view revision = revision_name(*identity.part, identity.revision);
  if (revision.empty())
    return fmt::format("{} - Rev: unknown (0x{:04x})", identity.part->name, identity.revision);
  return fmt::format("{} - Rev: {}", identity.part->name, revision);
}

}  // namespace probity::stm32
