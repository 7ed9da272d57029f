#include "commands/flash_drivers/kinetis_mdm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/errors.hpp"

namespace probity::kinetis {

namespace {

constexpr unsigned kMdmAp = 1;
constexpr std::uint8_t kSTAT = 0x00, kCTRL = 0x04, kID = 0xFC;
constexpr Field kFMEACK{"FMEACK", 0}, kFREADY{"FREADY", 1}, kSYSSEC{"SYSSEC", 2}, kSYSRES{"SYSRES", 3},
    kFMEEN{"FMEEN", 5};
constexpr Field kFMEIP{"FMEIP", 0}, kSYSRESREQ{"SYSRESREQ", 3}, kCOREHOLDRES{"COREHOLDRES", 4};
constexpr std::uint32_t kIdK = 0x001C0000, kIdL = 0x001C0020, kIdM7 = 0x001C0030;

constexpr Milliseconds kAccessLimit{500}, kKeLimit{3000}, kConditionsLimit{3000}, kEraseLimit{16000},
    kSettle{100};
constexpr Nanoseconds kMdmPoll = Milliseconds(1);

// What is decided by more than one look: security and flash-ready are not steady in a loop of watchdog
// resets.
constexpr unsigned kLooks = 32, kMost = 24, kFew = 8;

}  // namespace

bool MdmAp::reachable() { return !is_hla(session_.require_transport()); }

void MdmAp::require_reachable(std::string_view verb) {
  if (!reachable()) throw ConfigError(fmt::format("Cannot perform {} with a high-level adapter", verb));
}

Dap& MdmAp::dap() {
  const DapEntry& entry = session_.dap_named(session_.current().dap);
  if (entry.dap) return *entry.dap;
  throw ConfigError(fmt::format("target {} has no debug port that is connected", session_.current().name));
}

std::uint32_t MdmAp::read(std::uint8_t reg) { return dap().read_ap(kMdmAp, reg); }
void MdmAp::write(std::uint8_t reg, std::uint32_t value) { dap().write_ap(kMdmAp, reg, value); }

std::optional<std::uint32_t> MdmAp::try_read(std::uint8_t reg) {
  try {
    return read(reg);
  } catch (const DapError& e) {
    session_.log().debug("MDM: {}", e.describe());
    return {};
  }
}

void MdmAp::poll(std::uint8_t reg, std::uint32_t mask, std::uint32_t value, Milliseconds limit,
                 std::string_view what) {
  const Deadline deadline(session_.clock(), limit, what);
  for (;;) {
    const std::uint32_t now = read(reg);
    if ((now & mask) == value) return;
    deadline.check(fmt::format("MDM-AP {}=0x{:08x}", reg == kSTAT ? "status" : "control", now));
    session_.clock().sleep(kMdmPoll);
  }
}

void MdmAp::hold_srst(bool on) {
  if (session_.reset_config.has_srst) session_.adapter().set_reset({.srst = on, .trst = {}});
}

bool MdmAp::known_id(std::initializer_list<std::uint32_t> ids) {
  const auto id = try_read(kID);
  if (!id) {
    session_.log().error("MDM: failed to read ID register");
    return false;
  }
  if (*id == 0) return false;  // not yet connected
  if (std::ranges::find(ids, *id) == ids.end()) session_.log().warn("MDM: unknown ID {:08X}", *id);
  return true;
}

// OpenOCD 0.12.0's words, which scripts look for.
void MdmAp::say_secured(std::string_view command) {
  constexpr std::string_view kStars = "*********** ATTENTION! ATTENTION! ATTENTION! ATTENTION! **********",
                             kEmpty = "****                                                          ****";
  session_.polling = false;
  const std::string issue = fmt::format("functionality please issue '{}'", command);
  for (const std::string& line :
       {std::string(kStars), std::string(kEmpty),
        std::string("**** Your Kinetis MCU is in secured state, which means that,  ****"),
        std::string("**** with exception for very basic communication, JTAG/SWD    ****"),
        std::string("**** interface will NOT work. In order to restore its         ****"),
        fmt::format("**** {:<57} ****", issue),
        std::string("**** command, power cycle the MCU and restart OpenOCD.        ****"),
        std::string(kEmpty), std::string(kStars)})
    session_.log().warn("{}", line);
}

void MdmAp::check_security() {
  Log& log = session_.log();
  if (!reachable()) return log.warn("Cannot check flash security status with a high-level adapter");
  if (!known_id({kIdK, kIdL, kIdM7})) return;
  const auto first = try_read(kSTAT);
  if (!first) return log.error("MDM: failed to read MDM_REG_STAT");
  unsigned secured = 0, not_ready = 0;
  if (kSYSSEC.is_set(*first) || !kFREADY.is_set(*first)) {
    for (unsigned i = 0; i < kLooks; ++i) {
      const auto stat = try_read(kSTAT);
      if (!stat) return;
      if (kSYSSEC.is_set(*stat)) ++secured;
      if (!kFREADY.is_set(*stat)) ++not_ready;
    }
  }
  if (not_ready <= kFew && secured > kMost) return say_secured("kinetis mdm mass_erase");
  if (not_ready > kMost) {
    session_.polling = false;
    log.warn("**** Your Kinetis MCU is probably locked-up in RESET/WDOG loop. ****");
    log.warn("**** Common reason is a blank flash (at least a reset vector).  ****");
    log.warn("**** Issue 'kinetis mdm halt' command or if SRST is connected   ****");
    log.warn("**** and configured, use 'reset halt'                           ****");
    log.warn("**** If MCU cannot be halted, it is likely secured and running  ****");
    log.warn("**** in RESET/WDOG loop. Issue 'kinetis mdm mass_erase'         ****");
    return;
  }
  log.info("MDM: Chip is unsecured. Continuing.");
  session_.polling = true;
}

// The core is held, or the chip in reset: both end with the core halted at its reset vector, where it can be
// reached. A chip that was secured has not been examined, and is left to the next examination.
void MdmAp::halt_out_of_reset() {
  Target& target = session_.target();
  session_.polling = true;
  session_.clock().sleep(kSettle);
  bool asserted = false;
  try {
    if (target.examined()) {
      target.assert_reset(true);
      asserted = true;
    }
  } catch (const Error& e) {
    session_.log().debug("MDM: {}", e.describe());
  }
  write(kCTRL, 0);
  if (asserted) return target.deassert_reset(true);
  hold_srst(false);
}

void MdmAp::halt() {
  require_reachable("halt");
  const Deadline deadline(session_.clock(), kAccessLimit, "the MDM-AP to hold the core in reset");
  for (;;) {
    write(kCTRL, kCOREHOLDRES.mask());
    session_.clock().sleep(kMdmPoll);
    const auto stat = try_read(kSTAT);
    if (stat && kFREADY.is_set(*stat) && !kSYSSEC.is_set(*stat) && kSYSRES.is_set(*stat)) break;
    deadline.check(fmt::format("MDM: halt timed out (MDM-AP status=0x{:08x})", stat.value_or(0)));
  }
  halt_out_of_reset();
}

void MdmAp::reset() {
  require_reachable("reset");
  write(kCTRL, kSYSRESREQ.mask());
  poll(kSTAT, kSYSRES.mask(), 0, kAccessLimit, "the MDM-AP to assert reset");
  write(kCTRL, 0);
}

// Mass erase enabled, flash ready and the chip in reset, many times one after another.
void MdmAp::wait_for_mass_erase() {
  constexpr unsigned kDisabledOften = 10;
  const Nanoseconds begin = session_.clock().now();
  unsigned ready = 0, disabled = 0;
  bool asked = false;
  while (ready < kLooks) {
    const Nanoseconds waited = session_.clock().now() - begin;
    if (!asked && waited > kSettle) {
      session_.log().info("MDM: Press RESET button now if possible.");
      asked = true;
    }
    const auto stat = try_read(kSTAT);
    if (waited > kConditionsLimit) {
      session_.log().info("Mass erase of a secured MCU is not possible without hardware reset.");
      session_.log().info("Connect SRST, use 'reset_config srst_only' and retry.");
      throw TimeoutError(
          fmt::format("MDM: waiting for mass erase conditions timed out (MDM-AP status=0x{:08x})",
                      stat.value_or(0)),
          "mass erase conditions", waited);
    }
    const bool good = stat && kFMEEN.is_set(*stat) && kFREADY.is_set(*stat) && !kSYSRES.is_set(*stat);
    ready = good ? ready + 1 : 0;
    if (stat && !kFMEEN.is_set(*stat) && ++disabled > kDisabledOften) {
      throw FlashError(
          fmt::format("MDM: mass erase is disabled (MDM-AP status=0x{:08x}): FSEC.MEEN in the flash "
                      "configuration field forbids it",
                      *stat),
          session_.current().name, 0, "MDM-AP status", *stat);
    }
    if (!good) session_.clock().sleep(kMdmPoll);
  }
}

void MdmAp::mass_erase() {
  require_reachable("mass erase");
  hold_srst(true);
  try {
    write(kCTRL, kSYSRESREQ.mask());
    wait_for_mass_erase();
    write(kCTRL, kSYSRESREQ.mask() | kFMEIP.mask());
    poll(kCTRL, kFMEIP.mask(), 0, kEraseLimit, "the mass erase");
  } catch (...) {
    const UninterruptedScope giving_back(session_.clock());
    try {
      write(kCTRL, 0);
      hold_srst(false);
    } catch (const Error&) {
      // The error that is on its way tells more.
    }
    throw;
  }
  halt_out_of_reset();
}

void MdmAp::check_security_ke() {
  Log& log = session_.log();
  if (!reachable()) return log.warn("Cannot check flash security status with a high-level adapter");
  try {
    const std::uint32_t id = read(kID);
    if (id != kIdL) log.warn("MDM: unknown ID {:08X}", id);
    poll(kSTAT, kFREADY.mask(), kFREADY.mask(), kKeLimit, "flash to be ready");
    if (kSYSSEC.is_set(read(kSTAT))) return say_secured("kinetis_ke mdm mass_erase");
    log.info("MDM: Chip is unsecured. Continuing.");
    session_.polling = true;
  } catch (Error& e) {
    session_.polling = false;
    e.add_context("MDM: Failed to check security status of the MCU. Cannot proceed further");
    throw;
  }
}

void MdmAp::mass_erase_ke() {
  require_reachable("mass erase");
  hold_srst(true);
  write(kCTRL, kSYSRESREQ.mask());
  poll(kSTAT, kFREADY.mask() | kSYSRES.mask(), kFREADY.mask(), kKeLimit, "flash to be ready");
  write(kCTRL, kFMEIP.mask());
  poll(kSTAT, kFMEACK.mask(), kFMEACK.mask(), kKeLimit, "the mass erase to begin");
  poll(kCTRL, kFMEIP.mask(), 0, kEraseLimit, "the mass erase");
  hold_srst(false);
}

}  // namespace probity::kinetis
