// A bare chip around the virtual core for its tests: flash at 0x08000000 (also at 0), RAM at 0x20000000, one
// busy register, and helpers to reach the debug registers as a debug port does.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "base/bytes.hpp"
#include "vboard/core/core.hpp"

namespace probity::vboard::test {

constexpr std::uint32_t kFlash = 0x08000000, kRam = 0x20000000, kBusy = 0x40000000, kFed = 0x40000004;
constexpr std::uint32_t kFlashSize = 0x10000, kRamSize = 0x4000;

constexpr std::uint32_t kDhcsr = 0xE000EDF0, kDcrsr = 0xE000EDF4, kDcrdr = 0xE000EDF8, kDemcr = 0xE000EDFC;
constexpr std::uint32_t kDfsr = 0xE000ED30, kAircr = 0xE000ED0C;
constexpr std::uint32_t kKey = 0xA05F0000;
constexpr std::uint32_t kSRegRdy = 1u << 16, kSHalt = 1u << 17, kSSleep = 1u << 18, kSLockup = 1u << 19,
                        kSRetire = 1u << 24, kSReset = 1u << 25;

class BenchBus : public SystemBus {
 public:
  BenchBus() : flash(kFlashSize, 0xFF), ram(kRamSize, 0) {}

  BusStatus read(Master master, Security, std::uint32_t address, unsigned size,
                 std::uint32_t& value) override {
    ++reads;
    if (address == kBusy) {
      value = core->cycle() < busy_until ? 1 : 0;
      return BusStatus::ok;
    }
    std::uint32_t begin = 0;
    Bytes* memory = find(address, begin);
    if (memory == nullptr) return BusStatus::error;
    if (memory == &flash && core != nullptr && core->cycle() < flash_stalls_until &&
        master != Master::debug) {
      return BusStatus::stalled;
    }
    value = 0;
    for (unsigned i = 0; i < size; ++i) value |= std::uint32_t{(*memory)[address - begin + i]} << (8 * i);
    return BusStatus::ok;
  }
  BusStatus write(Master, Security, std::uint32_t address, unsigned size, std::uint32_t value) override {
    if (address == kBusy) return busy_until = core->cycle() + value, BusStatus::ok;
    if (address == kFed) return ++feedings, BusStatus::ok;
    std::uint32_t begin = 0;
    Bytes* memory = find(address, begin);
    if (memory != &ram) return BusStatus::error;
    for (unsigned i = 0; i < size; ++i)
      ram[address - begin + i] = static_cast<std::uint8_t>(value >> (8 * i));
    return BusStatus::ok;
  }
  bool write_repeats(std::uint32_t address, std::uint32_t) override {
    return address == kFed && !counts_feedings;
  }
  const std::uint8_t* fetch_window(Security, std::uint32_t address, std::uint32_t& begin,
                                   std::uint32_t& size) override {
    Bytes* memory = find(address, begin);
    if (memory == nullptr || (memory == &flash && core != nullptr && core->cycle() < flash_stalls_until))
      return nullptr;
    size = static_cast<std::uint32_t>(memory->size());
    return memory->data() + (address - begin);
  }
  std::uint8_t* data_window(Security, std::uint32_t address, std::uint32_t& begin,
                            std::uint32_t& size) override {
    if (!fast_ram || find(address, begin) != &ram) return nullptr;
    size = kRamSize;
    return ram.data() + (address - begin);
  }
  std::uint64_t next_event_cycle() override {
    if (!knows_events) return kEventUnknown;
    const std::uint64_t now = core->cycle();
    std::uint64_t next = kNoEvent;
    for (const std::uint64_t at : {busy_until, flash_stalls_until}) {
      if (at > now) next = std::min(next, at);
    }
    return next;
  }

  const Core* core = nullptr;
  Bytes flash, ram;
  std::uint64_t busy_until = 0, flash_stalls_until = 0, reads = 0, feedings = 0;
  bool counts_feedings = false;  // a write to kFed is a change, every time
  bool fast_ram = true, knows_events = true;

 private:
  Bytes* find(std::uint32_t address, std::uint32_t& begin) {
    begin = address & 0xFF000000;
    if (address - begin >= kFlashSize) return nullptr;
    if (begin == kFlash || begin == 0) return &flash;
    return begin == kRam && address - kRam < kRamSize ? &ram : nullptr;
  }
};

inline CoreFacts cortex_m33() {
  CoreFacts facts;
  facts.architecture = Architecture::v8m;
  facts.cpuid = 0x410FD214;
  facts.fpb_code_comparators = 8;
  facts.fpb_literal_comparators = 0;
  facts.fpb_revision = 1;
  facts.has_bit_band = false;
  facts.mvfr2 = 0x40;
  return facts;
}

struct Bench {
  explicit Bench(const CoreFacts& facts = {}) : core(facts, bus) { bus.core = &core; }

  // Halfwords of code at `offset` of flash; vectors at 0: SP at the end of RAM, reset handler at 0x08000101.
  void program(std::uint32_t offset, std::initializer_list<std::uint16_t> code) {
    for (const std::uint16_t half : code) {
      store_le16(bus.flash, offset, half);
      offset += 2;
    }
  }
  void vector(unsigned number, std::uint32_t value) { store_le32(bus.flash, 4 * number, value); }
  void start(std::initializer_list<std::uint16_t> code) {
    vector(0, kRam + kRamSize);
    vector(1, kFlash + 0x101);
    program(0x100, code);
    core.power_on_reset();
  }
  std::uint32_t read(std::uint32_t address) {
    std::uint32_t value = 0;
    core.read_ppb(Master::debug, Security::non_secure, address, 4, value);
    return value;
  }
  void write(std::uint32_t address, std::uint32_t value) {
    core.write_ppb(Master::debug, Security::non_secure, address, 4, value);
  }
  void enable_debug(std::uint32_t bits = 1) { write(kDhcsr, kKey | bits); }
  void halt() { enable_debug(3); }
  void resume() { enable_debug(1); }
  std::uint32_t debug_register(unsigned number) {
    write(kDcrsr, number);
    core.run(100);
    return read(kDcrdr);
  }
  void set_debug_register(unsigned number, std::uint32_t value) {
    write(kDcrdr, value);
    write(kDcrsr, number | 1u << 16);
    core.run(100);
  }
  std::uint32_t pc() const { return core.registers().r[15]; }

  BenchBus bus;
  Core core;
};

}  // namespace probity::vboard::test
