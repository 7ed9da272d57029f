#include "vboard/chip/flash/flash_word.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace probity::vboard {

bool FlashWordBuffer::put(std::uint32_t place, unsigned size, std::uint32_t value) {
  Bytes bytes;
  append_le32(bytes, value);
  bool fresh = true;
  for (unsigned i = 0; i < size; ++i) {
    const std::uint32_t at = place - offset_ + i, bit = 1u << at;
    fresh &= (written_ & bit) == 0;
    written_ |= bit;
    bytes_.at(at) = bytes[i];
  }
  return fresh;
}

bool FlashWordBuffer::full() const {
  return written_ == (bytes_.size() == 32 ? 0xFFFFFFFF : (1u << bytes_.size()) - 1);
}

void EccErrors::erased(CellRange range) {
  words_.erase(words_.lower_bound(range.offset), words_.lower_bound(range.offset + range.size));
}

bool EccErrors::in(CellRange range) const {
  const auto first = words_.lower_bound(range.offset - range.offset % size_);
  return first != words_.end() && *first < range.offset + range.size;
}

// --- OTP -----------------------------------------------------------------------------------------------

bool OtpArea::virgin(std::uint32_t word) const { return load_le16(bytes_, word) == 0xFFFF; }

OtpArea::Content OtpArea::content(std::uint32_t offset, unsigned size) const {
  if (ecc_.in({offset, size})) return Content::corrupt;
  for (std::uint32_t word = offset - offset % kWord; word < offset + size; word += kWord) {
    if (virgin(word)) return Content::virgin;
  }
  return Content::good;
}

std::uint32_t OtpArea::read(std::uint32_t offset, unsigned size) const {
  return load_sized(bytes_, offset, size);
}

void OtpArea::program(std::uint32_t offset, unsigned size, std::uint32_t value) {
  for (std::uint32_t word = offset; word < offset + size; word += kWord, value >>= 16) {
    if (!virgin(word)) ecc_.add(word);
    store_le16(bytes_, word, static_cast<std::uint16_t>(load_le16(bytes_, word) & value));
  }
}

// --- flash words ---------------------------------------------------------------------------------------

FlashWordWriter::FlashWordWriter(Facts facts, NonVolatile& memory, EccErrors& ecc, FlashSurroundings& around)
    : facts_(std::move(facts)),
      memory_(memory),
      ecc_(ecc),
      around_(around),
      engine_(memory.cells, 0xFF, facts_.base, around) {}

void FlashWordWriter::reset() {
  engine_.cut_short();
  if (in_flight_) ecc_.add(*in_flight_);
  buffer_.reset();
  queued_.reset();
  in_flight_.reset();
}

bool FlashWordWriter::collect(std::uint32_t place, unsigned size, std::uint32_t value) {
  if (!buffer_) buffer_.emplace(place - place % facts_.word, facts_.word);
  const bool fresh = buffer_->put(place, size, value);
  if (buffer_->full()) send();
  return fresh;
}

void FlashWordWriter::force() {
  if (buffer_) send();
}

void FlashWordWriter::send() {
  queued_ = std::move(buffer_);
  buffer_.reset();
  if (!engine_.busy()) program_next();
}

// A flash word that is not erased has an ECC error afterwards.
void FlashWordWriter::program_next() {
  if (!queued_) return;
  const std::uint32_t word = queued_->offset();
  const auto cells = ByteView(memory_.cells).subspan(word, facts_.word);
  const bool erased = std::all_of(cells.begin(), cells.end(), [](std::uint8_t cell) { return cell == 0xFF; });
  FlashOperation operation;
  operation.offset = word;
  operation.programmed = queued_->bytes();
  operation.done = [this, erased, word] {
    in_flight_.reset();
    if (!erased) ecc_.add(word);
  };
  queued_.reset();
  in_flight_ = word;
  ++around_.stats.flash_programs;
  start(std::move(operation), facts_.cost(word));
}

void FlashWordWriter::erase(CellRange range, Cost cost) {
  FlashOperation operation;
  operation.erased = {range};
  operation.done = [this, range] { ecc_.erased(range); };
  start(std::move(operation), cost);
}

void FlashWordWriter::start(std::function<void()> effect, Cost cost) {
  FlashOperation operation;
  operation.done = std::move(effect);
  start(std::move(operation), cost);
}

void FlashWordWriter::start(FlashOperation operation, Cost cost) {
  operation.affected.push_back(cost.blocked);
  operation.done = [this, effect = std::move(operation.done)] {
    effect();
    facts_.finished();
    program_next();
  };
  begin_ = around_.time.now();
  duration_ = cost.duration;
  engine_.start(std::move(operation), cost.duration);
}

bool FlashWordWriter::between_steps() {
  const Nanoseconds now = around_.time.now();
  return busy() && now >= moment(5) && now < moment(6);
}

std::optional<Nanoseconds> FlashWordWriter::next_change() const {
  std::optional<Nanoseconds> next = busy_until();
  if (!next) return next;
  for (const Nanoseconds change : {moment(5), moment(6)}) {
    if (change > around_.time.now()) next = std::min(*next, change);
  }
  return next;
}

}  // namespace probity::vboard
