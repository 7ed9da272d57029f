#include "vboard/core/mpu.hpp"

#include <algorithm>

#include "vboard/core/op.hpp"

namespace probity::vboard::armv7m {
namespace {

enum Offset : std::uint32_t { kType = 0xD90, kCtrl = 0xD94, kRnr = 0xD98, kRbar = 0xD9C };
constexpr std::uint32_t kPrivDefEna = 1u << 2, kValid = 1u << 4;
constexpr std::uint32_t kRasrWritable = 0x173FFF3F, kExecuteNever = 1u << 28, kRegionEnable = 1;
constexpr std::uint32_t kSystemSpace = 0xE0000000;

// MPU_RASR.AP (B3.5).
bool permitted(std::uint32_t ap, bool write, bool privileged) {
  if (write) return ap == 3 || (privileged && (ap == 1 || ap == 2));
  return ap == 2 || ap == 3 || ap >= 6 || (privileged && (ap == 1 || ap == 5));
}

}  // namespace

Mpu::Mpu(unsigned regions) : count_(std::min<unsigned>(regions, 16)) {}

void Mpu::reset() {
  ctrl_ = rnr_ = 0;
  regions_.fill(Region{});
}

// MPU_RBAR and MPU_RASR have three aliases, for the regions that follow.
unsigned Mpu::selected(std::uint32_t offset) const {
  const std::uint32_t alias = (offset - kRbar) / 8;
  return alias == 0 ? rnr_ : (rnr_ & ~3u) + alias;
}

std::uint32_t Mpu::read(std::uint32_t offset) const {
  if (offset == kType) return count_ << 8;
  if (offset == kCtrl) return ctrl_;
  if (offset == kRnr) return rnr_;
  const unsigned number = selected(offset);
  if (number >= count_) return 0;
  return (offset - kRbar) % 8 == 0 ? regions_[number].base | number : regions_[number].attributes;
}

void Mpu::write(std::uint32_t offset, std::uint32_t value) {
  if (count_ == 0 || offset == kType) return;
  if (offset == kCtrl) {
    ctrl_ = value & 7;
  } else if (offset == kRnr) {
    rnr_ = value % count_;
  } else if ((offset - kRbar) % 8 != 0) {
    if (const unsigned number = selected(offset); number < count_)
      regions_[number].attributes = value & kRasrWritable;
  } else {
    const bool names_region = (value & kValid) != 0 && (value & 0xF) < count_;
    if (names_region) rnr_ = value & 0xF;  // also for later accesses
    const unsigned number = names_region ? rnr_ : selected(offset);
    if (number < count_) regions_[number].base = value & ~0x1Fu;
  }
}

bool Mpu::contains(const Region& region, std::uint32_t address) const {
  const unsigned log_size = bits(region.attributes, 5, 1) + 1;
  if ((region.attributes & kRegionEnable) == 0 || log_size < 5) return false;
  if (log_size < 32 && (address ^ region.base) >> log_size != 0) return false;
  if (log_size < 8) return true;
  const unsigned subregion = address >> (log_size - 3) & 7;
  return (region.attributes >> (8 + subregion) & 1) == 0;
}

bool Mpu::allows(std::uint32_t address, MpuAccess access, bool privileged) const {
  if (address >> 20 == kSystemSpace >> 20) return access != MpuAccess::fetch;
  if (access == MpuAccess::fetch && address >= kSystemSpace) return false;
  for (unsigned i = count_; i-- > 0;) {
    const Region& region = regions_[i];
    if (!contains(region, address)) continue;
    if (access == MpuAccess::fetch && (region.attributes & kExecuteNever) != 0) return false;
    return permitted(bits(region.attributes, 26, 24), access == MpuAccess::write, privileged);
  }
  if ((ctrl_ & kPrivDefEna) == 0 || !privileged) return false;
  return access != MpuAccess::fetch || !execute_never(address);
}

}  // namespace probity::vboard::armv7m
