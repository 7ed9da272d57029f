#include "vboard/stats.hpp"

#include <fmt/format.h>

#include <chrono>

namespace probity::vboard {

std::string describe(const Stats& stats, Nanoseconds virtual_time) {
  using Seconds = std::chrono::duration<double>;
  return fmt::format(
      "virtual time {:.3f} s\n"
      "USB transfers {}\n"
      "USB commands {}\n"
      "USB bytes out {}\n"
      "USB bytes in {}\n"
      "SWD clocks {}\n"
      "JTAG clocks {}\n"
      "AP transfers {}\n"
      "WAIT acks {}\n"
      "FAULT acks {}\n"
      "core cycles {}\n"
      "flash sectors erased {}\n"
      "flash program operations {}\n"
      "flash operations refused {}\n"
      "flash busy {:.3f} s\n",
      Seconds(virtual_time).count(), stats.usb_transfers, stats.usb_commands, stats.usb_bytes_out,
      stats.usb_bytes_in, stats.swd_clocks, stats.jtag_clocks, stats.ap_transfers, stats.wait_acks,
      stats.fault_acks, stats.core_cycles, stats.flash_erases, stats.flash_programs, stats.flash_errors,
      Seconds(stats.flash_busy).count());
}

}  // namespace probity::vboard
