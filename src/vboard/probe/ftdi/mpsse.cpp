#include "vboard/probe/ftdi/mpsse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/bytes.hpp"

namespace probity::vboard::ftdi {

namespace {

// Bits of a shift command, AN_108 3.2.
constexpr std::uint8_t kWriteFalling = 1, kBitMode = 2, kReadFalling = 4, kLsb = 8, kTdiBit = 16,
                       kTdoBit = 32, kTmsBit = 64, kNoShift = 128;
// AN_108 3.6 to 3.8.
constexpr std::uint8_t kSetLow = 0x80, kGetLow = 0x81, kSetHigh = 0x82, kGetHigh = 0x83, kLoopbackOn = 0x84,
                       kLoopbackOff = 0x85, kDivisor = 0x86, kSendImmediate = 0x87, kNoDivideBy5 = 0x8A,
                       kDivideBy5 = 0x8B, kThreePhaseOff = 0x8D, kPulseBits = 0x8E, kPulseBytes = 0x8F,
                       kAdaptiveOn = 0x96, kAdaptiveOff = 0x97;
// Sent on purpose, to be answered as bad (AN_135 3.2).
constexpr std::uint8_t kSyncA = 0xAA, kSyncB = 0xAB;
constexpr std::uint8_t kBad = 0xFA;

bool is_shift(std::uint8_t code) {
  if ((code & kNoShift) != 0) return false;
  if ((code & kTmsBit) != 0) return (code & (kBitMode | kLsb | kTdiBit)) == (kBitMode | kLsb);
  return (code & (kTdiBit | kTdoBit)) != 0;
}

bool only_high_speed(std::uint8_t code) {
  return code == kNoDivideBy5 || code == kDivideBy5 || code == kThreePhaseOff || code == kPulseBits ||
         code == kPulseBytes || code == kAdaptiveOn || code == kAdaptiveOff;
}

// Data bits of a byte, in the order in which they leave.
bool bit_of(std::uint8_t byte, unsigned i, bool lsb_first) {
  return (byte >> (lsb_first ? i : 7 - i) & 1) != 0;
}

}  // namespace

void Mpsse::reset() {
  received_.clear();
  answers_.clear();
  levels_ = directions_ = divisor_ = 0;
  divide_by_5_ = true;
  loopback_ = send_immediate_ = stalled_ = false;
  connector_.set(0, 0);
  apply_clock();
}

void Mpsse::apply_clock() {
  const std::uint32_t base = chip_.high_speed && !divide_by_5_ ? 60'000'000 : 12'000'000;
  pins_.set_frequency(Hertz{base / 2 / (1u + divisor_)});
}

void Mpsse::receive(ByteView bytes) {
  append(received_, bytes);
  run();
}

void Mpsse::run() {
  stalled_ = false;
  std::size_t done = 0;
  Bytes all = std::exchange(received_, {});
  while (done < all.size()) {
    received_.assign(all.begin() + static_cast<std::ptrdiff_t>(done),
                     all.begin() + static_cast<std::ptrdiff_t>(std::min(done + 3, all.size())));
    const std::size_t length = length_of_command();
    if (length == 0 || done + length > all.size()) break;
    stalled_ = !answers_.empty() && answers_.size() + answer_of_command() > chip_.to_host;
    if (stalled_) break;
    execute(ByteView(all).subspan(done, length));
    done += length;
  }
  received_.assign(all.begin() + static_cast<std::ptrdiff_t>(done), all.end());
}

// Of the command that begins in received_; 0 where that cannot be told yet.
std::size_t Mpsse::length_of_command() const {
  const std::uint8_t code = received_.front();
  if (is_shift(code)) {
    const bool writes = (code & (kTdiBit | kTmsBit)) != 0;
    if ((code & kBitMode) != 0) return writes ? 3 : 2;
    if (received_.size() < 3) return 0;
    return 3 + (writes ? load_le16(received_, 1) + std::size_t{1} : 0);
  }
  if (code == kSetLow || code == kSetHigh || code == kDivisor) return 3;
  if (chip_.high_speed && code == kPulseBytes) return 3;
  if (chip_.high_speed && code == kPulseBits) return 2;
  return 1;
}

std::size_t Mpsse::answer_of_command() const {
  const std::uint8_t code = received_.front();
  if (!is_shift(code)) return code == kGetLow || code == kGetHigh ? 1 : 0;
  if ((code & kTdoBit) == 0) return 0;
  return (code & kBitMode) != 0 ? 1 : load_le16(received_, 1) + std::size_t{1};
}

void Mpsse::execute(ByteView command) {
  const std::uint8_t code = command[0];
  if (!is_shift(code)) {
    execute_setting(command);
  } else if ((code & kTmsBit) != 0) {
    shift_tms(command);
  } else {
    shift(command);
  }
}

void Mpsse::execute_setting(ByteView command) {
  const std::uint8_t code = command[0];
  if (only_high_speed(code) && !chip_.high_speed) return bad_command(code);
  switch (code) {
    case kSetLow:
      return set_pins(0, command);
    case kSetHigh:
      return set_pins(8, command);
    case kGetLow:
      return answer(static_cast<std::uint8_t>(connector_.levels()));
    case kGetHigh:
      return answer(static_cast<std::uint8_t>(connector_.levels() >> 8));
    case kLoopbackOn:
    case kLoopbackOff:
      loopback_ = code == kLoopbackOn;
      return;
    case kDivisor:
      divisor_ = load_le16(command, 1);
      return apply_clock();
    case kSendImmediate:
      send_immediate_ = true;
      return;
    case kNoDivideBy5:
    case kDivideBy5:
      divide_by_5_ = code == kDivideBy5;
      return apply_clock();
    case kPulseBits:
      return pulse((command[1] & 7u) + 1);
    case kPulseBytes:
      return pulse((load_le16(command, 1) + std::size_t{1}) * 8);
    case kThreePhaseOff:
    case kAdaptiveOn:  // the cable returns TCK as RTCK
    case kAdaptiveOff:
      return;
    default:
      return bad_command(code);
  }
}

void Mpsse::bad_command(std::uint8_t code) {
  if (code != kSyncA && code != kSyncB) errors_.push_back(fmt::format("bad MPSSE command 0x{:02x}", code));
  answer(kBad);
  answer(code);
}

void Mpsse::set_pins(unsigned shift, ByteView command) {
  const auto put = [shift](std::uint16_t& pins, std::uint8_t byte) {
    pins = static_cast<std::uint16_t>((pins & ~(0xFFu << shift)) | (unsigned{byte} << shift));
  };
  put(levels_, command[1]);
  put(directions_, command[2]);
  connector_.set(levels_, directions_);
}

void Mpsse::pulse(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) connector_.cycle();
}

// One clock; a level that is written with the rising edge is there too late for it.
bool Mpsse::clock(std::uint8_t code, bool level, bool writes) {
  const bool tms = (code & kTmsBit) != 0;
  const auto put = [&] { tms ? connector_.set_tms(level) : connector_.set_tdi(level); };
  const bool early = (code & kWriteFalling) != 0;
  if (writes && early) put();
  const Connector::Sample sample = connector_.cycle();
  if (writes && !early) put();
  if (loopback_) return connector_.tdi();
  return (code & kReadFalling) != 0 ? sample.falling : sample.rising;
}

void Mpsse::shift(ByteView command) {
  const std::uint8_t code = command[0];
  const bool writes = (code & kTdiBit) != 0, reads = (code & kTdoBit) != 0, lsb = (code & kLsb) != 0;
  const bool bits = (code & kBitMode) != 0;
  const std::size_t bytes = bits ? 1 : load_le16(command, 1) + std::size_t{1};
  const unsigned width = bits ? (command[1] & 7u) + 1 : 8;
  for (std::size_t at = 0; at < bytes; ++at) {
    const std::uint8_t out = writes ? command[(bits ? 2 : 3) + at] : std::uint8_t{0};
    std::uint8_t in = 0;
    for (unsigned i = 0; i < width; ++i) {
      const bool level = clock(code, bit_of(out, i, lsb), writes);
      in = static_cast<std::uint8_t>(lsb ? in >> 1 | (level ? 0x80 : 0) : in << 1 | (level ? 1 : 0));
    }
    if (reads) answer(in);
  }
}

// AN_108 3.5: bit 7 goes to TDI before the first clock and stays.
void Mpsse::shift_tms(ByteView command) {
  const std::uint8_t code = command[0], data = command[2];
  const unsigned width = (command[1] & 7u) + 1;
  connector_.set_tdi((data & 0x80) != 0);
  std::uint8_t in = 0;
  for (unsigned i = 0; i < width; ++i) {
    const bool level = clock(code, bit_of(data, i, true), true);
    in = static_cast<std::uint8_t>(in >> 1 | (level ? 0x80 : 0));
  }
  if ((code & kTdoBit) != 0) answer(in);
}

Bytes Mpsse::take_answers(std::size_t count) {
  const auto end = answers_.begin() + static_cast<std::ptrdiff_t>(std::min(count, answers_.size()));
  Bytes taken(answers_.begin(), end);
  answers_.erase(answers_.begin(), end);
  return taken;
}

}  // namespace probity::vboard::ftdi
