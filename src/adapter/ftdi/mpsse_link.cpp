#include "adapter/ftdi/mpsse_link.hpp"

#include <algorithm>
#include <utility>

#include "base/bytes.hpp"

namespace probity::ftdi {

namespace {

constexpr std::size_t kByte = 8;
// SWD and JTAG change their lines when the clock falls and read them when it rises.
constexpr std::uint8_t kWrite = kOutOnFalling | kLsbFirst;

std::uint8_t length_code(std::size_t count) { return static_cast<std::uint8_t>(count - 1); }

// Bits that came in, first one lowest: a shift of fewer than eight leaves them at the top of the byte
// (AN_108 3.3.9: data are shifted in from the MSB).
BitVector bits_of(ByteView bytes, std::size_t cycles) {
  const std::size_t rest = cycles % kByte;
  BitVector bits = BitVector::from_bytes(bytes, cycles - rest);
  if (rest != 0) bits.push(std::uint64_t{bytes[cycles / kByte]} >> (kByte - rest), rest);
  return bits;
}

}  // namespace

// `count` cycles in as few commands as there are: whole bytes, then bits. Data for TDI where `out` is given.
void MpsseLink::shift(const BitVector* out, std::size_t count, bool read, std::uint8_t edges) {
  const auto code =
      static_cast<std::uint8_t>(edges | (out != nullptr ? kWriteTdi : 0) | (read ? kReadTdo : 0));
  if (read) mpsse_.due((count + kByte - 1) / kByte);
  mpsse_.takes(count);
  const std::size_t whole = count / kByte, rest = count % kByte;
  for (std::size_t at = 0; at < whole; at += kMostBytes) {
    const std::size_t n = std::min(kMostBytes, whole - at);
    Bytes command{code};
    append_le16(command, static_cast<std::uint16_t>(n - 1));
    if (out != nullptr) append(command, ByteView(out->bytes()).subspan(at, n));
    mpsse_.put(command);
  }
  if (rest == 0) return;
  mpsse_.put({static_cast<std::uint8_t>(code | kByBits), length_code(rest)});
  if (out != nullptr) mpsse_.put({out->bytes()[whole]});
}

void MpsseLink::drive_swdio(bool drive) {
  if (driving_ == drive) return;
  driving_ = drive;
  if (!state_.swdio_oe || (state_.swdio_oe->data == 0 && state_.swdio_oe->oe == 0)) return;
  const Pins before = state_.pins;
  state_.pins.set("SWDIO_OE", *state_.swdio_oe, drive ? Level::high : Level::low);
  mpsse_.set_pins(state_.pins, &before);
}

void MpsseLink::swd_write(const BitVector& bits) {
  end_read();
  written_.append(bits);
}

void MpsseLink::swd_read(std::size_t cycles, bool sample) {
  end_write();
  if (sample) reading_.wanted.emplace_back(reading_.cycles, cycles);
  reading_.cycles += cycles;
}

void MpsseLink::end_write() {
  if (written_.empty()) return;
  drive_swdio(true);
  shift(&written_, written_.size(), false, kWrite);
  written_ = {};
}

void MpsseLink::end_read() {
  if (reading_.cycles == 0) return;
  drive_swdio(false);
  shift(nullptr, reading_.cycles, true, kLsbFirst);
  answers_.push_back(std::exchange(reading_, {0, {}}));
}

void MpsseLink::jtag(const jtag::Stretch& stretch, std::size_t sample_begin, std::size_t sample_count) {
  tms_.append(stretch.tms);
  tdi_.append(stretch.tdi);
  sampled_.append(BitVector::repeat(false, sample_begin));
  sampled_.append(BitVector::repeat(true, sample_count));
  sampled_.append(BitVector::repeat(false, stretch.size() - sample_begin - sample_count));
}

// Up to seven cycles with TMS as it comes and one level of TDI; returns how many.
std::size_t MpsseLink::encode_tms(std::size_t at) {
  std::size_t n = 1;
  while (n < kMostTmsBits && at + n < tms_.size() && tdi_[at + n] == tdi_[at] &&
         sampled_[at + n] == sampled_[at]) {
    ++n;
  }
  const bool read = sampled_[at];
  const std::uint8_t edge = read && sample_on_falling_ ? kInOnFalling : std::uint8_t{0};
  if (read) mpsse_.due(1);
  mpsse_.takes(n);
  mpsse_.put({static_cast<std::uint8_t>(kWrite | kWriteTms | kByBits | (read ? kReadTdo : 0) | edge),
              length_code(n),
              static_cast<std::uint8_t>(tms_.value(at, n) | (tdi_[at] ? 1u << kMostTmsBits : 0u))});
  if (read) answers_.push_back({n, {{0, n}}});
  tms_level_ = tms_[at + n - 1];
  return n;
}

// TMS stays as it is; cut where reading begins and ends.
void MpsseLink::encode_data(std::size_t at, std::size_t count) {
  const std::uint8_t edge = sample_on_falling_ ? kInOnFalling : std::uint8_t{0};
  for (const std::size_t end = at + count; at < end;) {
    std::size_t n = 1;
    while (at + n < end && sampled_[at + n] == sampled_[at]) ++n;
    const bool read = sampled_[at];
    const BitVector out = tdi_.slice(at, n);
    shift(&out, n, read, static_cast<std::uint8_t>(kWrite | (read ? edge : 0)));
    if (read) answers_.push_back({n, {{0, n}}});
    at += n;
  }
}

void MpsseLink::encode_jtag() {
  for (std::size_t at = 0; at < tms_.size();) {
    std::size_t level = 0;  // cycles that leave TMS as it is
    while (at + level < tms_.size() && tms_level_ && tms_[at + level] == *tms_level_) ++level;
    if (level >= kByte) {
      encode_data(at, level);
      at += level;
    } else {
      at += encode_tms(at);
    }
  }
  tms_ = tdi_ = sampled_ = {};
}

BitVector MpsseLink::collect() {
  end_write();
  end_read();
  encode_jtag();
  const Bytes bytes = mpsse_.exchange();
  BitVector all;
  std::size_t at = 0;
  for (const Answer& answer : std::exchange(answers_, {})) {
    const BitVector bits = bits_of(ByteView(bytes).subspan(at), answer.cycles);
    for (const auto& [offset, count] : answer.wanted) all.append(bits.slice(offset, count));
    at += (answer.cycles + kByte - 1) / kByte;
  }
  return all;
}

}  // namespace probity::ftdi
