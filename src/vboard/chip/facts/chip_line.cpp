#include "vboard/chip/facts/chip_line.hpp"

namespace probity::vboard {

ChipLine chip_line(const GenerationFacts& generation, const LineRow& row) {
  ChipLine line;
  line.name = row.name;
  line.manual = row.manual;
  line.generation = &generation;
  line.idcode = row.idcode;
  line.bsc_idcode = 0x06000041 | (row.idcode & 0xFFF) << 12;  // DEV_ID is in it (RM0090 38.6.3: 0x06413041)
  line.core = row.core;
  line.ram = row.ram;
  line.flash = {{.address = 0x08000000}};
  line.peripherals = {row.peripherals.begin(), row.peripherals.end()};
  return line;
}

std::vector<OrderingRow> ordering_rows(const std::vector<Device>& devices) {
  std::vector<OrderingRow> rows;
  for (const Device& device : devices) {
    for (const OrderingCodes& codes : device.codes) {
      rows.push_back({codes.family, codes.pins, codes.sizes, &device.line, codes.kib});
    }
  }
  return rows;
}

}  // namespace probity::vboard
