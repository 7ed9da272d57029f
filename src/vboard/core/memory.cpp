// Loads and stores: the direct way into plain memory, the bus, bit-banding, alignment (A3.2, B3.1) and what a
// refusal of the bus means.
#include <algorithm>

#include "base/bytes.hpp"
#include "vboard/core/machine.hpp"

namespace probity::vboard::armv7m {
namespace {

bool in_ppb(std::uint32_t address) { return (address >> 20) == 0xE00; }
// Device and Strongly-ordered memory of the default map take no unaligned access (B3.1, table B3-1).
bool is_device(std::uint32_t address) {
  const std::uint32_t region = address >> 29;
  return region == 2 || region >= 5;
}
// Bit-band aliases 0x22000000 and 0x42000000, 32 MiB each (Cortex-M4 TRM 3.7).
bool in_bit_band(std::uint32_t address) {
  return (address & 0xDE000000) == 0x02000000 && (address >> 29) != 0;
}
std::uint32_t bit_band_word(std::uint32_t address) {
  return (address & 0xF0000000) | ((address & 0x01FFFFFF) >> 5 & ~3u);
}

}  // namespace

std::uint32_t Machine::peek(const std::uint8_t* bytes, unsigned size) {
  if (size == 4) return load_le32({bytes, 4});
  return size == 2 ? load_le16({bytes, 2}) : *bytes;
}

// A store that changes nothing is no change: it does not end what the poll detector takes for a polling loop.
void Machine::poke(std::uint8_t* bytes, std::uint32_t address, unsigned size, std::uint32_t value) {
  if (size == 1) {
    value &= 0xFF;
  } else if (size == 2) {
    value &= 0xFFFF;
  }
  if (peek(bytes, size) == value) return;
  if (size == 4) {
    store_le32({bytes, 4}, 0, value);
  } else if (size == 2) {
    store_le16({bytes, 2}, 0, static_cast<std::uint16_t>(value));
  } else {
    *bytes = static_cast<std::uint8_t>(value);
  }
  poll.note_change();
  if (code.may_hold(address) || code.may_hold(address + size - 1)) code.drop(address, size);
}

void Machine::drop_windows() { windows_.fill(Window{}); }

void Machine::memory_changed(std::uint32_t begin, std::uint32_t size) {
  code.drop(begin, size);
  drop_windows();
  poll.forget();
}

// Windows are not used while every access has to be looked at: DWT data comparators, CCR.UNALIGN_TRP, the
// MPU, the FPB's literal comparators.
bool Machine::open_window(std::uint32_t address) {
  if (dwt.watches_data() || (scs.ccr & kUnalignTrp) != 0 || mpu.enabled() || in_ppb(address)) return false;
  if (fpb.remaps_literals() && address < Fpb::kCodeEnd) return false;
  Window w;
  std::uint32_t size = 0;
  const Security security = bus_security(address, secure);
  w.writable = bus.data_window(security, address, w.begin, size);
  w.bytes = w.writable;
  if (w.bytes == nullptr) w.bytes = bus.fetch_window(security, address, w.begin, size);
  if (w.bytes == nullptr || size < 4) return false;
  if (has_security) {  // no further than the attribution of this address goes
    const Attribution here = attribution(address, false);
    const std::uint32_t end = w.begin + (size - 1), first = std::max(w.begin, here.begin);
    w.begin = first;
    size = std::min(end, here.last) - first + 1;
    if (size < 4) return false;
  }
  const std::uint32_t offset = address - w.begin;
  w.bytes -= offset;
  if (w.writable != nullptr) w.writable -= offset;
  w.last = size - 4;
  windows_[((address >> 16) ^ (address >> 27)) & (windows_.size() - 1)] = w;
  return offset <= w.last;
}

// What the bus said becomes what the instruction sees; true: go on.
bool Machine::settle(BusStatus status, std::uint32_t address) {
  if (status == BusStatus::ok) [[likely]]
    return true;
  if (status == BusStatus::stalled) {
    outcome = Outcome::stalled;
    return false;
  }
  if ((scs.ccr & kBfhfnmign) != 0 && execution_priority() < 0) {  // B3.2.8: data bus faults are ignored
    shared.bfsr |= kPrecisErr | kBfarValid;
    shared.bfar = address;
    return true;
  }
  data_bus_fault(address);
  return false;
}

bool Machine::allow_unaligned(std::uint32_t address, unsigned size) {
  if ((address & (size - 1)) == 0) return true;
  if ((scs.ccr & kUnalignTrp) == 0 && !is_device(address)) return true;
  usage_fault(kUnaligned);
  return false;
}

// --- MPU

// HFNMIENA = 0: it is off while NMI, HardFault or FAULTMASK of its Security state are at work (B3.5; DDI
// 0553, IsReqExcPriNeg()).
bool Machine::mpu_forbids(std::uint32_t address, MpuAccess access, bool user, bool as_secure) const {
  const Mpu& unit = mpu_of(as_secure);
  if (!unit.enabled()) return false;
  const bool in_faults = (as_secure == secure ? faultmask : other.faultmask) ||
                         nvic.active(as_secure ? kSecureBank + kHardFault : unsigned{kHardFault}) ||
                         (nvic.active(kNmi) && nvic.targets_secure(kNmi) == as_secure);
  if (in_faults && !unit.enabled_in_faults())
    return access == MpuAccess::fetch && Mpu::execute_never(address);
  return !unit.allows(address, access, !user);
}

bool Machine::may_execute(std::uint32_t address) const {
  return mpu.enabled() ? !mpu_forbids(address, MpuAccess::fetch, !privileged())
                       : !Mpu::execute_never(address);
}

// True: the MemManage fault has been raised.
bool Machine::mpu_forbids_data(std::uint32_t address, unsigned size, MpuAccess access) {
  if (!mpu.enabled()) return false;
  const bool user = as_user || !privileged();
  for (const std::uint32_t byte : {address, address + size - 1}) {
    if (!mpu_forbids(byte, access, user)) continue;
    scs.mmfar = byte;
    memory_fault(kDaccViol | kMmarValid);
    return true;
  }
  return false;
}

bool Machine::check_alignment(std::uint32_t address, unsigned size) {
  if ((address & (size - 1)) == 0) return true;
  usage_fault(kUnaligned);
  return false;
}

BusStatus Machine::read_data(bool as_secure, std::uint32_t address, unsigned size, std::uint32_t& value) {
  BusStatus status = BusStatus::ok;
  if (fpb.remaps_literals()) address = fpb.remapped_literal(address);
  if (in_ppb(address)) {
    status =
        read_ppb(Master::data, as_secure ? Security::secure : Security::non_secure, address, size, value);
  } else if (facts.has_bit_band && in_bit_band(address)) {
    status = bus.read(Master::data, Security::non_secure, bit_band_word(address), 4, value);
    value = value >> (address >> 2 & 31) & 1;
  } else {
    status = bus.read(Master::data, bus_security(address, as_secure), address, size, value);
  }
  poll.note_read(address, value);
  return status;
}

BusStatus Machine::write_data(bool as_secure, std::uint32_t address, unsigned size, std::uint32_t value) {
  if (in_ppb(address)) {
    poll.note_change();
    return write_ppb(Master::data, as_secure ? Security::secure : Security::non_secure, address, size, value);
  }
  if (facts.has_bit_band && in_bit_band(address)) {
    poll.note_change();
    const std::uint32_t word = bit_band_word(address), bit = 1u << (address >> 2 & 31);
    std::uint32_t old = 0;
    const BusStatus status = bus.read(Master::data, Security::non_secure, word, 4, old);
    if (status != BusStatus::ok) return status;
    code.drop(word, 4);
    return bus.write(Master::data, Security::non_secure, word, 4, (value & 1) != 0 ? old | bit : old & ~bit);
  }
  const BusStatus status = bus.write(Master::data, bus_security(address, as_secure), address, size, value);
  if (!bus.write_repeats(address, value)) poll.note_change();
  if (code.may_hold(address)) code.drop(address, size);
  return status;
}

// The bus takes aligned accesses only: an unaligned one becomes several, as in silicon.
bool Machine::load_slowly(std::uint32_t address, unsigned size, std::uint32_t& value) {
  if (!allow_unaligned(address, size) || security_forbids_data(address, size) ||
      mpu_forbids_data(address, size, MpuAccess::read))
    return false;
  if (open_window(address)) return load(address, size, value);
  std::uint32_t result = 0;
  for (unsigned done = 0; done < size;) {
    unsigned part = size - done;
    while (((address + done) & (part - 1)) != 0 || (part & (part - 1)) != 0) part = part == 3 ? 2 : part / 2;
    std::uint32_t piece = 0;
    if (!settle(read_data(secure, address + done, part, piece), address + done)) return false;
    result |= piece << (8 * done);
    done += part;
  }
  value = result;
  if (dwt.watches_data()) watch(address, size, false, value);
  return true;
}

bool Machine::store_slowly(std::uint32_t address, unsigned size, std::uint32_t value) {
  if (!allow_unaligned(address, size) || security_forbids_data(address, size) ||
      mpu_forbids_data(address, size, MpuAccess::write))
    return false;
  if (open_window(address) && window(address).writable != nullptr) return store(address, size, value);
  for (unsigned done = 0; done < size;) {
    unsigned part = size - done;
    while (((address + done) & (part - 1)) != 0 || (part & (part - 1)) != 0) part = part == 3 ? 2 : part / 2;
    const std::uint32_t piece = value >> (8 * done) & (part == 4 ? 0xFFFFFFFFu : (1u << (8 * part)) - 1);
    if (!settle(write_data(secure, address + done, part, piece), address + done)) return false;
    if (outcome != Outcome::done) return false;  // the write reset the chip or halted the core
    done += part;
  }
  if (dwt.watches_data()) watch(address, size, true, value);
  return true;
}

}  // namespace probity::vboard::armv7m
