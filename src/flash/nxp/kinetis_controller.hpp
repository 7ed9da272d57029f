// The flash controller of a Kinetis (FTFA, FTFE, FTFL: one register map, different commands) and what has to
// be right around it: the power mode, the watchdog, the flash caches. Source: what
// OpenOCD 0.12.0 does; watchdog sequences and the layout of the program command from memory; described in the
// reference manuals, "Flash Memory Module", "SMC", "WDOG", "FMC", "MCM", which were not at hand.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "flash/nxp/kinetis_parts.hpp"
#include "target/target.hpp"

namespace probity::kinetis {

namespace FTFX {
constexpr Address kBase = 0x40020000;
constexpr Address FSTAT = kBase + 0x00, FCNFG = kBase + 0x01, FCCOB3 = kBase + 0x04, FPROT3 = kBase + 0x10,
                  FDPROT = kBase + 0x17;  // all but FCCOB by bytes
constexpr Field kMGSTAT0{"MGSTAT0", 0}, kFPVIOL{"FPVIOL", 4}, kACCERR{"ACCERR", 5}, kRDCOLERR{"RDCOLERR", 6},
    kCCIF{"CCIF", 7};
constexpr std::uint8_t kErrors = 0x71;
enum Command : std::uint8_t {
  kProgramLongword = 0x06,
  kProgramPhrase = 0x07,
  kEraseSector = 0x09,
  kProgramPartition = 0x80
};
}  // namespace FTFX

class Controller {
 public:
  // All must outlive it; `bank` is whom errors name.
  Controller(Target& target, Clock& clock, Log& log, std::string bank);

  // Idle, and no error of before. TimeoutError.
  void prepare();
  // FlashError with FSTAT where it fails, TimeoutError. `words`: FCCOB4 to 7 and 8 to B, the first in the
  // highest byte.
  void command(FTFX::Command command, std::uint32_t address, std::array<std::uint32_t, 2> words = {});
  [[noreturn]] void explain(std::uint8_t fstat, Address address);

  // Flash is worked on in run mode only: out of VLPR that is done here, else FlashError.
  void ensure_run_mode(const Chip& chip);
  // Nothing to do where it is off. FlashError where it stays on; needs a work area for all but the COP.
  void disable_watchdog(const Chip& chip);
  void invalidate_cache(const Chip& chip);

 private:
  std::uint8_t power_mode(ModeController mode);
  void disable_cop();
  void disable_wdog();
  void disable_wdog32(Address base);
  void run_unlock(std::span<const std::uint16_t> code, Address base, std::uint32_t value);

  Target& target_;
  Clock& clock_;
  Log& log_;
  std::string bank_;
};

// Runs halfwords that end in a BKPT in the work area with r0 and r1. FlashError without one.
void run_snippet(Target& target, std::span<const std::uint16_t> code, std::uint32_t r0, std::uint32_t r1,
                 const std::string& bank);

}  // namespace probity::kinetis
