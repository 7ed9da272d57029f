// CMSIS-DAP over TCP, as in OpenOCD's cmsis_dap_tcp back end: each packet behind a header of 8 bytes, little-
// endian: signature "DAP\0", length of the packet (16 bits), type (1 request, 2 response), 0.
#pragma once

#include "vboard/board.hpp"
#include "vboard/probe/usb_pipe.hpp"
#include "vboard/serve/connection.hpp"

namespace probity::vboard {

class CmsisDapTcpConnection final : public Connection {
 public:
  // Both must outlive the connection; the probe is a CMSIS-DAP one with at most `packet_size` bytes a packet
  // and `packet_count` in flight.
  CmsisDapTcpConnection(Board& board, UsbPipe& pipe, std::size_t packet_size, std::size_t packet_count);
  bool serve(Bytes& input, Bytes& output) override;

 private:
  bool send_next(Bytes& input);
  void collect(Bytes& output);

  Board& board_;
  UsbPipe& pipe_;
  std::size_t packet_size_, packet_count_;
  std::uint8_t out_endpoint_ = 0, in_endpoint_ = 0;
};

}  // namespace probity::vboard
