#include "vboard/chip/flash/rp_ssi.hpp"

#include <algorithm>
#include <utility>

#include "base/bits.hpp"

namespace probity::vboard {

namespace {

enum : std::uint32_t {
  CTRLR0 = 0x00,
  CTRLR1 = 0x04,
  SSIENR = 0x08,
  SER = 0x10,
  BAUDR = 0x14,
  TXFLR = 0x20,
  RXFLR = 0x24,
  SR = 0x28,
  RISR = 0x34,
  RXOICR = 0x3C,
  ICR = 0x48,
  IDR = 0x58,
  SSI_VERSION_ID = 0x5C,
  DR0 = 0x60,
  kBehindDr = 0xF0,  // 36 data registers, all the same
  RX_SAMPLE_DLY = 0xF0,
  SPI_CTRLR0 = 0xF4
};
constexpr Field SPI_FRF{"SPI_FRF", 21, 2}, DFS_32{"DFS_32", 16, 5}, TMOD{"TMOD", 8, 2};
enum : std::uint32_t { kTransmitAndReceive = 0, kTransmitOnly = 1, kReceiveOnly = 2, kEepromRead = 3 };
constexpr Field NDF{"NDF", 0, 16};
constexpr Field XIP_CMD{"XIP_CMD", 24, 8}, WAIT_CYCLES{"WAIT_CYCLES", 11, 5}, INST_L{"INST_L", 8, 2},
    ADDR_L{"ADDR_L", 2, 4}, TRANS_TYPE{"TRANS_TYPE", 0, 2};
constexpr Field kBusy{"BUSY", 0}, kTfnf{"TFNF", 1}, kTfe{"TFE", 2}, kRfne{"RFNE", 3}, kRff{"RFF", 4};
constexpr Field kOverflow{"RXOIR", 3};
constexpr std::uint32_t kDepth = 16;
constexpr std::uint64_t kSecond = 1'000'000'000;

unsigned instruction_bits(std::uint32_t control) {
  constexpr std::array<unsigned, 4> kBits{0, 4, 8, 16};
  return kBits[INST_L.get(control)];
}

}  // namespace

RpSsi::RpSsi(RpQspiPins& pins, const TimeSource& time, std::function<Hertz()> clock)
    : RpRegisters({{IDR, 0x51535049}, {SSI_VERSION_ID, 0x3430312A}, {SPI_CTRLR0, 0x03000000}}),
      pins_(pins),
      time_(time),
      clock_(std::move(clock)) {}

void RpSsi::reset() {
  RpRegisters::reset();
  stop();
}

bool RpSsi::enabled() const { return (word(SSIENR) & 1) != 0; }
unsigned RpSsi::frame_bits() const { return DFS_32.get(word(CTRLR0)) + 1; }
// 3 is reserved.
unsigned RpSsi::format_lines() const { return 1u << std::min(SPI_FRF.get(word(CTRLR0)), 2u); }

// --- registers -------------------------------------------------------------------------------------------

std::uint32_t RpSsi::get(std::uint32_t offset) {
  settle();
  if (offset >= DR0 && offset < kBehindDr) return pop();
  switch (offset) {
    case SR:
      return status();
    case TXFLR:
      return waiting_count();
    case RXFLR:
      return received_count();
    case RXOICR:
    case ICR:
      return std::exchange(word(RISR), 0) != 0 ? 1 : 0;
    default:
      return word(offset);
  }
}

// What describes a frame can be written only while the SSI is disabled (4.10.13: CTRLR0, CTRLR1, BAUDR …).
void RpSsi::put(std::uint32_t offset, std::uint32_t value) {
  settle();
  if (offset >= DR0 && offset < kBehindDr) {
    if (enabled() && waiting_count() < kDepth) waiting_.push_back(value);
    return run();
  }
  const bool frozen = offset == CTRLR0 || offset == CTRLR1 || offset == BAUDR || offset == RX_SAMPLE_DLY ||
                      offset == SPI_CTRLR0;
  if (frozen && enabled()) return;
  if (offset == SR || offset == IDR || offset == SSI_VERSION_ID || offset == TXFLR || offset == RXFLR) return;
  word(offset) = offset == BAUDR ? value & 0xFFFE : value;
  if (offset == SSIENR && !enabled()) stop();
  if (offset == SER) run();
}

void RpSsi::stop() {
  waiting_.clear();
  started_.clear();
  received_.clear();
  free_at_ = Nanoseconds(0);
  selected_ = false;
  pins_.select(false);
}

std::uint32_t RpSsi::status() {
  const std::uint32_t in = received_count(), out = waiting_count();
  std::uint32_t value = kBusy.of(time_.now() < free_at_);
  value |= kTfnf.of(out < kDepth) | kTfe.of(out == 0) | kRfne.of(in != 0) | kRff.of(in == kDepth);
  return value;
}

std::uint32_t RpSsi::received_count() const {
  const auto late = std::find_if(received_.begin(), received_.end(),
                                 [&](const Received& entry) { return entry.at > time_.now(); });
  return static_cast<std::uint32_t>(late - received_.begin());
}

std::uint32_t RpSsi::waiting_count() const {
  const auto later =
      std::count_if(started_.begin(), started_.end(), [&](Nanoseconds start) { return start > time_.now(); });
  return static_cast<std::uint32_t>(waiting_.size()) + static_cast<std::uint32_t>(later);
}

std::uint32_t RpSsi::pop() {
  if (received_count() == 0) return 0;
  const std::uint32_t value = received_.front().value;
  received_.pop_front();
  return value;
}

// --- time --------------------------------------------------------------------------------------------------

void RpSsi::settle() {
  const Nanoseconds now = time_.now();
  while (!started_.empty() && started_.front() <= now) started_.pop_front();
  if (!selected_ || now < free_at_) return;
  selected_ = false;
  pins_.select(false);
}

std::optional<Nanoseconds> RpSsi::next_event() const {
  const Nanoseconds now = time_.now();
  std::optional<Nanoseconds> next;
  const auto consider = [&](Nanoseconds moment) {
    if (moment > now && (!next || moment < *next)) next = moment;
  };
  if (selected_) consider(free_at_);
  for (const Received& entry : received_) consider(entry.at);
  for (const Nanoseconds start : started_) consider(start);
  return next;
}

void RpSsi::spend(unsigned clocks) {
  const std::uint64_t cycles = std::uint64_t{clocks} * word(BAUDR);
  free_at_ = std::max(free_at_, time_.now()) + Nanoseconds(cycles * kSecond / clock_().value);
}

// --- frames
// --------------------------------------------------------------------------------------------------

void RpSsi::run() {
  while (enabled() && (word(SER) & 1) != 0 && word(BAUDR) != 0 && !waiting_.empty()) {
    if (!(SPI_FRF.get(word(CTRLR0)) == 0 ? run_standard() : run_enhanced())) return;
  }
}

void RpSsi::begin() {
  started_.push_back(std::max(free_at_, time_.now()));
  selected_ = true;
  pins_.select(true);
}

bool RpSsi::run_standard() {
  const std::uint32_t mode = TMOD.get(word(CTRLR0)), sent = waiting_.front();
  waiting_.pop_front();
  begin();
  if (mode == kReceiveOnly) {
    receive_frames();
    return true;
  }
  const std::uint32_t back = exchange(sent, frame_bits());
  if (mode == kTransmitAndReceive) keep(back);
  if (mode == kEepromRead) receive_frames();
  return true;
}

// Instruction, address, wait cycles, data; the first two are a word each in the FIFO. False: not all is
// there.
bool RpSsi::run_enhanced() {
  const std::uint32_t control = word(SPI_CTRLR0), mode = TMOD.get(word(CTRLR0));
  const unsigned instruction = instruction_bits(control), address = 4 * ADDR_L.get(control);
  const bool sends = mode == kTransmitOnly;
  const std::size_t needed = (instruction != 0) + (address != 0) + sends;
  if (waiting_.size() < needed || needed == 0) return false;
  const auto next = [&] {
    const std::uint32_t value = waiting_.front();
    waiting_.pop_front();
    return value;
  };
  begin();
  const std::uint32_t type = TRANS_TYPE.get(control);
  if (instruction != 0) shift(next(), instruction, type == 2 ? format_lines() : 1, true);
  if (address != 0) shift(next(), address, type == 0 ? 1 : format_lines(), true);
  idle(WAIT_CYCLES.get(control));
  if (!sends) {
    receive_frames();
    return true;
  }
  while (!waiting_.empty()) shift(next(), frame_bits(), format_lines(), true);
  return true;
}

void RpSsi::receive_frames() {
  for (std::uint32_t n = 0; n <= NDF.get(word(CTRLR1)); ++n)
    keep(shift(0, frame_bits(), format_lines(), false));
}

void RpSsi::keep(std::uint32_t value) {
  if (received_.size() >= kDepth) {
    word(RISR) |= kOverflow.mask();
    return;
  }
  received_.push_back({free_at_, value});
}

// `bits` of `value` out, the highest first, or in.
std::uint32_t RpSsi::shift(std::uint64_t value, unsigned bits, unsigned lines, bool out) {
  const unsigned all = (1u << lines) - 1u;
  const std::uint8_t mask = out ? static_cast<std::uint8_t>(all) : 0;
  std::uint32_t in = 0;
  for (unsigned left = bits; left != 0;) {
    left -= std::min(left, lines);
    const std::uint8_t seen = pins_.clock(mask, static_cast<std::uint8_t>(value >> left & all));
    in = in << lines | (lines == 1 ? seen >> 1 & 1u : seen & all);
  }
  spend((bits + lines - 1) / lines);
  return in;
}

void RpSsi::idle(unsigned clocks) {
  for (unsigned n = 0; n < clocks; ++n) pins_.clock(0, 0);
  spend(clocks);
}

// One line out and one in at once.
std::uint32_t RpSsi::exchange(std::uint32_t value, unsigned bits) {
  std::uint32_t in = 0;
  for (unsigned left = bits; left-- != 0;) {
    const std::uint8_t seen = pins_.clock(1, static_cast<std::uint8_t>(value >> left & 1));
    in = in << 1 | (seen >> 1 & 1u);
  }
  spend(bits);
  return in;
}

// --- XIP ---------------------------------------------------------------------------------------------------

// 4.10.3: the bytes of the frame are turned around, so that the first from the flash is the lowest.
std::optional<std::uint32_t> RpSsi::xip_read(std::uint32_t offset) {
  settle();
  if (!enabled() || word(BAUDR) == 0 || TMOD.get(word(CTRLR0)) != kEepromRead) return {};
  const std::uint32_t control = word(SPI_CTRLR0), type = TRANS_TYPE.get(control);
  const unsigned instruction = instruction_bits(control), address_bits = 4 * ADDR_L.get(control);
  std::uint64_t address = offset;
  if (instruction == 0 && address_bits > 24) address = address << (address_bits - 24) | XIP_CMD.get(control);
  const Nanoseconds before = free_at_;
  if ((word(SER) & 1) != 0) pins_.select(true);
  if (instruction != 0) shift(XIP_CMD.get(control), instruction, type == 2 ? format_lines() : 1, true);
  if (address_bits != 0) shift(address, address_bits, type == 0 ? 1 : format_lines(), true);
  idle(WAIT_CYCLES.get(control));
  const std::uint32_t in = shift(0, frame_bits(), format_lines(), false);
  pins_.select(false);
  free_at_ = before;  // the bus waits for it: that takes no time here
  return (in >> 24) | (in >> 8 & 0xFF00) | (in & 0xFF00) << 8 | in << 24;
}

}  // namespace probity::vboard
