#include "vboard/debug_port/mem_ap.hpp"

#include "base/bits.hpp"

namespace probity::vboard {

namespace {

enum : std::uint32_t {
  CSW = 0x00,
  TAR = 0x04,
  DRW = 0x0C,
  BD0 = 0x10,
  BD3 = 0x1C,
  CFG = 0xF4,
  BASE = 0xF8,
  IDR = 0xFC
};
constexpr Field Size{"Size", 0, 3}, AddrInc{"AddrInc", 4, 2}, DeviceEn{"DeviceEn", 6}, SPIDEN{"SPIDEN", 23},
    HNONSEC{"HNONSEC", 30};
constexpr std::uint32_t kCswWritable = 0x7F000037;  // Size, AddrInc, Prot and MasterType (DDI 0439 8.3.3)
constexpr std::uint32_t kCswReset = 0x23000042;
constexpr std::uint32_t kIncrementPacked = 2, kSizeWord = 2;

// The bits of a word that an access of `size` bytes at `address` uses.
Field lanes(std::uint32_t address, unsigned size) { return {"lanes", 8 * (address & 3), 8 * size}; }

}  // namespace

void MemAp::reset() {
  csw_ = HNONSEC.set(kCswReset, facts_.trust_zone);
  tar_ = result_ = 0;
  access_.reset();
}

// A read that no register of a MEM-AP answers.
bool MemAp::is_elsewhere(std::uint32_t offset, std::uint32_t& value) {
  if (facts_.vendor) {
    value = offset == IDR ? facts_.idr : bus_.vendor_read(offset);
    return true;
  }
  const auto hidden = bus_.hidden_port_value();
  if (hidden) value = *hidden;
  return hidden.has_value();
}

// Sizes beyond a word read back as word (ADIv5.2 C2.6.4).
void MemAp::begin_write(std::uint32_t offset, std::uint32_t value) {
  if (facts_.vendor) return bus_.vendor_write(offset, value);
  if (bus_.hidden_port_value()) return;
  switch (offset) {
    case CSW:
      csw_ = (value & kCswWritable) | DeviceEn.mask();
      if (Size.get(csw_) > kSizeWord) csw_ = Size.set(csw_, kSizeWord);
      if (AddrInc.get(csw_) > kIncrementPacked) csw_ = AddrInc.set(csw_, 0);
      break;
    case TAR:
      tar_ = value;
      break;
    case DRW:
      begin_transfer(data_access(true, value));
      break;
    default:
      if (offset >= BD0 && offset <= BD3) begin_transfer(banked_access(offset, true, value));
      break;
  }
}

void MemAp::begin_read(std::uint32_t offset) {
  if (is_elsewhere(offset, result_)) return;
  switch (offset) {
    case CSW:
      result_ = csw_ | SPIDEN.of(facts_.trust_zone && bus_.secure_debug_allowed());
      break;
    case TAR:
      result_ = tar_;
      break;
    case DRW:
      begin_transfer(data_access(false, 0));
      break;
    case BASE:
      result_ = facts_.base;
      break;
    case IDR:
      result_ = facts_.idr;
      break;
    default:
      if (offset >= BD0 && offset <= BD3) {
        begin_transfer(banked_access(offset, false, 0));
      } else {
        result_ = 0;
      }
      break;
  }
}

// Packed: as many accesses of the size as reach the end of the word (ADIv5.2 C2.2.7).
MemAp::Access MemAp::data_access(bool write, std::uint32_t value) const {
  Access access;
  access.write = write;
  access.value = value;
  access.address = tar_;
  access.size = 1u << Size.get(csw_);
  access.increment = AddrInc.get(csw_) != 0;
  if (AddrInc.get(csw_) == kIncrementPacked) access.beats = (4 - (tar_ & 3)) / access.size;
  return access;
}

MemAp::Access MemAp::banked_access(std::uint32_t offset, bool write, std::uint32_t value) const {
  Access access;
  access.write = write;
  access.value = value;
  access.address = (tar_ & ~0xFu) | (offset - BD0);
  return access;
}

void MemAp::begin_transfer(Access access) {
  if (!access.write) result_ = 0;
  access_ = access;
}

Security MemAp::security() const {
  const bool secure = facts_.trust_zone && !HNONSEC.is_set(csw_) && bus_.secure_debug_allowed();
  return secure ? Security::secure : Security::non_secure;
}

BusStatus MemAp::transfer_beat(Access& access) {
  const Field field = lanes(access.address, access.size);
  if (access.write) {
    return bus_.debug_write(facts_, security(), access.address, access.size, field.get(access.value));
  }
  std::uint32_t value = 0;
  const BusStatus status = bus_.debug_read(facts_, security(), access.address, access.size, value);
  if (status == BusStatus::ok) result_ |= field.of(value);
  return status;
}

MemAp::Progress MemAp::poll() {
  while (access_) {
    // An unaligned address has no defined meaning for this port (ADIv5.2 C2.2.6): refused.
    const bool aligned = access_->address % access_->size == 0;
    const BusStatus status = aligned ? transfer_beat(*access_) : BusStatus::error;
    if (status == BusStatus::stalled) return Progress::stalled;
    if (status == BusStatus::error) {
      access_.reset();
      return Progress::fault;
    }
    if (access_->increment) {
      increment_tar(access_->size);
      access_->address = tar_;
    }
    if (--access_->beats == 0) access_.reset();
  }
  return Progress::done;
}

void MemAp::increment_tar(unsigned size) {
  const std::uint32_t offset = facts_.tar_wrap - 1;
  tar_ = (tar_ & ~offset) | ((tar_ + size) & offset);
}

}  // namespace probity::vboard
