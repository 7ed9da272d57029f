#include "vboard/probe/jlink/model.hpp"

#include "vboard/probe/jlink/protocol.hpp"

namespace probity::vboard::jlink {

// A V9: 60 MHz / 4 is the 15 MHz that its users see as its maximum, 7.5 MHz that of its SWO (SEGGER, J-Link
// model overview). A V4 is one of the last with JTAG only and without HW_JTAG3, which came with V5
// (RM08001, HW_JTAG3); it tells its speeds to nobody, and its 48 MHz / 4 = 12 MHz is what drivers take then.
const std::vector<Model>& models() {
  using namespace cap;
  static const std::vector<Model> rows = {
      {.name = "jlink",
       .product_id = 0x0101,
       .serial = "000050100001",
       .firmware_version = "J-Link V9",
       .compiled = "May  7 2021 16:26:12",
       .hardware_version = 9'40'00,
       .capabilities = {kAlways, kGetHwVersion, kReadConfig, kWriteConfig, kSpeedInfo, kGetMaxBlockSize,
                        kGetHwInfo, kSetKsPower, kSelectIf, kSwo, kRegister, kGetCapsEx},
       .interfaces = 1u << kJtag | 1u << kSwd,
       .jtag3 = true,
       .base_clock = Hertz{60'000'000},
       .least_divisor = 4,
       .memory = 20464,
       .swo_clock = Hertz{60'000'000},
       .swo_least_divisor = 8,
       .swo_most_divisor = 0x1000},
      {.name = "jlink-v4",
       .product_id = 0x0101,
       .serial = "000000400001",
       .firmware_version = "J-Link ARM V4",
       .compiled = "Mar 25 2009 10:12:01",
       .hardware_version = 4'00'00,
       .capabilities = {kAlways, kGetHwVersion, kReadConfig, kWriteConfig},
       .interfaces = 1u << kJtag,
       .jtag3 = false,
       .base_clock = Hertz{48'000'000},
       .least_divisor = 4,
       .memory = 4112,
       .swo_clock = Hertz{0},
       .swo_least_divisor = 0,
       .swo_most_divisor = 0},
  };
  return rows;
}

}  // namespace probity::vboard::jlink
