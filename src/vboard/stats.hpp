// What a job cost: counters that `--stats` prints and tests read.
#pragma once

#include <cstdint>
#include <string>

#include "base/units.hpp"

namespace probity::vboard {

struct Stats {
  std::uint64_t usb_transfers = 0;  // bulk, interrupt, HID or socket messages, both directions
  std::uint64_t usb_commands = 0;   // command blocks of the probe's own protocol
  std::uint64_t usb_bytes_out = 0, usb_bytes_in = 0;
  std::uint64_t swd_clocks = 0, jtag_clocks = 0;
  std::uint64_t ap_transfers = 0, wait_acks = 0, fault_acks = 0;
  std::uint64_t core_cycles = 0;
  std::uint64_t flash_erases = 0, flash_programs = 0;  // sectors, program operations
  std::uint64_t flash_errors = 0;                      // operations the controller refused
  Nanoseconds flash_busy{0};                           // time spent erasing and programming
};
// "virtual time 2.671 s\nUSB commands 8834\n…"
std::string describe(const Stats& stats, Nanoseconds virtual_time);

}  // namespace probity::vboard
