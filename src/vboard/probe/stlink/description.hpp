// An ST-LINK model as a USB device.
#pragma once

#include <string>

#include "vboard/probe/stlink/model.hpp"
#include "vboard/usb/description.hpp"

namespace probity::vboard::stlink {

UsbDescription describe(const Model& model, std::string serial);

}  // namespace probity::vboard::stlink
