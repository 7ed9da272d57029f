// Option bytes and what they protect: RM0351 3.4, 3.5; RM0444 3.4, 3.5; RM0440 3.4, 3.5.
#include <algorithm>

#include "vboard/chip/flash/l4_flash.hpp"
#include "vboard/chip/flash/l4_flash_registers.hpp"

namespace probity::vboard {

using namespace l4_reg;

namespace {

bool overlap(CellRange a, CellRange b) {
  return a.offset < b.offset + b.size && b.offset < a.offset + a.size;
}

}  // namespace

std::size_t L4Flash::index_of(std::string_view name) const {
  const auto found = std::find_if(layout_.options.begin(), layout_.options.end(),
                                  [&](const L4OptionRegister& r) { return r.name == name; });
  return static_cast<std::size_t>(found - layout_.options.begin());
}

std::uint32_t L4Flash::in_force(std::string_view name) const { return loaded_[index_of(name)]; }

unsigned L4Flash::rdp_level() const {
  const Rdp now = level(in_force(kOptr));
  return now == Rdp::level2 ? 2 : now == Rdp::level1 ? 1 : 0;
}
bool L4Flash::watchdog_in_hardware() const { return !IWDG_SW.is_set(in_force(kOptr)); }

// RM0351 3.4.3: at power-on and OBL_LAUNCH.
void L4Flash::load_options() {
  loaded_.clear();
  for (const L4OptionRegister& r : layout_.options) loaded_.push_back(memory_.option(r.name));
  written_ = loaded_;
  const std::uint32_t optr = in_force(kOptr);
  trust_zone_ = tzen(optr);
  dual_ = layout_.two_banks != nullptr && layout_.two_banks(optr, kib_);
  small_pages_ = layout_.small_pages != nullptr ? layout_.small_pages(optr) : dual_;
  swapped_ = dual_ && layout_.banks_swapped != nullptr && layout_.banks_swapped(optr);
}

// --- changing them -----------------------------------------------------------------------------------

// RM0351 3.4.2: the option pages are erased and every word is programmed; level 1 to 0 erases the flash
// first (3.5.1). With level 2 in force nothing can be changed any more. The data sheets give no time of its
// own: a page erase and a double word for each register.
void L4Flash::start_options() {
  if (rdp_level() == 2) {
    ++around_.stats.flash_errors;
    return;
  }
  std::vector<std::uint32_t> words = written_;
  if (!possible(words)) {
    written_ = loaded_;
    return refuse(main_, OPTWERR.mask());
  }
  take_over_trust_zone(words);
  const std::size_t optr = index_of(kOptr);
  const bool from_level1 = level(memory_.option(kOptr)) == Rdp::level1;
  const bool regression = from_level1 && level(words[optr]) == Rdp::level0;
  if (!regression) {
    keep_pcrop(words);
    keep_locked_areas(words);
  }
  main_.cr |= OPTSTRT.mask();
  FlashOperation operation;
  Nanoseconds duration = layout_.times.page_erase + layout_.times.program * words.size();
  if (regression) operation.erased = regression_erases();
  if (from_level1 && level(words[optr]) == Rdp::level0_5) operation.erased = open_pages();
  if (!operation.erased.empty()) duration += layout_.times.mass_erase;
  operation.affected = {{0, size()}};
  operation.done = [this, words] {
    for (std::size_t i = 0; i < words.size(); ++i) memory_.set_option(layout_.options[i].name, words[i]);
    written_ = words;
  };
  start(main_, std::move(operation), duration);
}

// A PCROP area can grow; it shrinks, and PCROP_RDP falls, with a regression alone (RM0351 3.5.3, RM0444
// 3.5.2).
void L4Flash::keep_pcrop(std::vector<std::uint32_t>& words) const {
  for (const L4Area& a : layout_.areas) {
    if (a.kind != L4Area::Kind::read) continue;
    const CellRange now = area(a, loaded_), wanted = area(a, words);
    const bool grows = wanted.offset <= now.offset && wanted.offset + wanted.size >= now.offset + now.size;
    if (now.size == 0 || grows) continue;
    for (std::string_view name : {a.start_register, a.end_register}) {
      words[index_of(name)] = loaded_[index_of(name)];
    }
  }
  if (layout_.pcrop_rdp_register.empty()) return;
  const std::size_t index = index_of(layout_.pcrop_rdp_register);
  words[index] |= loaded_[index] & PCROP_RDP.mask();
}

// RM0456 7.9.19 UNLOCK.
void L4Flash::keep_locked_areas(std::vector<std::uint32_t>& words) const {
  if (!layout_.has_wrp_unlock) return;
  for (const L4Area& a : layout_.areas) {
    const std::size_t index = index_of(a.start_register);
    if (a.kind == L4Area::Kind::write && !UNLOCK.is_set(loaded_[index])) words[index] = loaded_[index];
  }
}

// All of it, or, while PCROP_RDP is clear, all but the pages that hold proprietary code.
std::vector<CellRange> L4Flash::regression_erases() const {
  const bool whole =
      layout_.pcrop_rdp_register.empty() || PCROP_RDP.is_set(in_force(layout_.pcrop_rdp_register));
  std::vector<CellRange> ranges;
  for (std::uint32_t page = 0; page < size(); page += page_size()) {
    if (whole || !touches(L4Area::Kind::read, page, page_size())) ranges.push_back({page, page_size()});
  }
  return ranges;
}

// --- what they protect -------------------------------------------------------------------------------

// WRP: pages from start to end, both included. PCROP: at least two units (RM0351 3.5.3: start < end).
CellRange L4Flash::area(const L4Area& a, const std::vector<std::uint32_t>& words) const {
  const std::uint32_t start = a.start.get(words[index_of(a.start_register)]);
  const std::uint32_t end = a.end.get(words[index_of(a.end_register)]);
  const bool write = a.kind == L4Area::Kind::write;
  if (write ? start > end : start >= end) return {};
  const std::uint32_t unit = write ? page_size() : dual_ ? layout_.pcrop_dual : layout_.pcrop_single;
  return {bank_begin(a.bank) + start * unit, (end - start + 1) * unit};
}

bool L4Flash::touches(L4Area::Kind kind, std::uint32_t offset, std::uint32_t length) const {
  return std::any_of(layout_.areas.begin(), layout_.areas.end(), [&](const L4Area& a) {
    return a.kind == kind && overlap(area(a, loaded_), {offset, length});
  });
}

std::uint32_t L4Flash::securable_locks() const {
  std::uint32_t mask = 0;
  for (const L4Securable& s : layout_.securable) mask |= s.lock.mask();
  return mask;
}

// RM0444 3.5.5, RM0440 3.5.5: once its lock is set the area does not exist until the next reset.
bool L4Flash::hidden(std::uint32_t offset, std::uint32_t length) const {
  return std::any_of(layout_.securable.begin(), layout_.securable.end(), [&](const L4Securable& s) {
    const std::uint32_t pages = s.pages.get(in_force(s.size_register));
    return s.lock.is_set(main_.cr) && overlap({bank_begin(s.bank), pages * page_size()}, {offset, length});
  });
}

}  // namespace probity::vboard
