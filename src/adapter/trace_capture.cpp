#include "adapter/trace_capture.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"

namespace probity {

std::string_view name_of(TraceProtocol protocol) {
  switch (protocol) {
    case TraceProtocol::sync:
      return "sync";
    case TraceProtocol::manchester:
      return "manchester";
    case TraceProtocol::uart:
      return "uart";
  }
  return "?";
}

std::uint32_t trace_divisor(Hertz clock, Hertz wanted) {
  constexpr std::uint64_t kMostDivisor = 0x2000, kTolerancePercent = 3;
  const std::uint64_t divisor =
      wanted.value == 0 ? 0 : (std::uint64_t{clock.value} + wanted.value / 2) / wanted.value;
  const std::uint64_t back = divisor * wanted.value;
  const std::uint64_t off =
      std::max<std::uint64_t>(back, clock.value) - std::min<std::uint64_t>(back, clock.value);
  if (divisor == 0 || divisor > kMostDivisor || off * 100 > clock.value * kTolerancePercent) {
    throw ConfigError(fmt::format(
        "SWO frequency is not suitable. Please choose a different frequency. (A trace clock of {} Hz "
        "cannot be divided to {} Hz)",
        clock.value, wanted.value));
  }
  return static_cast<std::uint32_t>(divisor);
}

}  // namespace probity
