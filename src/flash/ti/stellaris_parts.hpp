// What a Stellaris (LM3S, LM4F) or Tiva (TM4C) of Texas Instruments says of itself, and which parts there
// are. Source: what OpenOCD 0.12.0 knows of them, held against the virtual chips, whose facts are from TI's
// headers; described in the data sheets' "System Control" and "Internal Memory", which were not at hand.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/bits.hpp"
#include "base/units.hpp"

namespace probity::stellaris {

// System control.
constexpr Address kSystemControl = 0x400FE000;
constexpr Field kLowHalf{"15:0", 0, 16}, kHighHalf{"31:16", 16, 16};
namespace DID0 {
constexpr Address kAddress = kSystemControl + 0x000;
constexpr Field kVersion{"VER", 28, 3}, kClass{"CLASS", 16, 8}, kMajor{"MAJOR", 8, 8}, kMinor{"MINOR", 0, 8};
}  // namespace DID0
namespace DID1 {
constexpr Address kAddress = kSystemControl + 0x004;
constexpr Field kVersion{"VER", 28, 4}, kFamily{"FAM", 24, 4}, kPart{"PARTNO", 16, 8};
}  // namespace DID1
constexpr Address kDC0 = kSystemControl + 0x008;
namespace RCC {
constexpr Address kAddress = kSystemControl + 0x060;
constexpr Field kSysdiv{"SYSDIV", 23, 4}, kUseSysdiv{"USESYSDIV", 22}, kBypass{"BYPASS", 11},
    kXtal{"XTAL", 6, 5}, kSource{"OSCSRC", 4, 2};
}  // namespace RCC
namespace RCC2 {
constexpr Address kAddress = kSystemControl + 0x070;
constexpr Field kUse{"USERCC2", 31}, kSysdiv{"SYSDIV2", 23, 6}, kSource{"OSCSRC2", 4, 3};
}  // namespace RCC2
// Flash size and RAM size of the classes that have them.
namespace FSIZE {
constexpr Address kAddress = 0x400FDFC0;
constexpr Field kSectorSize{"MAINSS", 16, 3};  // pages of 1 KiB << n
}  // namespace FSIZE
constexpr Address kSSIZE = 0x400FDFC4;

// DID0.CLASS.
enum DeviceClass : unsigned {
  kSandstorm = 0,
  kFury = 1,
  kDustDevil = 3,
  kTempest = 4,
  kBlizzard = 5,
  kFirestorm = 6,
  kSnowflake = 10
};
unsigned class_of(std::uint32_t did0);
// As OpenOCD 0.12.0 prints it; empty for a class that it does not know.
std::string_view class_name(unsigned device_class);
// "Unknown Part" for one that is not known.
std::string_view part_name(unsigned device_class, unsigned number);

struct Geometry {
  std::uint32_t page_size = 0;  // bytes
  unsigned pages = 0;
  std::uint32_t ram_kib = 0;
};
Geometry geometry_of(unsigned device_class, std::uint32_t dc0, std::uint32_t fsize, std::uint32_t ssize);

struct Identity {
  std::uint32_t did0 = 0, did1 = 0;
  unsigned device_class = 0;
  Geometry geometry;

  bool is(DeviceClass wanted) const;
  char major() const;
  unsigned minor() const;
};

// The system clock as its registers say.
struct ClockInfo {
  std::uint32_t hertz = 0;
  std::string_view tolerance;  // " (±1%)"
};
ClockInfo clock_of(const Identity& identity, std::uint32_t rcc, std::uint32_t rcc2);

}  // namespace probity::stellaris
