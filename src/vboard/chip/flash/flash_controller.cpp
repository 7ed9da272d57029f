#include "vboard/chip/flash/flash_controller.hpp"

namespace probity::vboard {

BusStatus FlashController::read_otp(std::uint32_t, unsigned, std::uint32_t&) { return BusStatus::error; }
BusStatus FlashController::write_otp(std::uint32_t, unsigned, std::uint32_t) { return BusStatus::error; }
BusStatus FlashController::write_factory(bool, unsigned) { return BusStatus::error; }
BusStatus FlashController::read_option_area(std::uint32_t, unsigned, std::uint32_t&) {
  return BusStatus::error;
}
BusStatus FlashController::write_option_area(std::uint32_t, unsigned, std::uint32_t) {
  return BusStatus::error;
}

}  // namespace probity::vboard
