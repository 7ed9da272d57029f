// The virtual board behind the transport seam: an in-process USB and HID bus on which virtual probes sit, all
// wired to one board, and the board's clock. What `--virtual SPEC` and PROBITY_VIRTUAL set up.
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
  // SPEC:
  // "CHIP[,probe=stlink-v2|stlink-v2-1|stlink-v3|cmsis-dap-v1|cmsis-dap-v2][,flash=FILE][,fault=PLAN][,voltage=MV]
  // [,dual-bank][,stats=FILE|-]". Without probe=, a V2-1 and a CMSIS-DAP v2 are on the bus, so whichever
  // driver the configuration selects finds its probe. ConfigError names the part that is not understood.
  explicit VirtualHost(std::string_view spec);
  ~VirtualHost();

  UsbBus& usb();
  HidBus& hid();
  Clock& clock();  // virtual time; sleep() advances it
  Board& board();
  // Requests to the probes that no real firmware takes, in words, each after the probe's name; a driver's
  // test wants none.
  std::vector<std::string> probe_errors() const;
  // Saves the flash file and prints (stderr) or writes what stats= asked for; also done on destruction, where
  // an error is printed instead of thrown. ConfigError: a file cannot be written.
  void finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace probity::vboard
