#include "target/cortex_m/breakpoint_unit.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "target/cortex_m/debug_registers.hpp"

namespace probity::cortex_m {

namespace {
// FP_COMPn of revision 1 (DDI 0403E C1.11.5): reaches the Code region only.
constexpr Field kCompEnable{"ENABLE", 0};
constexpr Field kCompReplace{"REPLACE", 30, 2};  // 1: breakpoint on the lower halfword, 2: on the upper
constexpr std::uint32_t kCompAddressMask = 0x1FFFFFFC;
constexpr Address kCodeRegionEnd = 0x20000000;
}  // namespace

std::optional<std::uint32_t> comparator_value(unsigned revision, Address address) {
  address &= ~Address{1};
  if (revision != 0) return address | kCompEnable.mask();  // revision 2 (REV=1): BPADDR in bits 31:1
  if (address >= kCodeRegionEnd) return {};
  return (address & kCompAddressMask) | kCompReplace.of((address & 2) != 0 ? 2 : 1) | kCompEnable.mask();
}

void BreakpointUnit::examine() {
  const std::uint32_t control = memory_.read32(FP_CTRL::kAddress);
  revision_ = FP_CTRL::REV.get(control);
  const unsigned count =
      FP_CTRL::NUM_CODE_high.get(control) << FP_CTRL::NUM_CODE_low.width | FP_CTRL::NUM_CODE_low.get(control);
  slots_.assign(count, std::nullopt);
  std::vector<WordAccess> batch;
  for (unsigned i = 0; i < count; ++i) batch.push_back(WordAccess::store(kFP_COMP0 + 4 * i, 0));
  memory_.run(batch);
}

bool BreakpointUnit::has_free() const {
  return std::any_of(slots_.begin(), slots_.end(), [](const auto& slot) { return !slot; });
}

std::optional<unsigned> BreakpointUnit::comparator_of(Address address) const {
  const auto found = std::find(slots_.begin(), slots_.end(), address & ~Address{1});
  if (found == slots_.end()) return {};
  return static_cast<unsigned>(found - slots_.begin());
}

void BreakpointUnit::set(Address address) {
  if (is_set(address)) return;
  const auto value = comparator_value(revision_, address);
  if (!value) {
    throw TargetError(fmt::format(
        "no hardware breakpoint at {:#010x}: this core's breakpoint unit reaches 0x00000000-0x1fffffff only",
        address));
  }
  const auto free = std::find(slots_.begin(), slots_.end(), std::nullopt);
  if (free == slots_.end()) {
    std::string users;
    for (const auto& slot : slots_) users += fmt::format("{}{:#010x}", users.empty() ? "" : ", ", *slot);
    throw TargetError(fmt::format(
        "Can not find free FPB Comparator! All {} are in use, by breakpoints at: {}", slots_.size(), users));
  }
  memory_.write32(FP_CTRL::kAddress, FP_CTRL::KEY.mask() | FP_CTRL::ENABLE.mask());
  memory_.write32(kFP_COMP0 + 4 * static_cast<Address>(free - slots_.begin()), *value);
  *free = address & ~Address{1};
}

void BreakpointUnit::clear(Address address) {
  const auto comparator = comparator_of(address);
  if (!comparator) return;
  memory_.write32(kFP_COMP0 + 4 * *comparator, 0);
  slots_[*comparator].reset();
}

void BreakpointUnit::restore() {
  std::vector<WordAccess> batch;
  for (unsigned i = 0; i < slots_.size(); ++i) {
    if (slots_[i]) {
      batch.push_back(WordAccess::store(kFP_COMP0 + 4 * i, *comparator_value(revision_, *slots_[i])));
    }
  }
  if (batch.empty()) return;
  batch.push_back(WordAccess::store(FP_CTRL::kAddress, FP_CTRL::KEY.mask() | FP_CTRL::ENABLE.mask()));
  memory_.run(batch);
}

void BreakpointUnit::suspend() {
  const bool any =
      std::any_of(slots_.begin(), slots_.end(), [](const auto& slot) { return slot.has_value(); });
  if (any) memory_.write32(FP_CTRL::kAddress, FP_CTRL::KEY.mask());
}

}  // namespace probity::cortex_m
