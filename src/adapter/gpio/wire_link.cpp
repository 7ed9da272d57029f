#include "adapter/gpio/wire_link.hpp"

#include <utility>

namespace probity::gpio {

namespace {
const std::string kSwclk = "swclk", kSwdio = "swdio", kSwdioDir = "swdio_dir", kLed = "led";
const std::string kTck = "tck", kTms = "tms", kTdi = "tdi", kTdo = "tdo";
}  // namespace

// The buffer that swdio_dir turns must never drive against our own output.
void WireLink::drive_swdio(bool drive) {
  if (driving_ == drive) return;
  const bool buffered = wires_.has(kSwdioDir);
  if (buffered && drive) wires_.set({{kSwdioDir, true}});
  wires_.turn(kSwdio, drive ? GpioDirection::output : GpioDirection::input);
  if (buffered && !drive) wires_.set({{kSwdioDir, false}});
  driving_ = drive;
}

// Data change while the clock falls, the target takes them when it rises.
void WireLink::swd_write(const BitVector& bits) {
  light(true);
  drive_swdio(true);
  for (std::size_t i = 0; i < bits.size(); ++i) {
    wires_.set({{kSwdio, bits[i]}, {kSwclk, false}});
    wires_.set({{kSwclk, true}});
  }
}

// The target changes SWDIO on the rising edge; it is sampled before the next one.
void WireLink::swd_read(std::size_t cycles, bool sample) {
  light(true);
  drive_swdio(false);
  for (std::size_t i = 0; i < cycles; ++i) {
    wires_.set({{kSwclk, false}});
    if (sample) sampled_.push(wires_.get(kSwdio));
    wires_.set({{kSwclk, true}});
  }
}

// TDO changes on the falling edge.
void WireLink::jtag(const jtag::Stretch& stretch, std::size_t sample_begin, std::size_t sample_count) {
  light(true);
  for (std::size_t i = 0; i < stretch.size(); ++i) {
    wires_.set({{kTms, stretch.tms[i]}, {kTdi, stretch.tdi[i]}, {kTck, false}});
    if (i >= sample_begin && i - sample_begin < sample_count) sampled_.push(wires_.get(kTdo));
    wires_.set({{kTck, true}});
  }
}

BitVector WireLink::collect() {
  light(false);
  return std::exchange(sampled_, {});
}

void WireLink::light(bool on) {
  if (lit_ == on || !wires_.has(kLed)) return;
  wires_.set({{kLed, on}});
  lit_ = on;
}

}  // namespace probity::gpio
