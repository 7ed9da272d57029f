// The FTDI probes: one row each, a chip and how a product wires it.
#pragma once

#include <string_view>
#include <vector>

#include "vboard/probe/ftdi/wiring.hpp"

namespace probity::vboard::ftdi {

struct Chip {
  std::uint16_t release;  // bcdDevice
  bool high_speed;        // USB; 60 MHz instead of 12, adaptive clocking, clocks without data
  unsigned channels;
  std::size_t from_host, to_host;  // bytes in a channel's buffers
};

struct Model {
  std::string_view name;
  const Chip& chip;
  std::uint16_t vendor_id, product_id;
  std::string_view manufacturer, product_name, serial;
  Wiring wiring;
};

const std::vector<Model>& models();

}  // namespace probity::vboard::ftdi
