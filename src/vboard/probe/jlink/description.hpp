// A J-Link as a USB device: one interface of the vendor's class with a bulk endpoint each way.
#pragma once

#include <string>

#include "vboard/probe/jlink/model.hpp"
#include "vboard/usb/description.hpp"

namespace probity::vboard::jlink {

constexpr std::uint8_t kOutEndpoint = 0x02, kInEndpoint = 0x81;

UsbDescription describe(const Model& model, std::string serial);

}  // namespace probity::vboard::jlink
