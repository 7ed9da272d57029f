// The Private Peripheral Bus: which component an address belongs to, access sizes, privilege; ITM, TPIU, DWT
// and FPB.
#include "vboard/core/coresight_ids.hpp"
#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {
namespace {

enum Page : std::uint32_t {
  kItm = 0xE0000000,
  kDwt = 0xE0001000,
  kFpb = 0xE0002000,
  kScs = 0xE000E000,
  kTpiu = 0xE0040000,
  kExternal = 0xE0040000
};
constexpr std::uint32_t kStir = 0xE000EF00;

bool in(std::uint32_t address, std::uint32_t begin, std::uint32_t end) {
  return address >= begin && address < end;
}
// Registers that take bytes and halfwords: NVIC_IPRn, SHPRn, CFSR (B3.2.2), the ITM's stimulus ports.
bool takes_parts(std::uint32_t address) {
  return in(address, 0xE000E400, 0xE000E4F0) || in(address, 0xE000ED18, 0xE000ED24) ||
         in(address, 0xE000ED28, 0xE000ED2C) || in(address, kItm, kItm + 0x80);
}
bool write_one_to_clear(std::uint32_t word_address) { return word_address == 0xE000ED28; }

std::uint32_t read_itm(const TraceState& trace, std::uint32_t offset) {
  if (offset < 0x80) return 1;  // ITM_STIMx.FIFOREADY
  switch (offset) {
    case 0xE00:
      return trace.itm_ter;
    case 0xE40:
      return trace.itm_tpr;
    case 0xE80:
      return trace.itm_tcr;
    default:
      return 0;
  }
}

void write_itm(TraceState& trace, std::uint32_t offset, std::uint32_t value) {
  if (offset == 0xE00) trace.itm_ter = value;
  if (offset == 0xE40) trace.itm_tpr = value & 0xF;
  if (offset == 0xE80) trace.itm_tcr = value & 0x007F0F1F;
}

// Cortex-M4 TRM 11.3.
std::uint32_t read_tpiu(const TraceState& trace, std::uint32_t offset) {
  switch (offset) {
    case 0x000:
      return 0xB;  // TPIU_SSPSR: 1, 2 and 4 pins
    case 0x004:
      return trace.tpiu_cspsr;
    case 0x010:
      return trace.tpiu_acpr;
    case 0x0F0:
      return trace.tpiu_sppr;
    case 0x300:
      return 0x8;  // TPIU_FFSR: FtNonStop
    case 0x304:
      return trace.tpiu_ffcr;
    case 0xFC8:
      return 0xCA1;  // TPIU_DEVID
    default:
      return 0;
  }
}

void write_tpiu(TraceState& trace, std::uint32_t offset, std::uint32_t value) {
  if (offset == 0x004) trace.tpiu_cspsr = value;
  if (offset == 0x010) trace.tpiu_acpr = value & 0xFFFF;
  if (offset == 0x0F0) trace.tpiu_sppr = value & 3;
  if (offset == 0x304) trace.tpiu_ffcr = value & 0x142;
}

}  // namespace

std::uint32_t Machine::read_word(Master master, std::uint32_t address) {
  if (const auto id = coresight_register(facts, address)) return *id;
  const std::uint32_t offset = address & 0xFFF;
  switch (address & ~0xFFFu) {
    case kScs:
      return read_scs(master, offset);
    case kDwt:
      poll.note_change();
      return dwt.read(offset, active_cycles(), debug.halted || held ? 0xFFFFFFFF : pc);
    case kFpb:
      return fpb.read(offset);
    case kItm:
      return read_itm(trace, offset);
    case kTpiu:
      return read_tpiu(trace, offset);
    default:
      return 0;
  }
}

void Machine::write_word(Master master, std::uint32_t address, std::uint32_t value) {
  const std::uint32_t offset = address & 0xFFF;
  switch (address & ~0xFFFu) {
    case kScs:
      return write_scs(master, offset, value);
    case kDwt:
      dwt.write(offset, value, active_cycles());
      drop_windows();
      return refresh();
    case kFpb:
      fpb.write(offset, value);
      return code.drop_all();
    case kItm:
      return write_itm(trace, offset, value);
    case kTpiu:
      return write_tpiu(trace, offset, value);
    default:
      return;
  }
}

bool Machine::owns(std::uint32_t address) const {
  switch (address & ~0xFFFu) {
    case kScs:
    case kDwt:
    case kFpb:
    case kItm:
    case kTpiu:
      return true;
    default:
      return coresight_register(facts, address).has_value();
  }
}

BusStatus Machine::read_ppb(Master master, std::uint32_t address, unsigned size, std::uint32_t& value) {
  if (!owns(address)) {
    if (address < kExternal || forwarding_) return BusStatus::error;
    forwarding_ = true;
    const BusStatus status = bus.read(master, address, size, value);
    forwarding_ = false;
    return status;
  }
  if (master != Master::debug && !privileged()) return BusStatus::error;
  const std::uint32_t word = read_word(master, address & ~3u);
  value = size == 4 ? word : word >> (8 * (address & 3)) & ((1u << (8 * size)) - 1);
  return BusStatus::ok;
}

BusStatus Machine::write_ppb(Master master, std::uint32_t address, unsigned size, std::uint32_t value) {
  if (!owns(address)) {
    if (address < kExternal || forwarding_) return BusStatus::error;
    forwarding_ = true;
    const BusStatus status = bus.write(master, address, size, value);
    forwarding_ = false;
    return status;
  }
  const bool user_stir = address == kStir && (scs.ccr & kUserSetMPend) != 0;
  if (master != Master::debug && !privileged() && !user_stir) return BusStatus::error;
  if (size != 4) {
    if (!takes_parts(address)) return BusStatus::error;  // UNPREDICTABLE in the manual
    const std::uint32_t mask = ((1u << (8 * size)) - 1) << (8 * (address & 3));
    const std::uint32_t part = value << (8 * (address & 3)) & mask;
    address &= ~3u;
    value = write_one_to_clear(address) ? part : (read_word(master, address) & ~mask) | part;
  }
  write_word(master, address, value);
  return BusStatus::ok;
}

}  // namespace probity::vboard::armv7m
