#include "vboard/chip/peripherals/mpcbb.hpp"

#include <algorithm>

namespace probity::vboard {

namespace {

// stm32u575xx.h, GTZC_MPCBB_TypeDef; stm32l562xx.h calls the words LCKVTR and VCTR.
enum : std::uint32_t { CR = 0x00, CFGLOCKR1 = 0x10, CFGLOCKR2 = 0x14, SECCFGR = 0x100, PRIVCFGR = 0x200 };
constexpr Field GLOCK{"GLOCK", 0}, INVSECSTATE{"INVSECSTATE", 30}, SRWILADIS{"SRWILADIS", 31};

}  // namespace

Mpcbb::Mpcbb(const SramGuard& facts, std::function<void()> changed)
    : facts_(facts), changed_(std::move(changed)) {
  const std::uint32_t blocks = facts.kib * 1024 / facts.block;
  secure_.resize((blocks + 31) / 32);
  privileged_.resize(secure_.size());
}

void Mpcbb::reset() {
  cr_ = 0;
  locks_ = {};
  std::fill(secure_.begin(), secure_.end(), present_ ? 0xFFFFFFFF : 0);
  std::fill(privileged_.begin(), privileged_.end(), present_ ? 0xFFFFFFFF : 0);
}

// SRWILADIS lets Secure data accesses reach Non-secure blocks; a fetch is always illegal there.
Passage Mpcbb::passage(Master master, Security security, std::uint32_t address) const {
  const std::uint32_t block = (address - facts_.base) / facts_.block;
  const bool secure = (secure_[block / 32] >> block % 32 & 1) != 0;
  if (secure == (security == Security::secure)) return Passage::open;
  if (master == Master::fetch) return Passage::refused;
  return !secure && SRWILADIS.is_set(cr_) ? Passage::open : Passage::ignored;
}

std::uint32_t* Mpcbb::word(std::uint32_t offset) {
  if (offset == CR) return &cr_;
  if (offset == CFGLOCKR1 || offset == CFGLOCKR2) return &locks_[(offset - CFGLOCKR1) / 4];
  if (offset - SECCFGR < 4 * secure_.size()) return &secure_[(offset - SECCFGR) / 4];
  if (offset - PRIVCFGR < 4 * privileged_.size()) return &privileged_[(offset - PRIVCFGR) / 4];
  return nullptr;
}

// Until the next reset: the control register by GLOCK, a superblock's words by its bit.
bool Mpcbb::locked(std::uint32_t offset) const {
  if (offset == CR) return GLOCK.is_set(cr_);
  if (offset < SECCFGR) return false;
  const std::uint32_t superblock = (offset & 0xFF) / 4;
  return (locks_[superblock / 32] >> superblock % 32 & 1) != 0;
}

BusStatus Mpcbb::read_register(std::uint32_t offset, std::uint32_t& value) {
  const std::uint32_t* at = word(offset);
  value = at == nullptr ? 0 : *at;
  return BusStatus::ok;
}

BusStatus Mpcbb::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  std::uint32_t* at = word(offset);
  if (at == nullptr || locked(offset)) return BusStatus::ok;
  const bool lock = offset == CFGLOCKR1 || offset == CFGLOCKR2;
  const std::uint32_t mask = offset == CR ? GLOCK.mask() | INVSECSTATE.mask() | SRWILADIS.mask() : 0xFFFFFFFF;
  *at = (lanes.merge(*at, value) & mask) | (lock ? *at : 0);
  changed_();
  return BusStatus::ok;
}

BusStatus Mpcbb::read_as(Security security, std::uint32_t offset, Lanes, std::uint32_t& value) {
  value = 0;
  return present_ && security == Security::secure ? read_register(offset, value) : BusStatus::ok;
}

BusStatus Mpcbb::write_as(Security security, std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  return present_ && security == Security::secure ? write_register(offset, value, lanes) : BusStatus::ok;
}

}  // namespace probity::vboard
