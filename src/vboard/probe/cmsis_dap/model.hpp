// The CMSIS-DAP probes: one row each.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/units.hpp"

namespace probity::vboard::cmsis_dap {

struct Model {
  std::string_view name;
  std::uint16_t vendor_id, product_id;
  std::string_view product_name, serial;
  std::string_view protocol_version, firmware_version;
  bool hid;         // version 1: HID reports of exactly packet_size bytes
  bool high_speed;  // USB
  unsigned packet_size, packet_count;
  // SWO: buffer in bytes (0: no SWO), the UART's clock, which is its highest rate, and what else it can.
  std::size_t swo_buffer;
  Hertz swo_clock;
  bool swo_manchester, swo_stream;
};

// What `probe=` chooses from.
const std::vector<Model>& models();
// The probe behind CMSIS-DAP over TCP: packets of 1024 bytes, the most its header's users take.
const Model& tcp_model();

}  // namespace probity::vboard::cmsis_dap
