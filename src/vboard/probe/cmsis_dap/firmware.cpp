#include "vboard/probe/cmsis_dap/firmware.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "vboard/probe/cmsis_dap/description.hpp"
#include "vboard/probe/cmsis_dap/protocol.hpp"

namespace probity::vboard::cmsis_dap {

Firmware::Firmware(const Model& model, Board& board, const ProbeOptions& options)
    : model_(model),
      description_(describe(model, serial_of(options, model.serial))),
      firmware_version_(options.firmware.empty() ? model.firmware_version : options.firmware),
      board_(board),
      pins_(board),
      swd_(pins_),
      jtag_(pins_),
      swo_(board) {}

void Firmware::usb_reset() {
  Probe::usb_reset();
  queued_.clear();
  selected_ = Selected::none;
  swo_.stop();
  swo_transport_ = SwoTransport::none;
  swo_mode_ = 0;
  swo_baud_ = {};
}

void Firmware::lose_power() {
  usb_reset();
  wait_retries_ = kWaitRetries;
  match_retries_ = match_mask_ = 0;
  swd_.settings = {};
  pins_.set_frequency(Pins::kDefaultFrequency);
  pins_.set_nrst(false);
  pins_.set_ntrst(false);
}

void Firmware::receive(std::uint8_t endpoint, ByteView packet) {
  ++board_.stats().usb_commands;
  if (endpoint != kOutEndpoint) {
    error(fmt::format("{} bytes for endpoint 0x{:02x}, which takes none", packet.size(), endpoint));
    return;
  }
  if (packet.empty() || packet.size() > model_.packet_size || (model_.hid && packet.size() != 64)) {
    error(fmt::format("a packet of {} bytes; the probe's size is {}", packet.size(), model_.packet_size));
    return;
  }
  if (packet[0] == command::kTransferAbort) return;  // works at once are done at once: nothing left to abort
  if (replies_waiting() + queued_.size() >= model_.packet_count) {
    error(fmt::format("more than {} packets in flight", model_.packet_count));
    return;
  }
  Bytes own(packet.begin(), packet.end());
  if (own[0] == command::kQueueCommands) {
    own[0] = command::kExecuteCommands;
    queued_.push_back(std::move(own));
    return;
  }
  for (const Bytes& earlier : std::exchange(queued_, {})) answer(earlier);
  answer(own);
}

void Firmware::answer(ByteView packet) {
  Request request(packet);
  Bytes response;
  try {
    run_one(request, response);
  } catch (const std::out_of_range&) {
    error(fmt::format("command 0x{:02x} ends before all it announces", packet[0]));
    response = {packet[0], kError};
  }
  if (response.size() > model_.packet_size) {
    error(fmt::format("the response to command 0x{:02x} needs {} bytes, the packet size is {}", packet[0],
                      response.size(), model_.packet_size));
    response = {packet[0], kError};
  }
  if (model_.hid) response.resize(model_.packet_size);
  reply(std::move(response));
}

const std::vector<Firmware::Row>& Firmware::rows() {
  using F = Firmware;
  static const std::vector<Row> table = {
      {command::kInfo, &F::info},
      {command::kHostStatus, &F::host_status},
      {command::kConnect, &F::connect},
      {command::kDisconnect, &F::disconnect},
      {command::kTransferConfigure, &F::transfer_configure},
      {command::kTransfer, &F::transfer},
      {command::kTransferBlock, &F::transfer_block},
      {command::kWriteAbort, &F::write_abort},
      {command::kDelay, &F::delay},
      {command::kResetTarget, &F::reset_target},
      {command::kSwjPins, &F::swj_pins},
      {command::kSwjClock, &F::swj_clock},
      {command::kSwjSequence, &F::swj_sequence},
      {command::kSwdConfigure, &F::swd_configure},
      {command::kSwdSequence, &F::swd_sequence},
      {command::kJtagSequence, &F::jtag_sequence},
      {command::kJtagConfigure, &F::jtag_configure},
      {command::kJtagIdCode, &F::jtag_idcode},
      {command::kSwoTransport, &F::swo_transport},
      {command::kSwoMode, &F::swo_mode},
      {command::kSwoBaudrate, &F::swo_baudrate},
      {command::kSwoControl, &F::swo_control},
      {command::kSwoStatus, &F::swo_status},
      {command::kSwoExtendedStatus, &F::swo_extended_status},
      {command::kSwoData, &F::swo_data},
      {command::kExecuteCommands, &F::execute_commands},
  };
  return table;
}

void Firmware::run_one(Request& request, Bytes& response) {
  const std::uint8_t code = request.u8();
  const auto& table = rows();
  const auto row = std::find_if(table.begin(), table.end(), [&](const Row& r) { return r.code == code; });
  if (row == table.end()) {
    error(fmt::format("unknown command 0x{:02x}", code));
    append_u8(response, 0xFF);
    return;
  }
  append_u8(response, code);
  (this->*row->run)(request, response);
}

void Firmware::execute_commands(Request& request, Bytes& response) {
  const std::uint8_t count = request.u8();
  append_u8(response, count);
  for (unsigned i = 0; i < count; ++i) run_one(request, response);
}

std::uint8_t Firmware::capabilities() const {
  std::uint8_t bits = kCapabilityBits;
  if (model_.swo_buffer != 0) bits |= kSwoUart;
  if (model_.swo_manchester) bits |= kSwoManchester;
  if (model_.swo_stream) bits |= kSwoStreaming;
  return bits;
}

void Firmware::info(Request& request, Bytes& response) {
  const std::uint8_t id = request.u8();
  Bytes value;
  const auto text = [&](std::string_view s) {
    value.assign(s.begin(), s.end());
    value.push_back(0);
  };
  switch (id) {
    case info::kVendor:
      text(description_.manufacturer);
      break;
    case info::kProduct:
      text(model_.product_name);
      break;
    case info::kSerial:
      text(description_.serial);
      break;
    case info::kProtocolVersion:
      text(model_.protocol_version);
      break;
    case info::kFirmwareVersion:
      text(firmware_version_);
      break;
    case info::kCapabilities:
      value = {capabilities()};
      break;
    case info::kPacketCount:
      value = {static_cast<std::uint8_t>(model_.packet_count)};
      break;
    case info::kPacketSize:
      append_le16(value, static_cast<std::uint16_t>(model_.packet_size));
      break;
    case info::kSwoBuffer:
      if (model_.swo_buffer != 0) append_le32(value, static_cast<std::uint32_t>(model_.swo_buffer));
      break;
    case info::kTargetVendor:
    case info::kTargetName:
    case info::kBoardVendor:
    case info::kBoardName:
    case info::kTimer:
    case info::kUartReceive:
    case info::kUartTransmit:
      break;  // known, and this probe has none: length 0
    default:
      error(fmt::format("unknown DAP_Info id 0x{:02x}", id));
  }
  append_u8(response, static_cast<std::uint8_t>(value.size()));
  append(response, value);
}

void Firmware::host_status(Request& request, Bytes& response) {
  const std::uint8_t light = request.u8();
  request.u8();
  append_u8(response, light <= 1 ? kOk : kError);
}

void Firmware::connect(Request& request, Bytes& response) {
  const std::uint8_t port = request.u8();
  selected_ = port == 0 ? Selected::swd : port <= 2 ? static_cast<Selected>(port) : Selected::none;
  append_u8(response, static_cast<std::uint8_t>(selected_));
}

void Firmware::disconnect(Request&, Bytes& response) {
  selected_ = Selected::none;
  append_u8(response, kOk);
}

void Firmware::delay(Request& request, Bytes& response) {
  pins_.wait(Microseconds(request.u16()));
  append_u8(response, kOk);
}

// No device-specific reset sequence is built in.
void Firmware::reset_target(Request&, Bytes& response) {
  append_u8(response, kOk);
  append_u8(response, 0);
}

}  // namespace probity::vboard::cmsis_dap
