// A cable between a host and a probe: what each transfer costs in virtual time, the counters, and the faults
// of the plan's "usb" counter.
//
// Costs (documented so that figures can be compared; source: facts of USB 2.0, ch. 5, and measured rates):
//   bulk        125 us a transfer (the reference figures' model), plus its bytes at the bus's effective rate:
//               full speed 1216 bytes a millisecond (19 packets of 64 a frame), high speed 40 MB/s
//   HID         one report a millisecond each way (interrupt endpoints of a full-speed device, bInterval 1)
//   control     like bulk
// The "usb" counters and faults are those of the debug interface's transfers; one that the device refuses for
// now (NAK) is none, and neither is what a host does with the device's other interfaces or its control pipe.
// The host, the bus and the probe work at the same time: a transfer waits for the bus and, inwards, for its
// reply, not for work that was started later. So packets in flight hide behind each other, as on a bench.
#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "base/units.hpp"
#include "vboard/board.hpp"
#include "vboard/probe/probe.hpp"
#include "vboard/usb/description.hpp"
#include "vboard/usb/device.hpp"
#include "vboard/usb/transfer.hpp"

namespace probity::vboard {

enum class UsbSpeed { full, high, hid };

class UsbPipe {
 public:
  // `probe` and `board` must outlive the pipe.
  UsbPipe(Probe& probe, Board& board, UsbSpeed speed);

  // Single transfers, none of which waits: what a host controller does. AdapterError once the probe is
  // unplugged.
  UsbReply control(const SetupPacket& setup, ByteView data);  // `data`: of a transfer to the device
  UsbReply submit_out(std::uint8_t endpoint, ByteView data);
  UsbReply submit_in(std::uint8_t endpoint, std::size_t max_length);

  // The same for a host program that waits: AdapterError where the device stalls; in() throws TimeoutError
  // when nothing came within `timeout` of virtual time.
  void out(std::uint8_t endpoint, ByteView data);
  Bytes in(std::uint8_t endpoint, std::size_t max_length, Milliseconds timeout);
  void reset();

  const UsbDescription& description() const { return probe_.description(); }
  bool plugged() const;
  // The cable is pulled (the device loses its power), and put in again.
  void unplug();
  void plug();
  // Counts how often it was put in, from 1: a host's handle on the device does not outlive that.
  unsigned connection() const;
  Probe& probe() { return probe_; }

 private:
  void strike();
  void require_plugged();
  bool is_debug(std::uint8_t endpoint) const;
  void note_replies();
  void host_catches_up();
  void occupy_bus(Nanoseconds& free_at, Nanoseconds not_before, Nanoseconds duration);
  Nanoseconds bulk_cost(std::size_t bytes) const;
  Nanoseconds cost(std::size_t bytes) const;  // of a transfer of the debug interface's kind

  Probe& probe_;
  Board& board_;
  UsbSpeed speed_;
  std::unique_ptr<UsbDeviceModel> device_;
  std::uint8_t reply_endpoint_;
  unsigned connection_ = 1;
  bool plugged_ = true;
  std::optional<Nanoseconds> back_at_;  // unplugged until then
  bool short_reply_ = false, lost_reply_ = false;
  Nanoseconds host_time_{0};              // when the host issued or got its last transfer
  Nanoseconds seen_{0};                   // the timeline when this pipe last moved it
  Nanoseconds out_free_{0}, in_free_{0};  // when the bus can take the next transfer each way
  std::deque<Nanoseconds> ready_;         // when each waiting reply was ready
};

}  // namespace probity::vboard
