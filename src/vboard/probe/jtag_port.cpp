#include "vboard/probe/jtag_port.hpp"

#include <numeric>

namespace probity::vboard {

namespace {
// JTAG-DP instructions (ADIv5.2, table B3-1).
constexpr std::uint32_t kAbort = 0x8, kDpAcc = 0xA, kApAcc = 0xB;
}  // namespace

void JtagPort::set_chain(std::vector<unsigned> ir_lengths) {
  ir_lengths_ = std::move(ir_lengths);
  device_ = 0;
  instruction_ = ~0u;
}

void JtagPort::select_device(std::size_t index) {
  if (index != device_) instruction_ = ~0u;
  device_ = index;
}

void JtagPort::reset() {
  for (unsigned i = 0; i < 6; ++i) pins_.jtag_cycle(true, true);
  pins_.jtag_cycle(false, true);
  instruction_ = ~0u;
}

// From Shift-xR: `count` bits, then through Exit1 and Update to Run-Test/Idle.
std::uint64_t JtagPort::shift(std::uint64_t bits, unsigned count, std::size_t ones_before,
                              std::size_t ones_after) {
  for (std::size_t i = 0; i < ones_before; ++i) pins_.jtag_cycle(false, true);
  std::uint64_t result = 0;
  for (unsigned i = 0; i < count; ++i) {
    const bool last = ones_after == 0 && i + 1 == count;
    result |= std::uint64_t{pins_.jtag_cycle(last, (bits >> i & 1) != 0)} << i;
  }
  for (std::size_t i = 0; i < ones_after; ++i) pins_.jtag_cycle(i + 1 == ones_after, true);
  pins_.jtag_cycle(true, true);   // Update
  pins_.jtag_cycle(false, true);  // Run-Test/Idle
  return result;
}

std::uint64_t JtagPort::shift_dr(std::uint64_t bits, unsigned count) {
  pins_.jtag_cycle(true, true);   // Select-DR
  pins_.jtag_cycle(false, true);  // Capture-DR
  pins_.jtag_cycle(false, true);  // Shift-DR
  return shift(bits, count, device_, ir_lengths_.empty() ? 0 : ir_lengths_.size() - 1 - device_);
}

std::vector<std::uint32_t> JtagPort::scan_idcodes(std::size_t limit) {
  reset();
  pins_.jtag_cycle(true, true);
  pins_.jtag_cycle(false, true);
  pins_.jtag_cycle(false, true);
  std::vector<std::uint32_t> found;
  while (found.size() < limit) {
    if (!pins_.jtag_cycle(false, true)) {  // a bypass register captures 0
      found.push_back(0);
      continue;
    }
    std::uint32_t id = 1;
    for (unsigned bit = 1; bit < 32; ++bit) id |= std::uint32_t{pins_.jtag_cycle(false, true)} << bit;
    if (id == 0xFFFFFFFF) break;  // our own ones are back: the chain's end
    found.push_back(id);
  }
  reset();
  return found;
}

void JtagPort::load_ir(std::uint32_t instruction) {
  if (ir_lengths_.empty()) return;
  const auto here = ir_lengths_.begin() + static_cast<std::ptrdiff_t>(device_);
  pins_.jtag_cycle(true, true);   // Select-DR
  pins_.jtag_cycle(true, true);   // Select-IR
  pins_.jtag_cycle(false, true);  // Capture-IR
  pins_.jtag_cycle(false, true);  // Shift-IR
  shift(instruction, *here, std::accumulate(ir_lengths_.begin(), here, 0u),
        std::accumulate(here + 1, ir_lengths_.end(), 0u));
  instruction_ = instruction;
}

std::uint32_t JtagPort::read_dr32() { return static_cast<std::uint32_t>(shift_dr(0, 32)); }

WireAck JtagPort::scan(const WireRequest& request, std::uint32_t data, std::uint32_t& previous_result) {
  const std::uint32_t instruction = request.ap ? kApAcc : kDpAcc;
  if (instruction_ != instruction) load_ir(instruction);
  const std::uint64_t out = (request.read ? 1u : 0u) | static_cast<std::uint64_t>(request.a >> 2 & 3) << 1 |
                            static_cast<std::uint64_t>(data) << 3;
  const std::uint64_t in = shift_dr(out, 35);
  switch (in & 7) {
    case 0b010:
      previous_result = static_cast<std::uint32_t>(in >> 3);
      return WireAck::ok;
    case 0b001:
      return WireAck::wait;
    default:
      return WireAck::none;
  }
}

WireAck JtagPort::transfer(const WireRequest& request, std::uint32_t& data, unsigned retries) {
  constexpr std::uint8_t kRdBuff = 0xC;
  std::uint32_t previous = 0;
  WireAck ack = scan(request, request.read ? 0 : data, previous);
  if (ack != WireAck::ok || !request.read) return ack;
  if (!request.ap && request.a != kRdBuff) {
    do {
      ack = scan({.read = true, .a = kRdBuff}, 0, previous);
    } while (ack == WireAck::wait && retries-- > 0);
  }
  if (ack == WireAck::ok) data = previous;
  return ack;
}

void JtagPort::abort(std::uint32_t value) {
  if (instruction_ != kAbort) load_ir(kAbort);
  shift_dr(static_cast<std::uint64_t>(value) << 3, 35);
}

void JtagPort::idle(unsigned cycles) {
  for (unsigned i = 0; i < cycles; ++i) pins_.jtag_cycle(false, true);
}

}  // namespace probity::vboard
