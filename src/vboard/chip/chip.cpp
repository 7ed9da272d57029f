#include "vboard/chip/chip.hpp"

#include <algorithm>
#include <array>

#include "vboard/chip/flash_registers.hpp"
#include "vboard/chip/peripheral_map.hpp"

namespace probity::vboard {

namespace {

constexpr std::uint32_t kPpbBegin = 0xE0000000, kPpbEnd = 0xE0100000;
constexpr std::uint32_t kDbgmcuBase = 0xE0042000, kIwdgBase = 0x40003000, kPwrBase = 0x40007000;
constexpr std::uint32_t kSyscfgBase = 0x40013800, kGpioBase = 0x40020000, kRccBase = 0x40023800;
constexpr std::uint32_t kFlashBase = 0x40023C00, kBlock = 0x400, kVtor = 0xE000ED08;
constexpr unsigned kGpioPorts = 11, kFlashIrq = 4;  // FLASH_IRQn

// While the core executes, a slice is no longer than this, so that a change of clock or a reset inside it
// does not carry it far past the moment it was to reach.
constexpr std::uint64_t kSliceCycles = 20'000;
constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr Microseconds kResetPulse{20};  // RM0090 6.1.1: at least 20 us

// GPIOA and GPIOB hold the debug pins (RM0090 8.4.1, 8.4.3, 8.4.4).
constexpr RegisterValue kGpioA[] = {{0x00, 0xA8000000}, {0x08, 0x0C000000}, {0x0C, 0x64000000}};
constexpr RegisterValue kGpioB[] = {{0x00, 0x00000280}, {0x08, 0x000000C0}, {0x0C, 0x00000100}};
// USART: transmitter empty, so that firmware that prints does not wait (F4: SR, RM0090 30.6.1; F7: ISR,
// RM0385 31.8.8).
constexpr RegisterValue kUsartF4[] = {{0x00, 0x000000C0}}, kUsartF7[] = {{0x1C, 0x020000C0}};
constexpr std::array<std::uint32_t, 6> kUsartBases{0x40004400, 0x40004800, 0x40004C00,
                                                   0x40005000, 0x40011000, 0x40011400};

NonVolatile make_memory(const ChipFacts& facts, const ChipSettings& settings) {
  NonVolatile memory(facts, settings.flash_file);
  if (settings.dual_bank && facts.line->layout == FlashLayout::f76x)
    memory.optcr &= ~flash_reg::nDBANK.mask();
  if (settings.dual_bank && facts.line->layout == FlashLayout::f42x) memory.optcr |= flash_reg::DB1M.mask();
  return memory;
}

}  // namespace

Chip::Chip(const ChipSettings& settings, Timeline& timeline, Stats& stats, FaultPlan& faults)
    : facts_(find_chip(settings.name)),
      timeline_(timeline),
      stats_(stats),
      memory_(make_memory(facts_, settings)),
      anchor_time_(timeline.now()),
      rcc_(*this, [this] { set_anchor(); }),
      dbgmcu_(facts_.line->idcode),
      iwdg_(*this, [this] { return held_ || (dbgmcu_.stops_iwdg() && core_ && core_->halted()); }),
      flash_(facts_, memory_,
             {.time = *this,
              .stats = stats,
              .faults = faults,
              .millivolts = settings.millivolts,
              .changed = [this](std::uint32_t offset, std::uint32_t size) { flash_changed(offset, size); },
              .interrupt_changed =
                  [this](bool level) {
                    if (core_) core_->set_irq(kFlashIrq, level);
                  },
              .brownout = [this] { power_lost_now_ = true; }}),
      bus_(facts_, memory_, flash_),
      syscfg_([this] {
        bus_.set_memory_mode(facts_.line->generation->cortex_m7 ? 0 : syscfg_.memory_mode());
        flash_changed(0, static_cast<std::uint32_t>(memory_.cells.size()));
      }) {
  add_peripherals();
  bus_.on_next_event([this] {
    const auto flash = flash_.busy_until(), clock = rcc_.next_ready();
    if (!flash && !clock) return SystemBus::kNoEvent;
    return cycle_at(std::min(flash.value_or(Nanoseconds::max()), clock.value_or(Nanoseconds::max())));
  });
  bus_.on_memory_changed([this](std::uint32_t address, std::uint32_t size) {
    if (core_) core_->memory_changed(address, size);
  });
  core_ = std::make_unique<Core>(core_facts(*facts_.line), bus_);
  core_->on_trace([this](const armv7m::ShiftedByte& byte) { shifted_out(byte); });
  core_->on_reset_request = [this](bool core_alone) {
    if (core_alone) return boot([this] { core_->system_reset(); });
    system_reset(ResetCause::software);
  };
  reset_peripherals();
  boot([this] { core_->power_on_reset(); });
}

void Chip::add_peripherals() {
  const auto add = [&](std::uint32_t base, std::uint32_t size, std::unique_ptr<RegisterBlock> block) {
    bus_.add_block(base, size, *block);
    others_.push_back(std::move(block));
  };
  const auto ranges = peripheral_ranges(facts_.line->id);
  const auto exists = [&](std::uint32_t address) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](PeripheralRange r) { return address >= r.begin && address < r.end; });
  };
  for (const PeripheralRange& r : ranges) {
    add(r.begin, r.end - r.begin,
        std::make_unique<RegisterFile>(r.end - r.begin, std::span<const RegisterValue>{}));
  }
  for (unsigned port = 0; port < kGpioPorts; ++port) {
    const std::span<const RegisterValue> values = port == 0   ? std::span(kGpioA)
                                                  : port == 1 ? std::span(kGpioB)
                                                              : std::span<const RegisterValue>{};
    const std::uint32_t base = kGpioBase + port * kBlock;
    if (!exists(base)) continue;
    auto gpio = std::make_unique<Gpio>(values);
    if (port == 1) port_b_ = gpio.get();
    add(base, kBlock, std::move(gpio));
  }
  for (std::uint32_t base : kUsartBases) {
    const auto values = facts_.line->generation->cortex_m7 ? std::span(kUsartF7) : std::span(kUsartF4);
    if (exists(base)) add(base, kBlock, std::make_unique<RegisterFile>(kBlock, values));
  }
  bus_.add_block(kRccBase, kBlock, rcc_);
  bus_.add_block(kFlashBase, kBlock, flash_);
  bus_.add_block(kIwdgBase, kBlock, iwdg_);
  bus_.add_block(kPwrBase, kBlock, pwr_);
  bus_.add_block(kSyscfgBase, kBlock, syscfg_);
  bus_.add_block(kDbgmcuBase, kBlock, dbgmcu_);
}

void Chip::flash_changed(std::uint32_t offset, std::uint32_t size) {
  if (!core_) return;
  bus_.for_each_alias(offset, [&](std::uint32_t address) { core_->memory_changed(address, size); });
}

// --- time ----------------------------------------------------------------------------------------------

Nanoseconds Chip::now() const {
  const std::uint64_t cycles = (core_ ? core_->cycle() : 0) - anchor_cycle_;
  return anchor_time_ + Nanoseconds(cycles * kSecond / rcc_.core_clock().value);
}

// The first cycle at or after `time`.
std::uint64_t Chip::cycle_at(Nanoseconds time) const {
  if (time <= anchor_time_) return anchor_cycle_;
  const auto nanoseconds = static_cast<std::uint64_t>((time - anchor_time_).count());
  const std::uint64_t hertz = rcc_.core_clock().value;
  const std::uint64_t whole = nanoseconds / kSecond, rest = nanoseconds % kSecond;
  return anchor_cycle_ + whole * hertz + (rest * hertz + kSecond - 1) / kSecond;
}

void Chip::set_anchor() {
  if (!core_) return;
  core_->drain_trace();
  anchor_time_ = now();
  anchor_cycle_ = core_->cycle();
}

void Chip::catch_up() {
  const Nanoseconds target = timeline_.now();
  while (now() < target) run_slice(target);
  attend();
}

// Up to `target`, or to the next thing that happens by itself.
void Chip::run_slice(Nanoseconds target) {
  if (const auto flash = flash_.busy_until()) target = std::min(target, *flash);
  if (const auto watchdog = iwdg_.expiry()) target = std::min(target, *watchdog);
  const std::uint64_t hertz = rcc_.core_clock().value;
  std::uint64_t cycles = std::clamp<std::uint64_t>(cycle_at(target) - core_->cycle(), 1, hertz);
  const bool executes = !core_->halted() && !core_->in_reset() && !core_->locked_up();
  if (executes) cycles = std::min(cycles, kSliceCycles);
  stats_.core_cycles += core_->run(cycles);
  core_->drain_trace();
  if (core_->cycle() - anchor_cycle_ >= hertz) {  // keeps the arithmetic small; a whole second is exact
    anchor_cycle_ += hertz;
    anchor_time_ += Nanoseconds(kSecond);
  }
  attend();
}

// What the passing of time has brought about.
void Chip::attend() {
  flash_.settle();
  if (power_lost_now_) {
    power_cycle();
    power_lost_();
  }
  if (iwdg_.catch_up()) system_reset(ResetCause::independent_watchdog);
}

// TRACECLKIN is HCLK (RM0090 38.17.10), the core's clock.
void Chip::shifted_out(const armv7m::ShiftedByte& byte) {
  constexpr unsigned kSwoPin = 3;
  if (byte.code == armv7m::TraceCode::parallel || !dbgmcu_.gives_swo()) return;
  if (port_b_ == nullptr || !port_b_->is_debug_pin(kSwoPin)) return;
  const auto hertz = static_cast<std::int64_t>(rcc_.core_clock().value);
  const auto cycles = static_cast<std::int64_t>(byte.start - anchor_cycle_);
  swo_({.start = anchor_time_ + Nanoseconds(cycles * static_cast<std::int64_t>(kSecond) / hertz),
        .nanoseconds_per_bit = 1e9 * byte.cycles_per_bit / static_cast<double>(hertz),
        .manchester = byte.code == armv7m::TraceCode::manchester,
        .value = byte.value});
}

// --- resets --------------------------------------------------------------------------------------------

void Chip::reset_peripherals() {
  rcc_.reset();
  pwr_.reset();
  flash_.reset();
  syscfg_.reset();
  iwdg_.reset();
  if (flash_.watchdog_in_hardware()) iwdg_.start();
  for (const auto& block : others_) block->reset();
}

// A Cortex-M7 boots from BOOT_ADD0 (BOOT pin low; units of 16 KiB, RM0385 2.4) and has its VTOR there.
void Chip::boot(const std::function<void()>& release) {
  if (!facts_.line->generation->cortex_m7) return release();
  constexpr Field kBootAddress0{"BOOT_ADD0", 0, 16};
  const std::uint32_t address = kBootAddress0.get(memory_.optcr1) * 0x4000;
  bus_.set_boot_address(address);
  release();
  bus_.set_boot_address({});
  core_->write_ppb(Master::debug, kVtor, 4, address);
}

void Chip::system_reset(ResetCause cause) {
  reset_peripherals();
  rcc_.note_reset(cause);
  nrst_low_until_ = timeline_.now() + kResetPulse;
  boot([this] { core_->system_reset(); });
}

bool Chip::pulls_nrst() const { return timeline_.now() < nrst_low_until_; }

void Chip::hold_in_reset(bool held) {
  catch_up();
  if (held == held_) return;
  held_ = held;
  reset_peripherals();
  if (held) {
    rcc_.note_reset(ResetCause::pin);
    return core_->hold_in_reset(true);
  }
  boot([this] { core_->hold_in_reset(false); });
}

void Chip::power_cycle() {
  power_lost_now_ = false;
  bus_.power_on_reset();
  dbgmcu_.reset();
  flash_.power_on_reset();
  reset_peripherals();
  rcc_.power_on_reset();
  boot([this] { core_->power_on_reset(); });
}

// --- the outside ---------------------------------------------------------------------------------------

BusStatus Chip::debug_read(std::uint32_t address, unsigned size, std::uint32_t& value) {
  catch_up();
  flash_.debugger_attached();
  if (address >= kPpbBegin && address < kPpbEnd) return core_->read_ppb(Master::debug, address, size, value);
  if (held_) return BusStatus::error;  // the bus matrix is in reset, the private bus is not
  return bus_.read(Master::debug, address, size, value);
}

BusStatus Chip::debug_write(std::uint32_t address, unsigned size, std::uint32_t value) {
  catch_up();
  flash_.debugger_attached();
  if (address >= kPpbBegin && address < kPpbEnd) return core_->write_ppb(Master::debug, address, size, value);
  if (held_) return BusStatus::error;
  const BusStatus status = bus_.write(Master::debug, address, size, value);
  attend();
  return status;
}

const Bytes& Chip::flash_content() {
  catch_up();
  return memory_.cells;
}

void Chip::save() {
  catch_up();
  memory_.save();
}

}  // namespace probity::vboard
