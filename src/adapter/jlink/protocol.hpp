// Numbers of the J-Link USB protocol. Source: SEGGER, RM08001 "J-Link USB Protocol"; for REGISTER,
// SELECT_IF's questions and SWO, which it does not describe, what libjaylink's interface and its users' logs
// show.
#pragma once

#include <cstdint>

namespace probity::jlink {

inline constexpr std::uint16_t kVendor = 0x1366;  // SEGGER

enum class Command : std::uint8_t {
  version = 0x01,
  set_speed = 0x05,
  get_state = 0x07,
  set_power = 0x08,
  register_connection = 0x09,
  get_speeds = 0xC0,
  select_interface = 0xC7,
  io_v2 = 0xCE,  // EMU_CMD_HW_JTAG2
  io_v3 = 0xCF,  // EMU_CMD_HW_JTAG3, also for SWD
  get_free_memory = 0xD4,
  reset_low = 0xDC,
  reset_high = 0xDD,
  trst_low = 0xDE,
  trst_high = 0xDF,
  get_capabilities = 0xE8,
  swo = 0xEB,
  get_extended_capabilities = 0xED,
  get_hardware_version = 0xF0,
  read_config = 0xF2,
  write_config = 0xF3,
};

// Bit numbers of EMU_CMD_GET_CAPS; from 32 on, of EMU_CMD_GET_CAPS_EX.
enum class Capability : unsigned {
  hardware_version = 1,
  adaptive_clocking = 3,
  read_config = 4,
  write_config = 5,
  speeds = 9,
  free_memory = 11,
  target_power = 13,
  select_interface = 17,
  swo = 23,
  registration = 27,
  extended_capabilities = 31,
  emucom = 33,
  ethernet = 38,
};

enum class WireKind : std::uint8_t { jtag = 0, swd = 1 };  // as EMU_CMD_SELECT_IF numbers them

inline constexpr std::uint8_t kAskInterfaces = 0xFF;
inline constexpr std::uint8_t kRegister = 0x64, kUnregister = 0x65;
inline constexpr std::uint16_t kAdaptiveClocking = 0xFFFF;
inline constexpr std::uint8_t kIoNoMemory = 0x06;  // status behind the data of io_v3; 0: done

// Sub-commands of swo, and the ids of their parameters, each a 32-bit number.
enum class SwoAction : std::uint8_t { start = 0x64, stop = 0x65, read = 0x66, speeds = 0x6E };
enum class SwoParameter : std::uint8_t { mode = 1, baud = 2, read_size = 3, buffer_size = 4 };
inline constexpr std::uint32_t kSwoUart = 0;
inline constexpr std::uint32_t kSwoFailed = 0x80000000;

}  // namespace probity::jlink
