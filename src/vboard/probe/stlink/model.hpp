// The ST-LINK models: one row each.
#pragma once

#include <string_view>
#include <vector>

#include "base/units.hpp"
#include "vboard/probe/stlink/protocol.hpp"

namespace probity::vboard::stlink {

struct ClockStep {
  std::uint32_t kilohertz;
  std::uint32_t divisor;  // as SWD_SET_FREQ / JTAG_SET_FREQ name it; V3 goes by the frequency itself
};

// V2: major, JTAG, SWIM; V2-1: major, JTAG, mass storage; V3: all of them, by GET_VERSION_EX.
struct Version {
  std::uint8_t major = 0, jtag = 0, swim = 0, mass_storage = 0, bridge = 0;
};

// What the USB device has beside its debug interface, which is always interface 0.
enum class Beside { nothing, storage_and_port, port_bridge_and_storage, two_ports, port };

struct Model {
  std::string_view name;
  std::uint16_t product_id;
  std::string_view product_name, serial;
  std::uint8_t out_endpoint, trace_endpoint;
  bool high_speed;
  std::uint16_t milliamps;
  Beside beside;
  Version version;
  Mode power_on_mode;
  std::vector<ClockStep> swd_clocks, jtag_clocks;
  std::uint32_t default_swd_khz, default_jtag_khz;
  // SWO: what the UART can, and the buffer behind it. As pyOCD's and OpenOCD's drivers hold them.
  Hertz most_baud;
  std::uint16_t trace_buffer;
};

const std::vector<Model>& models();

}  // namespace probity::vboard::stlink
