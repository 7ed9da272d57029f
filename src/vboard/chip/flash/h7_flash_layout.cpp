#include "vboard/chip/flash/h7_flash_layout.hpp"

namespace probity::vboard {

namespace {

// OPTSR: BOR_LEV 3:2, IWDG1_SW 4, IWDG2_SW 5, NRST_STOP/STBY 7:6, RDP 15:8, FZ_IWDG 18:17, ST_RAM_SIZE 20:19,
// SECURITY 21, IO_HSLV 29, SWAP_BANK_OPT 31; bits 28:22 differ by chip and read as the factory left them. The
// factory's OPTSR, PRAR, SCAR and WPSN of H743: as read from a chip (ST community, "Spurious RDPERR and
// RDSERR"), its BOR_LEV set back to 0. BOOT: RM0433 table 22, flash and system memory.
constexpr std::uint32_t kOptsrMask = 0xBFFFFFFC, kAreaMask = 0x8FFF0FFF, kNoArea = 0x000000FF;
constexpr std::uint32_t kBootFactory = 0x1FF00800, kBoot4Factory = 0x10000810;

constexpr H7OptionRegister kPrar1{"PRAR1", 0x28, 0x2C, 1, kAreaMask, kNoArea};
constexpr H7OptionRegister kScar1{"SCAR1", 0x30, 0x34, 1, kAreaMask, kNoArea};
constexpr H7OptionRegister kPrar2{"PRAR2", 0x28, 0x2C, 2, kAreaMask, kNoArea};
constexpr H7OptionRegister kScar2{"SCAR2", 0x30, 0x34, 2, kAreaMask, kNoArea};
constexpr H7OptionRegister kBoot{"BOOT", 0x40, 0x44, 0, 0xFFFFFFFF, kBootFactory};

constexpr std::array kOptionsH74x{H7OptionRegister{"OPTSR", 0x1C, 0x20, 0, kOptsrMask, 0x0BC6AAF0},
                                  kPrar1,
                                  kScar1,
                                  H7OptionRegister{"WPSN1", 0x38, 0x3C, 1, 0xFF, 0xFF},
                                  kPrar2,
                                  kScar2,
                                  H7OptionRegister{"WPSN2", 0x38, 0x3C, 2, 0xFF, 0xFF},
                                  kBoot};
constexpr std::array kOptionsH745{H7OptionRegister{"OPTSR", 0x1C, 0x20, 0, kOptsrMask, 0x0BC6AAF0},
                                  kPrar1,
                                  kScar1,
                                  H7OptionRegister{"WPSN1", 0x38, 0x3C, 1, 0xFF, 0xFF},
                                  kPrar2,
                                  kScar2,
                                  H7OptionRegister{"WPSN2", 0x38, 0x3C, 2, 0xFF, 0xFF},
                                  kBoot,  // BOOT7
                                  H7OptionRegister{"BOOT4", 0x48, 0x4C, 0, 0xFFFFFFFF, kBoot4Factory}};
// Only the bits that stm32h723xx.h names, by their defaults of RM0468 4.4: no dump of a new chip is at hand.
constexpr std::array kOptionsH72x{H7OptionRegister{"OPTSR", 0x1C, 0x20, 0, 0x233EFFDC, 0x0306AAD0},
                                  kPrar1,
                                  kScar1,
                                  H7OptionRegister{"WPSN1", 0x38, 0x3C, 1, 0xFF, 0xFF},
                                  kBoot,
                                  H7OptionRegister{"OPTSR2", 0x70, 0x74, 0, 0x7, 0x0}};
// The same of stm32h7a3xx.h and RM0455 5.4. A bit of WPSGN guards four sectors.
constexpr std::array kOptionsH7ab{H7OptionRegister{"OPTSR", 0x1C, 0x20, 0, 0xA03FFFDC, 0x0006AAD0},
                                  kPrar1,
                                  kScar1,
                                  H7OptionRegister{"WPSGN1", 0x38, 0x3C, 1, 0xFFFFFFFF, 0xFFFFFFFF},
                                  kPrar2,
                                  kScar2,
                                  H7OptionRegister{"WPSGN2", 0x38, 0x3C, 2, 0xFFFFFFFF, 0xFFFFFFFF},
                                  kBoot,
                                  H7OptionRegister{"OTPBL", 0x68, 0x6C, 0, 0xFFFF, 0}};

// STM32H743 data sheet (DS12110), flash memory programming, typical at x8, x16, x32, x64.
constexpr H7FlashLayout kH74x{
    .word = 32,
    .sector = 128 * 1024,
    .sectors_per_protection_bit = 1,
    .psize = {"PSIZE", 4, 2},
    .fw = {"FW", 6},
    .start = {"START", 7},
    .snb = {"SNB", 8, 3},
    .mass_erase = true,
    .operr = true,
    .otp = false,
    .acr_reset = 0x37,
    .program_time = {Microseconds(290), Microseconds(180), Microseconds(130), Microseconds(100)},
    .sector_erase_time = {Milliseconds(2000), Milliseconds(1400), Milliseconds(1100), Milliseconds(1000)},
    .bank_erase_time = {Milliseconds(13000), Milliseconds(8000), Milliseconds(6000), Milliseconds(5000)},
    .options = kOptionsH74x,
};

constexpr H7FlashLayout h745() {
  H7FlashLayout layout = kH74x;
  layout.options = kOptionsH745;
  return layout;
}

// stm32h723xx.h has no OPTCR.MER and one bank.
constexpr H7FlashLayout h72x() {
  H7FlashLayout layout = kH74x;
  layout.mass_erase = false;
  layout.options = kOptionsH72x;
  return layout;
}

// No PSIZE, so one column. 8 KiB sectors are erased in 2 ms, a bank in 10 ms; a flash word's time is of the
// same order as H5's (40 nm too): its data sheet's figure is still to be looked up.
constexpr std::array kWordTimeH7ab{Microseconds(50), Microseconds(50), Microseconds(50), Microseconds(50)};
constexpr H7FlashLayout kH7ab{
    .word = 16,
    .sector = 8 * 1024,
    .sectors_per_protection_bit = 4,
    .psize = {"PSIZE", 0, 0},
    .fw = {"FW", 4},
    .start = {"START", 5},
    .snb = {"SNB", 6, 7},
    .mass_erase = true,
    .operr = false,
    .otp = true,
    .acr_reset = 0x13,
    .program_time = kWordTimeH7ab,
    .sector_erase_time = {Milliseconds(2), Milliseconds(2), Milliseconds(2), Milliseconds(2)},
    .bank_erase_time = {Milliseconds(10), Milliseconds(10), Milliseconds(10), Milliseconds(10)},
    .options = kOptionsH7ab,
};

constexpr H7FlashLayout kH745 = h745(), kH72x = h72x();

}  // namespace

const H7FlashLayout& h74x_flash() { return kH74x; }
const H7FlashLayout& h745_flash() { return kH745; }
const H7FlashLayout& h72x_flash() { return kH72x; }
const H7FlashLayout& h7ab_flash() { return kH7ab; }

std::vector<OptionWord> h7_option_words(const H7FlashLayout& layout, unsigned banks) {
  std::vector<OptionWord> words;
  for (const H7OptionRegister& row : layout.options) {
    if (row.bank <= banks) words.push_back({row.name, row.factory});
  }
  return words;
}

}  // namespace probity::vboard
