// SwoCapture: SWO through a CMSIS-DAP probe, its buffer read by DAP_SWO_Data between the other commands,
// which every probe with SWO has.
#pragma once

#include <utility>

#include "adapter/cmsis_dap/probe.hpp"
#include "adapter/trace_capture.hpp"

namespace probity::cmsis_dap {

class SwoCapture final : public TraceCapture {
 public:
  // `probe` must outlive it.
  SwoCapture(Probe& probe, Log& log) : probe_(probe), log_(log) {}

  TraceRate start(const TraceRequest& request) override;
  Bytes read() override;
  bool lost() override { return std::exchange(lost_, false); }
  void stop() override;

 private:
  Probe& probe_;
  Log& log_;
  bool running_ = false, lost_ = false;
};

}  // namespace probity::cmsis_dap
