#include "vboard/chip/rcc.hpp"

#include <algorithm>

#include "base/bits.hpp"

namespace probity::vboard {

namespace {

enum : std::uint32_t { CR = 0x00, PLLCFGR = 0x04, CFGR = 0x08, BDCR = 0x70, CSR = 0x74 };
constexpr Field SW{"SW", 0, 2}, SWS{"SWS", 2, 2}, HPRE{"HPRE", 4, 4};
constexpr Field PLLM{"PLLM", 0, 6}, PLLN{"PLLN", 6, 9}, PLLP{"PLLP", 16, 2}, PLLSRC{"PLLSRC", 22};
constexpr Field LSION{"LSION", 0}, LSIRDY{"LSIRDY", 1}, RMVF{"RMVF", 24}, LSEON{"LSEON", 0},
    LSERDY{"LSERDY", 1};
constexpr Field kResetFlags{"reset flags", 25, 7};

// Each ON bit has its RDY bit above it. Start-up times, typical: STM32F407 data sheet tables 32 (HSE), 36
// (HSI), 38 (PLL); PLLI2S and PLLSAI as the PLL.
struct Oscillator {
  Field on, ready;
  Microseconds start_up;
};
constexpr std::array kOscillators{
    Oscillator{{"HSION", 0}, {"HSIRDY", 1}, Microseconds(2)},
    Oscillator{{"HSEON", 16}, {"HSERDY", 17}, Microseconds(2000)},
    Oscillator{{"PLLON", 24}, {"PLLRDY", 25}, Microseconds(100)},
    Oscillator{{"PLLI2SON", 26}, {"PLLI2SRDY", 27}, Microseconds(100)},
    Oscillator{{"PLLSAION", 28}, {"PLLSAIRDY", 29}, Microseconds(100)},
};
constexpr unsigned kHsi = 0, kHse = 1, kPll = 2;  // values of SW, and rows of kOscillators

constexpr std::uint32_t kHsiHertz = 16'000'000;
constexpr std::uint32_t kHseHertz = 8'000'000;  // the crystal on ST's Discovery and Nucleo boards

}  // namespace

Rcc::Rcc(const TimeSource& time, std::function<void()> clock_changed)
    : time_(time), clock_changed_(std::move(clock_changed)) {
  power_on_reset();
}

void Rcc::power_on_reset() {
  registers_[CSR / 4] = 0;
  registers_[BDCR / 4] = 0;
  note_reset(ResetCause::power_on);
  reset();
}

void Rcc::reset() {
  clock_changed_();
  const std::uint32_t flags = registers_[CSR / 4] & kResetFlags.mask(), backup = registers_[BDCR / 4];
  registers_.fill(0);
  ready_at_.fill(Nanoseconds(0));
  registers_[CR / 4] = 0x00000081;       // RM0090 7.3.1: HSION, HSITRIM 16
  registers_[PLLCFGR / 4] = 0x24003010;  // RM0090 7.3.2
  registers_[0x30 / 4] = 0x00100000;     // AHB1ENR: the CCM RAM is clocked (RM0090 7.3.10)
  registers_[CSR / 4] = flags;
  registers_[BDCR / 4] = backup;
  source_ = kHsi;
  core_clock_ = Hertz{kHsiHertz};
}

// A pin reset accompanies every internal one: the chip pulls its own NRST low (RM0090 6.1.1).
void Rcc::note_reset(ResetCause cause) {
  registers_[CSR / 4] |= 1u << static_cast<unsigned>(cause) | 1u << static_cast<unsigned>(ResetCause::pin);
}

std::uint32_t Rcc::clock_control() const {
  std::uint32_t value = registers_[CR / 4];
  for (const Oscillator& o : kOscillators) {
    value &= ~o.ready.mask();
    if (o.on.is_set(value) && time_.now() >= ready_at_[o.on.lsb]) value |= o.ready.mask();
  }
  // A PLL locks only on a source that runs; kOscillators has the sources first.
  const Oscillator& source = kOscillators[PLLSRC.is_set(registers_[PLLCFGR / 4]) ? kHse : kHsi];
  for (std::size_t i = kPll; !source.ready.is_set(value) && i < kOscillators.size(); ++i) {
    value &= ~kOscillators[i].ready.mask();
  }
  return value;
}

std::optional<Nanoseconds> Rcc::next_ready() const {
  std::optional<Nanoseconds> next;
  for (const Nanoseconds at : ready_at_) {
    if (at > time_.now() && (!next || at < *next)) next = at;
  }
  return next;
}

BusStatus Rcc::read_register(std::uint32_t offset, std::uint32_t& value) {
  if (offset / 4 >= kRegisters) return BusStatus::error;
  value = registers_[offset / 4];
  switch (offset) {
    case CR:
      value = clock_control();
      break;
    case CFGR:
      value = SWS.set(value, source_);
      break;
    case CSR:
      value = LSIRDY.set(value, LSION.get(value));
      break;
    case BDCR:
      value = LSERDY.set(value, LSEON.get(value));
      break;
    default:
      break;
  }
  return BusStatus::ok;
}

BusStatus Rcc::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  if (offset / 4 >= kRegisters) return BusStatus::error;
  const std::uint32_t before = registers_[offset / 4];
  std::uint32_t after = lanes.merge(before, value);
  if (offset == CR) {
    after |= kOscillators[source_].on.mask();  // the clock in use cannot be stopped
    for (const Oscillator& o : kOscillators) {
      if (o.on.is_set(after) && !o.on.is_set(before)) ready_at_[o.on.lsb] = time_.now() + o.start_up;
    }
  }
  if (offset == CSR) {
    after = kResetFlags.set(after, RMVF.is_set(after) ? 0 : kResetFlags.get(before)) & ~RMVF.mask();
  }
  registers_[offset / 4] = after;
  if (offset == CFGR) switch_clock(SW.get(after));
  return BusStatus::ok;
}

// A source that is not ready is not switched to.
void Rcc::switch_clock(unsigned source) {
  if (source > kPll || !kOscillators[source].ready.is_set(clock_control())) source = source_;
  const std::uint32_t prescaler = HPRE.get(registers_[CFGR / 4]);
  // RM0090 7.3.3 HPRE: 0xxx undivided, then 2, 4, 8, 16, 64, 128, 256, 512
  constexpr std::array<std::uint32_t, 8> kDivider{2, 4, 8, 16, 64, 128, 256, 512};
  const std::uint32_t divider = prescaler < 8 ? 1 : kDivider[prescaler - 8];
  const std::uint32_t hertz = source == kHsi ? kHsiHertz : source == kHse ? kHseHertz : pll_output().value;
  clock_changed_();
  source_ = source;
  core_clock_ = Hertz{std::max(hertz / divider, 1u)};
}

Hertz Rcc::pll_output() const {
  const std::uint32_t config = registers_[PLLCFGR / 4];
  const std::uint64_t input = PLLSRC.is_set(config) ? kHseHertz : kHsiHertz;
  const std::uint32_t m = std::max(PLLM.get(config), 1u), p = 2 * (PLLP.get(config) + 1);
  return Hertz{static_cast<std::uint32_t>(input * PLLN.get(config) / m / p)};
}

}  // namespace probity::vboard
