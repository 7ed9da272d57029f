// Instrumentation Trace Macrocell (Armv7-M ARM C1.7, packets: appendix D4): stimulus ports, the packets of
// the DWT, timestamps and synchronisation packets, and the FIFO in front of the TPIU, which loses what it has
// no room for and says so with an overflow packet. Global timestamps are not there: GTSFREQ reads as zero.
#pragma once

#include <cstdint>
#include <deque>
#include <span>

namespace probity::vboard::armv7m {

class Itm {
 public:
  // Bytes on their way to the TPIU. The size is the implementation's own; Arm does not tell it.
  static constexpr std::size_t kFifoBytes = 16;

  // Only power-on resets it. DEMCR.TRCENA: without it nothing can be written and nothing is traced.
  void set_trace_enabled(bool on) { trace_enabled_ = on; }

  std::uint32_t read(std::uint32_t offset) const;
  // Bytes and halfwords only to the stimulus ports; `now` is the core's cycle.
  void write(std::uint32_t offset, unsigned size, std::uint32_t value, bool privileged, std::uint64_t now);

  // A packet of the DWT: 1, 2 or 4 bytes of payload (D4.3).
  void hardware_packet(unsigned id, std::uint32_t payload, unsigned size, std::uint64_t now);
  // A synchronisation packet is due (DWT_CTRL.SYNCTAP).
  void synchronise(std::uint64_t now);
  unsigned bus_id() const;

  // The oldest byte and the cycle at which it came in. Requires that there is one.
  struct Byte {
    std::uint8_t value;
    std::uint64_t since;
  };
  bool empty() const { return fifo_.empty(); }
  const Byte& front() const { return fifo_.front(); }
  std::size_t waiting() const { return fifo_.size(); }
  void pop() { fifo_.pop_front(); }

 private:
  bool on() const;
  bool port_enabled(unsigned port) const { return on() && (ter_ >> port & 1) != 0; }
  bool has_room(std::size_t bytes) const { return fifo_.size() + bytes <= kFifoBytes; }
  bool push(std::span<const std::uint8_t> packet, std::uint64_t now);
  void source_packet(std::uint8_t header, std::uint32_t payload, unsigned size, std::uint64_t now);
  void timestamp(std::uint64_t now);
  void write_control(std::uint32_t offset, std::uint32_t value, bool privileged, std::uint64_t now);

  bool trace_enabled_ = false, unlocked_ = false, overflowed_ = false;
  std::uint32_t ter_ = 0, tpr_ = 0, tcr_ = 0;
  std::uint64_t stamped_at_ = 0;
  std::deque<Byte> fifo_;
};

}  // namespace probity::vboard::armv7m
