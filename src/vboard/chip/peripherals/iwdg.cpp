#include "vboard/chip/peripherals/iwdg.hpp"

#include <algorithm>

namespace probity::vboard {

namespace {
enum : std::uint32_t { KR = 0x00, PR = 0x04, RLR = 0x08, SR = 0x0C, WINR = 0x10 };
constexpr std::uint32_t kReloadKey = 0xAAAA, kAccessKey = 0x5555, kStartKey = 0xCCCC;  // RM0090 21.4.1
constexpr std::uint32_t kReloadMask = 0xFFF, kSlowestPrescaler = 6;
}  // namespace

Iwdg::Iwdg(std::uint32_t lsi_hertz, const TimeSource& time, std::function<bool()> frozen)
    : lsi_hertz_(lsi_hertz), time_(time), frozen_(std::move(frozen)) {}

void Iwdg::reset() {
  running_ = writable_ = expired_ = false;
  prescaler_ = 0;
  reload_ = counter_ = kReloadMask;
  into_tick_ = Nanoseconds(0);
  counted_to_ = time_.now();
}

void Iwdg::start() { running_ = true; }

// Values written take effect at once: PVU and RVU never show.
BusStatus Iwdg::read_register(std::uint32_t offset, std::uint32_t& value) {
  switch (offset) {
    case KR:
      value = 0;
      return BusStatus::ok;
    case PR:
      value = prescaler_;
      return BusStatus::ok;
    case RLR:
      value = reload_;
      return BusStatus::ok;
    case SR:
      value = 0;
      return BusStatus::ok;
    case WINR:
      value = kReloadMask;
      return BusStatus::ok;
    default:
      return BusStatus::error;
  }
}

BusStatus Iwdg::write_register(std::uint32_t offset, std::uint32_t value, Lanes) {
  catch_up();
  switch (offset) {
    case KR:
      writable_ = value == kAccessKey;
      if (value == kReloadKey || value == kStartKey) counter_ = reload_;
      if (value == kStartKey) start();
      return BusStatus::ok;
    case PR:
      if (writable_) prescaler_ = value & 7;
      return BusStatus::ok;
    case RLR:
      if (writable_) reload_ = value & kReloadMask;
      return BusStatus::ok;
    case SR:
    case WINR:
      return BusStatus::ok;
    default:
      return BusStatus::error;
  }
}

// A watchdog that does not run can be fed for ever.
bool Iwdg::write_repeats(std::uint32_t offset, std::uint32_t value) const {
  return offset == KR && value == kReloadKey && !running_;
}

// RM0090 21.4.2: divider 4 << PR, up to 256.
Nanoseconds Iwdg::tick() const {
  const std::uint64_t divider = 4u << std::min(prescaler_, kSlowestPrescaler);
  return Nanoseconds(1'000'000'000 * divider / lsi_hertz_);
}

std::optional<Nanoseconds> Iwdg::expiry() {
  catch_up();
  if (!running_ || frozen_()) return {};
  return time_.now() + tick() * (counter_ + 1) - into_tick_;
}

bool Iwdg::catch_up() {
  const Nanoseconds elapsed = time_.now() - counted_to_;
  counted_to_ = time_.now();
  if (!running_ || frozen_() || expired_) return expired_;
  into_tick_ += elapsed;
  const std::uint64_t ticks = static_cast<std::uint64_t>(into_tick_ / tick());
  into_tick_ %= tick();
  expired_ = ticks > counter_;
  if (!expired_) counter_ -= static_cast<std::uint32_t>(ticks);
  return expired_;
}

}  // namespace probity::vboard
