#include "adapter/stlink/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/errors.hpp"

namespace probity::stlink {

namespace {
constexpr Milliseconds kTimeout{1000};
}

TraceRate StlinkTrace::start(const TraceRequest& request) {
  const bool v3 = probe_.version().stlink >= 3;
  const Hertz most = v3 ? kMostTraceBaudV3 : kMostTraceBaudV2;
  if (!probe_.has(Feature::trace)) throw ConfigError("The attached ST-LINK version doesn't support trace");
  if (request.protocol != TraceProtocol::uart) {
    throw ConfigError("The attached ST-LINK version doesn't support this trace mode");
  }
  if (request.pin_frequency > most) {
    throw ConfigError(fmt::format("ST-LINK doesn't support SWO frequency higher than {}", most.value));
  }
  TraceRate rate{.pin_frequency = request.pin_frequency};
  if (rate.pin_frequency.value == 0) {  // the highest that the trace clock can be divided to
    const std::uint32_t divisor = std::max((request.trace_clock.value + most.value - 1) / most.value, 1u);
    rate.pin_frequency = Hertz{request.trace_clock.value / divisor};
  }
  rate.divisor = trace_divisor(request.trace_clock, rate.pin_frequency);
  stop();
  const StartTrace command(v3 ? kTraceBufferV3 : kTraceBufferV2, rate.pin_frequency.value);
  const StatusAnswer answer = probe_.ask_patiently(command, "the ST-LINK to start its trace");
  if (ack_of(answer.status) != Ack::ok) throw_failure(answer.status, "starting the trace");
  running_ = true;
  return rate;
}

Bytes StlinkTrace::read() {
  if (!running_) return {};
  const std::size_t waiting = probe_.ask(GetTraceCount{});
  if (waiting == 0) return {};
  return probe_.link().read_trace(waiting, kTimeout);
}

void StlinkTrace::stop() {
  if (!std::exchange(running_, false)) return;
  const StatusAnswer answer = probe_.ask(StopTrace{});
  if (ack_of(answer.status) != Ack::ok) throw_failure(answer.status, "stopping the trace");
}

}  // namespace probity::stlink
