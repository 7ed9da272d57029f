// A QUADSPI or OCTOSPI with its flashes on a clock that the test moves.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "vboard/chip/nor/nor_flash.hpp"
#include "vboard/chip/nor/octospi.hpp"
#include "vboard/chip/nor/qspi.hpp"

namespace probity::vboard::test {

// SR of both.
inline constexpr std::uint32_t kTef = 1, kTcf = 2, kFtf = 4, kSmf = 8, kTof = 16, kBusyFlag = 32;

class HandTime final : public TimeSource {
 public:
  Nanoseconds now() const override { return at; }
  Nanoseconds at{1000};
};

template <typename Controller>
class QspiBench {
 public:
  template <typename... More>
  explicit QspiBench(const std::vector<std::string>& parts, More... more)
      : controller({.time = time,
                    .clock = [] { return Hertz{100'000'000}; },
                    .clocked = [this] { return clocked; },
                    .in_reset = [this] { return in_reset; },
                    .interrupt_changed = [this](bool level) { interrupt = level; }},
                   more...) {
    for (const std::string& part : parts) {
      flashes.push_back(std::make_unique<NorFlash>(find_nor_part(part), controller.wire_time(), ""));
      controller.attach(static_cast<unsigned>(flashes.size() - 1), flashes.back().get());
    }
  }

  void write(std::uint32_t offset, std::uint32_t value, unsigned size = 4) {
    until_ready([&] { return controller.write_register(offset, value, Lanes::of(offset, size)); });
  }
  std::uint32_t read(std::uint32_t offset, unsigned size = 4) {
    std::uint32_t value = 0;
    until_ready([&] { return controller.read_lanes(offset, Lanes::of(offset, size), value); });
    return value;
  }
  // A bus error is nothing.
  std::optional<std::uint32_t> look(std::uint32_t offset, unsigned size = 4) {
    std::uint32_t value = 0;
    const Lanes lanes = Lanes::of(offset, size);
    const BusStatus status =
        until_ready([&] { return controller.window().read_lanes(offset & ~3u, lanes, value); });
    if (status == BusStatus::error) return {};
    return lanes.extract(value);
  }
  void pass(Nanoseconds span) {
    time.at += span;
    controller.attend();
  }

  template <typename Access>
  BusStatus until_ready(Access access) {
    for (unsigned i = 0; i < 1'000'000; ++i) {
      const BusStatus status = access();
      if (status != BusStatus::stalled) return status;
      time.at += Nanoseconds(10);
    }
    throw std::runtime_error("the bus stalls for ever");
  }

  HandTime time;
  bool clocked = true, in_reset = false, interrupt = false;
  Controller controller;
  std::vector<std::unique_ptr<NorFlash>> flashes;
};

}  // namespace probity::vboard::test
