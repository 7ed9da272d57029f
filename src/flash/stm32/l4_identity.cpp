#include "flash/stm32/l4_identity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/errors.hpp"

namespace probity::stm32 {

namespace {

constexpr Field kDevId{"DEV_ID", 0, 12}, kRevId{"REV_ID", 16, 16}, kPartNo{"PARTNO", 4, 12};
constexpr std::uint32_t kCortexM0Plus = 0xC60, kCortexM33 = 0xD21;
constexpr Address kIdcodeM4 = 0xE0042000, kIdcodeM33 = 0xE0044000, kIdcodeM0 = 0x40015800;

// UID64 of WL: company id of ST, device id 0x15 (RM0453, 39.1.2). The second core cannot read DBGMCU.
constexpr Address kUid64Ids = 0x1FFF7584;
constexpr std::uint32_t kUid64Wl = 0x0080E115;
constexpr std::uint32_t kIdWl = 0x497;

// The register that belongs to the core first; where nothing is, a bus may answer with an error.
std::array<Address, 3> places(std::uint32_t cpuid) {
  const std::uint32_t core = kPartNo.get(cpuid);
  if (core == kCortexM0Plus) return {kIdcodeM0, kIdcodeM4, kIdcodeM33};
  if (core == kCortexM33) return {kIdcodeM33, kIdcodeM4, kIdcodeM0};
  return {kIdcodeM4, kIdcodeM33, kIdcodeM0};
}

std::optional<std::uint32_t> read_if_there(Target& target, Address address) {
  try {
    return target.memory().read32(address);
  } catch (const MemoryFault&) {
    return {};
  }
}

}  // namespace

L4Identity identify_l4(Target& target, const std::string& bank) {
  L4Identity identity;
  for (const Address place : places(target.cpuid())) {
    const std::uint32_t idcode = read_if_there(target, place).value_or(0);
    if (kDevId.get(idcode) == 0 || kDevId.get(idcode) == kDevId.get(kDevId.mask())) continue;
    identity.idcode = idcode;
    break;
  }
  const bool second_core = identity.idcode == 0 && kPartNo.get(target.cpuid()) == kCortexM0Plus &&
                           read_if_there(target, kUid64Ids) == kUid64Wl;
  if (second_core) identity.idcode = kIdWl;
  if (identity.idcode == 0) throw FlashError("can't get the device id", bank, kIdcodeM4, "DBGMCU_IDCODE", 0);
  identity.part = find_l4_part(static_cast<std::uint16_t>(kDevId.get(identity.idcode)));
  identity.revision = static_cast<std::uint16_t>(kRevId.get(identity.idcode));
  if (identity.part == nullptr) {
    throw FlashError(
        fmt::format(
            "Cannot identify target as an STM32C0/G0/G4/L4/L4+/L5/U0/U3/U5/WB/WBA/WL family device. "
            "(DBGMCU_IDCODE=0x{:08x}, device id 0x{:03x}); is this the right target configuration for "
            "the chip?",
            identity.idcode, kDevId.get(identity.idcode)),
        bank, kIdcodeM4, "DBGMCU_IDCODE", identity.idcode);
  }
  identity.layout = second_core ? &kLayoutWlM0 : identity.part->layout;
  return identity;
}

std::string describe_l4(const L4Identity& identity) {
  return fmt::format("{} - Rev {} : 0x{:04x}", identity.part->name,
                     revision_name(*identity.part, identity.revision), identity.revision);
}

}  // namespace probity::stm32
