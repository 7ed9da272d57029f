// The virtual board behind the transport seam: an in-process USB and HID bus on which virtual probes sit, and
// virtual time. What `--virtual SPEC` and PROBITY_VIRTUAL set up.
//
// Several boards are on one bus, each with its own chip, flash file, faults and probes. They share one time:
// each board's own clock runs while something is done with it, and all are brought up to the one that is
// ahead whenever the host looks at the time, sleeps, or turns to any of them.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "transport/host.hpp"
#include "vboard/board.hpp"

namespace probity::vboard {

class VirtualHost {
 public:
  // SPEC: as parse_board_specs() takes it, "BOARD[;BOARD...]" with BOARD
  // "CHIP[,probe=KIND[,serial=TEXT|hex:BYTES][,firmware=VERSION]][,flash=FILE][,fault=PLAN][,voltage=MV]
  // [,dual-bank][,option:NAME=HEX][,qspi:PART[+PART]][,qspi2:PART[+PART]][,stats=FILE|-]"; KIND is one of
  // probe_kinds(), or gpio: a GPIO chip's lines instead of a probe on the bus (gpio_header.hpp). Without
  // probe=, a V2-1 and a CMSIS-DAP v2 are on the bus, so whichever driver the configuration selects finds its
  // probe. The probes' locations are 1-1, 1-2 ... in the order of the boards. ConfigError names the part that
  // is not understood.
  explicit VirtualHost(std::string_view spec);
  ~VirtualHost();

  UsbBus& usb();
  HidBus& hid();
  GpioChips& gpio();
  Clock& clock();                       // virtual time; sleep() advances it on all boards
  Board& board(std::size_t index = 0);  // in the order of SPEC; std::out_of_range beyond
  // Requests to the probes that no real firmware takes, in words, each after the probe's name; a driver's
  // test wants none.
  std::vector<std::string> probe_errors() const;
  // Saves the flash files and prints (stderr) or writes what stats= asked for; also done on destruction,
  // where an error is printed instead of thrown. ConfigError: a file cannot be written.
  void finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace probity::vboard
