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

bool BreakpointUnit::is_set(Address address) const {
  return std::find(slots_.begin(), slots_.end(), address & ~Address{1}) != slots_.end();
}

std::vector<Address> BreakpointUnit::addresses() const {
  std::vector<Address> set;
  for (const auto& slot : slots_) {
    if (slot) set.push_back(*slot);
  }
  return set;
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
    throw TargetError(fmt::format("no hardware breakpoint at {:#010x}: all {} comparators are in use",
                                  address, slots_.size()));
  }
  memory_.write32(FP_CTRL::kAddress, FP_CTRL::KEY.mask() | FP_CTRL::ENABLE.mask());
  memory_.write32(kFP_COMP0 + 4 * static_cast<Address>(free - slots_.begin()), *value);
  *free = address & ~Address{1};
}

void BreakpointUnit::clear(Address address) {
  const auto found = std::find(slots_.begin(), slots_.end(), address & ~Address{1});
  if (found == slots_.end()) return;
  memory_.write32(kFP_COMP0 + 4 * static_cast<Address>(found - slots_.begin()), 0);
  found->reset();
}

}  // namespace probity::cortex_m
