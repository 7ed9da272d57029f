#include "vboard/chip/peripherals/kinetis_watchdogs.hpp"

#include <algorithm>
#include <iterator>

#include "base/bits.hpp"

namespace probity::vboard {

namespace {

constexpr std::uint64_t kLpoHertz = 1000;

// WDOG (K20P64M72SF1RM 23.7).
enum : std::uint32_t {
  STCTRLH = 0x00,
  STCTRLL = 0x02,
  TOVALH = 0x04,
  TOVALL = 0x06,
  REFRESH = 0x0C,
  UNLOCK = 0x0E,
  PRESC = 0x16,
};
constexpr Field WDOGEN{"WDOGEN", 0}, CLKSRC{"CLKSRC", 1}, ALLOWUPDATE{"ALLOWUPDATE", 4}, DBGEN{"DBGEN", 5};
constexpr std::uint16_t kStctrlhReset = 0x01D3, kStctrllReset = 0x0001, kTovalhReset = 0x004C,
                        kTovallReset = 0x4B4C, kPrescReset = 0x0400;
constexpr std::uint16_t kUnlock1 = 0xC520, kUnlock2 = 0xD928, kRefresh1 = 0xA602, kRefresh2 = 0xB480;
// Between the halves of a key; and how long the registers then stay open, as after a reset (23.3.2).
constexpr std::uint64_t kKeyClocks = 20, kOpenClocks = 256;

// COP (KL25P80M48SF0RM 12.2.14 and 12.2.15), by offset from COPC.
enum : std::uint32_t { COPC = 0x00, SRVCOP = 0x04 };
constexpr Field COPCLKS{"COPCLKS", 1}, COPT{"COPT", 2, 2};
constexpr std::uint32_t kCopcReset = 0x0C, kService1 = 0x55, kService2 = 0xAA;

}  // namespace

void RunningTime::restart() {
  counted_to_ = chip_.chip_time().now();
  elapsed_ = Nanoseconds(0);
}

Nanoseconds RunningTime::elapsed() {
  const Nanoseconds now = chip_.chip_time().now();
  if (!chip_.core_halted()) elapsed_ += now - counted_to_;
  counted_to_ = now;
  return elapsed_;
}

KinetisWdog::KinetisWdog(ChipControl& chip, std::uint32_t bus_hertz)
    : chip_(chip), bus_hertz_(bus_hertz), time_(chip) {}

void KinetisWdog::reset() {
  std::fill(std::begin(registers_), std::end(registers_), std::uint16_t{0});
  at(STCTRLH) = kStctrlhReset;
  at(STCTRLL) = kStctrllReset;
  at(TOVALH) = kTovalhReset;
  at(TOVALL) = kTovallReset;
  at(PRESC) = kPrescReset;
  first_key_at_.reset();
  open_until_ = Nanoseconds(0);  // even after reset nothing but the key opens it
  time_.restart();
}

Nanoseconds KinetisWdog::bus_clocks(std::uint64_t clocks) const {
  return Nanoseconds(clocks * 1'000'000'000 / bus_hertz_);
}

Nanoseconds KinetisWdog::timeout() {
  const std::uint64_t counts = static_cast<std::uint64_t>(at(TOVALH)) << 16 | at(TOVALL);
  const std::uint64_t hertz = CLKSRC.is_set(at(STCTRLH)) ? bus_hertz_ : kLpoHertz;
  constexpr Field kPrescaler{"PRESCVAL", 8, 3};
  return Nanoseconds(counts * 1'000'000'000 / hertz) * (kPrescaler.get(at(PRESC)) + 1);
}

bool KinetisWdog::open() const { return chip_.chip_time().now() < open_until_; }

BusStatus KinetisWdog::read_register(std::uint32_t offset, std::uint32_t& value) {
  value = 0;
  if (offset / 2 + 1 < std::size(registers_)) {
    value = at(offset) | static_cast<std::uint32_t>(at(offset + 2)) << 16;
  }
  return BusStatus::ok;
}

BusStatus KinetisWdog::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  for (const std::uint32_t half : {0u, 2u}) {
    const Lanes place = Lanes::of(half, 2);
    if (offset / 2 + 1 >= std::size(registers_) || (lanes.mask & place.mask) == 0) continue;
    write_half(offset + half, static_cast<std::uint16_t>(place.extract(value)));
  }
  return BusStatus::ok;
}

// What is written while it is not open is lost.
void KinetisWdog::write_half(std::uint32_t offset, std::uint16_t value) {
  if (offset == UNLOCK) return take_key(value, kUnlock1, kUnlock2, true);
  if (offset == REFRESH) return take_key(value, kRefresh1, kRefresh2, false);
  if (!open()) return;
  at(offset) = value;
  if (offset == STCTRLH) time_.restart();
}

// A wrong value, or one that comes too late, resets the chip (23.3.4).
void KinetisWdog::take_key(std::uint16_t value, std::uint16_t first, std::uint16_t second, bool unlocks) {
  const Nanoseconds now = chip_.chip_time().now();
  if (value == first) {
    first_key_at_ = now;
    first_unlocks_ = unlocks;
    return;
  }
  const bool in_time =
      first_key_at_ && first_unlocks_ == unlocks && now - *first_key_at_ <= bus_clocks(kKeyClocks);
  first_key_at_.reset();
  if (value != second || !in_time) return chip_.reset_system();
  if (!unlocks) return time_.restart();
  if (ALLOWUPDATE.is_set(at(STCTRLH))) open_until_ = now + bus_clocks(kOpenClocks);
}

void KinetisWdog::attend() {
  const Nanoseconds elapsed = time_.elapsed();
  const bool runs = WDOGEN.is_set(at(STCTRLH)) && !chip_.system_held();
  if (runs && elapsed > timeout()) chip_.reset_system();
}

void KinetisCop::reset() {
  control_ = kCopcReset;
  written_ = half_served_ = false;
  time_.restart();
}

BusStatus KinetisCop::read_register(std::uint32_t offset, std::uint32_t& value) {
  value = offset == COPC ? control_ : 0;
  return BusStatus::ok;
}

BusStatus KinetisCop::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  if (offset == COPC && !written_ && (lanes.mask & 0xFF) != 0) {
    control_ = value & 0xF;
    written_ = true;
    time_.restart();
  }
  if (offset != SRVCOP || (lanes.mask & 0xFF) == 0) return BusStatus::ok;
  const std::uint32_t served = value & 0xFF;
  if (served == kService1) {
    half_served_ = true;
  } else if (served == kService2 && half_served_) {
    half_served_ = false;
    time_.restart();
  } else {
    chip_.reset_system();  // 3.4.10.1: any other value
  }
  return BusStatus::ok;
}

// COPT 1 to 3: 2^5, 2^8, 2^10 of the 1 kHz clock; with the bus clock 2^13, 2^16, 2^18, at 20.97 MHz.
void KinetisCop::attend() {
  constexpr std::uint64_t kBusHertz = 20'971'520;
  constexpr unsigned kLpoBits[] = {0, 5, 8, 10}, kBusBits[] = {0, 13, 16, 18};
  const Nanoseconds elapsed = time_.elapsed();
  const unsigned choice = COPT.get(control_);
  if (choice == 0 || chip_.system_held()) return;
  const bool bus = COPCLKS.is_set(control_);
  const std::uint64_t counts = std::uint64_t{1} << (bus ? kBusBits[choice] : kLpoBits[choice]);
  if (elapsed > Nanoseconds(counts * 1'000'000'000 / (bus ? kBusHertz : kLpoHertz))) chip_.reset_system();
}

}  // namespace probity::vboard
