#include "vboard/core/tpiu.hpp"

#include <algorithm>
#include <bit>

#include "base/bits.hpp"

namespace probity::vboard::armv7m {
namespace {

// Cortex-M4 TRM 11.3.
enum Offset : std::uint32_t {
  kSspsr = 0x000,
  kCspsr = 0x004,
  kAcpr = 0x010,
  kSppr = 0x0F0,
  kFfsr = 0x300,
  kFfcr = 0x304,
  kDevid = 0xFC8
};
constexpr std::uint32_t kPortSizes = 0xB;     // 1, 2 and 4 pins
constexpr std::uint32_t kDevidValue = 0xCA1;  // NRZ, Manchester and parallel
constexpr std::uint32_t kAcprWritable = 0x1FFF;
constexpr std::uint32_t kFtNonStop = 0x8;
// TPIU_FFCR: triggers are always indicated.
constexpr Field EnFCont{"EnFCont", 1}, FOnMan{"FOnMan", 6}, TrigIn{"TrigIn", 8};
// Full frame synchronisation 0x7FFFFFFF, lowest byte first.
constexpr std::array<std::uint8_t, 4> kFullSync{0xFF, 0xFF, 0xFF, 0x7F};
constexpr unsigned kFrameBytes = 16;

}  // namespace

bool Tpiu::formats() const {
  return EnFCont.is_set(ffcr_) || sppr_ == static_cast<std::uint32_t>(TraceCode::parallel);
}

std::uint32_t Tpiu::read(std::uint32_t offset) const {
  switch (offset) {
    case kSspsr:
      return kPortSizes;
    case kCspsr:
      return cspsr_;
    case kAcpr:
      return acpr_;
    case kSppr:
      return sppr_;
    case kFfsr:
      return kFtNonStop;
    case kFfcr:
      return ffcr_;
    case kDevid:
      return kDevidValue;
    default:
      return 0;
  }
}

// A port size that is not there, several at once, and the reserved code 3 are not taken.
void Tpiu::write(std::uint32_t offset, std::uint32_t value, const Itm& itm) {
  if (offset == kCspsr && (value & ~kPortSizes) == 0 && std::has_single_bit(value)) cspsr_ = value;
  if (offset == kAcpr) acpr_ = value & kAcprWritable;
  if (offset == kSppr && value <= static_cast<std::uint32_t>(TraceCode::uart)) sppr_ = value;
  if (offset != kFfcr) return;
  const bool before = formats();
  ffcr_ = (value & EnFCont.mask()) | TrigIn.mask();
  if (formats() != before) synchronised_ = false;
  if (FOnMan.is_set(value) && itm.empty()) end_frame();  // the bit clears itself when all is out
}

std::uint32_t Tpiu::cycles(std::uint32_t bits) const { return bits * (acpr_ + 1); }

void Tpiu::advance(Itm& itm, std::uint64_t now, const std::function<void(const ShiftedByte&)>& out) {
  for (;;) {
    if (ready_.empty()) take(itm);
    if (ready_.empty()) return;
    const Itm::Byte next = ready_.front();
    const std::uint64_t start = std::max(free_at_, next.since);
    if (start >= now) return;
    ready_.pop_front();
    const auto code = static_cast<TraceCode>(sppr_);
    const unsigned pins = static_cast<unsigned>(std::bit_width(cspsr_));
    free_at_ = start + (code == TraceCode::parallel ? cycles(8) / pins : cycles(kBitsPerByte));
    if (out) out({start, cycles(1), code, next.value});
  }
}

// Up to a frame of what the ITM has.
void Tpiu::take(Itm& itm) {
  if (!formats()) {
    if (itm.empty()) return;
    ready_.push_back(itm.front());
    itm.pop();
    return;
  }
  while (!itm.empty() && ready_.empty()) {
    const Itm::Byte byte = itm.front();
    itm.pop();
    add_to_frame(itm.bus_id(), byte.value);
    for (Itm::Byte& formatted : ready_) formatted.since = byte.since;
  }
}

// CoreSight formatter (SoC TRM, "formatter"): even bytes hold an id (bit 0 set) or data, whose bit 0 goes to
// byte 15; odd bytes hold data.
void Tpiu::add_to_frame(unsigned id, std::uint8_t value) {
  if (id != frame_id_ && frame_size_ % 2 != 0) end_frame();
  if (frame_size_ == 0) frame_.fill(0);
  if (id != frame_id_) {
    frame_[frame_size_++] = static_cast<std::uint8_t>(id << 1 | 1);
    frame_id_ = id;
  }
  put(value);
  if (frame_size_ == kFrameBytes - 1) send_frame();
}

void Tpiu::put(std::uint8_t value) {
  if (frame_size_ % 2 == 0) {
    frame_[frame_size_] = value & 0xFE;
    frame_[kFrameBytes - 1] |= static_cast<std::uint8_t>((value & 1) << frame_size_ / 2);
  } else {
    frame_[frame_size_] = value;
  }
  ++frame_size_;
}

// What is left of a frame is filled with data of the null source, id 0. Where the last byte sits in an even
// place it makes room for the id, whose flag then says that it counts from one byte later.
void Tpiu::end_frame() {
  if (frame_size_ == 0) return;
  constexpr std::uint8_t kNullSource = 0 << 1 | 1;
  if (frame_size_ % 2 != 0) {
    const unsigned even = frame_size_ - 1;
    const std::uint8_t flag = static_cast<std::uint8_t>(1u << even / 2);
    frame_[even + 1] =
        static_cast<std::uint8_t>(frame_[even] | ((frame_[kFrameBytes - 1] & flag) != 0 ? 1 : 0));
    frame_[even] = kNullSource;
    frame_[kFrameBytes - 1] |= flag;
  } else {
    frame_[frame_size_] = kNullSource;
  }
  frame_id_ = 0;
  send_frame();
}

void Tpiu::send_frame() {
  if (!synchronised_) {
    for (const std::uint8_t byte : kFullSync) ready_.push_back({byte, 0});
  }
  synchronised_ = true;
  for (const std::uint8_t byte : frame_) ready_.push_back({byte, 0});
  frame_size_ = 0;
}

}  // namespace probity::vboard::armv7m
