#include "vboard/chip/peripherals/ctrl_ap.hpp"

namespace probity::vboard {

namespace {
enum : std::uint32_t { RESET = 0x00, ERASEALL = 0x04, ERASEALLSTATUS = 0x08, APPROTECTSTATUS = 0x0C };
}

std::uint32_t CtrlAp::read_register(std::uint32_t offset) {
  switch (offset) {
    case RESET:
      return reset_;
    case ERASEALL:
      return erase_;
    case ERASEALLSTATUS:
      return flash_.busy_until() ? 1 : 0;
    case APPROTECTSTATUS:
      return flash_.memory_ports_closed() ? 0 : 1;
    default:
      return 0;
  }
}

void CtrlAp::write_register(std::uint32_t offset, std::uint32_t value) {
  if (offset == RESET) {
    reset_ = value & 1;
    chip_.hold_system(reset_ != 0);
  }
  if (offset != ERASEALL) return;
  const bool begins = (value & 1) != 0 && erase_ == 0;
  erase_ = value & 1;
  if (begins) flash_.erase_everything();
}

}  // namespace probity::vboard
