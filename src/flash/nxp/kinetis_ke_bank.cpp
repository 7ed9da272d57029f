#include "flash/nxp/kinetis_ke_bank.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "flash/nxp/kinetis_controller.hpp"

namespace probity::kinetis_ke {

namespace {

constexpr Address kFtmrx = 0x40020000;
constexpr std::uint8_t kEraseSector = 0x0A, kProgramFlash = 0x06;
constexpr Field kMGSTAT{"MGSTAT", 0, 2}, kFPVIOL{"FPVIOL", 4}, kACCERR{"ACCERR", 5}, kCCIF{"CCIF", 7};
constexpr std::uint8_t kClearErrors = 0x30, kStart = 0x80, kAnyError = 0x33;
constexpr Field kFDIV{"FDIV", 0, 6}, kFDIVLCK{"FDIVLCK", 6}, kFDIVLD{"FDIVLD", 7};
constexpr std::uint32_t kSectorSize = 512, kFcfSector = 2;
constexpr std::uint32_t kFsecOffset = 0x40E;  // in flash; FPROT at 0x40D
constexpr Field kSEC{"SEC", 0, 2};

constexpr Address kSIM_SRSID = 0x40048000;
constexpr Field kFamId{"FAMID", 28, 4}, kSubFamId{"SUBFAMID", 24, 4}, kPins{"PINID", 16, 4};
constexpr Address kICS_C1 = 0x40064000, kICS_C2 = 0x40064001, kICS_C3 = 0x40064002, kICS_C4 = 0x40064003,
                  kICS_S = 0x40064004;
constexpr Field kBDIV{"BDIV", 5, 3}, kLOCK{"LOCK", 6}, kSCFTRIM{"SCFTRIM", 0};
constexpr std::uint8_t kInternalReference = 0x04;  // ICS_C1.IREFS, FLL output

constexpr Address kWDOG = 0x40052000;
constexpr Field kWdogEnable{"EN", 7}, kWdogUpdate{"UPDATE", 5};

constexpr Milliseconds kCommandLimit{1000}, kLockLimit{1000}, kWordLimit{100};
constexpr Nanoseconds kKePoll = Microseconds(500), kTypicalLongword = Microseconds(80);

constexpr std::uint32_t kKE02 = 2, kKE04 = 4, kKE06 = 6;
// Reference manuals, "Flash Memory Module": KE02 has FTMRH, the others FTMRE. The clocks as OpenOCD 0.12.0
// sets them.
constexpr SubFamily kSubFamilies[] = {
    {kKE02, "KE02", 0x10000, {0x0, 0x2, 0x6, 0x8, 0xA, 0xB}, {0x4C, 1, 0, 20}},
    {kKE04, "KE04", 0x20000, {0x3, 0x1, 0x5, 0xB, 0x9, 0x8}, {0x54, 0, 1u << 24, 24}},
    {kKE06, "KE06", 0x20000, {0x3, 0x1, 0x5, 0xB, 0x9, 0x8}, {0x58, 0, 1u << 24, 24}},
};

// Programs a longword: r1 = FTMRx. Stores of r3, r7, r2, r6 to a register of one byte.
constexpr std::array<std::uint16_t, 35> write_code(const FtmrxRegisters& to) {
  const auto store = [](unsigned from, std::uint32_t offset) {
    return static_cast<std::uint16_t>(Field{"imm5", 6, 5}.of(offset) | 0x7008u |
                                      from);  // strb rN, [r1, #offset]
  };
  const std::uint16_t index = store(7, to.FCCOBIX), high = store(3, to.FCCOBHI), low = store(3, to.FCCOBLO);
  return {
      0x2330,
      store(3, to.FSTAT),  // movs r3, #0x30: the errors of before
      0x2700,
      index,  // FCCOB[0]: movs r7, #0
      0x2306,
      high,  //   movs r3, #6: program flash
      0x0C13,
      low,  //   lsrs r3, r2, #16: the address
      0x2701,
      index,  // FCCOB[1]
      0x0A13,
      high,                  //   lsrs r3, r2, #8
      store(2, to.FCCOBLO),  //
      0xCD40,                // ldm r5!, {r6}
      0x2702,
      index,  // FCCOB[2]: the low half
      0x0A33,
      high,                  //   lsrs r3, r6, #8
      store(6, to.FCCOBLO),  //
      0x2703,
      index,  // FCCOB[3]
      0x0E33,
      high,  //   lsrs r3, r6, #24
      0x0C33,
      low,  //   lsrs r3, r6, #16
      0x2380,
      store(3, to.FSTAT),                                                      // movs r3, #0x80: CCIF
      static_cast<std::uint16_t>(Field{"imm5", 6, 5}.of(to.FSTAT) | 0x780Cu),  // busy: ldrb r4, [r1, #FSTAT]
      0x0A26,
      0xD3FC,  //   lsrs r6, r4, #8; bcc busy
      0x2333,
      0x4023,
      0xD100,  // movs r3, #0x33; ands r3, r4; bne back
      0x3204,
      0x4770,  // adds r2, #4; back: bx lr
  };
}

// All of the watchdog's registers have to be written within 128 bus clocks after its key. r0: WDOG, r1: CS1.
constexpr std::array<std::uint16_t, 14> kKeWatchdogCode = {
    0x4A05,          // ldr r2, key
    0x0C13,          // lsrs r3, r2, #16
    0x7844,          // ldrb r4, [r0, #1]  CS2
    0x8885,          // ldrh r5, [r0, #4]  TOVAL
    0x88C6,          // ldrh r6, [r0, #6]  WIN
    0x8042,          // strh r2, [r0, #2]  CNT
    0x8043,          // strh r3, [r0, #2]
    0x7044,          // strb r4, [r0, #1]
    0x8085,          // strh r5, [r0, #4]
    0x80C6,          // strh r6, [r0, #6]
    0x7001,          // strb r1, [r0, #0]  CS1
    0xBE00,          // bkpt
    0x20C5, 0x28D9,  // key:
};

}  // namespace

const SubFamily* find_sub_family(std::uint32_t srsid) {
  if (kFamId.get(srsid) != 0) return nullptr;
  const auto* found = std::ranges::find(kSubFamilies, kSubFamId.get(srsid), &SubFamily::id);
  return found == std::end(kSubFamilies) ? nullptr : found;
}

Address bus_divider_of(std::uint32_t srsid) {
  constexpr Address kBusDiv = 0x40048018, kClkDiv = 0x40048024, kClkDivOfSmall = 0x4004801C;
  const std::uint32_t family = kSubFamId.get(srsid), pins = kPins.get(srsid);
  if (family == kKE02) return kBusDiv;
  if (family == kKE06) return kClkDiv;
  if (pins >= 1 && pins <= 3) return kClkDivOfSmall;                  // KE04 with 16, 20 or 24 pins
  return pins == 5 || pins == 7 || pins == 8 ? kClkDiv : Address{0};  // 44, 64 or 80
}

std::vector<bool> protected_sectors(std::uint8_t fprot, unsigned count) {
  constexpr Field kFPOPEN{"FPOPEN", 7}, kFPHDIS{"FPHDIS", 5}, kFPHS{"FPHS", 3, 2}, kFPLDIS{"FPLDIS", 2},
      kFPLS{"FPLS", 0, 2};
  constexpr std::uint32_t kLowEnd = 0x4000, kHighBegin = 0x6000, kHighEnd = 0x8000;
  const bool open = kFPOPEN.is_set(fprot);
  if (open && kFPLDIS.is_set(fprot) && kFPHDIS.is_set(fprot)) return std::vector<bool>(count, false);
  // With FPOPEN the two ranges are what is protected; without it, what is not, of all.
  const std::uint32_t low = kFPLDIS.is_set(fprot) ? 0 : (4 * kSectorSize) << kFPLS.get(fprot),
                      high = kFPHDIS.is_set(fprot) ? 0 : (2 * kSectorSize) << kFPHS.get(fprot);
  std::vector<bool> sectors;
  for (unsigned i = 0; i < count; ++i) {
    const std::uint32_t offset = i * kSectorSize;
    const bool in_range = (offset < kLowEnd && offset < low) ||
                          (offset >= kHighBegin && offset < kHighEnd && offset >= kHighEnd - high);
    sectors.push_back(in_range == open);
  }
  return sectors;
}

KinetisKeBank::KinetisKeBank(FlashBankConfig config, Target& target, Clock& clock, Log& log)
    : SectorFlash(std::move(config), target, clock, log) {
  log_.info("add flash_bank kinetis_ke {}", config_.name);
}

Address KinetisKeBank::at(std::uint32_t offset) const { return kFtmrx + offset; }

void KinetisKeBank::identify() {
  srsid_ = target_.memory().read32(kSIM_SRSID);
  family_ = find_sub_family(srsid_);
  if (family_ == nullptr) {
    throw FlashError(
        fmt::format("Unsupported KE {} (SIM_SRSID=0x{:08x}); is this the right target configuration for "
                    "the chip?",
                    kFamId.get(srsid_) != 0 ? "family" : "sub-family", srsid_),
        config_.name, kSIM_SRSID, "SIM_SRSID", srsid_);
  }
  log_.info("{} sub-family", family_->name);
  base_ = 0;
  code_ = write_code(family_->registers);
  fill_sectors(kSectorSize, family_->size / kSectorSize);
}

std::string KinetisKeBank::describe() {
  return fmt::format("{} driver for flash bank {} at 0x{:08x}", config_.driver, config_.name, base_);
}

void KinetisKeBank::wait_for_lock() {
  const Deadline deadline(clock_, kLockLimit, "the FLL to lock");
  for (;;) {
    const std::uint8_t status = target_.memory().read8(kICS_S);
    if (kLOCK.is_set(status)) return;
    deadline.check(fmt::format("ICS_S=0x{:02x}", status));
    clock_.sleep(kKePoll);
  }
}

// Flash has to be clocked with 1 MHz (0.8 to 1.05), or it is damaged; so the whole clock tree is set up.
void KinetisKeBank::set_flash_clock() {
  MemPort& memory = target_.memory();
  const ClockSetting& clock = family_->clock;
  const Address divider = bus_divider_of(srsid_);
  if (divider == 0) {
    throw FlashError(fmt::format("KE04 - Unknown pin count (SIM_SRSID=0x{:08x})", srsid_), config_.name,
                     kSIM_SRSID, "SIM_SRSID", srsid_);
  }
  memory.write8(kICS_C3, clock.trim);
  memory.write8(kICS_C4, static_cast<std::uint8_t>(kSCFTRIM.set(memory.read8(kICS_C4), 0)));
  wait_for_lock();
  memory.write32(divider, clock.sim_divider);
  memory.write8(kICS_C2, static_cast<std::uint8_t>(kBDIV.set(memory.read8(kICS_C2), clock.bus_divider)));
  memory.write8(kICS_C1, kInternalReference);
  wait_for_lock();
  const std::uint8_t fclkdiv = memory.read8(at(family_->registers.FCLKDIV));
  const std::uint32_t wanted = clock.bus_megahertz - 1;
  const bool set = kFDIVLCK.is_set(fclkdiv) || kFDIVLD.is_set(fclkdiv);
  if (set && kFDIV.get(fclkdiv) != wanted) {
    throw FlashError(
        fmt::format(
            "Flash clock {} an invalid value (FCLKDIV=0x{:02x}, {} is needed); please reset the "
            "target",
            kFDIVLCK.is_set(fclkdiv) ? "register is locked and contains" : "was already set and contains",
            fclkdiv, wanted),
        config_.name, at(family_->registers.FCLKDIV), "FCLKDIV", fclkdiv);
  }
  if (!kFDIVLCK.is_set(fclkdiv))
    memory.write8(at(family_->registers.FCLKDIV), static_cast<std::uint8_t>(kFDIV.set(fclkdiv, wanted)));
  log_.info("Flash clock ready");
}

void KinetisKeBank::open() { set_flash_clock(); }

void KinetisKeBank::explain(const UnitFailure& failure) {
  const std::string_view why = kACCERR.is_set(failure.status)   ? "flash access error"
                               : kFPVIOL.is_set(failure.status) ? "flash protection violation"
                                                                : "cells do not hold what was programmed";
  throw FlashError(fmt::format("{} (FSTAT=0x{:02x}) at 0x{:08x}", why, failure.status, failure.address),
                   config_.name, failure.address, "FSTAT", failure.status);
}

void KinetisKeBank::command(std::uint8_t code, Address address, std::span<const std::uint16_t> words) {
  constexpr Field kHigh{"high", 8, 8}, kLow{"low", 0, 8};
  const FtmrxRegisters& registers = family_->registers;
  MemPort& memory = target_.memory();
  const auto byte = [](const Field& field, std::uint32_t value) {
    return static_cast<std::uint8_t>(field.get(value));
  };
  std::vector<std::uint32_t> fccob = {kHigh.of(code) | Field{"23:16", 16, 8}.get(address), address};
  fccob.insert(fccob.end(), words.begin(), words.end());
  memory.write8(at(registers.FSTAT), kClearErrors);
  for (std::size_t i = 0; i < fccob.size(); ++i) {
    memory.write8(at(registers.FCCOBIX), static_cast<std::uint8_t>(i));
    memory.write8(at(registers.FCCOBHI), byte(kHigh, fccob[i]));
    memory.write8(at(registers.FCCOBLO), byte(kLow, fccob[i]));
  }
  memory.write8(at(registers.FSTAT), kStart);
  const Deadline deadline(clock_, kCommandLimit, "a flash command");
  std::uint8_t fstat = memory.read8(at(registers.FSTAT));
  while (!kCCIF.is_set(fstat)) {
    deadline.check(fmt::format("FSTAT=0x{:02x}", fstat));
    clock_.sleep(kKePoll);
    fstat = memory.read8(at(registers.FSTAT));
  }
  if ((fstat & kAnyError) != 0) explain({fstat, address});
}

void KinetisKeBank::erase_sector(unsigned sector) {
  command(kEraseSector, sectors_[sector].offset, {});
  if (sector == kFcfSector) log_.warn("flash configuration field erased, please reset the device");
}

void KinetisKeBank::program_directly(Address address, ByteView words) {
  for (std::size_t i = 0; i < words.size(); i += 4) {
    const std::array halves = {load_le16(words, i), load_le16(words, i + 2)};
    command(kProgramFlash, address + static_cast<Address>(i), halves);
  }
}

void KinetisKeBank::program_write(const FlashWrite& write) {
  log_.info("Kinetis KE: FLASH Write ...");
  if (AddressRange{write.offset, write.data.size()}.contains(kFsecOffset)) {
    const std::uint8_t fsec = write.data[kFsecOffset - write.offset];
    constexpr std::uint32_t kUnsecured = 2;
    if (kSEC.get(fsec) != kUnsecured) {
      log_.warn(
          "the image secures the device (FSEC=0x{:02x} at 0x40e): from the next reset on only kinetis_ke mdm "
          "mass_erase opens it",
          fsec);
    }
  }
  program_padded(write);
}

UnitRoutine KinetisKeBank::routine() {
  if (target_.work_areas().largest_free() != 0) disable_watchdog();
  return {code_, 4, kFtmrx, kTypicalLongword, kWordLimit};
}

void KinetisKeBank::disable_watchdog() {
  require_halted();
  const std::uint8_t cs1 = target_.memory().read8(kWDOG);
  if (!kWdogEnable.is_set(cs1)) return;
  kinetis::run_snippet(target_, kKeWatchdogCode, kWDOG, kWdogUpdate.set(kWdogEnable.set(cs1, 0), 1),
                       config_.name);
  log_.info("Watchdog stopped");
}

void KinetisKeBank::protect(SectorRange, bool) {
  require_halted();
  throw FlashError("kinetis_ke_protect not supported yet: FPROT comes from flash, 0x40D, at reset",
                   config_.name, base_);
}

void KinetisKeBank::check_protection() {
  require_halted();
  need_probe();
  const std::uint8_t fprot = target_.memory().read8(at(family_->registers.FPROT));
  const std::vector<bool> sectors = protected_sectors(fprot, static_cast<unsigned>(sectors_.size()));
  const bool any = std::ranges::find(sectors, true) != sectors.end();
  if (any) {
    log_.warn("Flash protected. FPOPEN={} FPLDIS={} FPHDIS={} FPLS={} FPHS={}", Field{"FPOPEN", 7}.get(fprot),
              Field{"FPLDIS", 2}.get(fprot), Field{"FPHDIS", 5}.get(fprot), Field{"FPLS", 0, 2}.get(fprot),
              Field{"FPHS", 3, 2}.get(fprot));
  } else {
    log_.warn("No flash protection found.");
  }
  for (std::size_t i = 0; i < sectors_.size(); ++i) sectors_[i].is_protected = sectors[i];
}

std::string_view KinetisKeBank::locking() const {
  return "a Kinetis KE is locked by its flash configuration field, 0x40E, and opened by: kinetis_ke mdm "
         "mass_erase";
}

}  // namespace probity::kinetis_ke
