#include "adapter/ftdi/mpsse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "adapter/usb_selection.hpp"
#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity::ftdi {

namespace {

constexpr Milliseconds kControlTimeout{1000};
constexpr Milliseconds kTransferTimeout{2000};
// A channel without anything to say sends its status so often; answers do not wait for it (send_immediate).
constexpr std::uint16_t kLatencyMilliseconds = 255;
constexpr unsigned kMostLateAnswers = 16;

std::uint8_t low(std::uint16_t v) { return static_cast<std::uint8_t>(v); }
std::uint8_t high(std::uint16_t v) { return static_cast<std::uint8_t>(v >> 8); }

}  // namespace

// What fails because the probe was unplugged says so, at once and ever after.
template <typename Body>
auto Mpsse::guarded(Body body) {
  return unless_unplugged(
      label(), [this] { return is_on_bus(host_.usb, device_info_); }, body);
}

Mpsse::Mpsse(const Host& host, const UsbDeviceInfo& device, const Chip& chip, unsigned channel)
    : host_(host), device_info_(device), chip_(chip), channel_(channel) {
  const auto found = std::ranges::find(device.interfaces, channel, &UsbInterface::number);
  if (found == device.interfaces.end()) {
    throw ConfigError(fmt::format("{} ({}) has no channel {}; it has {}", label(), chip.name, channel,
                                  device.interfaces.size()));
  }
  for (const UsbEndpoint& e : found->endpoints) {
    ((e.address & 0x80) != 0 ? in_endpoint_ : out_endpoint_) = e.address;
    packet_ = e.max_packet;
  }
  guarded([&] {
    device_ = host_.usb.open(device_info_);
    device_->claim(channel_);
    start();
  });
}

void Mpsse::request(Request request, std::uint16_t value) {
  device_->control(kVendorOut, static_cast<std::uint8_t>(request), value,
                   static_cast<std::uint16_t>(channel_ + 1), {}, 0, kControlTimeout);
}

void Mpsse::start() {
  constexpr unsigned kModeShift = 8;
  request(Request::reset, kResetChannel);
  request(Request::set_latency_timer, kLatencyMilliseconds);
  request(Request::set_bit_mode, kBitModeReset << kModeShift);
  request(Request::set_bit_mode, kBitModeMpsse << kModeShift);
  request(Request::reset, kPurgeOutBuffer);
  request(Request::reset, kPurgeInBuffer);
  synchronize();
}

// AN_135 3.2: a byte that is no command comes back behind 0xFA; what came before it was left of somebody
// else.
void Mpsse::synchronize() {
  const auto probe = static_cast<std::uint8_t>(Opcode::none);
  const Bytes command = {probe, static_cast<std::uint8_t>(Opcode::send_immediate)};
  device_->bulk_out(out_endpoint_, command, kTransferTimeout);
  Bytes seen;
  for (unsigned i = 0; i < kMostLateAnswers; ++i) {
    const Bytes packet = device_->bulk_in(in_endpoint_, packet_, kTransferTimeout);
    if (packet.size() > kStatusBytes) append(seen, ByteView(packet).subspan(kStatusBytes));
    const auto end = seen.size();
    if (end >= 2 && seen[end - 2] == kBadCommand && seen[end - 1] == probe) return;
  }
  throw AdapterError(fmt::format("the MPSSE of {}, channel {}, does not answer", label(), channel_));
}

void Mpsse::put(ByteView bytes) { append(queue_, bytes); }

void Mpsse::put(Opcode code, std::initializer_list<std::uint8_t> data) {
  queue_.push_back(static_cast<std::uint8_t>(code));
  put(data);
}

void Mpsse::due(std::size_t bytes) {
  if (due_ + bytes > chip_.in_buffer) send();
  due_ += bytes;
}

Bytes Mpsse::exchange() {
  send();
  return std::exchange(answers_, {});
}

void Mpsse::send() {
  if (queue_.empty()) return;
  if (!in_step_) throw AdapterError(label() + " is out of step after an earlier failure");
  in_step_ = false;
  if (due_ > 0) put(Opcode::send_immediate);
  const Milliseconds limit =
      kTransferTimeout + Milliseconds(std::uint64_t{clocks_} * 1000 / std::max(clock_.value, 1u));
  guarded([&] {
    device_->bulk_out(out_endpoint_, queue_, limit);
    receive(due_, limit);
  });
  queue_.clear();
  due_ = clocks_ = 0;
  in_step_ = true;
}

// Asks for no more packets than the answer takes: a full last packet would otherwise keep the transfer open
// until the latency timer ends it.
void Mpsse::receive(std::size_t bytes, Milliseconds limit) {
  const Deadline deadline(host_.clock, limit, "answers of the MPSSE");
  const std::size_t payload = packet_ - kStatusBytes;
  while (bytes > 0) {
    const std::size_t packets = (bytes + payload - 1) / payload;
    const Bytes came = device_->bulk_in(in_endpoint_, packets * packet_, limit);
    for (std::size_t at = 0; at < came.size(); at += packet_) {
      const ByteView packet = ByteView(came).subspan(at, std::min(packet_, came.size() - at));
      if (packet.size() <= kStatusBytes) continue;
      const std::size_t useful = packet.size() - kStatusBytes;
      if (useful > bytes) {
        throw AdapterError(fmt::format("{} answered {} bytes more than were due", label(), useful - bytes));
      }
      append(answers_, packet.subspan(kStatusBytes));
      bytes -= useful;
    }
    if (bytes > 0) deadline.check(fmt::format("{} bytes are missing; with adaptive clocking, RTCK", bytes));
  }
}

void Mpsse::set_clock(const ClockSetting& setting) {
  if (chip_.high_speed) {
    put(Opcode::adaptive_off);
    put(setting.divide_by_5 ? Opcode::divide_by_5_on : Opcode::divide_by_5_off);
  }
  put(Opcode::set_divisor, {low(setting.divisor), high(setting.divisor)});
  clock_ = setting.actual;
}

void Mpsse::set_adaptive() { put(Opcode::adaptive_on); }

void Mpsse::set_pins(const Pins& pins, const Pins* before) {
  const std::uint16_t output = pins.output(), direction = pins.direction();
  const auto changed = [&](unsigned shift) {
    constexpr unsigned kByte = 0xFF;
    return before == nullptr || (((output ^ before->output()) >> shift & kByte) != 0) ||
           (((direction ^ before->direction()) >> shift & kByte) != 0);
  };
  if (changed(0)) put(Opcode::set_low_byte, {low(output), low(direction)});
  if (changed(8)) put(Opcode::set_high_byte, {high(output), high(direction)});
}

std::uint16_t Mpsse::read_pins() {
  due(2);
  put(Opcode::read_low_byte);
  put(Opcode::read_high_byte);
  return load_le16(exchange());
}

}  // namespace probity::ftdi
