#include "vboard/chip/flash/rp_xip.hpp"

#include <algorithm>

#include "base/bits.hpp"
#include "base/bytes.hpp"
#include "vboard/chip/nonvolatile.hpp"

namespace probity::vboard {

namespace {

enum : std::uint32_t { CTRL = 0x00, FLUSH = 0x04, STAT = 0x08 };
constexpr Field EN{"EN", 0}, ERR_BADWRITE{"ERR_BADWRITE", 1}, POWER_DOWN{"POWER_DOWN", 3};
constexpr std::uint32_t kStat = 0x3;  // FLUSH_READY, FIFO_EMPTY
constexpr std::uint32_t kLine = 8, kPiece = 4096;

}  // namespace

RpXip::RpXip(RpSsi& ssi, std::uint32_t size, std::function<void(std::uint32_t, std::uint32_t)> changed)
    : RpRegisters({{CTRL, EN.mask() | ERR_BADWRITE.mask()}}),
      ssi_(ssi),
      changed_(std::move(changed)),
      seen_(size),
      valid_(size / kLine) {}

void RpXip::reset() {
  RpRegisters::reset();
  flush();
}

bool RpXip::on() const { return EN.is_set(word(CTRL)); }

void RpXip::flush() {
  std::fill(valid_.begin(), valid_.end(), false);
  changed_(0, static_cast<std::uint32_t>(seen_.size()));
}

std::uint32_t RpXip::get(std::uint32_t offset) {
  if (offset == STAT) return kStat;
  return offset == FLUSH ? 0 : word(offset);
}

void RpXip::put(std::uint32_t offset, std::uint32_t value) {
  if (offset == FLUSH && (value & 1) != 0) return flush();
  if (offset != CTRL) return;
  if (POWER_DOWN.is_set(value)) value &= ~EN.mask();
  word(CTRL) = value;
  changed_(0, static_cast<std::uint32_t>(seen_.size()));
}

bool RpXip::bring_in(std::uint32_t line) {
  if (valid_[line]) return true;
  for (std::uint32_t place = line * kLine; place < (line + 1) * kLine; place += 4) {
    const auto word_read = ssi_.xip_read(place);
    if (!word_read) return false;
    store_le32(seen_, place, *word_read);
  }
  valid_[line] = true;
  return true;
}

BusStatus RpXip::read(bool cached, std::uint32_t offset, unsigned size, std::uint32_t& value) {
  const std::uint32_t place = offset % static_cast<std::uint32_t>(seen_.size());
  if (cached && on()) {
    if (!bring_in(place / kLine)) return BusStatus::error;
    value = load_sized(seen_, place, size);
    return BusStatus::ok;
  }
  const auto found = ssi_.xip_read(offset & ~3u);
  if (!found) return BusStatus::error;
  value = Lanes::of(offset, size).extract(*found);
  return BusStatus::ok;
}

BusStatus RpXip::write(bool first, std::uint32_t offset) {
  if (!first) return ERR_BADWRITE.is_set(word(CTRL)) ? BusStatus::error : BusStatus::ok;
  const std::uint32_t line = offset % static_cast<std::uint32_t>(seen_.size()) / kLine;
  valid_[line] = false;
  changed_(line * kLine, kLine);
  return BusStatus::ok;
}

std::optional<ByteView> RpXip::window(std::uint32_t offset, std::uint32_t& begin) {
  if (!on()) return {};
  begin = offset & ~(kPiece - 1);
  for (std::uint32_t line = begin / kLine; line < (begin + kPiece) / kLine; ++line) {
    if (!bring_in(line)) return {};
  }
  return ByteView(seen_).subspan(begin, kPiece);
}

}  // namespace probity::vboard
