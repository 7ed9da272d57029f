// TrustZone: RM0456 7.5, 7.6.2 and its tables 58 to 76, RM0438 6.5, RM0493 7.5. A Secure access reaches
// Secure pages only, a Non-secure access the others.
#include <algorithm>

#include "vboard/chip/flash/l4_flash.hpp"
#include "vboard/chip/flash/l4_flash_registers.hpp"

namespace probity::vboard {

using namespace l4_reg;

namespace {

constexpr std::string_view kSecureBoot = "SECBOOTADD0R";
constexpr std::uint32_t kRdpLevel0 = 0xAA, kRdpLevel0_5 = 0x55, kRdpLevel2 = 0xCC;
// SECSR has no option byte and PCROP flags.
constexpr std::uint32_t kSecureFlags = EOP.mask() | OPERR.mask() | PROGERR.mask() | WRPERR.mask() |
                                       PGAERR.mask() | SIZERR.mask() | PGSERR.mask();

}  // namespace

bool L4Flash::tzen(std::uint32_t optr) const {
  return layout_.security && layout_.security->tzen.is_set(optr);
}

// 0x55 is level 0.5 with TrustZone alone (RM0456 table 66).
L4Flash::Rdp L4Flash::level(std::uint32_t optr) const {
  const std::uint32_t rdp = RDP.get(optr);
  if (rdp == kRdpLevel0) return Rdp::level0;
  if (rdp == kRdpLevel2) return Rdp::level2;
  return rdp == kRdpLevel0_5 && tzen(optr) ? Rdp::level0_5 : Rdp::level1;
}

bool L4Flash::secure_debug_allowed() const { return level(in_force(kOptr)) == Rdp::level0; }

// --- whose a page is ------------------------------------------------------------------------------------

const L4SecureBank* L4Flash::secure_bank(std::uint32_t offset) const {
  const auto& banks = layout_.security->banks;
  return &*std::find_if(banks.begin(), banks.end() - 1,
                        [&](const L4SecureBank& b) { return b.bank == bank_of(offset); });
}

CellRange L4Flash::watermark(const L4SecureBank& bank, const std::vector<std::uint32_t>& words) const {
  const std::uint32_t pages = words[index_of(bank.pages_register)];
  const std::uint32_t start = bank.start.get(pages), end = bank.end.get(pages);
  if (start > end) return {};
  return {bank_begin(bank.bank) + start * page_size(), (end - start + 1) * page_size()};
}

bool L4Flash::is_secure(std::uint32_t offset) const {
  const L4SecureBank& bank = *secure_bank(offset);
  const CellRange by_option = watermark(bank, loaded_);
  if (offset - by_option.offset < by_option.size) return true;
  const std::uint32_t page = (offset - bank_begin(bank.bank)) / page_size();
  const auto& words = blocks_[bank.bank - 1];
  return page / 32 < words.size() && (words[page / 32] >> page % 32 & 1) != 0;
}

// RM0456 7.5.3: the hidden part of a watermark's pages, until the next reset.
bool L4Flash::is_denied(std::uint32_t offset) const {
  const L4SecureBank& bank = *secure_bank(offset);
  const std::uint32_t hidden = in_force(bank.hidden_register);
  if (!bank.denied.is_set(hdpcr_) || !bank.hidden_enable.is_set(hidden)) return false;
  const CellRange pages = watermark(bank, loaded_);
  const std::uint32_t end = bank_begin(bank.bank) + (bank.hidden_end.get(hidden) + 1) * page_size();
  return offset >= pages.offset && offset < end;
}

bool L4Flash::belongs_to(Security security, CellRange range) const {
  if (!trust_zone_) return true;
  for (std::uint32_t at = range.offset; at < range.offset + range.size; at += page_size()) {
    if (is_secure(at) != (security == Security::secure) || is_denied(at)) return false;
  }
  return true;
}

// RM0456 table 68: data read as 0, fetches are bus errors.
Passage L4Flash::passage(Master master, Security security, std::uint32_t offset) const {
  if (belongs_to(security, {offset, 1})) return Passage::open;
  return master == Master::fetch ? Passage::refused : Passage::ignored;
}

// --- registers --------------------------------------------------------------------------------------------

std::uint32_t* L4Flash::blocks(std::uint32_t offset) {
  for (const L4SecureBank& bank : layout_.security->banks) {
    auto& words = blocks_[bank.bank - 1];
    if (offset - bank.blocks < 4 * words.size()) return &words[(offset - bank.blocks) / 4];
  }
  return nullptr;
}

bool L4Flash::secure_option(std::uint32_t offset) const {
  const auto named = [&](std::string_view name) { return layout_.options[index_of(name)].offset == offset; };
  const auto& banks = layout_.security->banks;
  return named(kSecureBoot) || std::any_of(banks.begin(), banks.end(), [&](const L4SecureBank& b) {
           return named(b.pages_register) || named(b.hidden_register);
         });
}

// Of the Secure registers everybody may read SECBB (RM0456 table 75).
BusStatus L4Flash::read_as(Security security, std::uint32_t offset, Lanes lanes, std::uint32_t& value) {
  if (!trust_zone_) return read_lanes(offset, lanes, value);
  const L4Security& places = *layout_.security;
  const bool secure = security == Security::secure;
  value = 0;
  if (const std::uint32_t* word = blocks(offset)) {
    value = *word;
  } else if (offset == places.secsr) {
    value = secure ? status(secure_) : 0;
  } else if (offset == places.seccr) {
    value = secure ? control(secure_) : 0;
  } else if (offset == places.sechdpcr) {
    value = secure ? hdpcr_ : 0;
  } else {
    return read_lanes(offset, lanes, value);
  }
  return BusStatus::ok;
}

BusStatus L4Flash::write_as(Security security, std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  if (!trust_zone_) return write_register(offset, value, lanes);
  const L4Security& places = *layout_.security;
  const bool of_secure = offset == places.seckeyr || offset == places.secsr || offset == places.seccr ||
                         offset == places.sechdpcr || blocks(offset) != nullptr;
  if ((of_secure || secure_option(offset)) && security == Security::non_secure) return BusStatus::ok;
  if (!of_secure) return write_register(offset, value, lanes);
  engine_.settle();
  return write_secure(offset, value, lanes);
}

BusStatus L4Flash::write_secure(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  const L4Security& places = *layout_.security;
  if (offset == places.seckeyr) return write_key(secure_.key, value, true);
  if (offset == places.seccr) return write_control(secure_, value, lanes);
  if (offset == places.secsr) {
    secure_.sr &= ~(value & kSecureFlags);
    return BusStatus::ok;
  }
  if (offset == places.sechdpcr) {  // set only
    for (const L4SecureBank& bank : places.banks) hdpcr_ |= value & bank.denied.mask();
  } else {
    std::uint32_t& word = *blocks(offset);
    word = lanes.merge(word, value);
  }
  around_.changed(0, size());
  return BusStatus::ok;
}

// --- options
// ------------------------------------------------------------------------------------------------

// TrustZone comes at level 0 and goes with the regression to it alone (RM0456 3.5.7), from level 0.5 there is
// no way to level 0 but by level 1 (7.6.2), and a hidden area lies in its watermark (7.5.3).
bool L4Flash::possible(const std::vector<std::uint32_t>& words) const {
  if (!layout_.security) return true;
  const std::uint32_t now = memory_.option(kOptr), wanted = words[index_of(kOptr)];
  const Rdp from = level(now), to = level(wanted);
  if (tzen(wanted) && !tzen(now) && from != Rdp::level0) return false;
  if (tzen(now) && !tzen(wanted) && (from != Rdp::level1 || to != Rdp::level0)) return false;
  if (from == Rdp::level0_5 && to == Rdp::level0) return false;
  if (!tzen(wanted) || !tzen(now)) return true;
  return std::all_of(
      layout_.security->banks.begin(), layout_.security->banks.end(), [&](const L4SecureBank& bank) {
        const std::uint32_t pages = words[index_of(bank.pages_register)];
        const std::uint32_t hidden = words[index_of(bank.hidden_register)], end = bank.hidden_end.get(hidden);
        return !bank.hidden_enable.is_set(hidden) ||
               (bank.start.get(pages) <= end && end <= bank.end.get(pages));
      });
}

// RM0456 7.5.1: where TrustZone is switched on all of the flash is Secure, and nothing is hidden.
void L4Flash::take_over_trust_zone(std::vector<std::uint32_t>& words) const {
  if (!tzen(words[index_of(kOptr)]) || tzen(memory_.option(kOptr))) return;
  for (const L4SecureBank& bank : layout_.security->banks) {
    words[index_of(bank.pages_register)] = bank.end.mask();
    words[index_of(bank.hidden_register)] = 0;
  }
}

// What the regression from level 1 to 0.5 erases: pages that no watermark has, whatever SECBB says
// (RM0456 7.6.2).
std::vector<CellRange> L4Flash::open_pages() const {
  std::vector<CellRange> ranges;
  for (std::uint32_t page = 0; page < size(); page += page_size()) {
    const CellRange secure = watermark(*secure_bank(page), loaded_);
    if (page - secure.offset >= secure.size) ranges.push_back({page, page_size()});
  }
  return ranges;
}

}  // namespace probity::vboard
