#include "vboard/probe/swo_receiver.hpp"

#include <algorithm>
#include <utility>

namespace probity::vboard {

namespace {

constexpr unsigned kBits = 10;

double start_of(const SwoFrame& frame) { return static_cast<double>(frame.start.count()); }
double end_of(const SwoFrame& frame) { return start_of(frame) + kBits * frame.nanoseconds_per_bit; }

// The wire rests high for UART, low for Manchester.
bool level_in(const SwoFrame& frame, double offset) {
  const double bits = offset / frame.nanoseconds_per_bit;
  const auto bit = static_cast<unsigned>(bits);
  const bool data = bit >= 1 && bit <= 8 && (frame.value >> (bit - 1) & 1) != 0;
  if (!frame.manchester) return bit == 0 ? false : bit > 8 || data;
  if (bit > 8) return false;
  const bool first_half = bits - bit < 0.5;
  return (bit == 0 || data) == first_half;  // a one falls in its middle, a zero rises
}

}  // namespace

void SwoReceiver::start(const Settings& settings) {
  stop();
  board_.catch_up();
  wire_.clear();
  buffer_.clear();
  overrun_ = stream_error_ = false;
  ready_at_ = static_cast<double>(board_.timeline().now().count());
  settings_ = settings;
  board_.listen_to_swo(this, [this](const SwoFrame& frame) {
    wire_.push_back(frame);
    if (settings_->code == Code::manchester) receive_manchester(frame);
    if (settings_->code == Code::uart) decode_until(start_of(frame));
  });
}

void SwoReceiver::stop() {
  settings_.reset();
  board_.listen_to_swo(this, {});
}

void SwoReceiver::listen() {
  if (!settings_) return;
  board_.catch_up();
  if (settings_->code == Code::uart) decode_until(static_cast<double>(board_.timeline().now().count()));
}

bool SwoReceiver::level(double time) const {
  for (const SwoFrame& frame : wire_) {
    if (time >= start_of(frame) && time < end_of(frame)) return level_in(frame, time - start_of(frame));
  }
  return true;
}

// Every start bit whose frame, at the receiver's rate, is over by `end`.
void SwoReceiver::decode_until(double end) {
  const double bit = 1e9 / settings_->baud.value;
  while (!wire_.empty()) {
    // The next fall of the wire that the receiver is free to see: looked for in steps of half a bit sent.
    const SwoFrame& frame = wire_.front();
    const double half = frame.nanoseconds_per_bit / 2;
    double fall = std::max(ready_at_, start_of(frame));
    if (fall > start_of(frame)) {  // in the middle of it: wait for a high level, then for its end
      while (fall < end_of(frame) && !level(fall)) fall += half / 8;
      while (fall < end_of(frame) && level(fall)) fall += half / 8;
    }
    if (fall >= end_of(frame)) {
      wire_.pop_front();
      continue;
    }
    if (fall + kBits * bit > end) return;
    receive_uart(fall);
    ready_at_ = fall + (kBits - 0.5) * bit;
    while (!wire_.empty() && end_of(wire_.front()) <= ready_at_) wire_.pop_front();
  }
}

void SwoReceiver::receive_uart(double begin) {
  const double bit = 1e9 / settings_->baud.value;
  unsigned value = 0;
  for (unsigned i = 0; i < 8; ++i) value |= (level(begin + (i + 1.5) * bit) ? 1u : 0u) << i;
  if (!level(begin + (kBits - 0.5) * bit)) stream_error_ = true;
  store(static_cast<std::uint8_t>(value));
}

// The rate is measured at the start bit; only a code that is none is an error.
void SwoReceiver::receive_manchester(const SwoFrame& frame) {
  wire_.clear();
  if (frame.manchester) return store(frame.value);
  stream_error_ = true;
}

void SwoReceiver::store(std::uint8_t byte) {
  if (buffer_.size() < settings_->buffer) return buffer_.push_back(byte);
  overrun_ = true;
}

std::size_t SwoReceiver::waiting() {
  listen();
  return buffer_.size();
}

Bytes SwoReceiver::take(std::size_t limit) {
  listen();
  const auto end = buffer_.begin() + static_cast<std::ptrdiff_t>(std::min(limit, buffer_.size()));
  Bytes bytes(buffer_.begin(), end);
  buffer_.erase(buffer_.begin(), end);
  return bytes;
}

bool SwoReceiver::overrun() { return std::exchange(overrun_, false); }
bool SwoReceiver::stream_error() { return std::exchange(stream_error_, false); }

}  // namespace probity::vboard
