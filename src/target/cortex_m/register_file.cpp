#include "target/cortex_m/register_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>

#include "base/bits.hpp"
#include "base/errors.hpp"

namespace probity::cortex_m {

namespace {

constexpr Field kExceptionNumber{"IPSR", 0, 9};     // xPSR[8:0], DDI 0403E B1.4.2
constexpr Field kStackSelect{"CONTROL.SPSEL", 25};  // CONTROL[1] within the special word

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// The stack in use: Handler mode always has MSP (DDI 0403E B1.4.1).
unsigned stack_in_use(std::uint32_t xpsr, std::uint32_t special) {
  return !kExceptionNumber.is_set(xpsr) && kStackSelect.is_set(special) ? regsel::kPsp : regsel::kMsp;
}

}  // namespace

void RegisterFile::describe(const CoreFacts& facts, bool fpu, unsigned dwt_comparators) {
  fpu_ = fpu;
  rows_ = register_rows(dwt_comparators);
  registers_.clear();
  for (const RegisterRow& r : rows_) {
    registers_.push_back(
        {std::string(r.name), r.number, r.bits, has(r.needs, facts, fpu), r.hidden, std::string(r.group)});
  }
  invalidate();
}

const RegisterRow& RegisterFile::row(std::string_view name) const {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (registers_[i].exists && same_name(rows_[i].name, name)) return rows_[i];
  }
  throw ConfigError(fmt::format("register {} not found in current target", name));
}

bool RegisterFile::knows(std::string_view name) const {
  return std::ranges::any_of(registers_,
                             [&](const CoreRegister& r) { return r.exists && same_name(r.name, name); });
}

std::uint32_t RegisterFile::slot(unsigned selector) {
  fetch({{selector}});
  return *slots_[selector].value;
}

unsigned RegisterFile::selector_of(const RegisterRow& row) {
  if (row.selector != regsel::kStackPointer) return row.selector;
  fetch({{regsel::kXpsr, regsel::kSpecial}});
  return stack_in_use(slot(regsel::kXpsr), slot(regsel::kSpecial));
}

std::optional<unsigned> RegisterFile::known_selector_of(const RegisterRow& row) const {
  if (row.selector != regsel::kStackPointer) return row.selector;
  const auto& xpsr = slots_[regsel::kXpsr].value;
  const auto& special = slots_[regsel::kSpecial].value;
  if (!xpsr || !special) return {};
  return stack_in_use(*xpsr, *special);
}

RegisterValue RegisterFile::read(const RegisterRow& row) {
  const unsigned selector = selector_of(row);
  if (row.bits == 64) {
    fetch({{selector, selector + 1}});
    return slot(selector) | RegisterValue{slot(selector + 1)} << 32;
  }
  return Field{row.name, row.lsb, row.bits}.get(slot(selector));
}

void RegisterFile::write(const RegisterRow& row, RegisterValue value) {
  if (row.bits < 64 && value >> row.bits != 0) {
    throw ConfigError(fmt::format("{:#x} does not fit register {} ({} bits)", value, row.name, row.bits));
  }
  const unsigned selector = selector_of(row);
  if (alias_is_dirty(selector)) flush();
  for (const unsigned other : aliases(selector)) slots_[other] = {};
  if (row.bits == 64) {
    slots_[selector] = {static_cast<std::uint32_t>(value), true};
    slots_[selector + 1] = {static_cast<std::uint32_t>(value >> 32), true};
    return;
  }
  const Field field{row.name, row.lsb, row.bits};
  const std::uint32_t old = row.bits == 32 ? 0 : slot(selector);
  slots_[selector] = {field.set(old, static_cast<std::uint32_t>(value)), true};
}

bool RegisterFile::cached(const RegisterRow& row) const {
  if (row.address != 0) return false;
  const auto selector = known_selector_of(row);
  return selector && slots_[*selector].value && (row.bits != 64 || slots_[*selector + 1].value);
}

bool RegisterFile::dirty(const RegisterRow& row) const {
  if (row.address != 0) return false;
  const auto selector = known_selector_of(row);
  return selector && (slots_[*selector].dirty || (row.bits == 64 && slots_[*selector + 1].dirty));
}

namespace {

constexpr std::array kOfState = {regsel::kMsp, regsel::kPsp, regsel::kSpecial};
constexpr std::array kOfEachState = {24u, 25u, 26u, 27u, 34u, 35u};
constexpr std::array kStackLimits = {28u, 29u, 30u, 31u};

}  // namespace

bool RegisterFile::exists(unsigned selector) const {
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    if (rows_[i].selector == selector && rows_[i].address == 0) return registers_[i].exists;
  }
  return false;
}

// The other names' selectors; none where there is but one name.
std::span<const unsigned> RegisterFile::aliases(unsigned selector) {
  if (std::ranges::count(kOfState, selector) != 0) return kOfEachState;
  if (std::ranges::count(kOfEachState, selector) != 0) return kOfState;
  return {};
}

bool RegisterFile::alias_is_dirty(unsigned selector) const {
  return std::ranges::any_of(aliases(selector), [this](unsigned other) { return slots_[other].dirty; });
}

void RegisterFile::fetch(std::span<const unsigned> selectors) {
  std::vector<RegisterTransfer> missing;
  for (const unsigned selector : selectors) {
    if (!slots_[selector].value) missing.push_back({selector, 0});
  }
  if (missing.empty()) return;
  if (std::ranges::any_of(missing, [this](const RegisterTransfer& r) { return alias_is_dirty(r.selector); }))
    flush();
  debug_.read(missing);
  for (const RegisterTransfer& r : missing) slots_[r.selector] = {r.value, false};
}

void RegisterFile::fetch_all() {
  std::vector<unsigned> selectors;
  for (std::size_t i = 0; i < rows_.size(); ++i) {
    const RegisterRow& r = rows_[i];
    const bool narrow = r.bits != 64;  // s0-s31 stand for d0-d15
    if (registers_[i].exists && narrow && r.address == 0 && r.selector != regsel::kStackPointer) {
      selectors.push_back(r.selector);
    }
  }
  std::sort(selectors.begin(), selectors.end());
  selectors.erase(std::unique(selectors.begin(), selectors.end()), selectors.end());
  fetch(selectors);
}

namespace {

constexpr std::array<unsigned, 19> kCore = {0,
                                            1,
                                            2,
                                            3,
                                            4,
                                            5,
                                            6,
                                            7,
                                            8,
                                            9,
                                            10,
                                            11,
                                            12,
                                            regsel::kLink,
                                            regsel::kProgramCounter,
                                            regsel::kXpsr,
                                            regsel::kMsp,
                                            regsel::kPsp,
                                            regsel::kSpecial};

}  // namespace

void RegisterFile::fetch_core() { fetch(kCore); }

void RegisterFile::fetch_general() {
  std::vector<unsigned> selectors(kCore.begin(), kCore.end());
  if (fpu_) selectors.push_back(regsel::kFpscr);
  fetch(selectors);
}

std::vector<RegisterTransfer> RegisterFile::save_core(bool both_states) {
  std::vector<unsigned> selectors;
  for (const unsigned selector : kCore) {
    if (!both_states || aliases(selector).empty()) selectors.push_back(selector);
  }
  if (both_states) selectors.insert(selectors.end(), kOfEachState.begin(), kOfEachState.end());
  std::ranges::copy_if(kStackLimits, std::back_inserter(selectors), [this](unsigned s) { return exists(s); });
  fetch(selectors);
  std::vector<RegisterTransfer> saved;
  saved.reserve(selectors.size());
  for (const unsigned selector : selectors) saved.push_back({selector, slot(selector)});
  return saved;
}

void RegisterFile::restore(const std::vector<RegisterTransfer>& saved) {
  for (const RegisterTransfer& r : saved) slots_[r.selector] = {r.value, true};
}

void RegisterFile::forget(const RegisterRow& row) {
  const unsigned selector = selector_of(row);
  slots_[selector] = {};
  if (row.bits == 64) slots_[selector + 1] = {};
}

void RegisterFile::flush() {
  std::vector<RegisterTransfer> changed;
  for (unsigned selector = 0; selector < slots_.size(); ++selector) {
    if (slots_[selector].dirty) changed.push_back({selector, *slots_[selector].value});
  }
  if (changed.empty()) return;
  debug_.write(changed);
  for (const RegisterTransfer& r : changed) slots_[r.selector].dirty = false;
}

void RegisterFile::invalidate() { slots_.fill({}); }

}  // namespace probity::cortex_m
