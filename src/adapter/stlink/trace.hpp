// StlinkTrace: SWO through an ST-LINK. UART only; the firmware keeps what comes in a ring of its own.
#pragma once

#include "adapter/stlink/probe.hpp"
#include "adapter/trace_capture.hpp"

namespace probity::stlink {

class StlinkTrace final : public TraceCapture {
 public:
  // `probe` must outlive it. Needs Feature::trace.
  explicit StlinkTrace(Probe& probe) : probe_(probe) {}

  TraceRate start(const TraceRequest& request) override;
  Bytes read() override;
  void stop() override;

 private:
  Probe& probe_;
  bool running_ = false;
};

}  // namespace probity::stlink
