#include "vboard/probe/ftdi/firmware.hpp"

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "vboard/probe/ftdi/description.hpp"

namespace probity::vboard::ftdi {

namespace {

// bRequest: libftdi's ftdi.h.
constexpr std::uint8_t kReset = 0, kModemControl = 1, kFlowControl = 2, kBaudRate = 3, kData = 4,
                       kModemStatus = 5, kEventChar = 6, kErrorChar = 7, kSetLatency = 9, kGetLatency = 10,
                       kSetBitMode = 11, kReadEeprom = 0x90;
constexpr std::uint16_t kResetAll = 0, kPurgeFromHost = 1, kPurgeToHost = 2;
constexpr std::uint8_t kModeReset = 0, kModeMpsse = 2;
constexpr std::uint8_t kDefaultLatency = 16;  // milliseconds
// Modem and line status at the head of each packet: bit 0 of the first is reserved and 1; transmitter empty.
constexpr std::uint8_t kModemByte = 0x32, kLineByte = 0x60;
constexpr std::size_t kStatus = 2;

UsbReply done(Bytes data = {}) { return {UsbReply::Status::ok, std::move(data)}; }
UsbReply refused() { return {UsbReply::Status::stall, {}}; }

}  // namespace

Firmware::Firmware(const Model& model, Board& board, const ProbeOptions& options)
    : model_(model),
      description_(describe(model, serial_of(options, model.serial))),
      pins_(board),
      mpsse_(model, pins_),
      latency_(kDefaultLatency) {}

void Firmware::usb_reset() {
  Probe::usb_reset();
  mpsse_mode_ = false;
  latency_ = kDefaultLatency;
  mpsse_.reset();
}

void Firmware::lose_power() { usb_reset(); }

void Firmware::receive(std::uint8_t endpoint, ByteView data) {
  if (endpoint != kOutEndpoint) {
    error(fmt::format("{} bytes for endpoint 0x{:02x}, which takes none", data.size(), endpoint));
    return;
  }
  if (!mpsse_mode_) {
    error(fmt::format("{} bytes for the MPSSE, which is off", data.size()));
    return;
  }
  mpsse_.receive(data);
  after_run();
}

void Firmware::reply_taken() {
  mpsse_.run();
  after_run();
}

void Firmware::after_run() {
  for (std::string& what : mpsse_.take_errors()) error(std::move(what));
  send_packets(mpsse_.take_send_immediate());
}

// Full packets leave as soon as there is enough for one; a short one when it is asked for or the latency
// timer says so.
void Firmware::send_packets(bool short_one) {
  const std::size_t payload = packet_size(model_.chip) - kStatus;
  Bytes transfer;
  bool ended = false;
  while (mpsse_.answers_waiting() >= payload || (short_one && !ended)) {
    ended = mpsse_.answers_waiting() < payload;
    if (ended && mpsse_.answers_waiting() == 0 && !transfer.empty()) break;
    append(transfer, Bytes{kModemByte, kLineByte});
    append(transfer, mpsse_.take_answers(payload));
  }
  if (!transfer.empty()) reply(std::move(transfer));
}

UsbReply Firmware::control(const SetupPacket& setup, ByteView) {
  const unsigned channel = setup.index & 0xFFu;                 // counted from 1; 0 where there is but one
  if (setup.request == kReadEeprom) return done({0xFF, 0xFF});  // none is fitted
  if (channel <= 1) return channel_a(setup);
  return channel <= model_.chip.channels ? serial_port(setup) : refused();
}

UsbReply Firmware::channel_a(const SetupPacket& setup) {
  switch (setup.request) {
    case kReset:
      if (setup.value == kResetAll || setup.value == kPurgeFromHost) mpsse_.purge_received();
      if (setup.value == kResetAll || setup.value == kPurgeToHost) {
        mpsse_.purge_answers();
        drop_replies();
      }
      return setup.value <= kPurgeToHost ? done() : refused();
    case kSetLatency:
      if (setup.value == 0 || setup.value > 255) return refused();
      latency_ = static_cast<std::uint8_t>(setup.value);
      return done();
    case kGetLatency:
      return done({latency_});
    case kSetBitMode:
      set_bit_mode(static_cast<std::uint8_t>(setup.value >> 8));
      return done();
    default:
      return serial_port(setup);
  }
}

void Firmware::set_bit_mode(std::uint8_t mode) {
  if (mode != kModeReset && mode != kModeMpsse) error(fmt::format("bit mode 0x{:02x} is not modelled", mode));
  mpsse_mode_ = mode == kModeMpsse;
  mpsse_.reset();
}

UsbReply Firmware::serial_port(const SetupPacket& setup) const {
  switch (setup.request) {
    case kReset:
    case kModemControl:
    case kFlowControl:
    case kBaudRate:
    case kData:
    case kEventChar:
    case kErrorChar:
    case kSetLatency:
    case kSetBitMode:
      return done();
    case kModemStatus:
      return done({kModemByte, kLineByte});
    case kGetLatency:
      return done({kDefaultLatency});
    default:
      return refused();
  }
}

}  // namespace probity::vboard::ftdi
