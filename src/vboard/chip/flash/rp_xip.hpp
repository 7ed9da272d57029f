// RP2040's XIP windows, their cache and XIP_CTRL (RP2040 data sheet 2.6.3). What was read stays as it was
// read until it is flushed: the cache is as large as the flash, so nothing stale is pushed out by luck, and
// has 4 KiB at a time where the core executes.
//
// Left out: the stream FIFO, the counters, and the cache as SRAM at 0x15000000.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "vboard/chip/flash/rp_ssi.hpp"

namespace probity::vboard {

class RpXip final : public RpRegisters {
 public:
  // `size`: of the flash. `changed`: what is seen in [offset, offset + size) may be something else now.
  RpXip(RpSsi& ssi, std::uint32_t size, std::function<void(std::uint32_t, std::uint32_t)> changed);

  void reset() override;

  // By offset into the window. `cached`: through the cache, while it is on.
  BusStatus read(bool cached, std::uint32_t offset, unsigned size, std::uint32_t& value);
  // A write to the first window forgets what it meets; to the others it is an error or nothing.
  BusStatus write(bool first, std::uint32_t offset);
  // What is cached around `offset`, brought in; nothing where it cannot be, or the cache is off.
  std::optional<ByteView> window(std::uint32_t offset, std::uint32_t& begin);

 private:
  std::uint32_t get(std::uint32_t offset) override;
  void put(std::uint32_t offset, std::uint32_t value) override;
  bool on() const;
  bool bring_in(std::uint32_t line);
  void flush();

  RpSsi& ssi_;
  std::function<void(std::uint32_t, std::uint32_t)> changed_;
  Bytes seen_;
  std::vector<bool> valid_;  // by line
};

// One of the further windows: 0x11000000, 0x12000000, 0x13000000, and what follows the flash in the first,
// where it is seen over again.
class RpXipWindow final : public RegisterBlock {
 public:
  RpXipWindow(RpXip& xip, bool cached, bool first) : xip_(xip), cached_(cached), first_(first) {}
  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override {
    return xip_.read(cached_, offset, 4, value);
  }
  BusStatus write_register(std::uint32_t offset, std::uint32_t, Lanes) override {
    return xip_.write(first_, offset);
  }
  void reset() override {}

 private:
  RpXip& xip_;
  bool cached_, first_;
};

}  // namespace probity::vboard
