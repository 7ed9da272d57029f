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

CoreFacts core_facts(const ChipLine& line, CoreFacts facts) {
  facts.rom_part = line.idcode & 0xFFF;  // the part number of ST's ROM table is DEV_ID
  return facts;
}

}  // namespace

Chip::Chip(const ChipSettings& settings, Timeline& timeline, Stats& stats, FaultPlan& faults)
    : facts_(find_chip(settings.name)),
      timeline_(timeline),
      stats_(stats),
      memory_(make_memory(facts_, settings)),
      latest_(timeline.now()),
      rcc_(*facts_.line->generation->rcc, *this,
           [this] {
             for (const auto& core : cores_) core->set_anchor();
           }),
      dbgmcu_(facts_.line->idcode, facts_.line->generation->places, [this] { note_sleep(); }),
      iwdg_(facts_.line->generation->lsi_hertz, *this,
            [this] { return held_ || (dbgmcu_.stops_iwdg() && !cores_.empty() && first()->halted()); }),
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
            [this](unsigned irq, bool level) { set_irqs(irq, level); }) {
  add_peripherals();
  rcc_.on_written([this] { qspi_.attend(); });
  bus_.on_next_event([this] {
    const Nanoseconds never = Nanoseconds::max();
    const Nanoseconds next =
        std::min({flash_->busy_until().value_or(never), rcc_.next_ready().value_or(never),
                  qspi_.next_event().value_or(never)});
    return next == never ? SystemBus::kNoEvent : cores_[turn_]->cycle_at(next);
  });
  bus_.on_memory_changed([this](std::uint32_t address, std::uint32_t size) {
    for (const auto& core : cores_) (*core)->memory_changed(address, size);
  });
  make_cores(timeline.now());
  if (facts_.line->make_vendor_port) vendor_port_ = facts_.line->make_vendor_port(*flash_, *this);
  reset_peripherals();
  power_on_cores();
}

void Chip::power_on_cores() {
  for (const auto& core : cores_) {
    (*core)->power_on_reset();
    (*core)->hold_in_reset(core->kept_in_reset || held_);
  }
}

void Chip::make_cores(Nanoseconds start) {
  const auto& others = facts_.line->other_cores;
  if (!others.empty()) bus_.share(static_cast<unsigned>(others.size()) + 1);
  add_core(
      facts_.line->core, [this] { return rcc_.core_clock(); }, start);
  for (const OtherCore& other : others) {
    add_core(
        other.core, [this, &other] { return other.clock ? other.clock(rcc_) : rcc_.core_clock(); }, start);
  }
  rcc_.on_read([this](std::uint32_t offset) { return stopped_clocks(offset); });
  (*first()).on_trace([this](const armv7m::ShiftedByte& byte) { shifted_out(byte); });
}

void Chip::add_core(const CoreFacts& facts, std::function<Hertz()> clock, Nanoseconds start) {
  const bool shared = !facts_.line->other_cores.empty();
  const auto number = static_cast<unsigned>(cores_.size());
  auto made = std::make_unique<ChipCore>(number, core_facts(*facts_.line, facts), bus_, shared,
                                         std::move(clock), start);
  (*made)->on_reset_request = [this, number](bool core_alone) {
    if (core_alone || facts_.line->reset_request_is_local) return (*cores_[number])->system_reset();
    system_reset(ResetCause::software);
  };
  (*made)->on_halted = [this, number] { core_halted_(number); };
  if (shared) {
    (*made)->on_send_event = [this, number] {
      for (unsigned i = 0; i < cores_.size(); ++i) {
        if (i != number) (*cores_[i])->receive_event();
      }
    };
  }
  cores_.push_back(std::move(made));
}

const OtherCore* Chip::other_core(unsigned number) const {
  return number == 0 ? nullptr : &facts_.line->other_cores[number - 1];
}

const BootHold& Chip::boot_hold(unsigned number) const {
  const OtherCore* other = other_core(number);
  return other != nullptr ? other->hold : facts_.line->hold;
}

// Ready bits in RCC's register of the clocks that cores do not want now.
std::uint32_t Chip::stopped_clocks(std::uint32_t offset) const {
  std::uint32_t bits = 0;
  for (unsigned i = 1; i < cores_.size(); ++i) {
    const RccPlace& ready = other_core(i)->clock_ready;
    const bool stopped = cores_[i]->kept_in_reset || (*cores_[i])->deeply_asleep();
    if (ready.offset == offset && stopped) bits |= ready.field.mask();
  }
  return bits;
}

void Chip::set_irqs(unsigned number, bool level) {
  for (unsigned i = 0; i < cores_.size(); ++i) {
    const OtherCore* other = other_core(i);
    if (other == nullptr || other->shares_irqs) set_irq(i, number, level);
  }
}

void Chip::set_irq(unsigned core, unsigned number, bool level) {
  if (core < cores_.size()) (*cores_[core])->set_irq(number, level);
}

FlashSurroundings Chip::surroundings(FaultPlan& faults, unsigned millivolts) {
  return {.time = *this,
          .stats = stats_,
          .faults = faults,
          .millivolts = millivolts,
          .changed = [this](std::uint32_t offset, std::uint32_t size) { flash_changed(offset, size); },
          .interrupt_changed = [this](bool level) { set_irqs(facts_.line->generation->flash_irq, level); },
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
  add(places.flash, places.flash_size, *flash_);
  add(places.iwdg, kBlock, iwdg_);
  add(places.syscfg, kBlock, syscfg_);
  add(places.dbgmcu, kBlock, dbgmcu_);
  add(places.dbgmcu_debug, kBlock, dbgmcu_);
  if (facts_.line->make_blocks) {
    for (PlacedBlock& block : facts_.line->make_blocks(*flash_, *this)) {
      add_storage(block.base, block.size, std::move(block.registers));
      if (block.attend) attending_.push_back(std::move(block.attend));
    }
  }
  qspi_.add_to(bus_);
  trust_zone_.add_to(bus_);
}

void Chip::flash_changed(std::uint32_t offset, std::uint32_t size) {
  const unsigned viewer = bus_.viewer();
  for (unsigned i = 0; i < cores_.size(); ++i) {
    bus_.view_as(i);
    bus_.for_each_alias(offset, size, [&](std::uint32_t address, std::uint32_t length) {
      (*cores_[i])->memory_changed(address, length);
    });
  }
  bus_.view_as(viewer);
}

// --- the outside ---------------------------------------------------------------------------------------

// Attribution is the core's affair, of a debugger's access as of its own (DDI 0553, "Security attribution");
// the other access ports have nothing of the Secure world behind them.
std::optional<Security> Chip::granted(std::optional<unsigned> core, Security asked,
                                      std::uint32_t address) const {
  if (!core || !trust_zone_.present()) return Security::non_secure;
  const Security owner = (*cores_[*core])->security_of(address).value_or(asked);
  if (owner == Security::secure && asked == Security::non_secure) return {};
  return owner;
}

std::uint32_t Chip::vendor_port_read(std::uint32_t offset) {
  catch_up();
  return vendor_port_ ? vendor_port_->read_register(offset) : 0;
}

void Chip::vendor_port_write(std::uint32_t offset, std::uint32_t value) {
  catch_up();
  if (vendor_port_) vendor_port_->write_register(offset, value);
}

BusStatus Chip::debug_read(std::optional<unsigned> core, Security security, std::uint32_t address,
                           unsigned size, std::uint32_t& value) {
  catch_up();
  if (flash_->memory_ports_closed()) return BusStatus::error;
  if (!reachable(core, address)) return BusStatus::stalled;
  bus_.view_as(core.value_or(0));
  flash_->debugger_attached();
  const auto as = granted(core, security, address);
  if (!as || !flash_->debugger_reaches(address)) return BusStatus::error;
  if (core && in_private_bus(address))
    return (*cores_[*core])->read_ppb(Master::debug, *as, address, size, value);
  if (held_ && !on_debug_bus(core, address))
    return BusStatus::error;  // the bus matrix is in reset, the private bus is not
  return bus_.read(Master::debug, *as, address, size, value);
}

BusStatus Chip::debug_write(std::optional<unsigned> core, Security security, std::uint32_t address,
                            unsigned size, std::uint32_t value) {
  catch_up();
  if (flash_->memory_ports_closed()) return BusStatus::error;
  if (!reachable(core, address)) return BusStatus::stalled;
  bus_.view_as(core.value_or(0));
  flash_->debugger_attached();
  const auto as = granted(core, security, address);
  if (!as || !flash_->debugger_reaches(address)) return BusStatus::error;
  if (core && in_private_bus(address))
    return (*cores_[*core])->write_ppb(Master::debug, *as, address, size, value);
  if (held_ && !on_debug_bus(core, address)) return BusStatus::error;
  const BusStatus status = bus_.write(Master::debug, *as, address, size, value);
  release_cores();
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
