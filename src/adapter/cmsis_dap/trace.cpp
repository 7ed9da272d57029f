#include "adapter/cmsis_dap/trace.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "adapter/cmsis_dap/swo_messages.hpp"
#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity::cmsis_dap {

namespace {

// DAP_Info 0xF0.
constexpr std::uint32_t kHasUart = 1u << 2, kHasManchester = 1u << 3;
// Where none is asked for and the probe cannot find out: what the UARTs of the slow probes (full-speed USB)
// take.
constexpr Hertz kDefaultRate{1'000'000};

SwoCode code_of(TraceProtocol protocol, std::uint32_t capabilities) {
  if ((capabilities & (kHasUart | kHasManchester)) == 0) {
    throw ConfigError("SWO-trace is not supported by the device.");
  }
  if (protocol == TraceProtocol::uart && (capabilities & kHasUart) != 0) return SwoCode::uart;
  if (protocol == TraceProtocol::manchester && (capabilities & kHasManchester) != 0)
    return SwoCode::manchester;
  throw ConfigError(fmt::format("Selected pin protocol is not supported. (The probe has{}{}, not {})",
                                (capabilities & kHasUart) != 0 ? " uart" : "",
                                (capabilities & kHasManchester) != 0 ? " manchester" : "",
                                name_of(protocol)));
}

// A rate that the target can send at: the trace clock by a whole number.
Hertz sendable(Hertz clock, Hertz wanted) {
  const std::uint32_t divisor = std::max((clock.value + wanted.value - 1) / wanted.value, 1u);
  return Hertz{clock.value / divisor};
}

}  // namespace

TraceRate SwoCapture::start(const TraceRequest& request) {
  const SwoCode code = code_of(request.protocol, probe_.facts().capabilities);
  Hertz wanted = request.pin_frequency;
  if (wanted.value == 0) wanted = sendable(request.trace_clock, kDefaultRate);
  running_ = lost_ = false;
  probe_.execute(SwoControl{false});
  const Bytes buffer = probe_.execute(Info{InfoId::swo_buffer_size});
  if (buffer.size() == 4) log_.info("CMSIS-DAP: SWO Trace Buffer Size = {} bytes", load_le32(buffer));
  probe_.execute(SwoTransport{SwoPath::data_command});
  probe_.execute(SwoMode{code});
  TraceRate rate;
  rate.pin_frequency = probe_.execute(SwoBaudrate{wanted});
  rate.divisor = trace_divisor(request.trace_clock, rate.pin_frequency);
  log_.info("SWO frequency: {} Hz.", rate.pin_frequency.value);
  log_.info("SWO prescaler: {}.", rate.divisor);
  probe_.execute(SwoControl{true});
  running_ = true;
  return rate;
}

Bytes SwoCapture::read() {
  if (!running_) return {};
  const SwoStatus::Answer status = probe_.execute(SwoStatus{});
  lost_ |= status.state.overrun;
  if (!status.state.capturing) throw AdapterError("CMSIS-DAP: the probe has ended its SWO capture by itself");
  const std::size_t most =
      std::min<std::size_t>(probe_.facts().packet_size - SwoData::kResponseHeader, 0xFFFF);
  Bytes all;
  while (all.size() < status.waiting) {
    const auto limit = static_cast<std::uint16_t>(std::min(most, status.waiting - all.size()));
    const SwoData::Answer answer = probe_.execute(SwoData{limit});
    lost_ |= answer.state.overrun;
    if (answer.data.empty()) break;
    append(all, answer.data);
  }
  return all;
}

void SwoCapture::stop() {
  if (!std::exchange(running_, false)) return;
  probe_.execute(SwoControl{false});
  log_.info("SWO-trace disabled.");
}

}  // namespace probity::cmsis_dap
