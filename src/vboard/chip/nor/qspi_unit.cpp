#include "vboard/chip/nor/qspi_unit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "vboard/chip/nor/octospi.hpp"
#include "vboard/chip/nor/qspi.hpp"

namespace probity::vboard {

namespace {

constexpr std::uint32_t kRegisters = 0x400, kWindow = 0x10000000;

std::string word_of(const QspiPlace& place) { return place.instance == 1 ? "qspi" : "qspi2"; }

// The kernel clock is taken for the core's (the AHB's, or SYSCLK, as after reset).
QspiSurroundings surroundings(const QspiPlace& place, const TimeSource& time, const Rcc& rcc,
                              const QspiUnit::SetIrq& set_irq) {
  return {.time = time,
          .clock = [&rcc] { return rcc.core_clock(); },
          .clocked =
              [&rcc, place] {
                return place.bit.is_set(rcc.peek(place.enable_offset)) ||
                       (place.enable_also != 0 && place.bit.is_set(rcc.peek(place.enable_also)));
              },
          .in_reset = [&rcc, place] { return place.bit.is_set(rcc.peek(place.reset_offset)); },
          .interrupt_changed = [set_irq, place](bool level) { set_irq(place.irq, level); }};
}

}  // namespace

QspiUnit::QspiUnit(const std::string& chip, const std::vector<std::pair<std::string, std::string>>& connected,
                   const std::string& flash_file, const TimeSource& time, const Rcc& rcc, SetIrq set_irq) {
  for (const QspiPlace& place : qspi_places(chip)) {
    QspiSurroundings around = surroundings(place, time, rcc, set_irq);
    std::unique_ptr<QspiController> registers;
    if (place.octo) {
      registers = std::make_unique<Octospi>(std::move(around));
    } else {
      registers = std::make_unique<Quadspi>(std::move(around), place.fifo);
    }
    controllers_.push_back({place, std::move(registers), {}});
  }
  for (const auto& [word, parts] : connected) connect(chip, word, parts, flash_file);
}

void QspiUnit::connect(const std::string& chip, const std::string& word, const std::string& parts,
                       const std::string& flash_file) {
  const auto controller = std::find_if(controllers_.begin(), controllers_.end(),
                                       [&](const Controller& c) { return word_of(c.place) == word; });
  if (controller == controllers_.end()) {
    throw ConfigError(fmt::format("{}:{}: {} has no {}", word, parts, chip,
                                  controllers_.empty() ? "QUADSPI or OCTOSPI" : "OCTOSPI2"));
  }
  if (!controller->flashes.empty())
    throw ConfigError(fmt::format("{}:{}: there is one already", word, parts));
  const std::size_t plus = parts.find('+');
  std::vector<std::string> names{parts.substr(0, plus)};
  if (plus != std::string::npos) names.push_back(parts.substr(plus + 1));
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::string file =
        flash_file.empty() ? std::string() : flash_file + "." + word + (i == 0 ? "" : ".flash2");
    controller->flashes.push_back(
        std::make_unique<NorFlash>(find_nor_part(names[i]), controller->registers->wire_time(), file));
    controller->registers->attach(static_cast<unsigned>(i), controller->flashes.back().get());
  }
}

void QspiUnit::add_to(ChipBus& bus) {
  for (Controller& c : controllers_) {
    bus.add_block(c.place.registers, kRegisters, *c.registers);
    bus.add_block(c.place.window, kWindow, c.registers->window());
  }
}

void QspiUnit::attend() {
  for (Controller& c : controllers_) c.registers->attend();
}

void QspiUnit::reset() {
  for (Controller& c : controllers_) c.registers->reset();
}

void QspiUnit::power_cycle() {
  for (Controller& c : controllers_) {
    c.registers->reset();
    for (const auto& flash : c.flashes) flash->power_cycle();
  }
}

void QspiUnit::save() {
  for (Controller& c : controllers_) {
    c.registers->attend();
    for (const auto& flash : c.flashes) flash->save();
  }
}

std::optional<Nanoseconds> QspiUnit::next_event() const {
  std::optional<Nanoseconds> next;
  for (const Controller& c : controllers_) {
    const auto event = c.registers->next_event();
    if (event && (!next || *event < *next)) next = event;
  }
  return next;
}

std::optional<Nanoseconds> QspiUnit::next_interrupt() const {
  const bool wanted = std::any_of(controllers_.begin(), controllers_.end(),
                                  [](const Controller& c) { return c.registers->interrupts_enabled(); });
  return wanted ? next_event() : std::nullopt;
}

}  // namespace probity::vboard
