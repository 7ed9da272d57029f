// Numbers of Arm's "Semihosting for AArch32 and AArch64", release 2.0: the operations (r0) and what SYS_EXIT
// says.
#pragma once

#include <cstdint>

namespace probity::semihosting {

enum class Operation : std::uint32_t {
  open = 0x01,
  close = 0x02,
  writec = 0x03,
  write0 = 0x04,
  write = 0x05,
  read = 0x06,
  readc = 0x07,
  iserror = 0x08,
  istty = 0x09,
  seek = 0x0A,
  flen = 0x0C,
  tmpnam = 0x0D,
  remove = 0x0E,
  rename = 0x0F,
  clock = 0x10,
  time = 0x11,
  system = 0x12,
  error_number = 0x13,  // SYS_ERRNO; `errno` is a macro
  get_cmdline = 0x15,
  heapinfo = 0x16,
  enter_svc = 0x17,  // ANGEL_SWIreason_EnterSVC: nothing on a core without an SVC mode
  exit = 0x18,
  exit_extended = 0x20,
  elapsed = 0x30,
  tickfreq = 0x31,
  user_first = 0x100,  // for the user's scripts; OpenOCD has events for eight of them
  user_last = 0x107,
};

// Reasons of SYS_EXIT.
constexpr std::uint32_t kRunTimeError = 0x20023, kApplicationExit = 0x20026;

// What SYS_OPEN's modes 0-11 are: r, rb, r+, r+b, w, wb, w+, w+b, a, ab, a+, a+b.
constexpr std::uint32_t kModes = 12;

// The instruction: BKPT 0xAB.
constexpr std::uint16_t kBreakpoint = 0xBEAB;

}  // namespace probity::semihosting
