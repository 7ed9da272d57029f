// SWO commands (Arm, CMSIS-DAP reference, "SWO Commands"): transport, mode and rate are set while capture is
// off; data are read by DAP_SWO_Data or come on an endpoint of their own.
#include <fmt/format.h>

#include <algorithm>

#include "vboard/probe/cmsis_dap/description.hpp"
#include "vboard/probe/cmsis_dap/firmware.hpp"
#include "vboard/probe/cmsis_dap/protocol.hpp"

namespace probity::vboard::cmsis_dap {

namespace {
constexpr std::uint8_t kCapture = 1u << 0, kStreamError = 1u << 6, kOverrun = 1u << 7;
constexpr std::uint8_t kAskStatus = 1u << 0, kAskCount = 1u << 1, kAskIndex = 1u << 2;
constexpr std::size_t kDataHeader = 4;
}  // namespace

void Firmware::swo_transport(Request& request, Bytes& response) {
  const std::uint8_t wanted = request.u8();
  const bool known = wanted <= (model_.swo_stream ? 2 : 1);
  const bool taken = known && model_.swo_buffer != 0 && !swo_.active();
  if (taken) swo_transport_ = static_cast<SwoTransport>(wanted);
  append_u8(response, taken ? kOk : kError);
}

void Firmware::swo_mode(Request& request, Bytes& response) {
  const std::uint8_t wanted = request.u8();
  const bool known = wanted <= (model_.swo_manchester ? 2 : 1);
  const bool taken = known && model_.swo_buffer != 0;
  if (taken) {
    swo_.stop();
    swo_mode_ = wanted;
  }
  append_u8(response, taken ? kOk : kError);
}

// Answers what the UART makes of it: its clock by a whole number; 0 where it cannot.
void Firmware::swo_baudrate(Request& request, Bytes& response) {
  const std::uint32_t wanted = request.u32();
  swo_.stop();
  swo_baud_ = {};
  if (wanted != 0 && wanted <= model_.swo_clock.value) {
    const std::uint32_t divisor = (model_.swo_clock.value + wanted / 2) / wanted;
    swo_baud_ = Hertz{model_.swo_clock.value / divisor};
  }
  append_le32(response, swo_baud_.value);
}

void Firmware::swo_control(Request& request, Bytes& response) {
  const std::uint8_t control = request.u8();
  if (control == 0) {
    swo_.stop();
    return append_u8(response, kOk);
  }
  const bool ready = control == 1 && swo_mode_ != 0 && swo_baud_.value != 0;
  if (ready) {
    swo_.start({.code = swo_mode_ == 2 ? SwoReceiver::Code::manchester : SwoReceiver::Code::uart,
                .baud = swo_baud_,
                .buffer = model_.swo_buffer});
    swo_index_ = 0;
  }
  append_u8(response, ready ? kOk : kError);
}

std::uint8_t Firmware::swo_state() {
  const bool error = swo_.stream_error(), overrun = swo_.overrun();
  return static_cast<std::uint8_t>((swo_.active() ? kCapture : 0) | (error ? kStreamError : 0) |
                                   (overrun ? kOverrun : 0));
}

void Firmware::swo_status(Request&, Bytes& response) {
  const auto waiting = static_cast<std::uint32_t>(swo_.waiting());
  append_u8(response, swo_state());
  append_le32(response, waiting);
}

void Firmware::swo_extended_status(Request& request, Bytes& response) {
  const std::uint8_t asked = request.u8();
  const auto waiting = static_cast<std::uint32_t>(swo_.waiting());
  if ((asked & kAskStatus) != 0) append_u8(response, swo_state());
  if ((asked & kAskCount) != 0) append_le32(response, waiting);
  if ((asked & kAskIndex) == 0) return;
  append_le32(response, swo_index_ + waiting);
  append_le32(response, 0);  // there is no test domain timer
}

void Firmware::swo_data(Request& request, Bytes& response) {
  const std::size_t wanted = request.u16(), room = model_.packet_size - kDataHeader;
  Bytes data;
  if (swo_transport_ == SwoTransport::data_command) data = swo_.take(std::min(wanted, room));
  swo_index_ += static_cast<std::uint32_t>(data.size());
  append_u8(response, swo_state());
  append_le16(response, static_cast<std::uint16_t>(data.size()));
  append(response, data);
}

Bytes Firmware::take_trace(std::uint8_t endpoint, std::size_t max_length) {
  if (endpoint != kTraceEndpoint || swo_transport_ != SwoTransport::endpoint) return {};
  Bytes data = swo_.take(max_length);
  swo_index_ += static_cast<std::uint32_t>(data.size());
  return data;
}

}  // namespace probity::vboard::cmsis_dap
