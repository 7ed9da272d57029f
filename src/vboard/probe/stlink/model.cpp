#include "vboard/probe/stlink/model.hpp"

namespace probity::vboard::stlink {

namespace {
// ST-LINK/V2's clock steps (UM1075; the divisors as seen on the wire).
std::vector<ClockStep> v2_swd_clocks() {
  return {{4000, 0}, {1800, 1}, {1200, 2}, {950, 3},  {480, 7},  {240, 15},
          {125, 31}, {100, 40}, {50, 79},  {25, 158}, {15, 265}, {5, 798}};
}
std::vector<ClockStep> v2_jtag_clocks() {
  return {{9000, 4}, {4500, 8}, {2250, 16}, {1125, 32}, {562, 64}, {281, 128}, {140, 256}};
}
// What STLINK-V3 firmware reports by GET_COM_FREQ.
std::vector<ClockStep> v3_swd_clocks() {
  return {{24000, 0}, {8000, 0}, {3300, 0}, {1000, 0}, {200, 0}, {50, 0}, {5, 0}};
}
std::vector<ClockStep> v3_jtag_clocks() {
  return {{21333, 0}, {16000, 0}, {12000, 0}, {8000, 0}, {2000, 0}, {1000, 0}, {500, 0}};
}
}  // namespace

const std::vector<Model>& models() {
  static const std::vector<Model> rows = {
      {.name = "stlink-v2",
       .product_id = 0x3748,
       .product_name = "STM32 STLink",
       .serial = "50FF6C065078495331320187",
       .out_endpoint = 0x02,
       .trace_endpoint = 0x83,
       .high_speed = false,
       .major = 2,
       .jtag = 37,
       .swim = 7,
       .mass_storage = 0,
       .bridge = 0,
       .power_on_mode = Mode::dfu,
       .max_bytes = 64,
       .swd_clocks = v2_swd_clocks(),
       .jtag_clocks = v2_jtag_clocks(),
       .default_swd_khz = 1800,
       .default_jtag_khz = 1125},
      {.name = "stlink-v2-1",
       .product_id = 0x374B,
       .product_name = "STM32 STLink",
       .serial = "0669FF515055657867214418",
       .out_endpoint = 0x01,
       .trace_endpoint = 0x82,
       .high_speed = false,
       .major = 2,
       .jtag = 37,
       .swim = 0,
       .mass_storage = 26,
       .bridge = 0,
       .power_on_mode = Mode::mass_storage,
       .max_bytes = 64,
       .swd_clocks = v2_swd_clocks(),
       .jtag_clocks = v2_jtag_clocks(),
       .default_swd_khz = 1800,
       .default_jtag_khz = 1125},
      {.name = "stlink-v3",
       .product_id = 0x374E,
       .product_name = "STLINK-V3",
       .serial = "003A00193137510B33333639",
       .out_endpoint = 0x01,
       .trace_endpoint = 0x82,
       .high_speed = true,
       .major = 3,
       .jtag = 10,
       .swim = 1,
       .mass_storage = 3,
       .bridge = 5,
       .power_on_mode = Mode::mass_storage,
       .max_bytes = 512,
       .swd_clocks = v3_swd_clocks(),
       .jtag_clocks = v3_jtag_clocks(),
       .default_swd_khz = 1000,
       .default_jtag_khz = 1000},
  };
  return rows;
}

}  // namespace probity::vboard::stlink
