// The characters of the remote_bitbang protocol (OpenOCD's doc/manual/jtag/drivers/remote_bitbang.txt).
#pragma once

#include <cstdint>

namespace probity::remote_bitbang {

inline constexpr char kSampleTdo = 'R', kSampleSwdio = 'c';
inline constexpr char kDriveSwdio = 'O', kReleaseSwdio = 'o';
inline constexpr char kQuit = 'Q';

// '0' … '7'
constexpr char jtag_pins(bool tck, bool tms, bool tdi) {
  return static_cast<char>('0' + (tck ? 4 : 0) + (tms ? 2 : 0) + (tdi ? 1 : 0));
}
// 'd' … 'g'
constexpr char swd_pins(bool swclk, bool swdio) {
  return static_cast<char>('d' + (swclk ? 2 : 0) + (swdio ? 1 : 0));
}
// 'r' … 'u'; true asserts the reset
constexpr char reset_pins(bool trst, bool srst) {
  return static_cast<char>('r' + (trst ? 2 : 0) + (srst ? 1 : 0));
}

}  // namespace probity::remote_bitbang
