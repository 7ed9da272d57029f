#include "adapter/cmsis_dap/messages.hpp"

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "wire/swd_frame.hpp"

namespace probity::cmsis_dap {

constexpr std::uint8_t kUnknownCommand = 0xFF;  // a probe's whole answer to a command it does not have

void expect_response(ByteView response, Command command, std::size_t length) {
  if (response.empty()) {
    throw AdapterError(
        fmt::format("CMSIS-DAP: empty response to command 0x{:x}", static_cast<unsigned>(command)));
  }
  if (response[0] == kUnknownCommand) {
    throw AdapterError(
        fmt::format("CMSIS-DAP command 0x{:x} not implemented", static_cast<unsigned>(command)),
        kUnknownCommand);
  }
  if (response[0] != static_cast<std::uint8_t>(command)) {
    throw AdapterError(fmt::format("CMSIS-DAP command mismatch. Sent 0x{:x} received 0x{:x}",
                                   static_cast<unsigned>(command), response[0]));
  }
  if (response.size() < length) {
    throw AdapterError(fmt::format("CMSIS-DAP: response to command 0x{:x} has {} bytes, needs {}",
                                   static_cast<unsigned>(command), response.size(), length));
  }
}

namespace {

constexpr std::uint8_t kDapOk = 0x00;

// Transfer Request byte: APnDP, RnW, A2, A3.
constexpr std::uint8_t kRequestAp = 1u << 0, kRequestRead = 1u << 1;
// Transfer Response byte: acknowledge in bits 2:0, SWD protocol (parity) error.
constexpr std::uint8_t kAckMask = 7, kProtocolError = 1u << 3;

Bytes packet(Command command) { return {static_cast<std::uint8_t>(command)}; }

void expect_ok(ByteView response, Command command, std::string_view name) {
  expect_response(response, command, 2);
  if (response[1] != kDapOk)
    throw AdapterError(fmt::format("CMSIS-DAP command {} failed.", name), response[1]);
}

std::uint8_t request_of(const DapTransfer& t) {
  return static_cast<std::uint8_t>((t.port == Port::ap ? kRequestAp : 0) | (t.read ? kRequestRead : 0) |
                                   (t.a & 0xC));
}

Ack ack_of(std::uint8_t response) {
  if ((response & kProtocolError) != 0) return Ack::parity;
  switch (response & kAckMask) {
    case 1:
      return Ack::ok;
    case 2:
      return Ack::wait;
    case 4:
      return Ack::fault;
    default:
      return Ack::none;
  }
}

// The words from `offset` on, at most `count`; a response that is short of them has fewer.
std::vector<std::uint32_t> words_at(ByteView response, std::size_t offset, std::size_t count) {
  std::vector<std::uint32_t> words;
  for (std::size_t i = 0; i < count && offset + 4 * (i + 1) <= response.size(); ++i) {
    words.push_back(load_le32(response, offset + 4 * i));
  }
  return words;
}

}  // namespace

Bytes Info::encode() const {
  return {static_cast<std::uint8_t>(Command::info), static_cast<std::uint8_t>(id)};
}

Bytes Info::parse(ByteView response) {
  expect_response(response, Command::info, 2);
  const std::size_t length = response[1];
  expect_response(response, Command::info, 2 + length);
  const ByteView content = response.subspan(2, length);
  return Bytes(content.begin(), content.end());
}

std::string info_text(const Bytes& info) {
  std::string text(info.begin(), info.end());
  const std::size_t end = text.find('\0');
  if (end != std::string::npos) text.resize(end);
  return text;
}

Bytes HostStatus::encode() const {
  Bytes p = packet(Command::host_status);
  append_u8(p, static_cast<std::uint8_t>(led));
  append_u8(p, on ? 1 : 0);
  return p;
}
void HostStatus::parse(ByteView response) { expect_response(response, Command::host_status, 2); }

Bytes Connect::encode() const {
  Bytes p = packet(Command::connect);
  append_u8(p, static_cast<std::uint8_t>(port));
  return p;
}
void Connect::parse(ByteView response) const {
  expect_response(response, Command::connect, 2);
  if (response[1] != static_cast<std::uint8_t>(port)) {
    throw AdapterError(fmt::format("CMSIS-DAP failed to connect in mode ({})", static_cast<unsigned>(port)),
                       response[1]);
  }
}

Bytes Disconnect::encode() const { return packet(Command::disconnect); }
void Disconnect::parse(ByteView response) { expect_ok(response, Command::disconnect, "CMD_DISCONNECT"); }

Bytes TransferConfigure::encode() const {
  Bytes p = packet(Command::transfer_configure);
  append_u8(p, idle_cycles);
  append_le16(p, wait_retry);
  append_le16(p, match_retry);
  return p;
}
void TransferConfigure::parse(ByteView response) {
  expect_ok(response, Command::transfer_configure, "CMD_TFER_Configure");
}

Bytes Transfer::encode() const {
  Bytes p = packet(Command::transfer);
  append_u8(p, dap_index);
  append_u8(p, static_cast<std::uint8_t>(transfers.size()));
  for (const DapTransfer& t : transfers) {
    append_u8(p, request_of(t));
    if (!t.read) append_le32(p, t.value);
  }
  return p;
}

TransferResult Transfer::parse(ByteView response, bool exact_length) const {
  expect_response(response, Command::transfer, kResponseHeader);
  TransferResult result{response[1], ack_of(response[2]), {}};
  if (result.count > transfers.size()) {
    throw AdapterError(fmt::format("CMSIS-DAP transfer count mismatch: expected {}, got {}", transfers.size(),
                                   result.count));
  }
  std::size_t reads = 0;
  for (const DapTransfer& t : transfers.first(result.count)) reads += t.read ? 1 : 0;
  // With a failure the last AP read that was counted may have been accepted only: its word is not there.
  // Padding would hide that, so it is taken to be missing.
  if (result.ack != Ack::ok && !exact_length && result.count > 0) {
    const DapTransfer& last = transfers[result.count - 1];
    if (last.read && last.port == Port::ap) --reads;
  }
  result.words = words_at(response, kResponseHeader, reads);
  return result;
}

Bytes TransferBlock::encode() const {
  Bytes p = packet(Command::transfer_block);
  append_u8(p, dap_index);
  append_le16(p, static_cast<std::uint16_t>(transfers.size()));
  append_u8(p, request_of(transfers.front()));
  if (!transfers.front().read) {
    for (const DapTransfer& t : transfers) append_le32(p, t.value);
  }
  return p;
}

TransferResult TransferBlock::parse(ByteView response) const {
  expect_response(response, Command::transfer_block, kResponseHeader);
  TransferResult result{load_le16(response, 1), ack_of(response[3]), {}};
  if (result.count > transfers.size()) {
    throw AdapterError(fmt::format("CMSIS-DAP transfer count mismatch: expected {}, got {}", transfers.size(),
                                   result.count));
  }
  if (transfers.front().read) result.words = words_at(response, kResponseHeader, result.count);
  return result;
}

Bytes WriteAbort::encode() const {
  Bytes p = packet(Command::write_abort);
  append_u8(p, dap_index);
  append_le32(p, value);
  return p;
}
void WriteAbort::parse(ByteView response) { expect_ok(response, Command::write_abort, "CMD_WRITE_ABORT"); }

Bytes SwjPins::encode() const {
  Bytes p = packet(Command::swj_pins);
  append_u8(p, output);
  append_u8(p, select);
  append_le32(p, wait_microseconds);
  return p;
}
std::uint8_t SwjPins::parse(ByteView response) {
  expect_response(response, Command::swj_pins, 2);
  return response[1];
}

Bytes SwjClock::encode() const {
  Bytes p = packet(Command::swj_clock);
  append_le32(p, frequency.value);
  return p;
}
void SwjClock::parse(ByteView response) { expect_ok(response, Command::swj_clock, "CMD_DAP_SWJ_CLOCK"); }

Bytes SwjSequence::encode() const {
  Bytes p = packet(Command::swj_sequence);
  append_u8(p, static_cast<std::uint8_t>(bits.size()));  // 256 bits are told as 0
  append(p, bits.bytes());
  return p;
}
void SwjSequence::parse(ByteView response) { expect_ok(response, Command::swj_sequence, "CMD_DAP_SWJ_SEQ"); }

Bytes SwdConfigure::encode() const {
  Bytes p = packet(Command::swd_configure);
  append_u8(p, static_cast<std::uint8_t>((turnaround_cycles - 1) | (data_phase_always ? 1u << 2 : 0)));
  return p;
}
void SwdConfigure::parse(ByteView response) {
  expect_ok(response, Command::swd_configure, "CMD_SWD_Configure");
}

// Three runs of SWCLK: each begins with its length and, in bit 7, that SWDIO is left to the target.
Bytes TargetSelect::encode() const {
  constexpr std::uint8_t kInput = 1u << 7;
  const BitVector data = swd::write_data(value);
  Bytes p = packet(Command::swd_sequence);
  append_u8(p, 3);
  append_u8(p, swd::kRequestBits);
  append_u8(p, swd::request(false, false, swd::kTargetSel));
  append_u8(p, kInput | swd::kNoAckBits);
  append_u8(p, static_cast<std::uint8_t>(data.size()));
  append(p, data.bytes());
  return p;
}
void TargetSelect::parse(ByteView response) { expect_ok(response, Command::swd_sequence, "SWD_Sequence"); }

Bytes JtagSequence::encode() const {
  Bytes p = packet(Command::jtag_sequence);
  append_u8(p, static_cast<std::uint8_t>(runs.size()));
  for (const JtagRun& run : runs) {
    append_u8(p, static_cast<std::uint8_t>((run.tdi.size() & 0x3F) | (run.tms ? 1u << 6 : 0) |
                                           (run.capture ? 1u << 7 : 0)));  // 64 cycles are told as 0
    append(p, run.tdi.bytes());
  }
  return p;
}
BitVector JtagSequence::parse(ByteView response) const {
  expect_ok(response, Command::jtag_sequence, "CMD_DAP_JTAG_SEQ");
  BitVector tdo;
  std::size_t offset = 2;
  for (const JtagRun& run : runs) {
    if (!run.capture) continue;
    const std::size_t length = run.tdi.bytes().size();
    expect_response(response, Command::jtag_sequence, offset + length);
    tdo.append(BitVector::from_bytes(response.subspan(offset, length), run.tdi.size()));
    offset += length;
  }
  return tdo;
}

Bytes JtagConfigure::encode() const {
  Bytes p = packet(Command::jtag_configure);
  append_u8(p, static_cast<std::uint8_t>(ir_lengths.size()));
  for (const unsigned length : ir_lengths) append_u8(p, static_cast<std::uint8_t>(length));
  return p;
}
void JtagConfigure::parse(ByteView response) {
  expect_ok(response, Command::jtag_configure, "CMD_JTAG_CONFIGURE");
}

Bytes JtagIdcode::encode() const {
  Bytes p = packet(Command::jtag_idcode);
  append_u8(p, index);
  return p;
}
std::uint32_t JtagIdcode::parse(ByteView response) {
  expect_ok(response, Command::jtag_idcode, "CMD_JTAG_IDCODE");
  expect_response(response, Command::jtag_idcode, 6);
  return load_le32(response, 2);
}

}  // namespace probity::cmsis_dap
