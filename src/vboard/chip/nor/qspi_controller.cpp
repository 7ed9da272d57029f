#include "vboard/chip/nor/qspi_controller.hpp"

#include <algorithm>

namespace probity::vboard {

using namespace qspi_flag;

QspiController::QspiController(QspiSurroundings around, std::size_t fifo_size)
    : around_(std::move(around)), fifo_size_(fifo_size), window_(*this) {}

// --- registers ------------------------------------------------------------------------------------------

// Without its clock it reads 0 and hears nothing (RM0385 5.3.10: the register values may not be readable).
BusStatus QspiController::read_register(std::uint32_t offset, std::uint32_t& value) {
  return read_lanes(offset, Lanes::of(0, 4), value);
}

BusStatus QspiController::read_lanes(std::uint32_t offset, Lanes lanes, std::uint32_t& value) {
  value = 0;
  if (!around_.clocked()) return BusStatus::ok;
  attend();
  if (offset != data_register()) {
    value = get(offset);
    return BusStatus::ok;
  }
  const BusStatus status = pop(lanes, value);
  attend();
  return status;
}

BusStatus QspiController::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  if (!usable()) return BusStatus::ok;
  attend();
  BusStatus status = BusStatus::ok;
  if (offset == data_register()) {
    status = push(lanes, value);
  } else {
    put(offset, value, lanes);
  }
  attend();
  return status;
}

void QspiController::reset() {
  disable();
  flags_ = 0;
  reset_registers();
  tell_interrupt();
}

std::uint32_t QspiController::status() const {
  const QspiSettings s = settings();
  std::uint32_t word = BUSY.set(flags_, busy() ? 1 : 0);
  word = FLEVEL.set(word, static_cast<std::uint32_t>(fifo_.size()));
  bool ready = false;
  switch (active_ ? mode_ : s.mode) {
    case QspiMode::write:
      ready = s.enabled && fifo_size_ - fifo_.size() >= s.threshold;
      break;
    case QspiMode::read:
      ready = fifo_.size() >= s.threshold || (!fifo_.empty() && moved_ == length_);
      break;
    case QspiMode::poll:
      ready = poll_read_;
      break;
    case QspiMode::mapped:
      break;
  }
  return FTF.set(word, ready ? 1 : 0);
}

void QspiController::tell_interrupt() {
  const bool level = usable() && (status() & settings().interrupts) != 0;
  if (level == interrupt_) return;
  interrupt_ = level;
  around_.interrupt_changed(level);
}

// --- starting and ending ---------------------------------------------------------------------------------

void QspiController::instruction_written() {
  const QspiSettings s = settings();
  if (!s.enabled || s.mode == QspiMode::mapped) return;
  const QspiCommand c = command(address());
  const bool wants_data = s.mode == QspiMode::write && c.data.lines != 0;
  if (c.address.how.lines == 0 && !wants_data) begin();
}

void QspiController::address_written() {
  const QspiSettings s = settings();
  if (!s.enabled || s.mode == QspiMode::mapped) return;
  const QspiCommand c = command(address());
  const bool wants_data = s.mode == QspiMode::write && c.data.lines != 0;
  if (c.address.how.lines != 0 && !wants_data) begin();
}

// An access beyond the end is an error, and is not made. A length of 0xFFFFFFFF goes on to the end.
void QspiController::begin() {
  const QspiSettings s = settings();
  const QspiCommand c = command(address());
  constexpr std::uint32_t kToTheEnd = 0xFFFFFFFF;
  length_ = c.data.lines == 0 ? 0 : std::uint64_t{data_length()} + 1;
  if (s.dual) length_ += length_ & 1;
  const bool indirect = s.mode == QspiMode::write || s.mode == QspiMode::read;
  if (indirect && c.address.how.lines != 0) {
    const std::uint64_t from = address();
    if (c.data.lines != 0 && data_length() == kToTheEnd && from < s.size) length_ = s.size - from;
    if (from + length_ > s.size || from >= s.size) {
      flags_ |= TEF.mask();
      return;
    }
  }
  if (header_clocks(c) + c.data.lines == 0) return;  // nothing to send
  command_ = c;
  mode_ = s.mode;
  active_ = true;
  poll_read_ = false;
  moved_ = pushed_ = 0;
  fifo_.clear();
  step_ = mode_ == QspiMode::poll ? Step::poll : Step::header;
  wire_time_.at = std::max(wire_time_.at, around_.time.now());
}

// RM0385 14.3.13: BUSY falls, the FIFO is empty, TCF says that it is done.
void QspiController::abort() {
  if (busy()) flags_ |= TCF.mask();
  disable();
}

void QspiController::disable() {
  wire_.deselect();
  active_ = mapped_open_ = poll_read_ = false;
  pending_.reset();
  fifo_.clear();
}

// --- time ------------------------------------------------------------------------------------------------

Nanoseconds QspiController::span(std::uint64_t clocks, const QspiSettings& s) const {
  constexpr std::uint64_t kSecond = 1'000'000'000;
  const std::uint64_t hertz = around_.clock().value;
  return Nanoseconds((clocks * s.prescaler * kSecond + hertz - 1) / hertz);
}

unsigned QspiController::header_clocks(const QspiCommand& c) const {
  return c.instruction.clocks() + c.address.clocks() + c.alternate.clocks() + c.dummies;
}

// A byte of each flash, or what eight lines carry at both edges of one clock.
unsigned QspiController::unit(const QspiSettings& s, const QspiCommand& c) {
  return s.dual || (c.data.lines == 8 && c.data.both_edges) ? 2 : 1;
}

unsigned QspiController::unit_clocks(const QspiSettings& s, const QspiCommand& c) {
  return c.data.clocks(s.dual ? 8 : 8 * unit(s, c));
}

void QspiController::attend() {
  if (around_.in_reset()) return reset();
  if (!around_.clocked()) return;
  advance(around_.time.now());
  tell_interrupt();
}

// What the next step takes; nothing while it waits for DR.
std::optional<Nanoseconds> QspiController::step_cost(const QspiSettings& s) const {
  const unsigned together = unit(s, command_);
  switch (step_) {
    case Step::header:
      if (mode_ == QspiMode::write && length_ != 0 && fifo_.empty()) return {};
      return span(header_clocks(command_), s);
    case Step::data:
      if (mode_ == QspiMode::write && fifo_.size() < std::min<std::uint64_t>(together, length_ - moved_))
        return {};
      if (mode_ == QspiMode::read && fifo_.size() + together > fifo_size_) return {};
      return span(unit_clocks(s, command_), s);
    case Step::poll:
      return span(header_clocks(command_) + unit_clocks(s, command_) * length_ / together, s);
    case Step::pause:
      return span(s.interval, s);
    case Step::drain:
      break;
  }
  return {};
}

void QspiController::advance(Nanoseconds now) {
  if (mapped_open_) return time_out(now);
  const QspiSettings s = settings();
  while (active_) {
    if (step_ == Step::pause) skip_polls(now, s);
    const auto cost = step_cost(s);
    if (!cost) {
      if (step_ == Step::drain && fifo_.empty()) active_ = false;
      break;
    }
    if (wire_time_.at + *cost > now) return;
    wire_time_.at += *cost;
    step(s);
  }
  wire_time_.at = std::max(wire_time_.at, now);
}

void QspiController::step(const QspiSettings& s) {
  switch (step_) {
    case Step::header:
      send_header(command_, s);
      step_ = Step::data;
      if (length_ == 0) finish(s);
      break;
    case Step::data:
      data_unit(s);
      if (moved_ == length_) finish(s);
      break;
    case Step::poll:
      poll_once(s);
      break;
    case Step::pause:
      step_ = Step::poll;
      break;
    case Step::drain:
      break;
  }
}

// In dual-flash mode each flash has every second byte, so half the address.
void QspiController::send_header(const QspiCommand& c, const QspiSettings& s) {
  wire_.select(s.dual || !s.second, s.dual || s.second, s.swapped);
  wire_.send(c.instruction.value, c.instruction.bits, c.instruction.how);
  wire_.send(s.dual ? c.address.value >> 1 : c.address.value, c.address.bits, c.address.how);
  wire_.send(c.alternate.value, c.alternate.bits, c.alternate.how);
  if (!c.strobed) wire_.idle(c.dummies);
}

std::uint8_t QspiController::receive(std::uint64_t index, const QspiSettings& s, const QspiCommand& c) {
  const unsigned flash = s.dual ? static_cast<unsigned>(index & 1) : s.second ? 1 : 0;
  return wire_.receive_byte(flash, c.data, c.strobed);
}

void QspiController::send(std::uint64_t index, std::uint8_t value, const QspiSettings& s,
                          const QspiCommand& c) {
  const unsigned flash = s.dual ? static_cast<unsigned>(index & 1) : s.second ? 1 : 0;
  wire_.send_byte(flash, value, c.data);
}

void QspiController::data_unit(const QspiSettings& s) {
  for (unsigned i = 0; i < unit(s, command_) && moved_ < length_; ++i, ++moved_) {
    if (mode_ == QspiMode::read) {
      fifo_.push_back(receive(moved_, s, command_));
    } else {
      send(moved_, fifo_.front(), s, command_);
      fifo_.pop_front();
    }
  }
}

// A read stays busy until DR has given everything.
void QspiController::finish(const QspiSettings& s) {
  wire_.deselect();
  wire_time_.at += span(s.cs_high, s);
  flags_ |= TCF.mask();
  if (mode_ == QspiMode::read && !fifo_.empty()) {
    step_ = Step::drain;
  } else {
    active_ = false;
  }
}

// The first byte is compared with the low byte of PSMKR and PSMAR; in dual-flash mode that is flash 1's.
void QspiController::poll_once(const QspiSettings& s) {
  send_header(command_, s);
  std::uint32_t seen = 0;
  fifo_.clear();
  for (std::uint64_t i = 0; i < std::min<std::uint64_t>(length_, 4); ++i) {
    const std::uint8_t byte = receive(i, s, command_);
    fifo_.push_back(byte);
    seen |= std::uint32_t{byte} << 8 * i;
  }
  wire_.deselect();
  poll_read_ = true;
  step_ = Step::pause;
  const std::uint32_t equal = ~(seen ^ s.match) & s.mask;
  if (s.match_any ? equal == 0 : equal != s.mask) return;
  flags_ |= SMF.mask();
  if (s.stops_on_match) active_ = false;
}

// Polls that would give what the last one gave are not played, but for the last of them.
void QspiController::skip_polls(Nanoseconds now, const QspiSettings& s) {
  const unsigned clocks = header_clocks(command_);
  const auto units = length_ / unit(s, command_);
  const Nanoseconds each = span(clocks + unit_clocks(s, command_) * units, s) + span(s.interval, s);
  const Nanoseconds left = std::min(wire_.quiet_until().value_or(now), now) - wire_time_.at;
  if (left > 3 * each) wire_time_.at += each * (left / each - 2);
}

std::optional<Nanoseconds> QspiController::next_event() {
  const QspiSettings s = settings();
  if (pending_ && around_.time.now() < pending_->ready) return pending_->ready;
  if (mapped_open_ && s.timeout_enabled) return wire_time_.at + span(s.timeout, s);
  if (!active_) return {};
  const auto cost = step_cost(s);
  if (!cost) return {};
  return wire_time_.at + *cost;
}

// --- DR --------------------------------------------------------------------------------------------------

// What is written beyond the length, or to another address than DR's own, is lost.
BusStatus QspiController::push(Lanes lanes, std::uint32_t value) {
  const QspiSettings s = settings();
  if (!s.enabled || s.mode != QspiMode::write || lanes.shift != 0) return BusStatus::ok;
  const unsigned size = access_size(lanes);
  if (!active_) {
    if (command(address()).data.lines == 0) return BusStatus::ok;
    begin();
    if (!active_) return BusStatus::ok;
  }
  if (mode_ != QspiMode::write || pushed_ >= length_) return BusStatus::ok;
  if (fifo_.size() + size > fifo_size_) return BusStatus::stalled;
  for (unsigned i = 0; i < size && pushed_ < length_; ++i, ++pushed_) {
    fifo_.push_back(static_cast<std::uint8_t>(value >> 8 * i));
  }
  return BusStatus::ok;
}

// Stalls until there are as many bytes, or no more will come.
BusStatus QspiController::pop(Lanes lanes, std::uint32_t& value) {
  value = 0;
  const unsigned size = access_size(lanes);
  if (lanes.shift != 0 || (mode_ == QspiMode::write && active_)) return BusStatus::ok;
  const bool more = active_ && mode_ == QspiMode::read && moved_ < length_;
  if (more && fifo_.size() < size) return BusStatus::stalled;
  for (unsigned i = 0; i < size && !fifo_.empty(); ++i) {
    value |= std::uint32_t{fifo_.front()} << 8 * i;
    fifo_.pop_front();
  }
  poll_read_ = false;
  return BusStatus::ok;
}

}  // namespace probity::vboard
