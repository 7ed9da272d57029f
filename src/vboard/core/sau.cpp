#include "vboard/core/sau.hpp"

#include <algorithm>

namespace probity::vboard::armv7m {
namespace {

enum Offset : std::uint32_t { kCtrl = 0xDD0, kType = 0xDD4, kRnr = 0xDD8, kRbar = 0xDDC, kRlar = 0xDE0 };
constexpr std::uint32_t kEnable = 1, kAllNs = 2;           // SAU_CTRL
constexpr std::uint32_t kRegionEnable = 1, kCallable = 2;  // SAU_RLAR: ENABLE, NSC
constexpr std::uint32_t kGranule = 0x1F;

struct Range {
  std::uint32_t begin, last;
};
// DDI 0553, B8.3: the addresses that have no attribution of their own: ITM, DWT, FPB; SCS and its Non-secure
// alias; TPIU, ETM; ROM table.
constexpr Range kExempt[] = {{0xE0000000, 0xE0002FFF},
                             {0xE000E000, 0xE000EFFF},
                             {0xE002E000, 0xE002EFFF},
                             {0xE0040000, 0xE0041FFF},
                             {0xE00FF000, 0xE00FFFFF}};
constexpr std::uint32_t kPpbBegin = 0xE0000000, kPpbLast = 0xE00FFFFF, kVendor = 0xF0000000;

void narrow(Attribution& a, std::uint32_t address, std::uint32_t begin, std::uint32_t last) {
  if (address < begin) {
    a.last = std::min(a.last, begin - 1);
  } else if (address > last) {
    a.begin = std::max(a.begin, last + 1);
  } else {
    a.begin = std::max(a.begin, begin);
    a.last = std::min(a.last, last);
  }
}

}  // namespace

Sau::Sau(unsigned regions) : count_(std::min<unsigned>(regions, 8)) {}

void Sau::reset() { *this = Sau(count_); }

std::uint32_t Sau::read(std::uint32_t offset) const {
  switch (offset) {
    case kCtrl:
      return ctrl_;
    case kType:
      return count_;
    case kRnr:
      return rnr_;
    case kRbar:
      return rnr_ < count_ ? regions_[rnr_].base : 0;
    default:
      return rnr_ < count_ ? regions_[rnr_].limit : 0;
  }
}

void Sau::write(std::uint32_t offset, std::uint32_t value) {
  if (offset == kCtrl) {
    ctrl_ = value & (kEnable | kAllNs);
  } else if (offset == kRnr) {
    rnr_ = value & 0xFF;
  } else if (rnr_ < count_ && offset == kRbar) {
    regions_[rnr_].base = value & ~kGranule;
  } else if (rnr_ < count_ && offset == kRlar) {
    regions_[rnr_].limit = value & (~kGranule | kRegionEnable | kCallable);
  }
}

// Regions that overlap make their common addresses Secure.
Attribution Sau::own(std::uint32_t address) const {
  Attribution result;
  if ((ctrl_ & kEnable) == 0) {
    result.secure = (ctrl_ & kAllNs) == 0;
    return result;
  }
  unsigned hits = 0;
  result.secure = true;
  for (unsigned i = 0; i < count_; ++i) {
    const Region& region = regions_[i];
    const std::uint32_t last = region.limit | kGranule;
    if ((region.limit & kRegionEnable) == 0 || last < region.base) continue;
    narrow(result, address, region.base, last);
    if (address < region.base || address > last) continue;
    ++hits;
    result.region = i;
    result.secure = result.callable = (region.limit & kCallable) != 0;
  }
  if (hits < 2) return result;
  result.secure = true;
  result.callable = false;
  result.region.reset();
  return result;
}

Attribution Sau::attribution(std::uint32_t address, bool fetch, const IdauRegion& idau) const {
  if (fetch && address >= kVendor) return {true, false, false, {}, kVendor, 0xFFFFFFFF};
  for (const Range& range : kExempt) {
    if (address >= range.begin && address <= range.last)
      return {false, false, true, {}, range.begin, range.last};
  }
  Attribution result = own(address);
  for (const Range& range : kExempt) narrow(result, address, range.begin, range.last);
  narrow(result, address, kPpbBegin, kPpbLast);
  if (fetch) narrow(result, address, kVendor, 0xFFFFFFFF);
  if (idau.size != 0) narrow(result, address, idau.begin, idau.begin + (idau.size - 1));
  if (idau.exempt) {
    result.exempt = true;
    result.secure = result.callable = false;
  } else if (idau.secure && (!result.secure || (result.callable && !idau.callable))) {
    result.secure = true;
    result.callable = idau.callable;
  }
  return result;
}

}  // namespace probity::vboard::armv7m
