#include "vboard/probe/cmsis_dap/model.hpp"

namespace probity::vboard::cmsis_dap {

const std::vector<Model>& models() {
  static const std::vector<Model> rows = {
      {.name = "cmsis-dap-v1",
       .vendor_id = 0xC251,
       .product_id = 0xF001,
       .product_name = "Virtual CMSIS-DAP",
       .serial = "0001A0000000",
       .protocol_version = "1.3.0",
       .firmware_version = "1.0",
       .hid = true,
       .high_speed = false,
       .packet_size = 64,
       .packet_count = 4,
       .swo_buffer = 4096,
       .swo_clock = Hertz{3'000'000},
       .swo_manchester = false,
       .swo_stream = false},
      {.name = "cmsis-dap-v2",
       .vendor_id = 0xC251,
       .product_id = 0xF00A,
       .product_name = "Virtual CMSIS-DAP v2",
       .serial = "0002A0000000",
       .protocol_version = "2.1.1",
       .firmware_version = "1.0",
       .hid = false,
       .high_speed = true,
       .packet_size = 512,
       .packet_count = 8,
       .swo_buffer = 8192,
       .swo_clock = Hertz{48'000'000},
       .swo_manchester = true,
       .swo_stream = true},
  };
  return rows;
}

const Model& tcp_model() {
  static const Model row = {.name = "cmsis-dap-tcp",
                            .vendor_id = 0xC251,
                            .product_id = 0xF00B,
                            .product_name = "Virtual CMSIS-DAP TCP",
                            .serial = "0003A0000000",
                            .protocol_version = "2.1.1",
                            .firmware_version = "1.0",
                            .hid = false,
                            .high_speed = true,
                            .packet_size = 1024,
                            .packet_count = 8,
                            .swo_buffer = 8192,
                            .swo_clock = Hertz{48'000'000},
                            .swo_manchester = true,
                            .swo_stream = false};
  return row;
}

}  // namespace probity::vboard::cmsis_dap
