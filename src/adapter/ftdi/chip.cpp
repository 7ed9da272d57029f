#include "adapter/ftdi/chip.hpp"

#include <algorithm>
#include <array>

namespace probity::ftdi {

namespace {

constexpr std::uint32_t kFullBase = 60'000'000, kDividedBase = 12'000'000;
constexpr std::uint32_t kDivisors = 65536;

// Releases: libusb's view of each; Linux, drivers/usb/serial/ftdi_sio.c names the newer ones. Buffers: the
// data sheets' block diagrams (FT2232D: the smaller of its two), for the P types as of those before them.
constexpr std::array kChips = {
    Chip{0x0500, "FT2232C/D", false, 128}, Chip{0x0700, "FT2232H", true, 4096},
    Chip{0x0800, "FT4232H", true, 2048},   Chip{0x0900, "FT232H", true, 1024},
    Chip{0x2800, "FT2233HP", true, 4096},  Chip{0x2900, "FT4233HP", true, 2048},
    Chip{0x3000, "FT2232HP", true, 4096},  Chip{0x3100, "FT4232HP", true, 2048},
    Chip{0x3200, "FT233HP", true, 1024},   Chip{0x3300, "FT232HP", true, 1024},
    Chip{0x3600, "FT4232HA", true, 2048},
};

}  // namespace

const Chip* chip_of(std::uint16_t release) {
  const auto found = std::ranges::find(kChips, release, &Chip::release);
  return found == kChips.end() ? nullptr : &*found;
}

ClockSetting clock_setting(const Chip& chip, Hertz wanted) {
  const bool divided = !chip.high_speed || wanted.value <= kFullBase / 2 / kDivisors;
  const std::uint32_t top = (divided ? kDividedBase : kFullBase) / 2;
  const std::uint32_t steps = std::min((top - 1) / wanted.value + 1, kDivisors);  // rounded up: not above
  return {divided, static_cast<std::uint16_t>(steps - 1), Hertz{top / steps}};
}

}  // namespace probity::ftdi
