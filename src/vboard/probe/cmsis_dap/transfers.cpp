// DAP_Transfer and DAP_TransferBlock: AP reads are posted on the wire and un-posted here; a WAIT is retried
// as often as TransferConfigure says; the first transfer that is not OK ends the command.
#include <fmt/format.h>

#include "vboard/probe/cmsis_dap/firmware.hpp"
#include "vboard/probe/cmsis_dap/protocol.hpp"

namespace probity::vboard::cmsis_dap {

namespace {
constexpr WireRequest kReadRdBuff{.read = true, .a = 0xC};

WireRequest wire_request(std::uint8_t bits) {
  return {.ap = (bits & kApnDp) != 0, .read = (bits & kRnW) != 0, .a = static_cast<std::uint8_t>(bits & 0xC)};
}
}  // namespace

// A parity error is the protocol error bit alone, which is WireAck::parity's number.
std::uint8_t Firmware::Outcome::code() const {
  return static_cast<std::uint8_t>(static_cast<std::uint8_t>(ack) | (mismatch ? kMismatch : 0));
}

void Firmware::transfer_configure(Request& request, Bytes& response) {
  swd_.settings.idle_cycles = request.u8();
  wait_retries_ = request.u16();
  match_retries_ = request.u16();
  append_u8(response, kOk);
}

// False where there is no such port to talk to.
bool Firmware::begin_transfers(std::uint8_t index) {
  read_posted_ = write_unchecked_ = false;
  if (selected_ == Selected::none) {
    error("a transfer before DAP_Connect");
    return false;
  }
  if (selected_ == Selected::swd) return true;
  if (index >= jtag_.device_count()) {
    error(fmt::format("a transfer to JTAG device {} of {}", index, jtag_.device_count()));
    return false;
  }
  jtag_.select_device(index);
  jtag_.forget_instruction();
  return true;
}

WireAck Firmware::raw(const WireRequest& wanted, std::uint32_t& data) {
  WireAck ack = WireAck::wait;
  for (unsigned i = 0; i <= wait_retries_ && ack == WireAck::wait; ++i) {
    if (selected_ == Selected::swd) {
      ack = swd_.transfer(wanted, data);
    } else {
      ack = jtag_.transfer(wanted, data, wait_retries_);
      jtag_.idle(swd_.settings.idle_cycles);
    }
  }
  return ack;
}

// Brings in the result of the posted AP read, if there is one.
WireAck Firmware::fetch_posted(Bytes& response) {
  if (!read_posted_) return WireAck::ok;
  read_posted_ = false;
  std::uint32_t data = 0;
  const WireAck ack = raw(kReadRdBuff, data);
  if (ack == WireAck::ok) append_le32(response, data);
  return ack;
}

Firmware::Outcome Firmware::match(const WireRequest& wanted, std::uint32_t value) {
  std::uint32_t data = 0;
  WireAck ack = WireAck::ok;
  if (wanted.ap) ack = raw(wanted, data);  // posted: the repeated reads below bring the results
  for (unsigned i = 0; ack == WireAck::ok; ++i) {
    ack = raw(wanted, data);
    if (ack == WireAck::ok && (data & match_mask_) == value) return {ack, false};
    if (i >= match_retries_) break;
  }
  return {ack, ack == WireAck::ok};
}

Firmware::Outcome Firmware::one_transfer(std::uint8_t bits, Request& request, Bytes& response) {
  const WireRequest wanted = wire_request(bits);
  std::uint32_t data = 0;
  if (!wanted.read) {
    data = request.u32();
    if (const WireAck ack = fetch_posted(response); ack != WireAck::ok) return {ack};
    if ((bits & kMatchMask) != 0) {
      match_mask_ = data;
      return {};
    }
    write_unchecked_ = true;
    return {raw(wanted, data)};
  }
  write_unchecked_ = false;
  const bool matching = (bits & kMatchValue) != 0;
  const std::uint32_t value = matching ? request.u32() : 0;
  if (wanted.ap && !matching) {
    const WireAck ack = raw(wanted, data);
    if (ack == WireAck::ok && read_posted_) append_le32(response, data);
    read_posted_ = true;
    return {ack};
  }
  if (const WireAck ack = fetch_posted(response); ack != WireAck::ok) return {ack};
  if (matching) return match(wanted, value);
  const WireAck ack = raw(wanted, data);
  if (ack == WireAck::ok) append_le32(response, data);
  return {ack};
}

void Firmware::transfer(Request& request, Bytes& response) {
  const bool possible = begin_transfers(request.u8());
  const std::uint8_t count = request.u8();
  const std::size_t head = response.size();
  response.resize(head + 2);  // transfers done, last answer
  std::uint8_t done = 0;
  Outcome outcome;
  for (unsigned i = 0; i < count && possible && outcome.ok(); ++i) {
    const std::uint8_t bits = request.u8();
    if ((bits & kTimestamp) != 0) error("a timestamp was asked for, which the probe does not have");
    outcome = one_transfer(bits, request, response);
    if (outcome.ok()) ++done;
  }
  if (possible && outcome.ok()) {
    outcome.ack = fetch_posted(response);
    std::uint32_t ignored = 0;
    if (outcome.ok() && write_unchecked_) outcome.ack = raw(kReadRdBuff, ignored);  // its error, if any
  }
  response[head] = done;
  response[head + 1] = count == 0 || !possible ? 0 : outcome.code();
}

Firmware::Outcome Firmware::block_read(const WireRequest& wanted, std::uint16_t count, std::uint16_t& done,
                                       Bytes& response) {
  std::uint32_t data = 0;
  WireAck ack = wanted.ap ? raw(wanted, data) : WireAck::ok;  // posted
  while (done < count && ack == WireAck::ok) {
    const bool last = wanted.ap && done + 1 == count;
    ack = raw(last ? kReadRdBuff : wanted, data);
    if (ack != WireAck::ok) break;
    append_le32(response, data);
    ++done;
  }
  return {ack};
}

Firmware::Outcome Firmware::block_write(const WireRequest& wanted, std::uint16_t count, std::uint16_t& done,
                                        Request& request) {
  WireAck ack = WireAck::ok;
  while (done < count && ack == WireAck::ok) {
    std::uint32_t data = request.u32();
    ack = raw(wanted, data);
    if (ack == WireAck::ok) ++done;
  }
  std::uint32_t ignored = 0;
  if (ack == WireAck::ok) ack = raw(kReadRdBuff, ignored);
  return {ack};
}

void Firmware::transfer_block(Request& request, Bytes& response) {
  const bool possible = begin_transfers(request.u8());
  const std::uint16_t count = request.u16();
  const WireRequest wanted = wire_request(request.u8());
  const std::size_t head = response.size();
  response.resize(head + 3);  // transfers done, last answer
  std::uint16_t done = 0;
  Outcome outcome;
  if (possible && count != 0) {
    outcome =
        wanted.read ? block_read(wanted, count, done, response) : block_write(wanted, count, done, request);
  }
  store_le16(response, head, done);
  response[head + 2] = possible && count != 0 ? outcome.code() : 0;
}

void Firmware::write_abort(Request& request, Bytes& response) {
  const bool possible = begin_transfers(request.u8());
  std::uint32_t value = request.u32();
  if (possible && selected_ == Selected::swd) swd_.transfer({.a = 0}, value);
  if (possible && selected_ == Selected::jtag) jtag_.abort(value);
  append_u8(response, possible ? kOk : kError);
}

}  // namespace probity::vboard::cmsis_dap
