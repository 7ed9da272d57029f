#include "vboard/probe/swd_port.hpp"

#include <bit>

#include "base/bytes.hpp"

namespace probity::vboard {

namespace {
bool parity_of(std::uint32_t word) { return std::popcount(word) % 2 != 0; }

// Start, APnDP, RnW, A[2:3], parity, stop, park; least significant bit first on the wire.
std::uint32_t request_bits(const WireRequest& request) {
  const std::uint32_t body =
      (request.ap ? 1u : 0u) | (request.read ? 2u : 0u) | static_cast<std::uint32_t>(request.a & 0xC);
  return 0x81u | body << 1 | (parity_of(body) ? 0x20u : 0u);
}
constexpr unsigned kReadPhase = 33;  // clocks of a read's data phase: 32 bits and their parity
}  // namespace

void SwdPort::drive(std::uint32_t bits, unsigned count) {
  for (unsigned i = 0; i < count; ++i) pins_.swd_cycle((bits >> i & 1) != 0);
}

std::uint32_t SwdPort::sample(unsigned count) {
  std::uint32_t bits = 0;
  for (unsigned i = 0; i < count; ++i) bits |= std::uint32_t{pins_.swd_cycle(std::nullopt)} << i;
  return bits;
}

void SwdPort::leave_to_target(unsigned cycles) {
  for (unsigned i = 0; i < cycles; ++i) pins_.swd_cycle(std::nullopt);
}

void SwdPort::turn_around() { leave_to_target(settings.turnaround); }

WireAck SwdPort::transfer(const WireRequest& request, std::uint32_t& data) {
  drive(request_bits(request), 8);
  turn_around();
  const auto ack = static_cast<WireAck>(sample(3));
  if (ack != WireAck::ok) return finish_refused(request, ack);

  WireAck result = WireAck::ok;
  if (request.read) {
    const std::uint32_t word = sample(32);
    const bool parity = sample(1) != 0;
    turn_around();
    if (parity == parity_of(word)) {
      data = word;
    } else {
      result = WireAck::parity;
    }
  } else {
    turn_around();
    drive(data, 32);
    drive(parity_of(data) ? 1 : 0, 1);
  }
  idle(settings.idle_cycles);
  return result;
}

WireAck SwdPort::finish_refused(const WireRequest& request, WireAck ack) {
  if (ack == WireAck::wait || ack == WireAck::fault) {
    if (settings.data_phase && request.read) leave_to_target(kReadPhase);
    turn_around();
    if (settings.data_phase && !request.read) drive(0, 32), drive(0, 1);
    return ack;
  }
  // Nobody, or somebody out of step: let a read's data phase pass, so that both ends are back at the start.
  turn_around();
  leave_to_target(kReadPhase);
  return WireAck::none;
}

void SwdPort::send(ByteView bits, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) drive(load_u8(bits, i / 8) >> (i % 8), 1);
}

Bytes SwdPort::receive(std::size_t count) {
  Bytes bits((count + 7) / 8);
  for (std::size_t i = 0; i < count; ++i) {
    bits[i / 8] = static_cast<std::uint8_t>(bits[i / 8] | sample(1) << (i % 8));
  }
  return bits;
}

void SwdPort::idle(unsigned cycles) {
  for (unsigned i = 0; i < cycles; ++i) pins_.swd_cycle(false);
}

void SwdPort::line_reset() {
  drive(0xFFFFFFFF, 32);
  drive(0xFFFFFFFF, 24);
  idle(8);
}

void SwdPort::select() {
  drive(0xFFFFFFFF, 32);
  drive(0xFFFFFFFF, 24);
  drive(0xE79E, 16);
  line_reset();
}

}  // namespace probity::vboard
