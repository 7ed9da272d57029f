#include "adapter/jlink/trace.hpp"

#include <algorithm>
#include <utility>

#include "base/errors.hpp"

namespace probity::jlink {

std::uint32_t detect_swo_rate(const SwoSpeeds& speeds, Hertz trace_clock) {
  constexpr std::uint64_t kMostPrescaler = 0x2000, kPercent = 3;
  const std::uint64_t clock = trace_clock.value;
  for (std::uint32_t divisor = speeds.least_divisor; divisor <= speeds.most_divisor; ++divisor) {
    const std::uint64_t rate = speeds.clock / divisor;
    if (rate == 0) break;
    const std::uint64_t prescaler = (clock + rate / 2) / rate;
    if (prescaler > kMostPrescaler) break;
    const std::uint64_t sent = prescaler * rate;
    const std::uint64_t off = std::max(sent, clock) - std::min(sent, clock);
    if (prescaler > 0 && off * 100 <= clock * kPercent) return static_cast<std::uint32_t>(rate);
  }
  return 0;
}

// As OpenOCD divides it between capture and transfers: half, or all but 1 KiB where half would be too little.
std::uint32_t swo_buffer_size(std::uint32_t free) {
  constexpr std::uint32_t kPlenty = 0x4000, kLittle = 0x600, kTransfers = 0x400, kBlock = 0x100;
  const std::uint32_t share = free >= kPlenty || free <= kLittle ? free / 2 : free - kTransfers;
  return share / kBlock * kBlock;
}

std::uint32_t SwoCapture::choose_rate(const TraceRequest& request) {
  const SwoSpeeds speeds = probe_.execute(GetSwoSpeeds{});
  const std::uint32_t wanted = request.pin_frequency.value;
  if (wanted == 0) {
    log_.info("Trying to auto-detect SWO frequency");
    const std::uint32_t rate = detect_swo_rate(speeds, request.trace_clock);
    if (rate == 0) {
      log_.error("Maximum permitted frequency deviation of 3.00 % could not be achieved");
      throw ConfigError("Auto-detection of SWO frequency failed");
    }
    log_.info("Using SWO frequency of {} Hz", rate);
    return rate;
  }
  const std::uint32_t most = speeds.clock / speeds.least_divisor, least = speeds.clock / speeds.most_divisor;
  if (wanted > most) {
    log_.info("Given SWO frequency too high, using {} Hz instead", most);
    return most;
  }
  if (wanted < least) {
    log_.info("Given SWO frequency too low, using {} Hz instead", least);
    return least;
  }
  const std::uint32_t rate = speeds.clock / (speeds.clock / wanted);
  if (rate != wanted)
    log_.info("Given SWO frequency is not supported by the device, using {} Hz instead", rate);
  return rate;
}

TraceRate SwoCapture::start(const TraceRequest& request) {
  if (!probe_.has(Capability::swo)) throw ConfigError("Trace capturing is not supported by the device");
  if (request.protocol != TraceProtocol::uart) throw ConfigError("Selected pin protocol is not supported");
  probe_.execute(SwoStop{});  // a program that was killed may have left it running
  buffer_ = 0;
  const bool tells = probe_.has(Capability::free_memory);
  const std::uint32_t buffer = tells ? swo_buffer_size(probe_.execute(GetFreeMemory{})) : 0;
  if (buffer == 0) throw ConfigError("Not enough free device memory to start trace capturing");
  TraceRate rate;
  rate.pin_frequency = Hertz{choose_rate(request)};
  rate.divisor = trace_divisor(request.trace_clock, rate.pin_frequency);
  probe_.execute(SwoStart{rate.pin_frequency.value, buffer});
  log_.debug("Using {} bytes device memory for trace capturing", buffer);
  buffer_ = buffer;
  memory_changed_();
  return rate;
}

Bytes SwoCapture::read() {
  if (buffer_ == 0) return {};
  return probe_.execute(SwoRead{buffer_});
}

void SwoCapture::stop() {
  if (std::exchange(buffer_, 0) == 0) return;
  probe_.execute(SwoStop{});
  memory_changed_();
}

}  // namespace probity::jlink
