// SwoCapture: SWO through a J-Link, its UART's buffer read between the other messages.
#pragma once

#include <functional>

#include "adapter/jlink/probe.hpp"
#include "adapter/trace_capture.hpp"

namespace probity::jlink {

// The highest of the probe's rates that `trace_clock` divided by a whole number comes within 3 % of; 0 where
// there is none.
std::uint32_t detect_swo_rate(const SwoSpeeds& speeds, Hertz trace_clock);

// How much of `free` bytes capture takes; 0 where that is too little.
std::uint32_t swo_buffer_size(std::uint32_t free);

class SwoCapture final : public TraceCapture {
 public:
  // `probe` must outlive it. `memory_changed` is called when capture has taken some of the probe's memory or
  // given it back.
  SwoCapture(Probe& probe, Log& log, std::function<void()> memory_changed)
      : probe_(probe), log_(log), memory_changed_(std::move(memory_changed)) {}

  TraceRate start(const TraceRequest& request) override;
  Bytes read() override;
  void stop() override;

 private:
  std::uint32_t choose_rate(const TraceRequest& request);

  Probe& probe_;
  Log& log_;
  std::function<void()> memory_changed_;
  std::uint32_t buffer_ = 0;  // bytes; 0: it does not run
};

}  // namespace probity::jlink
