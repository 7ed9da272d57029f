// SWO: START_TRACE_RX (buffer size, baud rate), STOP_TRACE_RX, GET_TRACE_NB, and the trace endpoint, on which
// come the bytes that GET_TRACE_NB told of.
#include <fmt/format.h>

#include <algorithm>

#include "vboard/probe/stlink/firmware.hpp"

namespace probity::vboard::stlink {

void Firmware::start_trace(ByteView block) {
  const std::uint16_t size = load_le16(block, 2);
  const Hertz baud{load_le32(block, 4)};
  if (size == 0 || size > model_.trace_buffer) {
    return refuse(fmt::format("a trace buffer of {} bytes; it has {}", size, model_.trace_buffer),
                  status::kCommandError, block);
  }
  if (baud.value == 0 || baud > model_.most_baud) {
    return refuse(fmt::format("a trace of {} baud; the most is {}", baud.value, model_.most_baud.value),
                  status::kCommandError, block);
  }
  trace_told_ = 0;
  swo_.start({.code = SwoReceiver::Code::uart, .baud = baud, .buffer = size});
  reply_status(status::kOk);
}

void Firmware::stop_trace(ByteView) {
  swo_.stop();
  trace_told_ = 0;
  reply_status(status::kOk);
}

void Firmware::get_trace_count(ByteView) {
  trace_told_ = swo_.active() ? swo_.waiting() : 0;
  Bytes count;
  append_le16(count, static_cast<std::uint16_t>(trace_told_));
  reply(std::move(count));
}

Bytes Firmware::take_trace(std::uint8_t endpoint, std::size_t max_length) {
  if (endpoint != model_.trace_endpoint) return {};
  Bytes bytes = swo_.take(std::min(max_length, trace_told_));
  trace_told_ -= bytes.size();
  return bytes;
}

}  // namespace probity::vboard::stlink
