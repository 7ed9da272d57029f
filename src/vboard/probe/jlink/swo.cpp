// SWO of a J-Link: a UART with a buffer out of the memory that transfers use, too.
#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "vboard/probe/jlink/firmware.hpp"
#include "vboard/probe/jlink/protocol.hpp"

namespace probity::vboard::jlink {

namespace {

// A parameter's value; nothing where it is not among them, or no word.
std::optional<std::uint32_t> parameter(ByteView command, std::uint8_t id) {
  for (std::size_t at = 2; command[at] != 0; at += 2 + command[at]) {
    if (command[at + 1] == id && command[at] == 4) return load_le32(command, at + 2);
  }
  return {};
}

}  // namespace

void Firmware::swo_command(ByteView command) {
  switch (command[1]) {
    case swo::kStart:
      return reply_le32(swo_start(command));
    case swo::kStop:
      swo_.stop();
      swo_buffer_ = 0;
      return reply_le32(0);
    case swo::kRead:
      return swo_read(command);
    case swo::kGetSpeeds:
      return swo_speeds(command);
    default:
      error(fmt::format("SWO with the unknown sub-command 0x{:02x}", command[1]));
  }
}

// The clock is divided by the next whole number; 0: it runs.
std::uint32_t Firmware::swo_start(ByteView command) {
  const auto mode = parameter(command, swo::kMode), baud = parameter(command, swo::kBaud),
             size = parameter(command, swo::kBufferSize);
  if (!mode || !baud || !size || *baud == 0 || *size == 0) {
    error("SWO start without mode, rate or buffer size");
    return swo::kRefused;
  }
  const std::uint32_t divisor = (model_.swo_clock.value + *baud / 2) / *baud;
  if (swo_.active() || *mode != swo::kUart || *size > free_memory() || divisor < model_.swo_least_divisor ||
      divisor > model_.swo_most_divisor) {
    return swo::kRefused;
  }
  swo_buffer_ = *size;
  swo_.start({.code = SwoReceiver::Code::uart,
              .baud = Hertz{model_.swo_clock.value / divisor},
              .buffer = swo_buffer_});
  return 0;
}

// u32 status, u32 length, data.
void Firmware::swo_read(ByteView command) {
  const auto most = parameter(command, swo::kReadSize);
  if (!most) error("SWO read without a size");
  Bytes bytes;
  append_le32(bytes, swo_.active() ? 0 : swo::kRefused);
  const Bytes data = swo_.active() ? swo_.take(most.value_or(0)) : Bytes();
  append_le32(bytes, static_cast<std::uint32_t>(data.size()));
  append(bytes, data);
  reply(std::move(bytes));
}

// u32 length of all, reserved, clock, least and most divisor, least and most prescaler; or the error alone.
void Firmware::swo_speeds(ByteView command) {
  if (parameter(command, swo::kMode) != swo::kUart) return reply_le32(swo::kRefused);
  Bytes bytes;
  for (const std::uint32_t word :
       {28u, 0u, model_.swo_clock.value, model_.swo_least_divisor, model_.swo_most_divisor, 1u, 1u}) {
    append_le32(bytes, word);
  }
  reply(std::move(bytes));
}

}  // namespace probity::vboard::jlink
