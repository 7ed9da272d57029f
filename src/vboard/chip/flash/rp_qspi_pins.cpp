#include "vboard/chip/flash/rp_qspi_pins.hpp"

#include "base/bits.hpp"

namespace probity::vboard {

namespace {

// IO_QSPI: STATUS and CTRL of SCLK, SS, SD0 to SD3.
constexpr Field FUNCSEL{"FUNCSEL", 0, 5}, OUTOVER{"OUTOVER", 8, 2}, OEOVER{"OEOVER", 12, 2};
constexpr std::uint32_t kFunctionXip = 0;
enum : std::uint32_t { kAsPeripheral = 0, kInverted = 1, kLow = 2, kHigh = 3 };  // OUTOVER
enum : std::uint32_t { kDisabled = 2 };                                          // OEOVER
// PADS_QSPI: VOLTAGE_SELECT, SCLK, SD0 to SD3, SS.
constexpr Field OD{"OD", 7}, IE{"IE", 6}, PUE{"PUE", 3};
constexpr std::uint32_t kPadSclk = 0x04, kPadSd0 = 0x08, kPadSs = 0x18;

std::vector<RpRegisters::Reset> io_resets() {
  std::vector<RpRegisters::Reset> rows;
  for (std::uint32_t pin = 0; pin < 6; ++pin) rows.push_back({8 * pin + 4, 0x1F});
  return rows;
}

std::vector<RpRegisters::Reset> pad_resets() {
  return {{kPadSclk, 0x56}, {0x08, 0x52}, {0x0C, 0x52}, {0x10, 0x52}, {0x14, 0x52}, {kPadSs, 0x5A}};
}

}  // namespace

void RpQspiPins::Block::put(std::uint32_t offset, std::uint32_t value) {
  word(offset) = value;
  pins_.pins_moved();
}

RpQspiPins::RpQspiPins(NorFlash& flash)
    : flash_(flash), io_(*this, io_resets()), pads_(*this, pad_resets()) {}

void RpQspiPins::reset() {
  io_.reset();
  pads_.reset();
  wanted_ = false;
  pins_moved();
}

void RpQspiPins::hold_io(bool held) {
  io_.hold(held);
  pins_moved();
}

void RpQspiPins::hold_pads(bool held) {
  pads_.hold(held);
  pins_moved();
}

std::uint32_t RpQspiPins::control(unsigned pin) const { return io_.peek(8 * pin + 4); }
std::uint32_t RpQspiPins::pad(unsigned pin) const {
  return pads_.peek(pin == sclk ? kPadSclk : pin == ss ? kPadSs : kPadSd0 + 4 * (pin - sd0));
}

// The SSI enables the outputs that it drives.
bool RpQspiPins::drives(unsigned pin) const {
  const std::uint32_t io = control(pin);
  return FUNCSEL.get(io) == kFunctionXip && OEOVER.get(io) != kDisabled && !OD.is_set(pad(pin));
}

bool RpQspiPins::driven_level(unsigned pin, bool wanted) const {
  switch (OUTOVER.get(control(pin))) {
    case kInverted:
      return !wanted;
    case kLow:
      return false;
    case kHigh:
      return true;
    default:
      return wanted;
  }
}

// A line that floats is taken for low.
bool RpQspiPins::pulled_up(unsigned pin) const { return PUE.is_set(pad(pin)); }

void RpQspiPins::select(bool selected) {
  wanted_ = selected;
  pins_moved();
}

// The board has a pull-up at the chip select.
void RpQspiPins::pins_moved() {
  const bool now = drives(ss) && !driven_level(ss, !wanted_);
  if (now == selected_) return;
  selected_ = now;
  if (now) {
    flash_.select();
  } else {
    flash_.deselect();
  }
}

std::uint8_t RpQspiPins::clock(std::uint8_t mask, std::uint8_t value) {
  unsigned lines = 0;
  for (unsigned i = 0; i < 4; ++i) {
    const bool driven = (mask >> i & 1) != 0 && drives(sd0 + i);
    const bool level = driven ? driven_level(sd0 + i, (value >> i & 1) != 0) : pulled_up(sd0 + i);
    lines |= static_cast<unsigned>(level) << i;
  }
  const std::uint32_t over = OUTOVER.get(control(sclk));
  if (selected_ && drives(sclk) && (over == kAsPeripheral || over == kInverted)) {
    const auto sent = static_cast<std::uint8_t>(0xF0 | lines);
    const unsigned answer = flash_.clock({sent, sent}).first;
    lines = (lines & mask) | (answer & ~unsigned{mask});
  }
  unsigned seen = 0;
  for (unsigned i = 0; i < 4; ++i) {
    if (IE.is_set(pad(sd0 + i))) seen |= lines & 1u << i;
  }
  return static_cast<std::uint8_t>(seen);
}

}  // namespace probity::vboard
