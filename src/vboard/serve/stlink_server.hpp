// The TCP protocol of ST's stlink-server, as OpenOCD 0.12's tcp back end speaks it. All numbers
// little-endian; the first byte is the command, whose length it implies:
//   0x00 refresh list     2 bytes                             -> status
//   0x01 count devices    1                                   -> count
//   0x02 device info      8: index at 1, answer size at 4     -> status, id, serial[32], VID, PID, in use
//   0x03 open             8: id at 4                          -> status, connection id
//   0x04 close            8: connection id at 4               -> status
//   0x05 USB command      32: connection id at 4, block at 8, direction at 24, size at 28, then the data
//                                                             -> status, data
//      direction 0 to the probe, 1 from it, 3 from its trace endpoint, without a block of its own
//   0x06 server version   4                                   -> API, major, minor, build
#pragma once

#include "vboard/board.hpp"
#include "vboard/probe/usb_pipe.hpp"
#include "vboard/serve/connection.hpp"

namespace probity::vboard {

class StlinkServerConnection final : public Connection {
 public:
  // Both must outlive the connection; the probe is an ST-LINK.
  StlinkServerConnection(Board& board, UsbPipe& pipe);
  bool serve(Bytes& input, Bytes& output) override;

 private:
  std::size_t request_size(ByteView input) const;
  void answer(ByteView request, Bytes& output);
  void device_info(ByteView request, Bytes& output);
  void open(ByteView request, Bytes& output);
  void usb_command(ByteView request, Bytes& output);
  Bytes transfer(ByteView request);

  Board& board_;
  UsbPipe& pipe_;
  UsbDeviceInfo device_;
  std::uint8_t out_endpoint_ = 0, in_endpoint_ = 0, trace_endpoint_ = 0;
  bool opened_ = false;
};

}  // namespace probity::vboard
