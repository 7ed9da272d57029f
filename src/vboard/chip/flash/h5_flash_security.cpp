// TrustZone: RM0481 7.5. A Secure access reaches Secure sectors only, a Non-secure access the others.
#include <algorithm>
#include <array>

#include "vboard/chip/flash/h5_flash.hpp"

namespace probity::vboard {

using namespace h5_flash_reg;

namespace {

constexpr std::array<std::string_view, 2> kWatermarks{"SECWM1", "SECWM2"};
constexpr std::array<std::string_view, 4> kSecureOptions{"SECWM1", "SECWM2", "SECBOOTR", "SECEPOCHR"};

}  // namespace

// By watermark (none where it starts behind its end), or by the sector's bit.
bool H5Flash::is_secure(std::uint32_t place) const {
  const std::size_t bank = place / bank_size();
  const std::uint32_t sector = place % bank_size() / kSector, pages = memory_.option(kWatermarks[bank]);
  if (SECWM_STRT.get(pages) <= sector && sector <= SECWM_END.get(pages)) return true;
  return (blocks_[bank][sector / 32] >> sector % 32 & 1) != 0;
}

bool H5Flash::belongs_to(Security security, CellRange range) const {
  if (!trust_zone_) return true;
  for (std::uint32_t at = range.offset; at < range.offset + range.size; at += kSector) {
    if (is_secure(at) != (security == Security::secure)) return false;
  }
  return true;
}

Passage H5Flash::passage(Master master, Security security, std::uint32_t place) const {
  if (belongs_to(security, {place, 1})) return Passage::open;
  return master == Master::fetch ? Passage::refused : Passage::ignored;
}

// --- registers ------------------------------------------------------------------------------------------

std::uint32_t* H5Flash::blocks(std::uint32_t offset) {
  for (const std::uint32_t first : {SECBB1R1, SECBB2R1}) {
    auto& words = blocks_[first == SECBB2R1];
    if (offset - first < 4 * words.size()) return &words[(offset - first) / 4];
  }
  return nullptr;
}

bool H5Flash::secure_option(std::uint32_t offset) const {
  bool program = false;
  const H5OptionRegister* row = option_at(offset, program);
  return row != nullptr &&
         std::find(kSecureOptions.begin(), kSecureOptions.end(), row->name) != kSecureOptions.end();
}

// Of the Secure registers everybody may read SECBB.
BusStatus H5Flash::read_as(Security security, std::uint32_t offset, Lanes lanes, std::uint32_t& value) {
  if (!trust_zone_) return read_lanes(offset, lanes, value);
  settle();
  const bool secure = security == Security::secure;
  if (const std::uint32_t* word = blocks(offset)) {
    value = *word;
  } else if (offset == SECSR) {
    value = secure ? status(secure_) : 0;
  } else if (offset == SECCR) {
    value = secure ? control(secure_) : 0;
  } else {
    return read_lanes(offset, lanes, value);
  }
  return BusStatus::ok;
}

BusStatus H5Flash::write_as(Security security, std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  if (!trust_zone_) return write_register(offset, value, lanes);
  const bool of_secure = offset == SECKEYR || offset == SECSR || offset == SECCR || offset == SECCCR ||
                         blocks(offset) != nullptr;
  if ((of_secure || secure_option(offset)) && security == Security::non_secure) return BusStatus::ok;
  if (!of_secure) return write_register(offset, value, lanes);
  settle();
  return write_secure(offset, value, lanes);
}

BusStatus H5Flash::write_secure(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  if (offset == SECKEYR) return write_key(secure_.key, value);
  if (offset == SECCR) return write_control(secure_, value, lanes);
  if (offset == SECCCR) secure_.sr &= ~(value & (EOP.mask() | kErrors));
  if (std::uint32_t* word = blocks(offset)) {
    *word = lanes.merge(*word, value);
    around_.changed(0, 2 * bank_size());
  }
  return BusStatus::ok;
}

// Where TrustZone is switched on all of the flash is Secure (RM0481 7.5.1).
void H5Flash::take_over_trust_zone() {
  const bool now = TZEN.get(memory_.option("OPTSR2")) == kTzenEnabled;
  if (now || TZEN.get(pending("OPTSR2")) != kTzenEnabled) return;
  for (const std::string_view name : kWatermarks) pending(name) = SECWM_END.of(layout_.watermark_end);
}

}  // namespace probity::vboard
