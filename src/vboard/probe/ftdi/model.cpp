#include "vboard/probe/ftdi/model.hpp"

namespace probity::vboard::ftdi {

namespace {

// Data sheets FT2232H (DS_FT2232H 4.1: 4 KiB each way a channel), FT232H (1 KiB), FT2232D (128 bytes from
// the host, 384 to it).
const Chip kFt2232h{.release = 0x0700, .high_speed = true, .channels = 2, .from_host = 4096, .to_host = 4096};
const Chip kFt232h{.release = 0x0900, .high_speed = true, .channels = 1, .from_host = 1024, .to_host = 1024};
const Chip kFt2232d{.release = 0x0500, .high_speed = false, .channels = 2, .from_host = 128, .to_host = 384};

// Olimex' JTAG probes: buffers that ADBUS4 enables, a transistor at nRST, nTRST straight on a pin.
constexpr Wiring kOlimex{
    .buffer_enable = 0x0010, .nrst = {.enable = 0x0200}, .ntrst = {.level = 0x0100}, .swd_resistor = false};
constexpr Wiring kOlimexWithResistor{
    .buffer_enable = 0x0010, .nrst = {.enable = 0x0200}, .ntrst = {.level = 0x0100}, .swd_resistor = true};
// A bare module: resets on ADBUS4 and 5, TDI over a resistor.
constexpr Wiring kModule{.nrst = {.level = 0x0010}, .ntrst = {.level = 0x0020}, .swd_resistor = true};
// KT-Link: three-state buffers for both resets, a switch and a buffer for SWD.
constexpr Wiring kKtLink{.nrst = {.level = 0x0200, .enable = 0x0800, .enable_low = true},
                         .ntrst = {.level = 0x0100, .enable = 0x0400, .enable_low = true},
                         .swd_when_low = 0x0020,
                         .swd_when_high = 0x2000,
                         .swdio_drive_low = 0x1000};

}  // namespace

const std::vector<Model>& models() {
  static const std::vector<Model> rows = {
      {"ft2232h", kFt2232h, 0x15BA, 0x002A, "Olimex", "Olimex OpenOCD JTAG ARM-USB-TINY-H", "OLA00001",
       kOlimex},
      {"ft2232h-swd", kFt2232h, 0x15BA, 0x002A, "Olimex", "Olimex OpenOCD JTAG ARM-USB-TINY-H", "OLB00001",
       kOlimexWithResistor},
      {"ft232h", kFt232h, 0x0403, 0x6014, "FTDI", "Single RS232-HS", "FTC00001", kModule},
      {"ft2232d", kFt2232d, 0x15BA, 0x0004, "Olimex", "Olimex OpenOCD JTAG TINY", "OLD00001", kOlimex},
      {"kt-link", kFt2232h, 0x0403, 0xBBE2, "KT-LINK", "KT-LINK", "KTE00001", kKtLink},
  };
  return rows;
}

}  // namespace probity::vboard::ftdi
