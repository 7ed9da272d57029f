// The flash interfaces of H7 as rows: registers, fields, times (RM0433 4.9 H742-H753, RM0399 4.9 H745-H757,
// RM0468 4.9 H72x/H73x, RM0455 5.9 H7A/B; offsets and bits as in cmsis-device-h7).
#pragma once

#include <array>
#include <span>
#include <vector>

#include "base/bits.hpp"
#include "base/units.hpp"
#include "vboard/chip/facts/facts.hpp"

namespace probity::vboard {

namespace h7_flash_reg {

// The second bank's set begins at kSetStep; what belongs to no bank is seen in both sets.
inline constexpr std::uint32_t kSetStep = 0x100;
enum : std::uint32_t {
  ACR = 0x00,
  KEYR = 0x04,
  OPTKEYR = 0x08,
  CR = 0x0C,
  SR = 0x10,
  CCR = 0x14,
  OPTCR = 0x18,
  OPTCCR = 0x24,
  ECC_FA = 0x60,
};

inline constexpr Field LOCK{"LOCK", 0}, PG{"PG", 1}, SER{"SER", 2}, BER{"BER", 3};
inline constexpr Field BSY{"BSY", 0}, WBNE{"WBNE", 1}, QW{"QW", 2}, EOP{"EOP", 16}, WRPERR{"WRPERR", 17},
    PGSERR{"PGSERR", 18}, STRBERR{"STRBERR", 19}, INCERR{"INCERR", 21}, OPERR{"OPERR", 22},
    RDPERR{"RDPERR", 23}, RDSERR{"RDSERR", 24}, SNECCERR{"SNECCERR", 25}, DBECCERR{"DBECCERR", 26};
inline constexpr Field OPTLOCK{"OPTLOCK", 0}, OPTSTART{"OPTSTART", 1}, MER{"MER", 4}, PG_OTP{"PG_OTP", 5},
    SWAP_BANK{"SWAP_BANK", 31}, OPTCHANGEERRIE{"OPTCHANGEERRIE", 30};
inline constexpr Field OPT_BUSY{"OPT_BUSY", 0}, IWDG1_SW{"IWDG1_SW", 4}, RDP{"RDP", 8, 8},
    SECURITY{"SECURITY", 21}, OPTCHANGEERR{"OPTCHANGEERR", 30}, SWAP_BANK_OPT{"SWAP_BANK_OPT", 31};
inline constexpr Field AREA_START{"PROT_AREA_START", 0, 12}, AREA_END{"PROT_AREA_END", 16, 12},
    DMEP{"DMEP", 31};
inline constexpr Field OTP_FAIL_ECC{"OTP_FAIL_ECC", 31};
inline constexpr Field BOOT_ADD0{"BOOT_ADD0", 0, 16};

}  // namespace h7_flash_reg

// One option word and the pair of registers that shows and changes it.
struct H7OptionRegister {
  std::string_view name;  // as NonVolatile keeps it
  std::uint32_t current, program;
  unsigned bank;  // whose set it is in, 1 or 2; 0: in both
  std::uint32_t mask, factory;
};

struct H7FlashLayout {
  std::uint32_t word, sector;  // bytes
  unsigned sectors_per_protection_bit;
  Field psize, fw, start, snb;  // FLASH_CR; psize of width 0: there is none
  bool mass_erase;              // OPTCR.MER
  bool operr;                   // SR.OPERR
  bool otp;                     // OPTCR.PG_OTP, and the locks of its blocks: option word OTPBL
  std::uint32_t acr_reset;
  std::array<Microseconds, 4> program_time;                        // of a flash word, by PSIZE
  std::array<Milliseconds, 4> sector_erase_time, bank_erase_time;  // by PSIZE; of 1 MiB
  std::span<const H7OptionRegister> options;
};

const H7FlashLayout& h74x_flash();  // H742, H743/H753, H750
const H7FlashLayout& h745_flash();  // H745/H755, H747/H757: as H74x, with the boot addresses of two cores
const H7FlashLayout& h72x_flash();  // H723/H733, H725/H735, H730
const H7FlashLayout& h7ab_flash();  // H7A3, H7B0, H7B3

// The factory's option words of a chip with that many banks.
std::vector<OptionWord> h7_option_words(const H7FlashLayout& layout, unsigned banks);

}  // namespace probity::vboard
