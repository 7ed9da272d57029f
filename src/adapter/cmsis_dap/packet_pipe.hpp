// PacketPipe: CMSIS-DAP packets, whatever carries them. Three carriers: HID reports (v1), USB bulk (v2), a
// TCP stream (OpenOCD's cmsis-dap tcp).
#pragma once

#include <memory>
#include <string>

#include "transport/hid.hpp"
#include "transport/tcp.hpp"
#include "transport/usb.hpp"

namespace probity::cmsis_dap {

// AdapterError where the probe is gone; TimeoutError where it is silent too long.
class PacketPipe {
 public:
  virtual ~PacketPipe() = default;
  // One command packet, at most packet_size() bytes. Returns when it is sent, not when it is answered.
  virtual void send(ByteView packet) = 0;
  // The next response, in the order of the commands; may have padding behind it.
  virtual Bytes receive(Milliseconds timeout) = 0;
  // The longest packet, both ways. What the carrier guarantees, until the probe has said more (DAP_Info
  // 0xFF).
  virtual std::size_t packet_size() const = 0;
  virtual void set_packet_size(std::size_t size) = 0;
  // True where a response's length is that of its content: no padding.
  virtual bool exact_length() const = 0;
  // After this much silence nothing more will come.
  virtual Milliseconds quiet_time() const { return Milliseconds(10); }
  // A late answer to a process that was killed can be in here after open.
  virtual bool may_hold_stale() const { return true; }
};

std::unique_ptr<PacketPipe> make_hid_pipe(std::unique_ptr<HidDevice> device);
struct BulkEndpoints {
  std::uint8_t out = 0, in = 0;
  std::uint16_t max_packet = 64;
};
std::unique_ptr<PacketPipe> make_bulk_pipe(std::unique_ptr<UsbDevice> device, BulkEndpoints endpoints);
std::unique_ptr<PacketPipe> make_tcp_pipe(std::unique_ptr<TcpStream> stream);

}  // namespace probity::cmsis_dap
