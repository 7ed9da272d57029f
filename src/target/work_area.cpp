#include "target/work_area.hpp"

#include <algorithm>

#include "base/errors.hpp"

namespace probity {

namespace {
constexpr std::uint32_t round_up_to_word(std::uint32_t size) { return (size + 3) & ~3u; }
}  // namespace

WorkArea::WorkArea(WorkAreas& owner, AddressRange range, Bytes saved)
    : owner_(owner), range_(range), saved_(std::move(saved)) {}

WorkArea::~WorkArea() { owner_.release(range_, saved_); }

namespace {

// Calls gap(begin, size) for each free gap of [begin, end), lowest first, until it returns true.
template <typename Gap>
void for_each_gap(const AddressRange& whole, const std::vector<AddressRange>& used, Gap gap) {
  std::uint64_t at = whole.begin;
  for (const AddressRange& u : used) {
    if (gap(static_cast<Address>(at), u.begin - at)) return;
    at = u.end();
  }
  gap(static_cast<Address>(at), whole.end() - at);
}

}  // namespace

std::unique_ptr<WorkArea> WorkAreas::allocate(std::uint32_t size) {
  if (!config.physical || size == 0 || size > config.size) return nullptr;
  const std::uint32_t rounded = round_up_to_word(size);
  std::optional<AddressRange> found;
  for_each_gap({*config.physical, config.size}, used_, [&](Address begin, std::uint64_t free) {
    if (free >= rounded) found = AddressRange{begin, rounded};
    return found.has_value();
  });
  if (!found) return nullptr;
  Bytes saved;
  if (config.backup) {
    saved.resize(rounded);
    memory_.read_bytes(found->begin, saved);
  }
  const auto place = std::upper_bound(used_.begin(), used_.end(), *found);
  used_.insert(place, *found);
  return std::make_unique<WorkArea>(*this, AddressRange{found->begin, size}, std::move(saved));
}

std::uint32_t WorkAreas::largest_free() const {
  if (!config.physical) return 0;
  std::uint64_t largest = 0;
  for_each_gap({*config.physical, config.size}, used_, [&](Address, std::uint64_t free) {
    largest = std::max(largest, free);
    return false;
  });
  return static_cast<std::uint32_t>(largest) & ~3u;
}

void WorkAreas::release(const AddressRange& range, const Bytes& saved) {
  std::erase_if(used_, [&](const AddressRange& u) { return u.begin == range.begin; });
  if (saved.empty()) return;
  const UninterruptedScope giving_back(clock_);
  try {
    memory_.write_bytes(range.begin, saved);
  } catch (const Error&) {
    // Called from a destructor, often because the way to the target has just failed: that error is the one to
    // tell.
  }
}

}  // namespace probity
