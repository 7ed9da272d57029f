// NVMCTRL and DSU of the SAM D, L and C: single commands, the user row, chip erase. What needs no flash bank,
// as the commands `at91samd …` name none.
#pragma once

#include <string>

#include "base/clock.hpp"
#include "flash/microchip/at91samd_parts.hpp"
#include "target/target.hpp"

namespace probity::samd {

// Both references must outlive it. Errors: FlashError with NVMCTRL.STATUS and what to do, TimeoutError,
// TargetError where the core is not halted (all but identify(), chip_erase() and the reading ones).
class Controller {
 public:
  // `bank` is what errors call the flash.
  Controller(Target& target, Clock& clock, std::string bank)
      : target_(target), clock_(clock), bank_(std::move(bank)) {}

  // DSU.DID. FlashError that names the way out where the security bit keeps it.
  std::uint32_t device_id();
  struct Pages {
    std::uint32_t size, count;  // bytes of one, how many
  };
  Pages pages();

  // A command (NVMCTRL::kEraseRow …) at `address` to its end.
  void command_at(std::uint32_t command, Address address);
  // The security bit: from the next reset on, or at once, the debugger reaches nothing but the DSU.
  void secure();
  // Waits until the controller is ready; FlashError where it reports errors, which are cleared then.
  void check(Address about);
  // FlashError for errors that were seen in STATUS while `about` was worked on; clears them.
  void check_status(std::uint32_t status, Address about);
  // Ends what the firmware may have left undone: an error flag, half a page buffer.
  void prepare();

  // The first 64 bits of the user row.
  std::uint64_t user_row();
  // Changes the bits of `mask`; the row is erased where one of them turns from 0 to 1.
  void change_user_row(std::uint64_t value, std::uint64_t mask);

  // Ends the reset in which the DSU goes on holding the core after nRST was released with a debugger there.
  void release_core();

  // By the DSU, flash and auxiliary rows but the user row; takes a chip with its security bit set as well.
  void start_chip_erase();
  void wait_chip_erase();

 private:
  void require_halted() const;
  Target& target_;
  Clock& clock_;
  std::string bank_;
};

// While it lives pages are written by command only (CTRLB.MANW), whatever the firmware chose.
class ManualWrite {
 public:
  ManualWrite(MemPort& memory, Clock& clock);
  ~ManualWrite();
  ManualWrite(const ManualWrite&) = delete;
  ManualWrite& operator=(const ManualWrite&) = delete;

 private:
  MemPort& memory_;
  Clock& clock_;
  std::uint32_t before_;
};

}  // namespace probity::samd
