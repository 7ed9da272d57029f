#include "vboard/chip/flash/rp_flash.hpp"

namespace probity::vboard {

RpFlash::RpFlash(const NorPart& part, NonVolatile& memory, FlashSurroundings surroundings, Hertz clock)
    : around_(std::move(surroundings)),
      nor_(part, around_.time, memory.cells),
      pins_(nor_),
      ssi_(pins_, around_.time, [clock] { return clock; }),
      xip_(ssi_, part.size, around_.changed) {}

void RpFlash::reset() {
  ssi_.reset();
  pins_.reset();
  xip_.reset();
}

void RpFlash::power_on_reset() {
  reset();
  nor_.power_cycle();
}

BusStatus RpFlash::read_cells(Master, Security, std::uint32_t offset, unsigned size, std::uint32_t& value) {
  return xip_.read(true, offset, size, value);
}

BusStatus RpFlash::write_cells(Security, std::uint32_t offset, unsigned, std::uint32_t) {
  return xip_.write(true, offset);
}

std::optional<ByteView> RpFlash::window(Security, std::uint32_t offset, std::uint32_t& begin) {
  return xip_.window(offset, begin);
}

void RpFlash::settle() {
  ssi_.settle();
  nor_.settle();
}

std::optional<Nanoseconds> RpFlash::busy_until() const {
  const auto flash = nor_.busy_until(), ssi = ssi_.next_event();
  return flash && ssi ? std::min(*flash, *ssi) : flash ? flash : ssi;
}

}  // namespace probity::vboard
