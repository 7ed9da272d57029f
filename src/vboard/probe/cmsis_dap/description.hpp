// A CMSIS-DAP probe as a USB device (Arm, CMSIS-DAP: "Configure USB peripheral").
#pragma once

#include <string>

#include "vboard/probe/cmsis_dap/model.hpp"
#include "vboard/usb/description.hpp"

namespace probity::vboard::cmsis_dap {

constexpr std::uint8_t kOutEndpoint = 0x01, kInEndpoint = 0x81, kTraceEndpoint = 0x82;

UsbDescription describe(const Model& model, std::string serial);

}  // namespace probity::vboard::cmsis_dap
