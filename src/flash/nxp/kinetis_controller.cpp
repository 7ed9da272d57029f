#include "flash/nxp/kinetis_controller.hpp"

#include <fmt/format.h>

#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity::kinetis {

namespace {

constexpr std::uint8_t kAllErrorFlags = 0x70;
constexpr Milliseconds kIdleLimit{500}, kCommandLimit{2000}, kModeLimit{100}, kSnippetLimit{500};
constexpr Nanoseconds kFtfxPoll = Microseconds(500);

// Power modes, as SMC_PMSTAT has them.
constexpr std::uint8_t kRun = 0x01, kVlpr = 0x04;
constexpr Address kSMC_PMCTRL = 0x4007E001, kSMC_PMSTAT = 0x4007E003, kSMC32_PMCTRL = 0x4007E00C,
                  kSMC32_PMSTAT = 0x4007E014, kPMC_REGSC = 0x4007D002, kMC_PMCTRL = 0x4007E003;
constexpr Field kVLPRS{"VLPRS", 3};

constexpr Address kSIM_COPC = 0x40048100, kWDOG = 0x40052000, kWDOG32_KL28 = 0x40076000;
constexpr Field kCOPT{"COPT", 2, 2}, kWDOGEN{"WDOGEN", 0}, kCsEnable{"EN", 7}, kCsUpdate{"UPDATE", 5};

// The unlock sequence has to come within 20 bus clocks, the change soon after. r0: WDOG.
constexpr std::array<std::uint16_t, 14> kWdogCode = {
    0x4905,          //      ldr r1, key
    0x0C0A,          //      lsrs r2, r1, #16
    0x8803,          //      ldrh r3, [r0, #0]   STCTRLH
    0x2401,          //      movs r4, #1         WDOGEN
    0x43A3,          //      bics r3, r4
    0x81C1,          //      strh r1, [r0, #14]  UNLOCK
    0x81C2,          //      strh r2, [r0, #14]
    0xBF00,          //      nop                 one cycle at least
    0xBF00,          //      nop
    0x8003,          //      strh r3, [r0, #0]
    0xBE00,          //      bkpt
    0xBF00,          //      nop
    0xC520, 0xD928,  // key:
};
// The 32-bit watchdog takes its key in one word (CS.CMD32EN) or two halves. r0: WDOG, r1: CS.
constexpr std::array<std::uint16_t, 14> kWdog32Code = {
    0x4A05,          //      ldr r2, key
    0x0C14,          //      lsrs r4, r2, #16
    0x6803,          //      ldr r3, [r0, #0]    CS
    0x049D,          //      lsls r5, r3, #18    CMD32EN
    0xD402,          //      bmi word
    0x8082,          //      strh r2, [r0, #4]   CNT
    0x8084,          //      strh r4, [r0, #4]
    0xE000,          //      b go
    0x6042,          // word: str r2, [r0, #4]
    0x6001,          // go:  str r1, [r0, #0]
    0xBE00,          //      bkpt
    0xBF00,          //      nop
    0xC520, 0xD928,  // key:
};

}  // namespace

void run_snippet(Target& target, std::span<const std::uint16_t> code, std::uint32_t r0, std::uint32_t r1,
                 const std::string& bank) {
  constexpr std::uint32_t kStackRoom = 32;
  Bytes bytes;
  for (const std::uint16_t half : code) append_le16(bytes, half);
  bytes.resize((bytes.size() + 3) / 4 * 4);
  const auto size = static_cast<std::uint32_t>(bytes.size());
  const auto area = target.work_areas().allocate(size + kStackRoom);
  if (!area)
    throw FlashError("no work area for the code that stops the watchdog; issue 'reset init'", bank, 0);
  target.memory().write(area->address(), bytes, Width::word);
  Algorithm snippet;
  snippet.entry = area->address();
  snippet.stack_top = (area->address() + size + kStackRoom) / 8 * 8;
  snippet.registers = {{"r0", r0}, {"r1", r1}};
  target.run_algorithm(snippet, kSnippetLimit, {});
}

Controller::Controller(Target& target, Clock& clock, Log& log, std::string bank)
    : target_(target), clock_(clock), log_(log), bank_(std::move(bank)) {}

void Controller::prepare() {
  const Deadline deadline(clock_, kIdleLimit, "the flash controller, at work for the firmware");
  for (;;) {
    const std::uint8_t fstat = target_.memory().read8(FTFX::FSTAT);
    if (FTFX::kCCIF.is_set(fstat)) {
      if ((fstat & kAllErrorFlags) != 0) target_.memory().write8(FTFX::FSTAT, kAllErrorFlags);
      return;
    }
    deadline.check(fmt::format("Flash controller is busy (FSTAT=0x{:02x})", fstat));
    clock_.sleep(kFtfxPoll);
  }
}

void Controller::explain(std::uint8_t fstat, Address address) {
  std::string why = "Flash write error: cells do not hold what was programmed";
  if (FTFX::kACCERR.is_set(fstat)) {
    why = "Flash operation failed, illegal command";
  } else if (FTFX::kFPVIOL.is_set(fstat)) {
    why = "Flash operation failed, protection violated";
  } else if (FTFX::kRDCOLERR.is_set(fstat)) {
    why = "Flash operation failed, read collision";
  }
  target_.memory().write8(FTFX::FSTAT, kAllErrorFlags);
  throw FlashError(fmt::format("{} (FSTAT=0x{:02x}) at 0x{:08x}", why, fstat, address), bank_, address,
                   "FSTAT", fstat);
}

void Controller::command(FTFX::Command command, std::uint32_t address, std::array<std::uint32_t, 2> words) {
  constexpr Field kCode{"FCCOB0", 24, 8};
  Bytes fccob;
  for (const std::uint32_t word : {kCode.set(address, command), words[0], words[1]}) append_le32(fccob, word);
  target_.memory().write(FTFX::FCCOB3, fccob, Width::word);
  target_.memory().write8(FTFX::FSTAT, static_cast<std::uint8_t>(FTFX::kCCIF.mask()));
  const Deadline deadline(clock_, kCommandLimit, "a flash command");
  for (;;) {
    const std::uint8_t fstat = target_.memory().read8(FTFX::FSTAT);
    if (FTFX::kCCIF.is_set(fstat)) {
      if ((fstat & FTFX::kErrors) != 0) explain(fstat, address);
      return;
    }
    deadline.check(fmt::format("FSTAT=0x{:02x}", fstat));
    if (command == FTFX::kEraseSector) clock_.sleep(kFtfxPoll);
  }
}

std::uint8_t Controller::power_mode(ModeController mode) {
  MemPort& memory = target_.memory();
  switch (mode) {
    case ModeController::smc:
      return memory.read8(kSMC_PMSTAT);
    case ModeController::smc32:
      return static_cast<std::uint8_t>(memory.read32(kSMC32_PMSTAT) & 0xFF);
    case ModeController::mc:
      return kVLPRS.is_set(memory.read8(kPMC_REGSC)) ? kVlpr : kRun;
  }
  return 0;
}

void Controller::ensure_run_mode(const Chip& chip) {
  std::uint8_t mode = power_mode(chip.mode);
  if (mode == kRun) return;
  if (mode == kVlpr) {
    log_.info("Switching from VLPR to RUN mode.");
    if (chip.mode == ModeController::smc32) {
      target_.memory().write32(kSMC32_PMCTRL, 0);
    } else {
      target_.memory().write8(chip.mode == ModeController::mc ? kMC_PMCTRL : kSMC_PMCTRL, 0);
    }
    const Nanoseconds begin = clock_.now();
    while (mode != kRun && clock_.now() - begin < kModeLimit) {
      clock_.sleep(kFtfxPoll);
      mode = power_mode(chip.mode);
    }
    if (mode == kRun) return;
  }
  throw FlashError(
      fmt::format("Flash operation not possible in current run mode: SMC_PMSTAT: 0x{:x}; issue a 'reset "
                  "init' command",
                  mode),
      bank_, kSMC_PMSTAT, "SMC_PMSTAT", mode);
}

void Controller::disable_cop() {
  const std::uint8_t before = target_.memory().read8(kSIM_COPC);
  if (kCOPT.get(before) == 0) return;
  log_.info("Disabling Kinetis watchdog (initial SIM_COPC 0x{:02x})", before);
  target_.memory().write8(kSIM_COPC, static_cast<std::uint8_t>(kCOPT.set(before, 0)));
  const std::uint8_t after = target_.memory().read8(kSIM_COPC);
  if (kCOPT.get(after) == 0) return;
  throw FlashError(
      fmt::format("Cannot disable Kinetis watchdog (SIM_COPC 0x{:02x}), issue 'reset init'", after), bank_,
      kSIM_COPC, "SIM_COPC", after);
}

void Controller::run_unlock(std::span<const std::uint16_t> code, Address base, std::uint32_t value) {
  if (target_.state() != TargetState::halted)
    throw TargetError("Target not halted", std::string(name_of(target_.state())));
  run_snippet(target_, code, base, value, bank_);
}

void Controller::disable_wdog() {
  const std::uint16_t before = target_.memory().read16(kWDOG);
  if (!kWDOGEN.is_set(before)) return;
  log_.info("Disabling Kinetis watchdog (initial WDOG_STCTRLH = 0x{:04x})", before);
  run_unlock(kWdogCode, kWDOG, 0);
  const std::uint16_t after = target_.memory().read16(kWDOG);
  log_.info("WDOG_STCTRLH = 0x{:04x}", after);
  if (!kWDOGEN.is_set(after)) return;
  throw FlashError(
      fmt::format("Cannot disable Kinetis watchdog (WDOG_STCTRLH 0x{:04x}), issue 'reset init'", after),
      bank_, kWDOG, "WDOG_STCTRLH", after);
}

void Controller::disable_wdog32(Address base) {
  const std::uint32_t before = target_.memory().read32(base);
  if (!kCsEnable.is_set(before)) return;
  log_.info("Disabling Kinetis watchdog (initial WDOG_CS 0x{:08x})", before);
  run_unlock(kWdog32Code, base, kCsUpdate.set(kCsEnable.set(before, 0), 1));
  const std::uint32_t after = target_.memory().read32(base);
  if (!kCsEnable.is_set(after)) return;
  throw FlashError(
      fmt::format("Cannot disable Kinetis watchdog (WDOG_CS 0x{:08x}), issue 'reset init'", after), bank_,
      base, "WDOG_CS", after);
}

void Controller::disable_watchdog(const Chip& chip) {
  switch (chip.family->watchdog) {
    case Watchdog::none:
      return;
    case Watchdog::wdog:
      return disable_wdog();
    case Watchdog::cop:
      return disable_cop();
    case Watchdog::wdog32:
      return disable_wdog32(kWDOG);
    case Watchdog::wdog32_kl28:
      return disable_wdog32(kWDOG32_KL28);
  }
}

void Controller::invalidate_cache(const Chip& chip) {
  // FMC_PFB01CR.CINV_WAY, MCM_PLACR.CFCC, MSCM_OCMDR0: no prefetch, no speculation.
  switch (chip.family->cache) {
    case Cache::none:
      return;
    case Cache::fmc:
      return target_.memory().write8(0x4001F006, 0xF0);
    case Cache::platform:
      return target_.memory().write8(0xF000300D, 0x04);
    case Cache::mscm:
      return target_.memory().write32(0x40001400, 0x30);
  }
}

}  // namespace probity::kinetis
