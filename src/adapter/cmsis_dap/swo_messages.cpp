#include "adapter/cmsis_dap/swo_messages.hpp"

#include <fmt/format.h>

#include "adapter/cmsis_dap/messages.hpp"
#include "base/bits.hpp"
#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity::cmsis_dap {

namespace {

constexpr std::uint8_t kDone = 0;

Bytes trace_packet(Command command) { return {static_cast<std::uint8_t>(command)}; }

void expect_done(ByteView response, Command command, std::string_view name) {
  expect_response(response, command, 2);
  if (response[1] != kDone) {
    throw AdapterError(fmt::format("CMSIS-DAP: command {} failed.", name), response[1]);
  }
}

}  // namespace

Bytes SwoTransport::encode() const {
  Bytes p = trace_packet(Command::swo_transport);
  append_u8(p, static_cast<std::uint8_t>(path));
  return p;
}
void SwoTransport::parse(ByteView response) {
  expect_done(response, Command::swo_transport, "CMD_SWO_Transport");
}

Bytes SwoMode::encode() const {
  Bytes p = trace_packet(Command::swo_mode);
  append_u8(p, static_cast<std::uint8_t>(code));
  return p;
}
void SwoMode::parse(ByteView response) { expect_done(response, Command::swo_mode, "CMD_SWO_Mode"); }

Bytes SwoBaudrate::encode() const {
  Bytes p = trace_packet(Command::swo_baudrate);
  append_le32(p, wanted.value);
  return p;
}
Hertz SwoBaudrate::parse(ByteView response) const {
  expect_response(response, Command::swo_baudrate, 5);
  const Hertz made{load_le32(response, 1)};
  if (made.value == 0) {
    throw AdapterError(fmt::format("CMSIS-DAP: command CMD_SWO_Baudrate({}) -> 0 failed.", wanted.value));
  }
  return made;
}

Bytes SwoControl::encode() const {
  Bytes p = trace_packet(Command::swo_control);
  append_u8(p, capture ? 1 : 0);
  return p;
}
void SwoControl::parse(ByteView response) { expect_done(response, Command::swo_control, "CMD_SWO_Control"); }

SwoState SwoState::from(std::uint8_t status) {
  constexpr Field kCapture{"Trace Capture", 0}, kStreamError{"Trace Stream Error", 6},
      kOverrun{"Trace Buffer Overrun", 7};
  return {kCapture.is_set(status), kStreamError.is_set(status), kOverrun.is_set(status)};
}

Bytes SwoStatus::encode() const { return trace_packet(Command::swo_status); }
SwoStatus::Answer SwoStatus::parse(ByteView response) {
  expect_response(response, Command::swo_status, 6);
  return {SwoState::from(response[1]), load_le32(response, 2)};
}

Bytes SwoData::encode() const {
  Bytes p = trace_packet(Command::swo_data);
  append_le16(p, limit);
  return p;
}
SwoData::Answer SwoData::parse(ByteView response) {
  expect_response(response, Command::swo_data, kResponseHeader);
  const std::size_t count = load_le16(response, 2);
  expect_response(response, Command::swo_data, kResponseHeader + count);
  const ByteView data = response.subspan(kResponseHeader, count);
  return {SwoState::from(response[1]), Bytes(data.begin(), data.end())};
}

}  // namespace probity::cmsis_dap
