#include "target/trace/tpiu.hpp"

#include "base/bits.hpp"

namespace probity {

namespace {

// CoreSight SoC-400 TRM (DDI 0480) 3.12, Cortex-M4 TRM (DDI 0439) 11.3.
enum Offset : Address {
  SSPSR = 0x000,  // supported port sizes, a bit each
  CSPSR = 0x004,  // the one in use
  ACPR = 0x010,   // prescaler less one
  SPPR = 0x0F0,   // protocol
  FFCR = 0x304,   // formatter
  DEVID = 0xFC8
};
constexpr Field NOSUPPSYNC{"no parallel port", 9}, SUPPMANCHESTER{"Manchester", 10}, SUPPUART{"NRZ", 11};
constexpr Field EnFCont{"EnFCont", 1};

std::uint32_t width_bit(unsigned pins) { return 1u << (pins - 1); }

}  // namespace

bool Tpiu::has_protocol(TraceProtocol protocol) {
  const std::uint32_t id = memory_.read32(base_ + DEVID);
  switch (protocol) {
    case TraceProtocol::sync:
      return !NOSUPPSYNC.is_set(id);
    case TraceProtocol::manchester:
      return SUPPMANCHESTER.is_set(id);
    case TraceProtocol::uart:
      return SUPPUART.is_set(id);
  }
  return false;
}

bool Tpiu::has_port_width(unsigned pins) { return (memory_.read32(base_ + SSPSR) & width_bit(pins)) != 0; }

void Tpiu::set(const TpiuSettings& settings) {
  memory_.write32(base_ + CSPSR, width_bit(settings.port_width));
  memory_.write32(base_ + ACPR, settings.divisor - 1);
  memory_.write32(base_ + SPPR, static_cast<std::uint32_t>(settings.protocol));
  const std::uint32_t formatter = memory_.read32(base_ + FFCR);
  memory_.write32(base_ + FFCR, EnFCont.set(formatter, settings.formatter ? 1 : 0));
}

}  // namespace probity
