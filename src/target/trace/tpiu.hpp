// The target's end of trace: TPIU (or an SWO component, which has the same registers) set to a protocol and
// rate.
#pragma once

#include "adapter/mem_port.hpp"
#include "adapter/trace_capture.hpp"

namespace probity {

// Where Armv7-M has it (DDI 0403E, table C1-1).
inline constexpr Address kTpiuBase = 0xE0040000;

struct TpiuSettings {
  TraceProtocol protocol = TraceProtocol::uart;
  unsigned port_width = 1;    // pins, 1 to 32; counts for sync
  std::uint32_t divisor = 1;  // of TRACECLKIN, 1 to 8192
  bool formatter = false;
};

// All of these throw what MemPort does.
class Tpiu {
 public:
  // `memory` must outlive it.
  Tpiu(MemPort& memory, Address base) : memory_(memory), base_(base) {}

  // By TPIU_DEVID.
  bool has_protocol(TraceProtocol protocol);
  // By TPIU_SSPSR.
  bool has_port_width(unsigned pins);
  void set(const TpiuSettings& settings);

 private:
  MemPort& memory_;
  Address base_;
};

}  // namespace probity
