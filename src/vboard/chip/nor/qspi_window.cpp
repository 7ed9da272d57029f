// The memory-mapped mode: one command goes on for as long as accesses follow each other.
#include <algorithm>

#include "vboard/chip/nor/qspi_controller.hpp"

namespace probity::vboard {

using namespace qspi_flag;

BusStatus QspiController::Window::read_register(std::uint32_t offset, std::uint32_t& value) {
  return owner_.window_read(offset, 4, value);
}

BusStatus QspiController::Window::read_lanes(std::uint32_t offset, Lanes lanes, std::uint32_t& value) {
  const BusStatus status = owner_.window_read(offset + lanes.shift / 8, access_size(lanes), value);
  value = lanes.place(value);
  return status;
}

BusStatus QspiController::Window::write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) {
  return owner_.window_write(offset + lanes.shift / 8, access_size(lanes), lanes.extract(value));
}

// Time is what the wire needs; what follows is read ahead meanwhile.
BusStatus QspiController::window_read(std::uint32_t offset, unsigned size, std::uint32_t& value) {
  value = 0;
  if (!usable()) return BusStatus::error;
  attend();
  const QspiSettings s = settings();
  if (!s.enabled || s.mode != QspiMode::mapped || std::uint64_t{offset} + size > s.size) {
    return BusStatus::error;
  }
  if (!pending_ || pending_->offset != offset || pending_->size != size) read_ahead(offset, size, s);
  if (around_.time.now() < pending_->ready) return BusStatus::stalled;
  value = pending_->value;
  pending_.reset();
  return BusStatus::ok;
}

// Bytes come in units, from the first that `offset` is in.
void QspiController::read_ahead(std::uint32_t offset, unsigned size, const QspiSettings& s) {
  const Nanoseconds now = around_.time.now();
  QspiCommand c = command(offset);
  const std::uint32_t together = unit(s, c);
  const std::uint32_t first = offset & ~(together - 1),
                      end = (offset + size + together - 1) & ~(together - 1);
  const Nanoseconds each = span(unit_clocks(s, c), s);
  if (!mapped_open_ || mapped_next_ != first) {
    close_window(s);
    wire_time_.at = std::max(wire_time_.at, now);
    c.address.value = first;
    send_header(c, s);
    wire_time_.at += span(header_clocks(c), s);
    mapped_open_ = true;
    mapped_next_ = first;
  }
  // As far as the FIFO goes it has read ahead of the last access.
  const auto ahead = static_cast<std::int64_t>(fifo_size_ / together);
  wire_time_.at = std::max(wire_time_.at, now - each * ahead);
  Pending pending{.offset = offset, .size = size};
  for (; mapped_next_ < end; ++mapped_next_) {
    const std::uint32_t value = receive(mapped_next_, s, c);
    if (mapped_next_ >= offset && mapped_next_ < offset + size) {
      pending.value |= value << 8 * (mapped_next_ - offset);
    }
    if ((mapped_next_ + 1) % together == 0) wire_time_.at += each;
  }
  pending.ready = wire_time_.at;
  pending_ = pending;
}

void QspiController::close_window(const QspiSettings& s) {
  if (!mapped_open_) return;
  wire_.deselect();
  wire_time_.at += span(s.cs_high, s);
  mapped_open_ = false;
}

// LPTR counts from when nothing more can be read ahead.
void QspiController::time_out(Nanoseconds now) {
  const QspiSettings s = settings();
  const bool reading = pending_ && now < pending_->ready;  // one that is ready may never be fetched
  if (!s.timeout_enabled || reading || now < wire_time_.at + span(s.timeout, s)) return;
  close_window(s);
  flags_ |= TOF.mask();
}

BusStatus QspiController::window_write(std::uint32_t offset, unsigned size, std::uint32_t value) {
  if (!usable()) return BusStatus::error;
  attend();
  const QspiSettings s = settings();
  const auto c = window_write_command(offset);
  if (!c || !s.enabled || s.mode != QspiMode::mapped || std::uint64_t{offset} + size > s.size) {
    return BusStatus::error;
  }
  close_window(s);
  wire_time_.at = std::max(wire_time_.at, around_.time.now());
  send_header(*c, s);
  for (unsigned i = 0; i < size; ++i) send(offset + i, static_cast<std::uint8_t>(value >> 8 * i), s, *c);
  wire_time_.at += span(header_clocks(*c) + unit_clocks(s, *c) * size / unit(s, *c), s);
  wire_.deselect();
  return BusStatus::ok;
}

}  // namespace probity::vboard
