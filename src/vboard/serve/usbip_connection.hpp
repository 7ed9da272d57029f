// One USB/IP client: asks for the list of devices, or imports one and sends transfers to it.
#pragma once

#include <memory>
#include <optional>

#include "vboard/serve/connection.hpp"
#include "vboard/serve/usbip_exports.hpp"
#include "vboard/serve/usbip_urbs.hpp"

namespace probity::vboard {

class UsbipConnection final : public Connection {
 public:
  // `exports` must outlive the connection; `hang_up` is what a device that this client imports calls when it
  // is unplugged.
  UsbipConnection(Exports& exports, HangUp hang_up) : exports_(exports), hang_up_(std::move(hang_up)) {}
  // Throws AdapterError naming the device when a fault plan unplugs it.
  bool serve(Bytes& input, Bytes& output) override;

 private:
  bool answer(const usbip::ListRequest& request, Bytes& output);
  bool answer(const usbip::ImportRequest& request, Bytes& output);
  void run_commands(ByteView& input, Bytes& output);

  Exports& exports_;
  HangUp hang_up_;
  std::optional<Import> import_;
  std::optional<Urbs> urbs_;
};

}  // namespace probity::vboard
