#include "target/trace/itm.hpp"

#include <fmt/format.h>

#include "base/bits.hpp"

namespace probity {

namespace {

// Armv7-M ARM (DDI 0403E) C1.7; ITM_LAR: CoreSight, lock access register.
constexpr Address ITM_TER = 0xE0000E00, ITM_TCR = 0xE0000E80, ITM_LAR = 0xE0000FB0;
constexpr std::uint32_t kUnlock = 0xC5ACCE55;
constexpr Field ITMENA{"ITMENA", 0}, TXENA{"TXENA", 3}, TraceBusID{"TraceBusID", 16, 7}, BUSY{"BUSY", 23};
constexpr std::uint32_t kTraceBusId = 1;  // not 0, which in the formatter's frames means no source
constexpr Milliseconds kRestLimit{1000};

}  // namespace

void ItmPorts::set(unsigned port, bool on) {
  std::uint32_t& word = words_.at(port / 32);
  word = on ? word | 1u << port % 32 : word & ~(1u << port % 32);
}

void ItmPorts::set_all(bool on) { words_.fill(on ? 0xFFFFFFFF : 0); }

void enable_itm(MemPort& memory, Clock& clock, const ItmPorts& ports) {
  memory.write32(ITM_LAR, kUnlock);
  // Its other fields may change only while it is off and idle (C1.7.6).
  memory.write32(ITM_TCR, ITMENA.set(memory.read32(ITM_TCR), 0));
  const Deadline deadline(clock, kRestLimit, "the ITM to come to rest (ITM_TCR.BUSY)");
  for (std::uint32_t tcr = memory.read32(ITM_TCR); BUSY.is_set(tcr); tcr = memory.read32(ITM_TCR)) {
    deadline.check(fmt::format("ITM_TCR={:#010x}", tcr));
  }
  memory.write32(ITM_TCR, ITMENA.mask() | TXENA.mask() | TraceBusID.of(kTraceBusId));
  Address address = ITM_TER;
  for (const std::uint32_t word : ports.words()) {
    memory.write32(address, word);
    address += 4;
  }
}

}  // namespace probity
