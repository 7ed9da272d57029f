#include "vboard/chip/peripherals.hpp"

#include <algorithm>

#include "base/bits.hpp"

namespace probity::vboard {

RegisterFile::RegisterFile(std::uint32_t size, std::span<const RegisterValue> reset_values)
    : words_(size / 4), reset_values_(reset_values) {
  RegisterFile::reset();
}

BusStatus RegisterFile::read_register(std::uint32_t offset, std::uint32_t& value) {
  value = words_[offset / 4];
  return BusStatus::ok;
}

BusStatus RegisterFile::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  words_[offset / 4] = lanes.merge(words_[offset / 4], value);
  return BusStatus::ok;
}

void RegisterFile::reset() {
  std::fill(words_.begin(), words_.end(), 0u);
  for (const RegisterValue& r : reset_values_) words_[r.offset / 4] = r.value;
}

namespace {
constexpr std::uint32_t kBlock = 0x400;
enum : std::uint32_t {
  GPIO_MODER = 0x00,
  GPIO_IDR = 0x10,
  GPIO_ODR = 0x14,
  GPIO_BSRR = 0x18,
  GPIO_AFRL = 0x20
};
}  // namespace

Gpio::Gpio(std::span<const RegisterValue> reset_values) : RegisterFile(kBlock, reset_values) {}

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
enum : std::uint32_t { PWR_CR = 0x00, PWR_CSR = 0x04 };
constexpr Field ODEN{"ODEN", 16}, ODSWEN{"ODSWEN", 17}, BRE{"BRE", 9};
constexpr Field BRR{"BRR", 3}, VOSRDY{"VOSRDY", 14}, ODRDY{"ODRDY", 16}, ODSWRDY{"ODSWRDY", 17};
constexpr RegisterValue kPwrReset[] = {{PWR_CR, 0x0000C000}};  // VOS = 3 (RM0090 5.4.1)
}  // namespace

Pwr::Pwr() : RegisterFile(kBlock, kPwrReset) {}

BusStatus Pwr::read_register(std::uint32_t offset, std::uint32_t& value) {
  RegisterFile::read_register(offset, value);
  if (offset != PWR_CSR) return BusStatus::ok;
  const std::uint32_t control = at(PWR_CR);
  value = VOSRDY.set(value, 1);
  value = BRR.set(value, BRE.get(value));
  value = ODRDY.set(value, ODEN.get(control));
  value = ODSWRDY.set(value, ODSWEN.get(control));
  return BusStatus::ok;
}

namespace {
constexpr std::uint32_t SYSCFG_MEMRMP = 0x00;
constexpr Field MEM_MODE{"MEM_MODE", 0, 3};
}  // namespace

Syscfg::Syscfg(std::function<void()> remapped) : RegisterFile(kBlock, {}), remapped_(std::move(remapped)) {}

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
  if (before != 0) remapped_();
}

namespace {
enum : std::uint32_t { DBG_IDCODE = 0x00, DBG_CR = 0x04, DBG_APB1_FZ = 0x08, DBG_APB2_FZ = 0x0C };
constexpr Field DBG_IWDG_STOP{"DBG_IWDG_STOP", 12};
constexpr Field TRACE_IOEN{"TRACE_IOEN", 5}, TRACE_MODE{"TRACE_MODE", 6, 2};  // RM0090 38.16.3
}  // namespace

BusStatus Dbgmcu::read_register(std::uint32_t offset, std::uint32_t& value) {
  switch (offset) {
    case DBG_IDCODE:
      value = idcode_;
      return BusStatus::ok;
    case DBG_CR:
      value = cr_;
      return BusStatus::ok;
    case DBG_APB1_FZ:
      value = apb1_fz_;
      return BusStatus::ok;
    case DBG_APB2_FZ:
      value = apb2_fz_;
      return BusStatus::ok;
    default:
      value = 0;
      return BusStatus::ok;
  }
}

BusStatus Dbgmcu::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  if (offset == DBG_CR) cr_ = lanes.merge(cr_, value);
  if (offset == DBG_APB1_FZ) apb1_fz_ = lanes.merge(apb1_fz_, value);
  if (offset == DBG_APB2_FZ) apb2_fz_ = lanes.merge(apb2_fz_, value);
  return BusStatus::ok;
}

bool Dbgmcu::stops_iwdg() const { return DBG_IWDG_STOP.is_set(apb1_fz_); }
bool Dbgmcu::gives_swo() const { return TRACE_IOEN.is_set(cr_) && TRACE_MODE.get(cr_) == 0; }

}  // namespace probity::vboard
