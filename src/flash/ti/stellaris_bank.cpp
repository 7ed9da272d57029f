#include "flash/ti/stellaris_bank.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity::stellaris {

namespace {

// Flash control (data sheets, "Flash Memory Register Descriptions").
constexpr Address kFlashControl = 0x400FD000;
constexpr Address kFMA = kFlashControl + 0x000, kFMD = kFlashControl + 0x004, kFMC = kFlashControl + 0x008,
                  kFCRIS = kFlashControl + 0x00C, kFCIM = kFlashControl + 0x010,
                  kFCMISC = kFlashControl + 0x014;
constexpr std::uint32_t kKey = 0xA4420000;
constexpr std::uint32_t kWRITE = 1u << 0, kERASE = 1u << 1, kMERASE = 1u << 2, kCOMT = 1u << 3;
constexpr Field kARIS{"ARIS", 0}, kPRIS{"PRIS", 1};
// Tiva has more to complain of: VOLTRIS, INVDRIS, ERRIS, PROGRIS.
constexpr std::uint32_t kTivaErrors = 0x2E00;

// System control: flash protection and timing.
constexpr Address kFMPPE = kSystemControl + 0x134, kFMPPE0 = kSystemControl + 0x400,
                  kUSECRL = kSystemControl + 0x140, kNVMSTAT = kSystemControl + 0x1A0;
constexpr Field kFWB{"FWB", 0};
constexpr std::uint32_t kProtectionBlock = 2048, kBlocksARegister = 32;
constexpr std::uint32_t kLargestLegacyFlash = 64 * 1024, kOneMassErase = 128 * 1024;

constexpr Milliseconds kEraseLimit{500}, kMassEraseLimit{2000}, kCommitLimit{100}, kWordLimit{100};
constexpr Nanoseconds kFmcPoll = Milliseconds(1);
constexpr Nanoseconds kTypicalWord = Microseconds(30), kTypicalBuffer = Microseconds(300);

// r1: flash control.
constexpr std::array<std::uint16_t, 18> kStellarisWordCode = {
    0x600A,          //         str r2, [r1, #0]   FMA
    0xCD40,          //         ldm r5!, {r6}
    0x604E,          //         str r6, [r1, #4]   FMD
    0x4E05,          //         ldr r6, key
    0x608E,          //         str r6, [r1, #8]   FMC
    0x688C,          // busy:   ldr r4, [r1, #8]
    0x0864,          //         lsrs r4, r4, #1    WRITE
    0xD2FC,          //         bcs busy
    0x68CB,          //         ldr r3, [r1, #12]  FCRIS
    0x4C03,          //         ldr r4, errors
    0x4023,          //         ands r3, r4
    0xD100,          //         bne back
    0x3204,          //         adds r2, #4
    0x4770,          // back:   bx lr
    0x0001, 0xA442,  // key:    .word kKey | kWRITE
    0x2E01, 0x0000,  // errors: .word kTivaErrors | ARIS
};

constexpr std::uint32_t kBufferSize = 128;
constexpr std::array<std::uint16_t, 24> kStellarisBufferCode = {
    0x600A,          //         str r2, [r1, #0]   FMA
    0x26FF,          //         movs r6, #255
    0x3601,          //         adds r6, #1
    0x1876,          //         adds r6, r6, r1    FWB0
    0x2720,          //         movs r7, #32
    0xCD10,          // copy:   ldm r5!, {r4}
    0xC610,          //         stm r6!, {r4}
    0x3F01,          //         subs r7, #1
    0xD1FB,          //         bne copy
    0x4E05,          //         ldr r6, key
    0x620E,          //         str r6, [r1, #32]  FMC2
    0x6A0C,          // busy:   ldr r4, [r1, #32]
    0x0864,          //         lsrs r4, r4, #1    WRBUF
    0xD2FC,          //         bcs busy
    0x68CB,          //         ldr r3, [r1, #12]  FCRIS
    0x4C03,          //         ldr r4, errors
    0x4023,          //         ands r3, r4
    0xD100,          //         bne back
    0x3280,          //         adds r2, #128
    0x4770,          // back:   bx lr
    0x0001, 0xA442,  // key:    .word kKey | WRBUF
    0x2E01, 0x0000,  // errors: .word kTivaErrors | ARIS
};

}  // namespace

StellarisBank::StellarisBank(FlashBankConfig config, Target& target, Clock& clock, Log& log)
    : SectorFlash(std::move(config), target, clock, log) {
  base_ = 0;
}

void StellarisBank::identify() {
  std::array words = {WordAccess::load(DID0::kAddress), WordAccess::load(DID1::kAddress),
                      WordAccess::load(kDC0)};
  target_.memory().run(words);
  const std::uint32_t did0 = words[0].value, did1 = words[1].value;
  const auto refuse = [&](std::string_view what) {
    throw FlashError(
        fmt::format("{} (DID0=0x{:08x}, DID1=0x{:08x}); is this the right target configuration for "
                    "the chip?",
                    what, did0, did1),
        config_.name, DID0::kAddress, "DID0", did0);
  };
  if (DID0::kVersion.get(did0) > 1) refuse("Unknown did0 version, cannot identify target");
  if (did1 == 0) refuse("Cannot identify target as a Stellaris");
  if (DID1::kVersion.get(did1) > 1 || DID1::kFamily.get(did1) != 0) refuse("Unknown did1 version/family.");
  identity_ = {did0, did1, class_of(did0), {}};
  if (class_name(identity_.device_class).empty() || identity_.device_class == 2)
    log_.warn("Unknown did0 class");
  std::uint32_t fsize = 0, ssize = 0;
  if (identity_.is(kBlizzard) || identity_.is(kSnowflake)) {
    fsize = target_.memory().read32(FSIZE::kAddress);
    ssize = target_.memory().read32(kSSIZE);
  }
  identity_.geometry = geometry_of(identity_.device_class, words[2].value, fsize, ssize);
  // All of Blizzard and Snowflake have the buffer; of the classes before them the later chips.
  const bool may_have = identity_.is(kTempest) || identity_.is(kFirestorm);
  buffered_ = identity_.is(kBlizzard) || identity_.is(kSnowflake) ||
              (may_have && kFWB.is_set(target_.memory().read32(kNVMSTAT)));
  fill_sectors(identity_.geometry.page_size, identity_.geometry.pages);
}

ClockInfo StellarisBank::read_clock() {
  rcc_ = target_.memory().read32(RCC::kAddress);
  rcc2_ = target_.memory().read32(RCC2::kAddress);
  return clock_of(identity_, rcc_, rcc2_);
}

std::string StellarisBank::describe() {
  need_probe();
  const ClockInfo clock = read_clock();
  const Geometry& geometry = identity_.geometry;
  std::string text = fmt::format("\nTI/LMI Stellaris information: Chip is class {} ({}) {} rev {}{}\n",
                                 identity_.device_class, class_name(identity_.device_class),
                                 part_name(identity_.device_class, DID1::kPart.get(identity_.did1)),
                                 identity_.major(), identity_.minor());
  text += fmt::format("did1: 0x{0:08x}, arch: 0x{0:04x}, eproc: ARMv7M, ramsize: {1}k, flashsize: {2}k\n",
                      identity_.did1, geometry.ram_kib, size_ / 1024);
  return text + fmt::format("master clock: {}kHz{}, rcc is 0x{:x}, rcc2 is 0x{:x}, pagesize: {}, pages: {}",
                            clock.hertz / 1000, clock.tolerance, rcc_, rcc2_, geometry.page_size,
                            geometry.pages);
}

// The interrupts of the flash controller are the firmware's; they are off from here on, as with OpenOCD.
void StellarisBank::open() {
  constexpr std::uint32_t kMegahertz = 1'000'000;
  if (identity_.is(kSandstorm) || identity_.is(kFury)) {
    const std::uint32_t megahertz = std::max(read_clock().hertz / kMegahertz, 1u);
    target_.memory().write32(kUSECRL, megahertz - 1);
  }
  const bool tiva = identity_.is(kBlizzard) || identity_.is(kSnowflake);
  std::array stores = {WordAccess::store(kFCIM, 0),
                       WordAccess::store(kFCMISC, kARIS.mask() | kPRIS.mask() | (tiva ? kTivaErrors : 0))};
  target_.memory().run(stores);
}

void StellarisBank::explain(const UnitFailure& failure) {
  const std::string why =
      kARIS.is_set(failure.status)
          ? std::string(
                "access violation: the page is write-protected, which only the recovery sequence undoes")
          : std::string("the controller could not do it");
  throw FlashError(fmt::format("flash writing failed at 0x{:08x} with FCRIS: 0x{:08x}: {}", failure.address,
                               failure.status, why),
                   config_.name, failure.address, "FCRIS", failure.status);
}

void StellarisBank::command(Address address, std::uint32_t bit, Nanoseconds limit, std::string_view what) {
  std::array accesses = {WordAccess::store(kFMA, address), WordAccess::store(kFMC, kKey | bit),
                         WordAccess::load(kFMC), WordAccess::load(kFCRIS)};
  target_.memory().run(accesses);
  std::uint32_t fmc = accesses[2].value, fcris = accesses[3].value;
  const Deadline deadline(clock_, limit, what);
  while ((fmc & bit) != 0) {
    deadline.check(fmt::format("FMC=0x{:08x}", fmc));
    clock_.sleep(kFmcPoll);
    fmc = target_.memory().read32(kFMC);
    if ((fmc & bit) == 0) fcris = target_.memory().read32(kFCRIS);
  }
  const std::uint32_t errors = fcris & (kARIS.mask() | kTivaErrors);
  if (errors == 0) return;
  target_.memory().write32(kFCMISC, errors);
  explain({fcris, address});
}

void StellarisBank::erase_sector(unsigned sector) {
  command(sectors_[sector].offset, kERASE, kEraseLimit, "the erase of a page");
}

bool StellarisBank::erase_all() {
  command(0, kMERASE, kMassEraseLimit, "the mass erase");
  // Old ones with more have two halves, each erased alone; it does no harm to others.
  if (size_ > kOneMassErase) command(kOneMassErase, kMERASE, kMassEraseLimit, "the mass erase, second half");
  return true;
}

void StellarisBank::program_directly(Address address, ByteView words) {
  for (std::size_t at = 0; at < words.size(); at += 4) {
    target_.memory().write32(kFMD, load_le32(words, at));
    command(address + static_cast<Address>(at), kWRITE, kWordLimit, "programming a word");
  }
}

UnitRoutine StellarisBank::routine() {
  if (buffered_) return {kStellarisBufferCode, kBufferSize, kFlashControl, kTypicalBuffer, kWordLimit};
  return {kStellarisWordCode, 4, kFlashControl, kTypicalWord, kWordLimit};
}

unsigned StellarisBank::blocks_a_page() const { return identity_.geometry.page_size / kProtectionBlock; }

Address StellarisBank::program_enable(unsigned index) const {
  const bool legacy = identity_.device_class < kSnowflake && size_ <= kLargestLegacyFlash;
  return (legacy ? kFMPPE : kFMPPE0) + 4 * index;
}

// FMPPE0, 1 …: a set bit lets 2 KiB be written.
std::vector<std::uint32_t> StellarisBank::read_program_enable() {
  const std::uint32_t blocks = size_ / kProtectionBlock;
  std::vector<WordAccess> loads;
  for (unsigned i = 0; i * kBlocksARegister < blocks; ++i)
    loads.push_back(WordAccess::load(program_enable(i)));
  target_.memory().run(loads);
  std::vector<std::uint32_t> values;
  for (const WordAccess& load : loads) values.push_back(load.value);
  return values;
}

void StellarisBank::check_protection() {
  need_probe();
  const std::vector<std::uint32_t> enable = read_program_enable();
  for (Sector& sector : sectors_) {
    const unsigned block = sector.offset / kProtectionBlock;
    sector.is_protected = !Field{"FMPPE", block % kBlocksARegister}.is_set(enable[block / kBlocksARegister]);
  }
}

void StellarisBank::require_allowed(std::span<const unsigned> sectors, std::string_view verb) {
  const std::vector<std::uint32_t> enable = read_program_enable();
  for (const unsigned i : sectors) {
    const unsigned begin = sectors_[i].offset / kProtectionBlock;
    for (unsigned block = begin; block < begin + std::max(blocks_a_page(), 1u); ++block) {
      const unsigned index = block / kBlocksARegister;
      if (Field{"FMPPE", block % kBlocksARegister}.is_set(enable[index])) continue;
      throw FlashError(
          fmt::format(
              "cannot {} sector {}: it is write-protected (FMPPE{}=0x{:08x}), which only the recovery "
              "sequence undoes, erasing everything: stellaris recover",
              verb, i, index, enable[index]),
          config_.name, base_ + sectors_[i].offset, fmt::format("FMPPE{}", index), enable[index]);
    }
  }
}

void StellarisBank::protect(SectorRange range, bool on) {
  require_halted();
  if (!on) throw UsageError("Hardware doesn't support page-level unprotect. Try the 'recover' command.");
  need_probe();
  require(range, sectors_, "sector");
  if (identity_.is(kDustDevil) && identity_.major() == 'A' && identity_.minor() == 0) {
    throw FlashError("DustDevil A0 parts can't be unprotected, see errata; refusing to proceed", config_.name,
                     base_, "DID0", identity_.did0);
  }
  if (blocks_a_page() == 0 && (range.first % 2 != 0 || range.last % 2 == 0))
    throw UsageError(
        "Can't protect unaligned pages: two of them, from an even number on, are one block of 2 KiB");
  std::vector<std::uint32_t> enable = read_program_enable();
  const std::vector<std::uint32_t> before = enable;
  const std::uint32_t end = sectors_[range.last].offset + sectors_[range.last].size;
  for (std::uint32_t block = sectors_[range.first].offset / kProtectionBlock; block < end / kProtectionBlock;
       ++block) {
    std::uint32_t& word = enable[block / kBlocksARegister];
    word = Field{"FMPPE", block % kBlocksARegister}.set(word, 0);
  }
  opened([&] {
    for (unsigned i = 0; i < enable.size(); ++i) {
      if (enable[i] == before[i]) continue;
      target_.memory().write32(program_enable(i), enable[i]);
      command(2 * i + 1, kCOMT, kCommitLimit,
              "the commit of FMPPE");  // what FMA names: data sheet, table of commits
    }
  });
  check_protection();
}

std::string_view StellarisBank::locking() const {
  return "a Stellaris has no read-out level to set; its pages are protected by: flash protect BANK FIRST "
         "LAST on";
}

}  // namespace probity::stellaris
