// An FTDI chip as a USB device: one vendor interface a channel (data sheet FT2232H, 4.3).
#pragma once

#include <string>

#include "vboard/probe/ftdi/model.hpp"
#include "vboard/usb/description.hpp"

namespace probity::vboard::ftdi {

// Of channel A, which is the one that is wired.
constexpr std::uint8_t kInEndpoint = 0x81, kOutEndpoint = 0x02;

std::size_t packet_size(const Chip& chip);
UsbDescription describe(const Model& model, std::string serial);

}  // namespace probity::vboard::ftdi
