// The board: one chip with its debug connector. Probe models (vboard/probe) hold the connector's pins;
// nothing else of the chip can be reached from outside.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/units.hpp"
#include "vboard/fault_plan.hpp"
#include "vboard/stats.hpp"
#include "vboard/swo_frame.hpp"
#include "vboard/timeline.hpp"

namespace probity::vboard {

struct BoardOptions {
  std::string chip;             // "stm32f407vg", case-insensitive
  std::string flash_file = {};  // empty: flash starts erased and is not kept
  FaultPlan faults = {};
  Pace pace = Pace::fast;
  unsigned millivolts = 3300;
  bool dual_bank =
      false;  // start with two flash banks, where option bytes choose (F42x: DB1M, F76x: nDBANK=0 …)
  // Option words to start with, by the names of FILE.options, in place of the factory's or the file's.
  std::vector<std::pair<std::string, std::uint32_t>> option_words = {};
  // Flashes at QUADSPI or OCTOSPI1 ("qspi") and OCTOSPI2 ("qspi2"): "PART", or "PART+PART" for dual-flash
  // mode. They are kept in FILE.qspi and FILE.qspi2, the second of two with ".flash2" behind that.
  std::vector<std::pair<std::string, std::string>> external_flash = {};
};

// What the pins showed during one clock cycle.
struct PinSample {
  bool swdio = true;  // SWDIO (with its pull-up) as the probe reads it
  bool tdo = true;
  bool target_drives = false;  // SWDIO, which the probe cannot see, but a resistor in between does
};

class Board {
 public:
  // ConfigError: unknown chip (lists near names), an option it does not have, flash file unreadable or of
  // another size.
  explicit Board(BoardOptions options);
  ~Board();

  static std::vector<std::string> chip_names();
  static std::vector<std::string> chip_patterns();  // the same, as "stm32f407[vzi][eg]"

  Timeline& timeline();
  Stats& stats();
  FaultPlan& faults();

  // At the start of a transaction of a program that has a clock of its own: virtual time, and the chip, come
  // up to the wall clock. Where the chip's program cannot be run that fast, the chip falls behind rather than
  // keeping the client waiting: it gets half of the time that passed, and 100 ms at most.
  void begin_transaction();

  // One cycle of SWCLK/TCK at the current virtual time: `swdio_tms` is the level the probe drives on
  // SWDIO/TMS, or nothing while it leaves the pin to the target; `tdi` the level on TDI. The caller advances
  // the timeline by the clock period.
  PinSample clock(std::optional<bool> swdio_tms, bool tdi);
  // What clock() would return for the present cycle, without the clock edge.
  PinSample pins(std::optional<bool> swdio_tms = {}) const;
  void set_nrst(bool asserted);  // nRST wire: true pulls it low
  bool nrst() const;             // the level of the wire now (true: low); the chip itself may hold it too
  void set_ntrst(bool asserted);
  unsigned target_millivolts() const;
  // `listener` is told of every byte that leaves the SWO pin while the chip runs; an empty one takes the
  // listener of `who` away. Frames may begin up to the timeline's now, and end after it.
  void listen_to_swo(const void* who, SwoListener listener);
  // Lets the chip run up to the timeline's now.
  void catch_up();
  void power_cycle();

  // The non-volatile memory as it is now, for tests and for --stats; option bytes are not part of it.
  Bytes flash_content() const;
  // Writes the flash (and options) back to the flash file, if there is one. Also done on destruction.
  void save();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace probity::vboard
