#include "vboard/serve/usbip_connection.hpp"

#include <fmt/format.h>

#include "base/errors.hpp"

namespace probity::vboard {

bool UsbipConnection::serve(Bytes& input, Bytes& output) {
  ByteView rest(input);
  bool goes_on = true;
  if (!import_) {
    const auto request = usbip::take_request(rest);
    if (request) goes_on = std::visit([&](const auto& r) { return answer(r, output); }, *request);
  }
  if (import_) run_commands(rest, output);
  input.erase(input.begin(), input.end() - static_cast<std::ptrdiff_t>(rest.size()));
  return goes_on;
}

// Devices that a client has are not in the list, as with usbipd (Linux, tools/usb/usbip/src/usbipd.c).
bool UsbipConnection::answer(const usbip::ListRequest&, Bytes& output) {
  usbip::ListReply reply;
  for (const auto& device : exports_.devices()) {
    device.board.begin_transaction();  // a cable may be back by now
    if (device.available()) reply.devices.push_back(device.record());
  }
  reply.append_to(output);
  return false;
}

bool UsbipConnection::answer(const usbip::ImportRequest& request, Bytes& output) {
  ExportedDevice* device = exports_.find(request.busid);
  usbip::ImportReply reply;
  if (device != nullptr) device->board.begin_transaction();
  if (device != nullptr && device->available()) {
    reply.device = device->record();
    import_.emplace(*device, hang_up_);
    urbs_.emplace(device->pipe);
  }
  reply.append_to(output);
  return import_.has_value();
}

void UsbipConnection::run_commands(ByteView& input, Bytes& output) {
  ExportedDevice& device = import_->device();
  const auto check = [&](std::uint32_t devid) {
    if (devid == device.devid()) return;
    throw ProtocolError(fmt::format("a command for device 0x{:08x}, not 0x{:08x}", devid, device.devid()));
  };
  device.board.begin_transaction();
  try {
    while (auto command = usbip::take_command(input)) {
      std::visit([&](const auto& c) { check(c.devid); }, *command);
      if (auto* submit = std::get_if<usbip::SubmitCommand>(&*command)) {
        urbs_->submit(std::move(*submit), output);
      } else {
        urbs_->unlink(std::get<usbip::UnlinkCommand>(*command), output);
      }
    }
  } catch (const AdapterError& e) {
    throw AdapterError(fmt::format("{}: {}", device.busid, e.message()));
  }
}

}  // namespace probity::vboard
