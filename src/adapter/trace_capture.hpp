// TraceCapture: a probe that receives what the target's trace port sends (SWO), for TPIU and SWO of the
// target.
#pragma once

#include <string_view>

#include "base/units.hpp"

namespace probity {

// The values are those of TPIU_SPPR (CoreSight SoC TRM, TPIU).
enum class TraceProtocol { sync = 0, manchester = 1, uart = 2 };
std::string_view name_of(TraceProtocol protocol);

struct TraceRequest {
  TraceProtocol protocol = TraceProtocol::uart;
  unsigned port_width = 1;  // pins of the parallel port; counts for sync only
  Hertz trace_clock{0};     // TRACECLKIN of the target, which it divides
  Hertz pin_frequency{0};   // wanted on the wire; 0: the best the probe has
};

// What was agreed on.
struct TraceRate {
  Hertz pin_frequency{0};     // what the probe receives at
  std::uint32_t divisor = 1;  // of the trace clock, so that the target sends at that
};

// All calls may throw AdapterError or TimeoutError.
class TraceCapture {
 public:
  virtual ~TraceCapture() = default;
  // Drops what was received before. ConfigError: the probe has no such protocol, or none of its rates can be
  // made of the trace clock. Allowed while it runs, and is then a new start.
  virtual TraceRate start(const TraceRequest& request) = 0;
  // What has come since the last call; empty where nothing has, or capture does not run.
  virtual Bytes read() = 0;
  // True where the probe lost something since the last question, as far as it can tell.
  virtual bool lost() { return false; }
  // What is still unread is gone; read() before. Nothing to do where it does not run.
  virtual void stop() = 0;
};

// The whole divisor that brings `clock` nearest to `wanted`; ConfigError where that is further than 3 % off,
// which a UART does not bear, or TPIU_ACPR (13 bits) does not hold it.
std::uint32_t trace_divisor(Hertz clock, Hertz wanted);

}  // namespace probity
