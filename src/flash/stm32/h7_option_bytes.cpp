#include "flash/stm32/h7_option_bytes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/errors.hpp"
#include "flash/stm32/flash_interface.hpp"
#include "flash/stm32/h7_registers.hpp"

namespace probity::stm32 {

namespace {

constexpr std::uint32_t kOptKey1 = 0x08192A3B, kOptKey2 = 0x4C5D6E7F;  // RM0433 4.9.3, RM0481 7.11.5

// Locks again whichever way the scope is left.
class OpenOptions {
 public:
  OpenOptions(MemPort& memory, Clock& clock, const OptionControl& control)
      : memory_(memory), clock_(clock), control_(control) {}
  ~OpenOptions() {
    const UninterruptedScope giving_back(clock_);
    try {
      memory_.write32(control_.cr, control_.lock.mask());
    } catch (const Error&) {
      // On the way out of another error, which tells more; a reset locks as well.
    }
  }
  OpenOptions(const OpenOptions&) = delete;
  OpenOptions& operator=(const OpenOptions&) = delete;

 private:
  MemPort& memory_;
  Clock& clock_;
  const OptionControl& control_;
};

}  // namespace

OptionRisk h7_rdp_risk(std::uint32_t before, std::uint32_t after) {
  if (before == after) return OptionRisk::none;
  if (after == h7::kRdpLevel2) return OptionRisk::permanent;
  return after == h7::kRdpLevel0 ? OptionRisk::mass_erase : OptionRisk::none;
}

OptionRisk otp_lock_risk(std::uint32_t before, std::uint32_t after) {
  return before == after ? OptionRisk::none : OptionRisk::permanent;
}

H7OptionBytes::H7OptionBytes(MemPort& memory, Clock& clock, std::string bank, const OptionControl& control,
                             std::vector<OptionRegister> registers, std::vector<OptionField> fields,
                             Milliseconds limit)
    : memory_(memory),
      clock_(clock),
      bank_(std::move(bank)),
      control_(control),
      registers_(std::move(registers)),
      fields_(std::move(fields)),
      limit_(limit) {}

std::vector<std::uint32_t> H7OptionBytes::read() {
  std::vector<WordAccess> access;
  for (const OptionRegister& reg : registers_) access.push_back(WordAccess::load(reg.read));
  std::optional<SecureView> secure;
  if (control_.secure) secure.emplace(memory_);
  memory_.run(access);
  std::vector<std::uint32_t> values;
  for (const WordAccess& word : access) values.push_back(word.value);
  return values;
}

void H7OptionBytes::unlock() {
  if (!control_.lock.is_set(memory_.read32(control_.cr))) return;
  std::array<WordAccess, 3> access{WordAccess::store(control_.keyr, kOptKey1),
                                   WordAccess::store(control_.keyr, kOptKey2), WordAccess::load(control_.cr)};
  memory_.run(access);
  const std::uint32_t cr = access.back().value;
  if (!control_.lock.is_set(cr)) return;
  throw FlashError(
      fmt::format("options not unlocked (FLASH_OPTCR=0x{:08x}): OPTLOCK stays set until the next reset "
                  "after a wrong key; try: reset halt",
                  cr),
      bank_, control_.cr, "FLASH_OPTCR", cr);
}

void H7OptionBytes::prepare() {
  memory_.write32(control_.error_clear, control_.error.mask());
  if (starts_at_once()) memory_.write32(control_.cr, control_.enable.mask());
}

// A register to be programmed; where that starts its change, to the end of it.
void H7OptionBytes::store(Address address, std::uint32_t value) {
  memory_.write32(address, value);
  if (starts_at_once()) finish();
}

void H7OptionBytes::start() {
  if (starts_at_once()) return;
  memory_.write32(control_.cr, control_.start.mask());
  finish();
}

void H7OptionBytes::finish() {
  const Deadline deadline(clock_, limit_, "programming the option bytes");
  for (;;) {
    const std::uint32_t value = memory_.read32(control_.busy_register);
    if (!control_.busy.is_set(value)) break;
    deadline.check(fmt::format("{} is still set (0x{:08x})", control_.busy.name, value));
    clock_.sleep(kStatusPause);
  }
  const std::uint32_t status = memory_.read32(control_.error_register);
  if (!control_.error.is_set(status)) return;
  memory_.write32(control_.error_clear, control_.error.mask());
  throw FlashError(
      fmt::format("error changing option bytes ({}=1, {}=0x{:08x}): the chip refused the new values",
                  control_.error.name, control_.error_name, status),
      bank_, control_.error_register, std::string(control_.error_name), status);
}

// Their fields' bits; the others are reserved, or tell how a change went.
std::uint32_t H7OptionBytes::bits_of(unsigned reg) const {
  std::uint32_t mask = 0;
  for (const OptionField& field : fields_) {
    if (field.reg == reg) mask |= field.field().mask();
  }
  return mask;
}

void H7OptionBytes::require_possible(std::span<const std::uint32_t> before,
                                     std::span<const std::uint32_t> after) const {
  const auto found = std::ranges::find(fields_, control_.state_field, &OptionField::name);
  if (found == fields_.end()) return;
  const OptionField& state = *found;
  const std::uint32_t from = state.field().get(before[state.reg]), to = state.field().get(after[state.reg]);
  if (from == to) return;
  const std::string_view why = control_.refusal(from, to);
  if (why.empty()) return;
  throw FlashError(fmt::format("{} 0x{:02x} -> 0x{:02x}: {}; nothing was changed", state.name, from, to, why),
                   bank_, registers_[state.reg].read, std::string(state.name), from);
}

void H7OptionBytes::while_unlocked(const std::function<void()>& work) {
  std::optional<SecureView> secure;
  if (control_.secure) secure.emplace(memory_);
  const OpenOptions open(memory_, clock_, control_);
  unlock();
  work();
}

void H7OptionBytes::write(std::span<const std::uint32_t> values) {
  const std::vector<std::uint32_t> before = read();
  require_possible(before, values);
  while_unlocked([&] {
    prepare();
    for (unsigned i = 0; i < registers_.size(); ++i) {
      const std::uint32_t prepared = memory_.read32(registers_[i].write), mask = bits_of(i);
      const std::uint32_t wanted = (prepared & ~mask) | (values[i] & mask);
      const bool left_over = !starts_at_once() && wanted != prepared;
      if (values[i] != before[i] || left_over) store(registers_[i].write, wanted);
    }
    start();
  });
}

void H7OptionBytes::write_one(Address address, std::uint32_t value) {
  while_unlocked([&] {
    prepare();
    store(address, value);
    start();
  });
}

const OptionField& H7OptionBytes::field_named(std::string_view name) const {
  const auto found = std::ranges::find(fields_, name, &OptionField::name);
  if (found == fields_.end()) {
    throw FlashError(fmt::format("this chip has no option bytes named {}", name), bank_, control_.cr);
  }
  return *found;
}

void H7OptionBytes::set(std::vector<std::uint32_t>& values, std::string_view field,
                        std::uint32_t value) const {
  const OptionField& row = field_named(field);
  values.at(row.reg) = row.field().set(values.at(row.reg), value);
}

std::uint32_t H7OptionBytes::get(std::span<const std::uint32_t> values, std::string_view field) const {
  const OptionField& row = field_named(field);
  return row.field().get(values[row.reg]);
}

}  // namespace probity::stm32
