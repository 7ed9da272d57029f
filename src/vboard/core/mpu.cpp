#include "vboard/core/mpu.hpp"

#include <algorithm>

#include "vboard/core/op.hpp"

namespace probity::vboard::armv7m {
namespace {

enum Offset : std::uint32_t {
  kType = 0xD90,
  kCtrl = 0xD94,
  kRnr = 0xD98,
  kRbar = 0xD9C,
  kEnd = 0xDBC,
  kMair0 = 0xDC0,  // PMSAv8
  kMair1 = 0xDC4
};
constexpr std::uint32_t kPrivDefEna = 1u << 2, kValid = 1u << 4;
constexpr std::uint32_t kRasrWritable = 0x173FFF3F, kExecuteNever = 1u << 28, kRegionEnable = 1;
constexpr std::uint32_t kSystemSpace = 0xE0000000;
// PMSAv8: AP of RBAR; RLAR bit 4 is PXN from Armv8.1-M on.
constexpr std::uint32_t kAnyone = 1u << 1, kReadOnly = 1u << 2, kRlarReserved = 1u << 4;

// MPU_RASR.AP (B3.5).
bool permitted(std::uint32_t ap, bool write, bool privileged) {
  if (write) return ap == 3 || (privileged && (ap == 1 || ap == 2));
  return ap == 2 || ap == 3 || ap >= 6 || (privileged && (ap == 1 || ap == 5));
}

}  // namespace

Mpu::Mpu(unsigned regions, Architecture architecture)
    : count_(std::min<unsigned>(regions, 16)), architecture_(architecture) {}

void Mpu::reset() {
  ctrl_ = rnr_ = 0;
  mair_.fill(0);
  regions_.fill(Region{});
}

bool Mpu::owns(std::uint32_t offset) const { return offset >= kBegin && offset < (v8() ? kMair1 + 4 : kEnd); }

// MPU_RBAR and MPU_RASR (MPU_RLAR) have three aliases, for the regions that follow.
unsigned Mpu::selected(std::uint32_t offset) const {
  const std::uint32_t alias = (offset - kRbar) / 8;
  return alias == 0 ? rnr_ : (rnr_ & ~3u) + alias;
}

std::uint32_t Mpu::read(std::uint32_t offset) const {
  if (offset == kType) return count_ << 8;
  if (offset == kCtrl) return ctrl_;
  if (offset == kRnr) return rnr_;
  if (offset >= kMair0) return mair_[(offset - kMair0) / 4];
  const unsigned number = selected(offset);
  if (number >= count_ || offset >= kEnd) return 0;
  if ((offset - kRbar) % 8 != 0) return regions_[number].attributes;
  return regions_[number].base | (v8() ? 0 : number);
}

void Mpu::write(std::uint32_t offset, std::uint32_t value) {
  if (count_ == 0 || offset == kType) return;
  if (offset == kCtrl) {
    ctrl_ = value & 7;
  } else if (offset == kRnr) {
    rnr_ = value % count_;
  } else if (offset >= kMair0) {
    mair_[(offset - kMair0) / 4] = value;
  } else if (offset >= kEnd) {
    return;
  } else if ((offset - kRbar) % 8 == 0) {
    write_base(offset, value);
  } else if (const unsigned number = selected(offset); number < count_) {
    regions_[number].attributes = v8() ? value & ~kRlarReserved : value & kRasrWritable;
  }
}

void Mpu::write_base(std::uint32_t offset, std::uint32_t value) {
  const bool names_region = !v8() && (value & kValid) != 0 && (value & 0xF) < count_;
  if (names_region) rnr_ = value & 0xF;  // also for later accesses
  const unsigned number = names_region ? rnr_ : selected(offset);
  if (number < count_) regions_[number].base = v8() ? value : value & ~0x1Fu;
}

bool Mpu::contains(const Region& region, std::uint32_t address) const {
  if ((region.attributes & kRegionEnable) == 0) return false;
  if (v8()) return address >= (region.base & ~0x1Fu) && address <= (region.attributes | 0x1F);
  const unsigned log_size = bits(region.attributes, 5, 1) + 1;
  if (log_size < (architecture_ == Architecture::v6m ? 8 : 5)) return false;
  if (log_size < 32 && (address ^ region.base) >> log_size != 0) return false;
  if (log_size < 8) return true;
  const unsigned subregion = address >> (log_size - 3) & 7;
  return (region.attributes >> (8 + subregion) & 1) == 0;
}

bool Mpu::permits(const Region& region, MpuAccess access, bool privileged) const {
  const bool write = access == MpuAccess::write, fetch = access == MpuAccess::fetch;
  if (v8()) {
    const bool anyone = (region.base & kAnyone) != 0, read_only = (region.base & kReadOnly) != 0;
    return !(fetch && (region.base & 1) != 0) && (anyone || privileged) && !(write && read_only);
  }
  if (fetch && (region.attributes & kExecuteNever) != 0) return false;
  return permitted(bits(region.attributes, 26, 24), write, privileged);
}

std::optional<unsigned> Mpu::region_of(std::uint32_t address) const {
  std::optional<unsigned> found;
  for (unsigned i = 0; i < count_; ++i) {
    if (!contains(regions_[i], address)) continue;
    if (found) return {};
    found = i;
  }
  return found;
}

bool Mpu::allows(std::uint32_t address, MpuAccess access, bool privileged) const {
  if (address >> 20 == kSystemSpace >> 20) return access != MpuAccess::fetch;
  if (access == MpuAccess::fetch && address >= kSystemSpace) return false;
  const Region* found = nullptr;
  for (unsigned i = count_; i-- > 0;) {
    if (!contains(regions_[i], address)) continue;
    if (found != nullptr) return false;  // PMSAv8: regions may not overlap (DDI 0553, R_RLDS)
    found = &regions_[i];
    if (!v8()) break;
  }
  if (found != nullptr) return permits(*found, access, privileged);
  if ((ctrl_ & kPrivDefEna) == 0 || !privileged) return false;
  return access != MpuAccess::fetch || !execute_never(address);
}

}  // namespace probity::vboard::armv7m
