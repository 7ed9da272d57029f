#include "vboard/chip/chip.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/errors.hpp"

namespace probity::vboard {

namespace {

// With the system ROM table of a Cortex-M0+.
bool in_private_bus(std::uint32_t address) {
  return (address >= 0xE0000000 && address < 0xE0100000) || address >> 12 == 0xF0000;
}
constexpr std::uint32_t kBlock = 0x400;

// While the core executes, a slice is no longer than this, so that a change of clock or a reset inside it
// does not carry it far past the moment it was to reach.
constexpr std::uint64_t kSliceCycles = 20'000;
constexpr std::uint64_t kSecond = 1'000'000'000;
constexpr Microseconds kResetPulse{20};  // RM0090 6.1.1: at least 20 us

void choose_option(NonVolatile& memory, const ChipFacts& facts, const std::string& name,
                   std::uint32_t value) {
  const auto& words = facts.line->options;
  std::vector<std::string_view> names;
  for (const OptionWord& word : words) names.push_back(word.name);
  if (std::find(names.begin(), names.end(), name) == names.end()) {
    throw ConfigError(
        fmt::format("option:{}: the option words of {} are {}", name, facts.name, fmt::join(names, ", ")));
  }
  memory.set_option(name, value);
}

NonVolatile make_memory(const ChipFacts& facts, const ChipSettings& settings) {
  NonVolatile memory(facts, settings.flash_file);
  if (settings.dual_bank) {
    if (!facts.line->choose_dual_bank) {
      throw ConfigError(fmt::format("dual-bank: {} has no such option", facts.name));
    }
    facts.line->choose_dual_bank(memory);
  }
  const auto& trust_zone = facts.line->trust_zone;
  for (const auto& [name, value] : settings.option_words) {
    if (!trust_zone || name != trust_zone->word || trust_zone->tzen.get(value) != trust_zone->on) continue;
    for (const OptionWord& word : trust_zone->watermarks) memory.set_option(word.name, word.factory);
  }
  for (const auto& [name, value] : settings.option_words) choose_option(memory, facts, name, value);
  return memory;
}

CoreFacts core_facts(const ChipLine& line) {
  CoreFacts facts = line.core;
  facts.rom_part = line.idcode & 0xFFF;  // the part number of ST's ROM table is DEV_ID
  return facts;
}

}  // namespace

Chip::Chip(const ChipSettings& settings, Timeline& timeline, Stats& stats, FaultPlan& faults)
    : facts_(find_chip(settings.name)),
      timeline_(timeline),
      stats_(stats),
      memory_(make_memory(facts_, settings)),
      anchor_time_(timeline.now()),
      rcc_(*facts_.line->generation->rcc, *this, [this] { set_anchor(); }),
      dbgmcu_(facts_.line->idcode, facts_.line->generation->places, [this] { note_sleep(); }),
      iwdg_(facts_.line->generation->lsi_hertz, *this,
            [this] { return held_ || (dbgmcu_.stops_iwdg() && core_ && core_->halted()); }),
      flash_(facts_.line->make_flash(facts_, memory_, surroundings(faults, settings.millivolts))),
      trust_zone_(*facts_.line,
                  [this](std::uint32_t begin, std::uint32_t size) { bus_.sram_changed(begin, size); }),
      bus_(facts_, memory_, *flash_, trust_zone_),
      syscfg_(*facts_.line->generation,
              [this] {
                bus_.set_memory_mode(syscfg_.memory_mode());
                flash_changed(0, static_cast<std::uint32_t>(memory_.cells.size()));
              }),
      qspi_(facts_.name, settings.external_flash, settings.flash_file, *this, rcc_,
            [this](unsigned irq, bool level) {
              if (core_) core_->set_irq(irq, level);
            }) {
  add_peripherals();
  rcc_.on_written([this] { qspi_.attend(); });
  bus_.on_next_event([this] {
    const Nanoseconds never = Nanoseconds::max();
    const Nanoseconds next =
        std::min({flash_->busy_until().value_or(never), rcc_.next_ready().value_or(never),
                  qspi_.next_event().value_or(never)});
    return next == never ? SystemBus::kNoEvent : cycle_at(next);
  });
  bus_.on_memory_changed([this](std::uint32_t address, std::uint32_t size) {
    if (core_) core_->memory_changed(address, size);
  });
  core_ = std::make_unique<Core>(core_facts(*facts_.line), bus_);
  core_->on_trace([this](const armv7m::ShiftedByte& byte) { shifted_out(byte); });
  core_->on_reset_request = [this](bool core_alone) {
    if (core_alone) return core_->system_reset();
    system_reset(ResetCause::software);
  };
  reset_peripherals();
  core_->power_on_reset();
}

FlashSurroundings Chip::surroundings(FaultPlan& faults, unsigned millivolts) {
  return {.time = *this,
          .stats = stats_,
          .faults = faults,
          .millivolts = millivolts,
          .changed = [this](std::uint32_t offset, std::uint32_t size) { flash_changed(offset, size); },
          .interrupt_changed =
              [this](bool level) {
                if (core_) core_->set_irq(facts_.line->generation->flash_irq, level);
              },
          .brownout = [this] { power_lost_now_ = true; },
          .option_reset = [this] { option_reset_now_ = true; }};
}

void Chip::add_storage(std::uint32_t base, std::uint32_t size, std::unique_ptr<RegisterBlock> block) {
  bus_.add_block(base, size, *block);
  others_.push_back(std::move(block));
}

void Chip::add_ports() {
  const BlockPlaces& places = facts_.line->generation->places;
  const auto& ranges = facts_.line->peripherals;
  for (unsigned port = 0; port < places.gpio_ports; ++port) {
    const std::uint32_t base = places.gpio + port * places.gpio_step;
    const bool exists = std::any_of(ranges.begin(), ranges.end(),
                                    [&](PeripheralRange r) { return base >= r.begin && base < r.end; });
    if (!exists) continue;
    auto gpio = std::make_unique<Gpio>(base, *facts_.line->generation);
    if (port == 1) port_b_ = gpio.get();
    add_storage(base, kBlock, std::move(gpio));
  }
}

void Chip::add_peripherals() {
  const GenerationFacts& generation = *facts_.line->generation;
  for (const PeripheralRange& r : facts_.line->peripherals) {
    add_storage(r.begin, r.end - r.begin,
                std::make_unique<RegisterFile>(r.begin, r.end - r.begin, generation));
  }
  add_ports();
  const BlockPlaces& places = generation.places;
  const auto add = [&](std::uint32_t base, std::uint32_t size, RegisterBlock& block) {
    if (base != 0) bus_.add_block(base, size, block);
  };
  add(places.rcc, std::max(kBlock, rcc_.size()), rcc_);
  add(places.flash, kBlock, *flash_);
  add(places.iwdg, kBlock, iwdg_);
  add(places.syscfg, kBlock, syscfg_);
  add(places.dbgmcu, kBlock, dbgmcu_);
  add(places.dbgmcu_debug, kBlock, dbgmcu_);
  qspi_.add_to(bus_);
  trust_zone_.add_to(bus_);
}

void Chip::flash_changed(std::uint32_t offset, std::uint32_t size) {
  if (!core_) return;
  bus_.for_each_alias(offset, size, [&](std::uint32_t address, std::uint32_t length) {
    core_->memory_changed(address, length);
  });
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
  if (const auto flash = flash_->busy_until()) target = std::min(target, *flash);
  if (const auto watchdog = iwdg_.expiry()) target = std::min(target, *watchdog);
  if (const auto qspi = qspi_.next_interrupt()) target = std::min(target, *qspi);
  const std::uint64_t hertz = rcc_.core_clock().value;
  const std::uint64_t end = std::max(cycle_at(target), core_->cycle() + 1);  // what is due already may say so
  std::uint64_t cycles = std::min(end - core_->cycle(), hertz);
  const bool executes =
      !core_->halted() && !core_->in_reset() && !core_->locked_up() && !core_->deeply_asleep();
  if (executes) cycles = std::min(cycles, kSliceCycles);
  stats_.core_cycles += core_->run(cycles);
  core_->drain_trace();
  if (core_->cycle() - anchor_cycle_ >= hertz) {  // keeps the arithmetic small; a whole second is exact
    anchor_cycle_ += hertz;
    anchor_time_ += Nanoseconds(kSecond);
  }
  attend();
}

// Stop mode: with SLEEPDEEP set WFI and WFE stop the clocks of core and bus, unless DBG_STOP has been set
// before. (Which low-power mode it is, PWR's registers would say: Standby is taken for Stop. Oscillators and
// their switch after wake-up are left as they are.)
void Chip::note_sleep() {
  if (core_ && !core_->deeply_asleep()) core_->keep_clocks_in_deep_sleep(dbgmcu_.keeps_clocks_in_stop());
}

// DBGMCU on a bus of its own (H5, H7), which the debug port clocks and no reset stops.
bool Chip::on_debug_bus(bool core, std::uint32_t address) const {
  const std::uint32_t dbgmcu = facts_.line->generation->places.dbgmcu_debug;
  return !core && dbgmcu != 0 && address - dbgmcu < kBlock;
}

// Without clocks no transfer of an access port ends: it waits for the chip to wake or be reset, or for
// DAPABORT.
bool Chip::reachable(bool core, std::uint32_t address) const {
  return !core_->deeply_asleep() || on_debug_bus(core, address);
}

// What the passing of time has brought about.
void Chip::attend() {
  note_sleep();
  flash_->settle();
  qspi_.attend();
  if (power_lost_now_) {
    power_cycle();
    power_lost_();
  }
  if (option_reset_now_) {
    option_reset_now_ = false;
    system_reset(ResetCause::option_bytes);
  }
  if (iwdg_.catch_up()) system_reset(ResetCause::independent_watchdog);
}

// TRACECLKIN is HCLK (RM0090 38.17.10), the core's clock.
void Chip::shifted_out(const armv7m::ShiftedByte& byte) {
  constexpr unsigned kSwoPin = 3;
  if (byte.code == armv7m::TraceCode::parallel || !dbgmcu_.gives_swo()) return;
  if (port_b_ != nullptr && !port_b_->is_debug_pin(kSwoPin)) return;
  const auto hertz = static_cast<std::int64_t>(rcc_.core_clock().value);
  const auto cycles = static_cast<std::int64_t>(byte.start - anchor_cycle_);
  swo_({.start = anchor_time_ + Nanoseconds(cycles * static_cast<std::int64_t>(kSecond) / hertz),
        .nanoseconds_per_bit = 1e9 * byte.cycles_per_bit / static_cast<double>(hertz),
        .manchester = byte.code == armv7m::TraceCode::manchester,
        .value = byte.value});
}

// --- resets --------------------------------------------------------------------------------------------

void Chip::reset_peripherals() {
  const auto all = static_cast<std::uint32_t>(memory_.cells.size());
  flash_changed(0, all);  // where it is seen now
  flash_->reset();
  trust_zone_.reset(flash_->trust_zone());
  bus_.place_flash();
  flash_changed(0, all);
  rcc_.reset();
  syscfg_.reset();
  iwdg_.reset();
  if (flash_->watchdog_in_hardware()) iwdg_.start();
  for (const auto& block : others_) block->reset();
  qspi_.reset();
  prepare_core();
}

// What the core takes over at its reset, which follows. A boot address that is an option is where VTOR starts
// (RM0385 2.4); with TrustZone each state has its own.
void Chip::prepare_core() {
  const ChipLine& line = *facts_.line;
  core_->set_security_extension(trust_zone_.present());
  core_->set_secure_debug(flash_->secure_debug_allowed());
  if (line.boot_address) {
    core_->set_initial_vector_table(Security::non_secure, line.boot_address(memory_));
  }
  if (line.secure_boot_address) {
    core_->set_initial_vector_table(Security::secure, line.secure_boot_address(memory_));
  }
}

void Chip::system_reset(ResetCause cause) {
  reset_peripherals();
  rcc_.note_reset(cause);
  nrst_low_until_ = timeline_.now() + kResetPulse;
  core_->system_reset();
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
  core_->hold_in_reset(false);
}

void Chip::power_cycle() {
  power_lost_now_ = option_reset_now_ = false;
  bus_.power_on_reset();
  dbgmcu_.reset();
  flash_->power_on_reset();
  reset_peripherals();
  rcc_.power_on_reset();
  qspi_.power_cycle();
  core_->power_on_reset();
}

// --- the outside ---------------------------------------------------------------------------------------

// Attribution is the core's affair, of a debugger's access as of its own (DDI 0553, "Security attribution");
// the other access ports have nothing of the Secure world behind them.
std::optional<Security> Chip::granted(bool core, Security asked, std::uint32_t address) const {
  if (!core || !trust_zone_.present()) return Security::non_secure;
  const Security owner = core_->security_of(address).value_or(asked);
  if (owner == Security::secure && asked == Security::non_secure) return {};
  return owner;
}

BusStatus Chip::debug_read(bool core, Security security, std::uint32_t address, unsigned size,
                           std::uint32_t& value) {
  catch_up();
  if (!reachable(core, address)) return BusStatus::stalled;
  flash_->debugger_attached();
  const auto as = granted(core, security, address);
  if (!as) return BusStatus::error;
  if (core && in_private_bus(address)) return core_->read_ppb(Master::debug, *as, address, size, value);
  if (held_ && !on_debug_bus(core, address))
    return BusStatus::error;  // the bus matrix is in reset, the private bus is not
  return bus_.read(Master::debug, *as, address, size, value);
}

BusStatus Chip::debug_write(bool core, Security security, std::uint32_t address, unsigned size,
                            std::uint32_t value) {
  catch_up();
  if (!reachable(core, address)) return BusStatus::stalled;
  flash_->debugger_attached();
  const auto as = granted(core, security, address);
  if (!as) return BusStatus::error;
  if (core && in_private_bus(address)) return core_->write_ppb(Master::debug, *as, address, size, value);
  if (held_ && !on_debug_bus(core, address)) return BusStatus::error;
  const BusStatus status = bus_.write(Master::debug, *as, address, size, value);
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
  qspi_.save();
}

}  // namespace probity::vboard
