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
  kScsNs = 0xE002E000,  // Secure code's way to Non-secure state's registers
  kTpiu = 0xE0040000,
  kExternal = 0xE0040000
};
constexpr std::uint32_t kStir = 0xE000EF00;

bool in(std::uint32_t address, std::uint32_t begin, std::uint32_t end) {
  return address >= begin && address < end;
}
constexpr std::uint32_t kScsEnd = kScs + 0x1000, kDcrdr = 0xE000EDF8;
// Registers that take bytes and halfwords: NVIC_IPRn, SHPRn, CFSR (B3.2.2), and DCRDR, through which programs
// and debuggers talk by halfwords (C1.6.4); the ITM's stimulus ports do, too.
bool takes_parts(std::uint32_t address) {
  return in(address, 0xE000E400, 0xE000E4F0) || in(address, 0xE000ED18, 0xE000ED24) ||
         in(address, 0xE000ED28, 0xE000ED2C) || in(address, kDcrdr, kDcrdr + 4);
}
bool write_one_to_clear(std::uint32_t word_address) { return word_address == 0xE000ED28; }

bool is_itm(std::uint32_t address) { return in(address, kItm, kItm + 0x1000); }

}  // namespace

// Which state's registers an access sees; an access through the alias becomes one to the SCS itself (DDI
// 0553, B3.1, D1.2.62).
Machine::View Machine::view_of(Master master, Security security, std::uint32_t& address) const {
  View view{master};
  if (!has_security) return view;
  view.trusted = security == Security::secure && (master != Master::debug || secure_debug);
  view.secure = view.trusted;
  if (master == Master::debug && view.trusted) view.secure = debug.sbrselen ? debug.sbrsel : secure;
  if ((address & ~0xFFFu) != kScsNs) return view;
  view.no_access = !view.trusted;
  view.secure = view.trusted = false;
  address -= kScsNs - kScs;
  return view;
}

std::uint32_t Machine::read_word(View view, std::uint32_t address) {
  if (const auto id = coresight_register(facts, address)) return *id;
  const std::uint32_t offset = address & 0xFFF;
  switch (address & ~0xFFFu) {
    case kScs:
      return view.no_access ? 0 : read_scs(view, offset);
    case kDwt:
      poll.note_change();
      return dwt.read(offset, active_cycles(), debug.halted || held || !may_debug_state() ? 0xFFFFFFFF : pc);
    case kFpb:
      return fpb.read(offset);
    case kItm:
      poll.note_change();
      trace.advance(now);
      return trace.itm.read(offset);
    case kTpiu:
      return trace.tpiu.read(offset);
    default:
      return 0;
  }
}

void Machine::write_word(View view, std::uint32_t address, std::uint32_t value) {
  const std::uint32_t offset = address & 0xFFF;
  switch (address & ~0xFFFu) {
    case kScs:
      return view.no_access ? void() : write_scs(view, offset, value);
    case kDwt:
      dwt.write(offset, value, active_cycles());
      trace_configured();
      drop_windows();
      return refresh();
    case kFpb:
      fpb.write(offset, value);
      drop_windows();
      return code.drop_all();
    case kItm:
      return write_itm(view.master, offset, 4, value);
    case kTpiu:
      trace.advance(now);
      return trace.tpiu.write(offset, value, trace.itm);
    default:
      return;
  }
}

// Unprivileged code may read the ITM and write its stimulus ports as far as ITM_TPR lets it (C1.7).
void Machine::write_itm(Master master, std::uint32_t offset, unsigned size, std::uint32_t value) {
  trace.advance(now);
  trace.itm.write(offset, size, value, master == Master::debug || privileged(), now);
}

// Armv6-M takes words only in the SCS (DDI 0419, B3.1.1); a debugger may take DCRDR apart (C1.6.4).
bool Machine::takes_size(std::uint32_t address, unsigned size) const {
  return size == 4 || !v6m() || !in(address, kScs, kScsEnd) || in(address, kDcrdr, kDcrdr + 4);
}

bool Machine::owns(std::uint32_t address) const {
  switch (address & ~0xFFFu) {
    case kScs:
    case kDwt:
    case kFpb:
      return true;
    case kScsNs:
      return has_security;
    case kItm:
    case kTpiu:
      return !v6m();
    default:
      return coresight_register(facts, address).has_value();
  }
}

BusStatus Machine::read_ppb(Master master, Security security, std::uint32_t address, unsigned size,
                            std::uint32_t& value) {
  if (!owns(address)) {
    if (address < kExternal || forwarding_) return BusStatus::error;
    forwarding_ = true;
    const BusStatus status = bus.read(master, security, address, size, value);
    forwarding_ = false;
    return status;
  }
  if (master != Master::debug && !privileged() && !is_itm(address)) return BusStatus::error;
  if (!takes_size(address, size)) return BusStatus::error;
  const View view = view_of(master, security, address);
  const std::uint32_t word = read_word(view, address & ~3u);
  value = size == 4 ? word : word >> (8 * (address & 3)) & ((1u << (8 * size)) - 1);
  return BusStatus::ok;
}

BusStatus Machine::write_ppb(Master master, Security security, std::uint32_t address, unsigned size,
                             std::uint32_t value) {
  if (!owns(address)) {
    if (address < kExternal || forwarding_) return BusStatus::error;
    forwarding_ = true;
    const BusStatus status = bus.write(master, security, address, size, value);
    forwarding_ = false;
    return status;
  }
  const View view = view_of(master, security, address);
  const bool user_stir = address == kStir && (scs_of(view.secure).ccr & kUserSetMPend) != 0;
  if (master != Master::debug && !privileged() && !user_stir && !is_itm(address)) return BusStatus::error;
  if (in(address, kItm, kItm + 0x80)) {  // the size counts: it is the packet's
    if (address % 4 == 0) write_itm(master, address & 0xFFF, size, value);
    return BusStatus::ok;
  }
  if (size != 4) {
    if (!takes_parts(address) || !takes_size(address, size))
      return BusStatus::error;  // UNPREDICTABLE in the manual
    const std::uint32_t mask = ((1u << (8 * size)) - 1) << (8 * (address & 3));
    const std::uint32_t part = value << (8 * (address & 3)) & mask;
    address &= ~3u;
    value = write_one_to_clear(address) ? part : (read_word(view, address) & ~mask) | part;
  }
  write_word(view, address, value);
  return BusStatus::ok;
}

}  // namespace probity::vboard::armv7m
