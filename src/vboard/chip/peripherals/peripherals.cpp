#include "vboard/chip/peripherals/peripherals.hpp"

#include <algorithm>

#include "base/bits.hpp"

namespace probity::vboard {

namespace {
constexpr std::uint32_t kBlock = 0x400;
}

RegisterFile::RegisterFile(std::uint32_t base, std::uint32_t size, const GenerationFacts& facts)
    : base_(base), words_(size / 4) {
  const auto here = [&](std::uint32_t address) { return address - base < size; };
  for (const RegisterReset& row : facts.reset_values) {
    if (here(row.address)) reset_values_.push_back(row);
  }
  for (const StatusBit& row : facts.status_bits) {
    if (here(row.address) && (row.enable_address == 0 || here(row.enable_address))) {
      status_bits_.push_back(row);
    }
  }
  RegisterFile::reset();
}

BusStatus RegisterFile::read_register(std::uint32_t offset, std::uint32_t& value) {
  value = words_[offset / 4];
  for (const StatusBit& row : status_bits_) {
    if (row.address - base_ != offset) continue;
    const bool set = row.enable_address == 0 || row.enable.is_set(at(row.enable_address - base_));
    value = row.bit.set(value, set);
  }
  return BusStatus::ok;
}

BusStatus RegisterFile::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  words_[offset / 4] = lanes.merge(words_[offset / 4], value);
  return BusStatus::ok;
}

void RegisterFile::reset() {
  std::fill(words_.begin(), words_.end(), 0u);
  for (const RegisterReset& row : reset_values_) at(row.address - base_) = row.value;
}

namespace {
enum : std::uint32_t {
  GPIO_MODER = 0x00,
  GPIO_IDR = 0x10,
  GPIO_ODR = 0x14,
  GPIO_BSRR = 0x18,
  GPIO_AFRL = 0x20
};
}  // namespace

Gpio::Gpio(std::uint32_t base, const GenerationFacts& facts) : RegisterFile(base, kBlock, facts) {}

BusStatus Gpio::read_register(std::uint32_t offset, std::uint32_t& value) {
  if (offset != GPIO_IDR && offset != GPIO_BSRR) return RegisterFile::read_register(offset, value);
  value = 0;
  return BusStatus::ok;
}

BusStatus Gpio::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  if (offset != GPIO_BSRR) return RegisterFile::write_register(offset, value, lanes);
  constexpr Field kSet{"BS", 0, 16}, kReset{"BR", 16, 16};
  at(GPIO_ODR) = (at(GPIO_ODR) & ~kReset.get(value)) | kSet.get(value);
  return BusStatus::ok;
}

// RM0090 8.4.1 and 8.4.9.
bool Gpio::is_debug_pin(unsigned pin) {
  constexpr std::uint32_t kAlternateFunction = 2;
  const std::uint32_t function = at(GPIO_AFRL + pin / 8 * 4) >> 4 * (pin % 8) & 0xF;
  return (at(GPIO_MODER) >> 2 * pin & 3) == kAlternateFunction && function == 0;
}

namespace {
constexpr std::uint32_t SYSCFG_MEMRMP = 0x00;
constexpr Field MEM_MODE{"MEM_MODE", 0, 3};
}  // namespace

Syscfg::Syscfg(const GenerationFacts& facts, std::function<void()> remapped)
    : RegisterFile(facts.places.syscfg, kBlock, facts), remapped_(std::move(remapped)) {}

unsigned Syscfg::memory_mode() { return MEM_MODE.get(at(SYSCFG_MEMRMP)); }

BusStatus Syscfg::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  const unsigned before = memory_mode();
  const BusStatus status = RegisterFile::write_register(offset, value, lanes);
  if (memory_mode() != before) remapped_();
  return status;
}

void Syscfg::reset() {
  const unsigned before = memory_mode();
  RegisterFile::reset();
  if (before != memory_mode()) remapped_();
}

namespace {
enum : std::uint32_t { DBG_IDCODE = 0x00, DBG_CR = 0x04 };
}  // namespace

Dbgmcu::Dbgmcu(std::uint32_t idcode, const BlockPlaces& places, std::function<void()> written)
    : idcode_(idcode), places_(places), written_(std::move(written)), words_(kBlock / 4) {}

BusStatus Dbgmcu::read_register(std::uint32_t offset, std::uint32_t& value) {
  value = offset == DBG_IDCODE ? idcode_ : words_[offset / 4];
  return BusStatus::ok;
}

BusStatus Dbgmcu::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  words_[offset / 4] = lanes.merge(words_[offset / 4], value);
  written_();
  return BusStatus::ok;
}

void Dbgmcu::reset() { std::fill(words_.begin(), words_.end(), 0u); }

bool Dbgmcu::stops_iwdg() const {
  const std::uint32_t offset = places_.dbgmcu_freeze - places_.dbgmcu;
  return offset < kBlock && Field{"DBG_IWDG_STOP", places_.iwdg_stop_bit}.is_set(words_[offset / 4]);
}

// DBG_STOP (RM0090 38.16.3) is bit 1 on all; on H7 its name is DBGSTOP_D1.
bool Dbgmcu::keeps_clocks_in_stop() const { return Field{"DBG_STOP", 1}.is_set(words_[DBG_CR / 4]); }

bool Dbgmcu::gives_swo() const {
  const std::uint32_t control = words_[DBG_CR / 4];
  return places_.trace_enable.is_set(control) && places_.trace_mode.get(control) == 0;
}

}  // namespace probity::vboard
