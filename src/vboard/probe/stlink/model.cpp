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

Model v3(std::string_view name, std::uint16_t product_id, std::string_view serial, Beside beside,
         Version version) {
  return {.name = name,
          .product_id = product_id,
          .product_name = "STLINK-V3",
          .serial = serial,
          .out_endpoint = 0x01,
          .trace_endpoint = 0x82,
          .high_speed = true,
          .milliamps = 500,
          .beside = beside,
          .version = version,
          .power_on_mode = Mode::mass_storage,
          .swd_clocks = v3_swd_clocks(),
          .jtag_clocks = v3_jtag_clocks(),
          .default_swd_khz = 1000,
          .default_jtag_khz = 1000,
          .most_baud = Hertz{24'000'000},
          .trace_buffer = 8192};
}
}  // namespace

// Product ids, names, endpoints, current: public lsusb dumps; what the interfaces are, in descriptor.cpp.
const std::vector<Model>& models() {
  static const std::vector<Model> rows = {
      // stlink-org/stlink issue 7.
      {.name = "stlink-v2",
       .product_id = 0x3748,
       .product_name = "STM32 STLink",
       .serial = "50FF6C065078495331320187",
       .out_endpoint = 0x02,
       .trace_endpoint = 0x83,
       .high_speed = false,
       .milliamps = 100,
       .beside = Beside::nothing,
       .version = {.major = 2, .jtag = 37, .swim = 7},
       .power_on_mode = Mode::dfu,
       .swd_clocks = v2_swd_clocks(),
       .jtag_clocks = v2_jtag_clocks(),
       .default_swd_khz = 1800,
       .default_jtag_khz = 1125,
       .most_baud = Hertz{2'000'000},
       .trace_buffer = 4096},
      // RIOT-OS/RIOT pull request 5721.
      {.name = "stlink-v2-1",
       .product_id = 0x374B,
       .product_name = "STM32 STLink",
       .serial = "0669FF515055657867214418",
       .out_endpoint = 0x01,
       .trace_endpoint = 0x82,
       .high_speed = false,
       .milliamps = 500,
       .beside = Beside::storage_and_port,
       .version = {.major = 2, .jtag = 37, .mass_storage = 26},
       .power_on_mode = Mode::mass_storage,
       .swd_clocks = v2_swd_clocks(),
       .jtag_clocks = v2_jtag_clocks(),
       .default_swd_khz = 1800,
       .default_jtag_khz = 1125,
       .most_baud = Hertz{2'000'000},
       .trace_buffer = 4096},
      // STLINK-V3E of Nucleo and Discovery boards: pyusb/pyusb issue 395.
      v3("stlink-v3", 0x374E, "003A00193137510B33333639", Beside::storage_and_port,
         {.major = 3, .jtag = 10, .swim = 1, .mass_storage = 3, .bridge = 5}),
      // STLINK-V3SET with its bridge: version as in pichenettes/mutable-dev-environment pull request 9.
      v3("stlink-v3-374f", 0x374F, "002F00283137511633333737", Beside::port_bridge_and_storage,
         {.major = 3, .jtag = 7, .swim = 1, .mass_storage = 2, .bridge = 4}),
      // STLINK-V3SET with two serial ports: version as in the same repository's pull request 12.
      v3("stlink-v3-3753", 0x3753, "003E00363137510B33338642", Beside::two_ports,
         {.major = 3, .jtag = 7, .swim = 1, .mass_storage = 3, .bridge = 5}),
      // STLINK-V3E whose mass storage was disabled: stlink-org/stlink pull request 1185.
      v3("stlink-v3-3754", 0x3754, "004B00233033510635393935", Beside::port,
         {.major = 3, .jtag = 10, .swim = 1, .mass_storage = 3, .bridge = 5}),
  };
  return rows;
}

}  // namespace probity::vboard::stlink
