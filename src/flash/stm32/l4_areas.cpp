#include "flash/stm32/l4_areas.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "flash/stm32/l4_option_tables.hpp"

namespace probity::stm32 {

namespace {

constexpr std::string_view kWrpNames[] = {"WRP1A", "WRP1B", "WRP2A", "WRP2B"};
constexpr Field kWrpStart{"STRT", 0, 16}, kWrpEnd{"END", 16, 16};
constexpr Field kUnlock{"UNLOCK", 31};

bool locks_for_ever(L4Family family) {
  switch (family) {  // FLASH_WRP1AR has a bit UNLOCK
    case L4Family::u3:
    case L4Family::u5:
    case L4Family::wba5:
    case L4Family::wba6:
    case L4Family::wba2:
      return true;
    default:
      return false;
  }
}

struct PcropRow {
  std::string_view name;
  unsigned start, end;  // offsets of the registers
  unsigned bank;
};
constexpr PcropRow kPcropL4[] = {{"PCROP1", 0x24, 0x28, 0}, {"PCROP2", 0x44, 0x48, 1}};
constexpr PcropRow kPcropG0[] = {{"PCROP1A", 0x24, 0x28, 0},
                                 {"PCROP1B", 0x34, 0x38, 0},
                                 {"PCROP2A", 0x44, 0x48, 1},
                                 {"PCROP2B", 0x54, 0x58, 1}};

bool two_pcrop_areas_a_bank(L4Family family) {
  return std::ranges::any_of(l4_option_registers(family),
                             [](const L4OptionRegister& r) { return r.name == "PCROP1BSR"; });
}

std::uint32_t bank_begin(const L4Geometry& geometry, unsigned bank) { return geometry.bank_offset[bank]; }
std::uint32_t bank_size(const L4Geometry& geometry) { return geometry.bank_pages * geometry.page_size; }

// Collects areas; those that begin behind their bank's end or end before their begin are none.
class Areas {
 public:
  Areas(const L4Geometry& geometry, const L4Reader& read) : geometry_(geometry), read_(read) {}

  void add(L4Area area, unsigned bank, std::uint64_t begin, std::uint64_t end) {
    end = std::min<std::uint64_t>(end, bank_size(geometry_));
    if (begin >= end) return;
    area.begin = bank_begin(geometry_, bank) + static_cast<std::uint32_t>(begin);
    area.end = bank_begin(geometry_, bank) + static_cast<std::uint32_t>(end);
    areas.push_back(std::move(area));
  }
  void add_pages(L4Area area, unsigned bank, std::uint32_t first, std::uint32_t last) {
    add(std::move(area), bank, std::uint64_t{first} * geometry_.page_size,
        (std::uint64_t{last} + 1) * geometry_.page_size);
  }
  std::uint32_t read(unsigned offset) const { return read_(offset); }
  unsigned banks() const { return geometry_.dual_bank ? 2 : 1; }

  std::vector<L4Area> areas;

 private:
  const L4Geometry& geometry_;
  const L4Reader& read_;
};

void add_write_protection(Areas& all, const L4Part& part, const L4Layout& layout,
                          const L4Geometry& geometry) {
  for (const L4WrpRegister& row : l4_wrp_registers(part, geometry)) {
    const std::uint32_t value = all.read(layout.wrp[row.index]);
    L4Area area{L4Area::Kind::write_protected, std::string(kWrpNames[row.index]),
                fmt::format("FLASH_{}R", kWrpNames[row.index]), value};
    area.permanent = locks_for_ever(part.family) && !kUnlock.is_set(value);
    all.add_pages(std::move(area), row.bank, kWrpStart.get(value) & geometry.wrp_mask,
                  kWrpEnd.get(value) & geometry.wrp_mask);
  }
}

void add_pcrop(Areas& all, const L4Part& part, const L4Geometry& geometry) {
  const std::uint32_t unit = l4_pcrop_unit(part.family, geometry.dual_bank);
  if (unit == 0) return;
  const std::span<const PcropRow> rows =
      two_pcrop_areas_a_bank(part.family) ? std::span<const PcropRow>(kPcropG0) : kPcropL4;
  const std::uint32_t units = (geometry.wrp_mask + 1) * (geometry.page_size / unit);
  for (const PcropRow& row : rows) {
    if (row.bank != 0 && !geometry.dual_bank) continue;
    const std::uint32_t start = all.read(row.start), end = all.read(row.end);
    const std::uint64_t first = start & (units - 1), last = end & (units - 1);
    L4Area area{L4Area::Kind::pcrop, std::string(row.name), fmt::format("FLASH_{}SR", row.name), start};
    if (first <= last) all.add(std::move(area), row.bank, first * unit, (last + 1) * unit);
  }
}

// Pages from a bank's begin that CR.SEC_PROT has closed.
void add_securable(Areas& all, const L4Part& part, const L4Layout& layout) {
  struct Row {
    std::string_view name;
    unsigned offset;
    Field size, closed;
    unsigned bank;
  };
  static constexpr Row kG0[] = {{"SECR", 0x80, {"SEC_SIZE", 0, 8}, L4CR::SEC_PROT, 0},
                                {"SECR", 0x80, {"SEC_SIZE2", 20, 8}, L4CR::SEC_PROT2, 1}};
  static constexpr Row kG4[] = {{"SEC1R", 0x70, {"SEC_SIZE1", 0, 8}, L4CR::SEC_PROT, 0},
                                {"SEC2R", 0x74, {"SEC_SIZE2", 0, 8}, L4CR::SEC_PROT2, 1}};
  std::span<const Row> rows;
  switch (part.family) {
    case L4Family::g0:
    case L4Family::g0b:
    case L4Family::c0:
      rows = kG0;
      break;
    case L4Family::g43:
    case L4Family::g47:
    case L4Family::g49:
      rows = kG4;
      break;
    default:
      return;
  }
  const std::uint32_t cr = all.read(layout.cr);
  for (const Row& row : rows) {
    if (row.bank >= all.banks() || !row.closed.is_set(cr)) continue;
    const std::uint32_t value = all.read(row.offset), pages = row.size.get(value);
    if (pages == 0) continue;
    all.add_pages(
        {L4Area::Kind::securable, std::string(row.size.name), fmt::format("FLASH_{}", row.name), value},
        row.bank, 0, pages - 1);
  }
}

// FLASH_SFR of WB and WL5x: from page SFSA on, flash is the second core's.
void add_second_core(Areas& all, const L4Part& part, const L4Geometry& geometry) {
  constexpr unsigned kOptr = 0x20, kSfr = 0x80;
  constexpr Field kEse{"ESE", 8};
  const bool wl = part.family == L4Family::wl;
  if (!wl && part.family != L4Family::wb5 && part.family != L4Family::wb1) return;
  if (!kEse.is_set(all.read(kOptr))) return;  // WLEx, which has no second core, reads as 0 here
  const Field start{"SFSA", 0, wl ? 7u : 8u}, off{"FSD", wl ? 7u : 8u};
  const std::uint32_t value = all.read(kSfr);
  if (off.is_set(value)) return;
  all.add_pages({L4Area::Kind::second_core, "SFSA", "FLASH_SFR", value}, 0, start.get(value),
                geometry.bank_pages - 1);
}

constexpr unsigned kTzOptr = 0x40, kSecHdpcr = 0xC0;
constexpr unsigned kWatermark[] = {0x50, 0x60}, kHide[] = {0x54, 0x64};
constexpr Field kMarkBegin{"PSTRT", 0, 8}, kMarkLast{"PEND", 16, 8};

bool trust_zone_on(const Areas& all, const L4Part& part) {
  return part.trust_zone && L4OPTR::TZEN.is_set(all.read(kTzOptr));
}

void add_watermark(Areas& all, const L4Geometry& geometry, unsigned bank) {
  const std::uint32_t marks = all.read(kWatermark[bank]);
  const std::string name = fmt::format("SECWM{}", bank + 1);
  all.add_pages({L4Area::Kind::secure, name, fmt::format("FLASH_{}R1", name), marks}, bank,
                kMarkBegin.get(marks) & geometry.wrp_mask, kMarkLast.get(marks) & geometry.wrp_mask);
}

// Pages that a bit of SECBB makes secure, as runs; `raw` is the word that has the first one's bit.
void add_secure_blocks(Areas& all, const L4Geometry& geometry, unsigned bank) {
  std::vector<std::uint32_t> words;
  std::vector<bool> pages;
  for (unsigned page = 0; page < geometry.bank_pages; ++page) {
    if (page % kSecbbBits == 0) words.push_back(all.read(kSecbb[bank] + page / kSecbbBits * 4));
    pages.push_back(Field{"SECBB", page % kSecbbBits}.is_set(words.back()));
  }
  for (const L4PageRange& run : runs_of(pages)) {
    const unsigned word = run.first / kSecbbBits;
    all.add_pages({L4Area::Kind::secure, fmt::format("SECBB{}", bank + 1),
                   fmt::format("FLASH_SECBB{}R{}", bank + 1, word + 1), words[word]},
                  bank, run.first, run.last);
  }
}

void add_secure(Areas& all, const L4Part& part, const L4Geometry& geometry) {
  if (!trust_zone_on(all, part)) return;
  for (unsigned bank = 0; bank < all.banks(); ++bank) {
    add_watermark(all, geometry, bank);
    add_secure_blocks(all, geometry, bank);
  }
}

// What firmware has closed to the secure side, too, until the next reset.
void add_hidden(Areas& all, const L4Part& part, const L4Geometry& geometry) {
  if (!trust_zone_on(all, part)) return;
  const bool byte_wide = part.family == L4Family::u3 || part.family == L4Family::wba2;
  for (unsigned bank = 0; bank < all.banks(); ++bank) {
    const Field closed{"HDP_ACCDIS", bank * (byte_wide ? 8u : 1u), byte_wide ? 8u : 1u};
    if ((all.read(kSecHdpcr) & closed.mask()) != closed.mask()) continue;
    const std::uint32_t hide = all.read(kHide[bank]);
    all.add_pages({L4Area::Kind::hidden, fmt::format("HDP{}", bank + 1),
                   fmt::format("FLASH_SECWM{}R2", bank + 1), hide},
                  bank, kMarkBegin.get(all.read(kWatermark[bank])) & geometry.wrp_mask,
                  kMarkLast.get(hide) & geometry.wrp_mask);
  }
}

// U0: pages 0 … HDP1_PEND, closed by FLASH_HDPCR.
void add_hidden_u0(Areas& all, const L4Part& part) {
  constexpr unsigned kSecr = 0x80, kHdpcr = 0xAC;
  constexpr Field kLast{"HDP1_PEND", 0, 7}, kOn{"HDP1EN", 24, 8}, kClosed{"HDP1_ACCDIS", 0, 8};
  constexpr std::uint32_t kNone = 0xB4;  // RM0503, FLASH_SECR
  if (part.family != L4Family::u0) return;
  const std::uint32_t value = all.read(kSecr);
  if (kOn.get(value) == kNone || kClosed.get(all.read(kHdpcr)) != kClosed.get(kClosed.mask())) return;
  all.add_pages({L4Area::Kind::hidden, "HDP1", "FLASH_SECR", value}, 0, 0, kLast.get(value));
}

}  // namespace

std::vector<L4WrpRegister> l4_wrp_registers(const L4Part& part, const L4Geometry& geometry) {
  if (geometry.dual_bank) return {{0, 0}, {1, 0}, {2, 1}, {3, 1}};
  if (part.four_areas) return {{0, 0}, {1, 0}, {2, 0}, {3, 0}};
  return {{0, 0}, {1, 0}};
}

std::optional<L4PageRange> wrp_pages(const L4Geometry& geometry, unsigned bank, std::uint32_t value) {
  const std::uint32_t first = kWrpStart.get(value) & geometry.wrp_mask;
  const std::uint32_t last =
      std::min(kWrpEnd.get(value) & geometry.wrp_mask, std::uint32_t{geometry.bank_pages} - 1);
  if (first > last) return {};
  const auto at =
      std::ranges::find_if(geometry.pages, [bank](const L4Page& page) { return page.bank == bank; });
  const auto base = static_cast<unsigned>(at - geometry.pages.begin());
  return L4PageRange{base + first, base + last};
}

std::uint32_t wrp_value(const L4Geometry& geometry, unsigned bank, std::optional<L4PageRange> range,
                        std::uint32_t before) {
  const auto at =
      std::ranges::find_if(geometry.pages, [bank](const L4Page& page) { return page.bank == bank; });
  const auto base = static_cast<unsigned>(at - geometry.pages.begin());
  // An area whose first page lies behind its last is none.
  const L4PageRange none{base + geometry.wrp_mask, base};
  const L4PageRange pages = range.value_or(none);
  const std::uint32_t kept = before & ~(geometry.wrp_mask | geometry.wrp_mask << kWrpEnd.lsb);
  return kept | (pages.first - base) | kWrpEnd.of(pages.last - base);
}

std::vector<L4PageRange> runs_of(const std::vector<bool>& pages) {
  std::vector<L4PageRange> runs;
  for (unsigned i = 0; i < pages.size(); ++i) {
    if (!pages[i]) continue;
    if (!runs.empty() && runs.back().last + 1 == i) {
      runs.back().last = i;
    } else {
      runs.push_back({i, i});
    }
  }
  return runs;
}

std::vector<L4Area> l4_areas(const L4Part& part, const L4Layout& layout, const L4Geometry& geometry,
                             bool as_secure, const L4Reader& read) {
  Areas all(geometry, read);
  add_write_protection(all, part, layout, geometry);
  add_pcrop(all, part, geometry);
  add_securable(all, part, layout);
  add_second_core(all, part, geometry);
  if (as_secure) {
    add_hidden(all, part, geometry);
  } else {
    add_secure(all, part, geometry);
  }
  add_hidden_u0(all, part);
  return all.areas;
}

std::vector<L4Area> l4_secure_areas(const L4Part& part, const L4Geometry& geometry, const L4Reader& read) {
  Areas all(geometry, read);
  add_secure(all, part, geometry);
  return all.areas;
}

}  // namespace probity::stm32
