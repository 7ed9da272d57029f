// A cable between a host and a probe: what each transfer costs in virtual time, the counters, and the faults
// of the plan's "usb" counter.
//
// Costs (documented so that figures can be compared; source: facts of USB 2.0, ch. 5, and measured rates):
//   bulk        125 us a transfer (the reference figures' model), plus its bytes at the bus's effective rate:
//               full speed 1216 bytes a millisecond (19 packets of 64 a frame), high speed 40 MB/s
//   HID         one report a millisecond each way (interrupt endpoints of a full-speed device, bInterval 1)
// The host, the bus and the probe work at the same time: a transfer waits for the bus and, inwards, for its
// reply, not for work that was started later. So packets in flight hide behind each other, as on a bench.
#pragma once

#include <deque>

#include "base/units.hpp"
#include "vboard/board.hpp"
#include "vboard/probe/probe.hpp"

namespace probity::vboard {

enum class UsbSpeed { full, high, hid };

class UsbPipe {
 public:
  // `probe` and `board` must outlive the pipe.
  UsbPipe(Probe& probe, Board& board, UsbSpeed speed) : probe_(probe), board_(board), speed_(speed) {}

  // Throw AdapterError once the probe is unplugged; in() throws TimeoutError when no reply waits, after
  // `timeout` of virtual time.
  void out(std::uint8_t endpoint, ByteView data);
  Bytes in(std::size_t max_length, Milliseconds timeout);
  void reset();

  bool plugged() const { return plugged_; }
  Probe& probe() { return probe_; }

 private:
  void strike();
  void host_catches_up();
  void occupy_bus(Nanoseconds& free_at, Nanoseconds not_before, std::size_t bytes);
  Nanoseconds cost(std::size_t bytes) const;

  Probe& probe_;
  Board& board_;
  UsbSpeed speed_;
  bool plugged_ = true;
  bool short_reply_ = false, lost_reply_ = false;
  Nanoseconds host_time_{0};              // when the host issued or got its last transfer
  Nanoseconds seen_{0};                   // the timeline when this pipe last moved it
  Nanoseconds out_free_{0}, in_free_{0};  // when the bus can take the next transfer each way
  std::deque<Nanoseconds> ready_;         // when each waiting reply was ready
};

}  // namespace probity::vboard
