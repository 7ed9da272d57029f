#include "vboard/chip/nor/qspi_wire.hpp"

#include <utility>

namespace probity::vboard {

namespace {

// The lines that are not driven stay high.
std::uint8_t driven(std::uint64_t value, unsigned lines) {
  const unsigned mask = (1u << lines) - 1u;
  return static_cast<std::uint8_t>((0xFFu & ~mask) | (value & mask));
}

// One line: SI, which is IO1 for the controller.
unsigned seen(std::uint8_t io, unsigned lines) {
  return lines == 1 ? io >> 1 & 1u : io & ((1u << lines) - 1u);
}

}  // namespace

unsigned QspiLines::clocks(unsigned bits) const {
  if (lines == 0) return 0;
  const unsigned each = both_edges ? 2 * lines : lines;
  return (bits + each - 1) / each;
}

void QspiWire::select(bool first, bool second, bool swapped) {
  selected_ = {first, second};
  swapped_ = swapped;
  half_sent_ = half_received_ = {};
  for (unsigned i = 0; i < 2; ++i) {
    if (NorFlash* flash = selected(i)) flash->select();
  }
}

void QspiWire::deselect() {
  for (unsigned i = 0; i < 2; ++i) {
    NorFlash* flash = selected(i);
    if (flash == nullptr) continue;
    if (half_sent_[i]) flash->clock({*half_sent_[i], *half_sent_[i]});
    flash->deselect();
  }
  selected_ = {};
}

std::optional<Nanoseconds> QspiWire::quiet_until() const {
  std::optional<Nanoseconds> first;
  for (const NorFlash* flash : flashes_) {
    const auto end = flash != nullptr ? flash->busy_until() : std::nullopt;
    if (end && (!first || *end < *first)) first = end;
  }
  return first;
}

void QspiWire::send(std::uint64_t value, unsigned bits, QspiLines how) {
  for (unsigned i = 0; i < 2 && how.lines != 0; ++i) {
    NorFlash* flash = selected(i);
    for (unsigned left = bits; flash != nullptr && left != 0;) {
      IoClock clock;
      clock.first = clock.second = driven(value >> (left -= how.lines), how.lines);
      if (how.both_edges && left != 0) clock.second = driven(value >> (left -= how.lines), how.lines);
      flash->clock(clock);
    }
  }
}

void QspiWire::idle(unsigned clocks) {
  for (unsigned i = 0; i < 2; ++i) {
    NorFlash* flash = selected(i);
    for (unsigned n = 0; flash != nullptr && n < clocks; ++n) flash->clock({});
  }
}

void QspiWire::send_byte(unsigned index, std::uint8_t value, QspiLines how) {
  NorFlash* flash = selected(index);
  if (flash == nullptr || how.lines == 0) return;
  if (how.lines < 8 || !how.both_edges) {
    for (unsigned left = 8; left != 0;) {
      IoClock clock;
      clock.first = clock.second = driven(value >> (left -= how.lines), how.lines);
      if (how.both_edges) clock.second = driven(value >> (left -= how.lines), how.lines);
      flash->clock(clock);
    }
    return;
  }
  if (!half_sent_[index]) {
    half_sent_[index] = value;
    return;
  }
  const std::uint8_t first = *std::exchange(half_sent_[index], std::nullopt);
  flash->clock(swapped_ ? IoClock{value, first} : IoClock{first, value});
}

IoClock QspiWire::sample(NorFlash& flash, bool strobed) {
  constexpr unsigned kPatience = 64;  // clocks without a strobe: nobody will answer
  IoClock seen_now = flash.clock({});
  for (unsigned n = 0; strobed && !seen_now.strobe && n < kPatience; ++n) seen_now = flash.clock({});
  return seen_now;
}

std::uint8_t QspiWire::receive_byte(unsigned index, QspiLines how, bool strobed) {
  NorFlash* flash = selected(index);
  if (flash == nullptr || how.lines == 0) return 0xFF;
  if (half_received_[index]) return *std::exchange(half_received_[index], std::nullopt);
  if (how.lines == 8 && how.both_edges) {
    IoClock clock = sample(*flash, strobed);
    if (swapped_) std::swap(clock.first, clock.second);
    half_received_[index] = clock.second;
    return clock.first;
  }
  unsigned value = 0;
  for (unsigned bits = 0; bits < 8;) {
    const IoClock clock = sample(*flash, strobed);
    value = value << how.lines | seen(clock.first, how.lines);
    bits += how.lines;
    if (!how.both_edges) continue;
    value = value << how.lines | seen(clock.second, how.lines);
    bits += how.lines;
  }
  return static_cast<std::uint8_t>(value);
}

}  // namespace probity::vboard
