#include "vboard/debug_port/dp_space.hpp"

#include <algorithm>

#include "base/bits.hpp"

namespace probity::vboard {

namespace {

constexpr std::uint32_t kFrame = 0x1000, kPortRegisters = 0xD00, kPortRegistersEnd = 0xE00;
// Offsets in any CoreSight component's frame (IHI 0029, B2).
enum : std::uint32_t { DEVARCH = 0xFBC, PIDR4 = 0xFD0, PIDR0 = 0xFE0, CIDR0 = 0xFF0 };
// DEVARCH: architect Arm, present, and ARCHID 0x0AF7 (ROM table, D3) or 0x0A17 (MEM-AP, C2.5).
constexpr std::uint32_t kRomTable = 0x47700AF7, kMemAp = 0x47700A17;
constexpr std::uint32_t kComponentId = 0xB105900D;  // CLASS 9
constexpr std::uint32_t kPresent = 3;               // an entry's bits 1:0 (D3.3.6)
// TARGETID: TPARTNO, and TDESIGNER as JEP106 continuation code and identity.
constexpr Field TPARTNO{"TPARTNO", 12, 12}, kContinuation{"TDESIGNER", 8, 4}, kIdentity{"TDESIGNER", 1, 7};
// Arm's AHB-AP of CoreSight SoC-600 (its TRM: part 0x9E3; from memory).
constexpr std::uint32_t kArmAhbAp = 0x009E3477;

// One byte of the peripheral identification (IHI 0029, B2.2.2): `id` is written as a TARGETID.
std::uint32_t peripheral_id(std::uint32_t id, unsigned byte) {
  const std::uint32_t part = TPARTNO.get(id), identity = kIdentity.get(id);
  switch (byte) {
    case 0:
      return part & 0xFF;
    case 1:
      return (identity & 0xF) << 4 | part >> 8;
    case 2:
      return 0x8 | identity >> 4;
    case 4:
      return kContinuation.get(id);
    default:
      return 0;
  }
}

std::uint32_t identification(std::uint32_t offset, std::uint32_t devarch, std::uint32_t id) {
  if (offset == DEVARCH) return devarch;
  if (offset >= CIDR0) return kComponentId >> (offset - CIDR0) / 4 * 8 & 0xFF;
  if (offset >= PIDR0) return peripheral_id(id, (offset - PIDR0) / 4);
  if (offset >= PIDR4) return peripheral_id(id, 4 + (offset - PIDR4) / 4);
  return 0;
}

}  // namespace

DpSpace::DpSpace(std::uint32_t rom_table, std::uint32_t targetid, const std::vector<MemApFacts>& access_ports)
    : rom_table_(rom_table), targetid_(targetid) {
  for (const MemApFacts& port : access_ports) ports_.push_back(port.number);
}

std::optional<DpSpace::Register> DpSpace::port_register(std::uint32_t address) {
  const std::uint32_t offset = address % kFrame;
  if (offset < kPortRegisters || offset >= kPortRegistersEnd) return {};
  return Register{address - offset, offset - kPortRegisters};
}

std::uint32_t DpSpace::read(std::uint32_t address) const {
  const std::uint32_t offset = address % kFrame, frame = address - offset;
  if (frame == rom_table_) {
    if (offset / 4 < ports_.size()) return (ports_[offset / 4] - rom_table_) | kPresent;
    return identification(offset, kRomTable, targetid_);
  }
  const bool port = std::find(ports_.begin(), ports_.end(), frame) != ports_.end();
  return port ? identification(offset, kMemAp, kArmAhbAp) : 0;
}

}  // namespace probity::vboard
