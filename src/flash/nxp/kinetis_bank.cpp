#include "flash/nxp/kinetis_bank.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity::kinetis {

namespace {

constexpr Nanoseconds kTypicalProgram = Microseconds(70);
constexpr Milliseconds kProgramLimit{100};

// r1: FTFx. r6 is free before `lsrs`.
constexpr std::array<std::uint16_t, 16> kLongwordCode = {
    0x2306,  //       movs r3, #6         program longword
    0x061B,  //       lsls r3, r3, #24
    0x4313,  //       orrs r3, r2
    0x604B,  //       str r3, [r1, #4]    FCCOB0 to 3
    0xCD40,  //       ldm r5!, {r6}
    0x608E,  //       str r6, [r1, #8]    FCCOB4 to 7
    0x2380,  //       movs r3, #0x80      CCIF
    0x700B,  //       strb r3, [r1, #0]   FSTAT
    0x780C,  // busy: ldrb r4, [r1, #0]
    0x0A26,  //       lsrs r6, r4, #8
    0xD3FC,  //       bcc busy
    0x2371,  //       movs r3, #0x71      the errors
    0x4023,  //       ands r3, r4
    0xD100,  //       bne back
    0x3204,  //       adds r2, #4
    0x4770,  // back: bx lr
};
constexpr std::array<std::uint16_t, 17> kPhraseCode = {
    0x2307,  //       movs r3, #7         program phrase
    0x061B,  //       lsls r3, r3, #24
    0x4313,  //       orrs r3, r2
    0x604B,  //       str r3, [r1, #4]    FCCOB0 to 3
    0xCDC0,  //       ldm r5!, {r6, r7}
    0x608E,  //       str r6, [r1, #8]    FCCOB4 to 7
    0x60CF,  //       str r7, [r1, #12]   FCCOB8 to B
    0x2380,  //       movs r3, #0x80      CCIF
    0x700B,  //       strb r3, [r1, #0]   FSTAT
    0x780C,  // busy: ldrb r4, [r1, #0]
    0x0A26,  //       lsrs r6, r4, #8
    0xD3FC,  //       bcc busy
    0x2371,  //       movs r3, #0x71      the errors
    0x4023,  //       ands r3, r4
    0xD100,  //       bne back
    0x3208,  //       adds r2, #8
    0x4770,  // back: bx lr
};

}  // namespace

KinetisBank::KinetisBank(FlashBankConfig config, Target& target, Clock& clock, Log& log)
    : SectorFlash(std::move(config), target, clock, log),
      siblings_{this},
      shared_(std::make_shared<Shared>()),
      controller_(target, clock, log, config_.name) {
  log_.info("add flash_bank kinetis {}", config_.name);
  for (std::size_t i = 0; i < config_.options.size(); ++i) {
    if (config_.options[i] == "-sim-base" && i + 1 < config_.options.size()) {
      shared_->sim = static_cast<Address>(std::stoul(config_.options[++i], nullptr, 0));
    } else if (config_.options[i] == kCreateBanks) {
      shared_->create_banks = true;
    } else {
      log_.error("Unsupported flash bank option {}", config_.options[i]);
    }
  }
}

void KinetisBank::meet(std::span<FlashBank* const> banks) {
  siblings_.clear();
  for (FlashBank* bank : banks) {
    if (auto* sibling = dynamic_cast<KinetisBank*>(bank)) siblings_.push_back(sibling);
  }
  number_ = static_cast<unsigned>(std::ranges::find(siblings_, this) - siblings_.begin());
  shared_ = siblings_.front()->shared_;
}

Address KinetisBank::find_sim() {
  if (shared_->sim) return *shared_->sim;
  try {
    target_.memory().read32(kSimBase + kSDID);
    return kSimBase;
  } catch (const MemoryFault&) {
    return kSimBaseKl28;
  }
}

void KinetisBank::probe_chip() {
  const Address sim = find_sim();
  MemPort& memory = target_.memory();
  const std::uint32_t sdid = memory.read32(sim + kSDID), sopt1 = memory.read32(sim + kSOPT1);
  const Family* family = find_family(sdid, sopt1);
  if (family == nullptr) {
    throw FlashError(
        fmt::format("MCU is unsupported, SDID 0x{:08x}; is this the right target configuration for the "
                    "chip?",
                    sdid),
        config_.name, sim + kSDID, "SIM_SDID", sdid);
  }
  const std::uint32_t fcfg1 = memory.read32(sim + kFCFG1), fcfg2 = memory.read32(sim + kFCFG2);
  const Chip found = chip_of(*family, sdid, fcfg1, fcfg2);
  if (found.pflash_size == 0) {
    throw FlashError(fmt::format("the size of program flash is not known (SIM_FCFG1=0x{:08x})", fcfg1),
                     config_.name, sim + kFCFG1, "SIM_FCFG1", fcfg1);
  }
  for (const std::string& warning : found.warnings) log_.warn("{}", warning);
  log_.info("Kinetis {} detected: {} flash blocks", found.name, found.blocks());
  log_.info("{} PFlash banks: {} KiB total", found.pflash_blocks, found.pflash_size / 1024);
  if (found.nvm_blocks != 0) {
    log_.info("{} FlexNVM banks: {} KiB total, {} KiB available as data flash, {} bytes FlexRAM",
              found.nvm_blocks, found.nvm_size / 1024, found.dflash_size / 1024, found.eeprom_size);
  }
  shared_->sim = sim;
  shared_->fcfg2 = fcfg2;
  shared_->chip = found;
  if (shared_->create_banks) siblings_.front()->create_missing_banks();
}

// By OpenOCD's names: kx.pflash0, kx.pflash1, kx.flexnvm.
void KinetisBank::create_missing_banks() {
  constexpr std::string_view kPflash = ".pflash";
  const Chip& found = *shared_->chip;
  const std::size_t cut = config_.name.find(kPflash);
  const std::string stem = config_.name.substr(0, cut);
  const auto numbered = [](unsigned number, unsigned of) { return of > 1 ? fmt::format("{}", number) : ""; };
  if (cut != std::string::npos && found.pflash_blocks > 1) {
    config_.name = stem + ".pflash0";
    if (list_.rename) list_.rename(config_.name);
  }
  for (auto i = static_cast<unsigned>(siblings_.size()); i < found.blocks() && list_.add; ++i) {
    FlashBankConfig more;
    more.name = i < found.pflash_blocks
                    ? fmt::format("{}{}{}", stem, kPflash, numbered(i, found.pflash_blocks))
                    : fmt::format("{}.flexnvm{}", stem, numbered(i - found.pflash_blocks, found.nvm_blocks));
    more.driver = config_.driver;
    more.target = config_.target;
    list_.add(more);
  }
}

const Chip& KinetisBank::chip() {
  if (!shared_->chip) probe_chip();
  return *shared_->chip;
}

void KinetisBank::identify() {
  const Chip& found = chip();
  if (number_ >= found.blocks()) {
    throw FlashError(fmt::format("Cannot determine parameters for bank {}, only {} banks on device", number_,
                                 found.blocks()),
                     config_.name, base_);
  }
  block_ = block_of(found, number_);
  const std::string warning = max_address_warning(found, number_, block_, shared_->fcfg2);
  if (!warning.empty()) log_.warn("{}", warning);
  if (block_.sector == 0) {
    throw FlashError(fmt::format("Unknown sector size for bank {}", number_), config_.name, base_);
  }
  base_ = block_.base;
  fill_sectors(block_.sector, block_.size / block_.sector);
  blocks_.clear();
  for (unsigned i = 0; i < block_.protections; ++i)
    blocks_.push_back({i * block_.protection, block_.protection, {}, {}});
}

std::string KinetisBank::describe() {
  need_probe();
  return fmt::format("{} {}: {}k {} bank {} at 0x{:08x}", config_.driver, chip().name, size_ / 1024,
                     block_.flex_nvm ? "FlexNVM" : "PFlash", config_.name, base_);
}

unsigned KinetisBank::write_alignment() const {
  return shared_->chip ? static_cast<unsigned>(shared_->chip->family->granule) : 4;
}

void KinetisBank::open() {
  controller_.ensure_run_mode(chip());
  controller_.prepare();
}

void KinetisBank::close() {
  wanted_fcf_.reset();
  controller_.invalidate_cache(chip());
}

// Where a reset looks for the flash configuration field: in the first bank, by the addresses of commands.
std::optional<unsigned> KinetisBank::fcf_sector() const {
  if (block_.flex_nvm || block_.command_base != 0 || block_.sector == 0) return {};
  return kFcfOffset / block_.sector;
}

void KinetisBank::erase_sector(unsigned sector) {
  controller_.command(FTFX::kEraseSector, block_.command_base + sectors_[sector].offset);
  if (fcf_sector() != sector) return;
  if (shared_->fcf_writes) {
    log_.warn("Flash Configuration Field erased, DO NOT reset or power off the device");
    log_.warn("until correct FCF is programmed or MCU gets security lock.");
    return;
  }
  // At once: blank, it would lock the chip at the next reset.
  const Fcf fcf = wanted_fcf_ ? *wanted_fcf_ : own_fcf();
  program_directly(base_ + kFcfOffset, fcf);
}

void KinetisBank::program_directly(Address address, ByteView words) {
  const bool phrases = chip().family->granule == Granule::phrase;
  const std::size_t step = phrases ? 8 : 4;
  for (std::size_t at = 0; at < words.size(); at += step) {
    const std::uint32_t where = command_address(address) + static_cast<std::uint32_t>(at);
    controller_.command(phrases ? FTFX::kProgramPhrase : FTFX::kProgramLongword, where,
                        {load_le32(words, at), phrases ? load_le32(words, at + 4) : 0});
  }
}

UnitRoutine KinetisBank::routine() {
  if (chip().family->only_longwords) log_.info("This device supports Program Longword execution only.");
  try {
    controller_.disable_watchdog(chip());
  } catch (const FlashError& e) {
    log_.debug("{}", e.describe());  // without a work area there is no loader that it could bite, either
  }
  if (chip().family->granule == Granule::phrase)
    return {kPhraseCode, 8, FTFX::kBase, kTypicalProgram, kProgramLimit};
  return {kLongwordCode, 4, FTFX::kBase, kTypicalProgram, kProgramLimit};
}

void KinetisBank::explain(const UnitFailure& failure) {
  controller_.explain(target_.memory().read8(FTFX::FSTAT), failure.address);
}

// Bits of FPROT (program flash) or FDPROT (FlexNVM): a 0 protects.
std::uint32_t KinetisBank::protection_register() {
  return block_.flex_nvm ? target_.memory().read8(FTFX::FDPROT) : target_.memory().read32(FTFX::FPROT3);
}

void KinetisBank::check_protection() {
  need_probe();
  const std::uint32_t raw = protection_register();
  for (unsigned i = 0; i < blocks_.size(); ++i)
    blocks_[i].is_protected = !Field{"PROT", block_.first_protection + i}.is_set(raw);
  for (Sector& sector : sectors_)
    sector.is_protected = blocks_[sector.offset / block_.protection].is_protected;
}

void KinetisBank::require_allowed(std::span<const unsigned> sectors, std::string_view verb) {
  const std::uint32_t raw = protection_register();
  const std::string_view name = block_.flex_nvm ? "FDPROT" : "FPROT";
  for (const unsigned i : sectors) {
    const std::uint32_t end = sectors_[i].offset + sectors_[i].size;
    for (std::uint32_t at = sectors_[i].offset; at < end;
         at += std::min(block_.protection, sectors_[i].size)) {
      const std::uint32_t protection = at / block_.protection;
      if (Field{name, block_.first_protection + protection}.is_set(raw)) continue;
      throw FlashError(
          fmt::format(
              "cannot {} sector {}: block {} is protected ({}=0x{:x}); it opens with: flash protect {} {} {} "
              "off, flash erase_sector of the sector at 0x400, and a reset; or with kinetis mdm mass_erase",
              verb, i, protection, name, raw, config_.name, protection, protection),
          config_.name, base_ + sectors_[i].offset, std::string(name), raw);
    }
  }
}

void KinetisBank::protect(SectorRange range, bool on) {
  if (shared_->fcf_writes)
    throw FlashError("Protection setting is possible with 'kinetis fcf_source protection' only!",
                     config_.name, base_);
  need_probe();
  if (blocks_.empty()) throw FlashError("No protection possible for current bank!", config_.name, base_);
  require(range, blocks_, "block");
  for (unsigned i = range.first; i <= range.last; ++i) blocks_[i].is_protected = on;
  log_.info("Protection bits will be written at the next FCF sector erase or write.");
  log_.info("Do not issue 'flash info' command until protection is written,");
  log_.info("doing so would re-read protection status from MCU.");
}

void KinetisBank::allow_fcf_writes(bool allow) { shared_->fcf_writes = allow; }
bool KinetisBank::fcf_writes_allowed() const { return shared_->fcf_writes; }
void KinetisBank::set_fopt(std::uint8_t value) { shared_->fopt = value; }
std::uint8_t KinetisBank::fopt() const { return shared_->fopt; }

void KinetisBank::disable_watchdog() { controller_.disable_watchdog(chip()); }

std::string KinetisBank::partition_info() {
  chip();
  return partition_words(target_.memory().read32(*shared_->sim + kFCFG1));
}

void KinetisBank::set_partition(std::uint8_t depart, std::uint8_t eeprom_code, bool load) {
  require_halted();
  controller_.ensure_run_mode(chip());
  controller_.prepare();
  constexpr Field kFccob4{"FCCOB4", 24, 8}, kFccob5{"FCCOB5", 16, 8};
  controller_.command(FTFX::kProgramPartition, load ? 0 : 1,
                      {kFccob4.of(eeprom_code) | kFccob5.of(depart), 0});
  shared_->chip.reset();
  for (KinetisBank* bank : siblings_) bank->probed_ = false;
}

std::string_view KinetisBank::locking() const {
  return "a Kinetis is locked by its flash configuration field (kinetis fcf_source write) and opened by: "
         "kinetis mdm "
         "mass_erase";
}

}  // namespace probity::kinetis
