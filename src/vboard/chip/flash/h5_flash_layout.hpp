// The flash interface of H5 in rows: RM0481 7.11 (H52x, H53x, H56x, H573), RM0492 7.11 (H503); offsets and
// bits as in cmsis-device-h5.
#pragma once

#include <span>
#include <vector>

#include "base/bits.hpp"
#include "vboard/chip/facts/facts.hpp"

namespace probity::vboard {

namespace h5_flash_reg {
inline constexpr std::uint32_t kSector = 8 * 1024;

enum : std::uint32_t {
  ACR = 0x00,
  NSKEYR = 0x04,
  SECKEYR = 0x08,
  OPTKEYR = 0x0C,
  OPSR = 0x18,
  OPTCR = 0x1C,
  NSSR = 0x20,
  SECSR = 0x24,
  NSCR = 0x28,
  SECCR = 0x2C,
  NSCCR = 0x30,
  SECCCR = 0x34,
  SECBB1R1 = 0xA0,
  ECCCORR = 0x100,
  ECCDETR = 0x104,
  ECCDR = 0x108,
  SECBB2R1 = 0x1A0,
};

inline constexpr Field LOCK{"LOCK", 0}, PG{"PG", 1}, SER{"SER", 2}, BER{"BER", 3}, FW{"FW", 4},
    START{"START", 5}, SNB{"SNB", 6, 7}, MER{"MER", 15}, INV{"INV", 29}, BKSEL{"BKSEL", 31};
inline constexpr Field BSY{"BSY", 0}, WBNE{"WBNE", 1}, DBNE{"DBNE", 3}, EOP{"EOP", 16}, WRPERR{"WRPERR", 17},
    PGSERR{"PGSERR", 18}, STRBERR{"STRBERR", 19}, INCERR{"INCERR", 20}, OPTCHANGEERR{"OPTCHANGEERR", 23};
inline constexpr std::uint32_t kErrors =
    WRPERR.mask() | PGSERR.mask() | STRBERR.mask() | INCERR.mask() | OPTCHANGEERR.mask();
inline constexpr Field OPTLOCK{"OPTLOCK", 0}, OPTSTART{"OPTSTART", 1}, SWAP_BANK{"SWAP_BANK", 31};
inline constexpr Field IWDG_SW{"IWDG_SW", 3}, PRODUCT_STATE{"PRODUCT_STATE", 8, 8};
inline constexpr Field TZEN{"TZEN", 24, 8}, NSBOOTADD{"NSBOOTADD", 8, 24}, SECBOOTADD{"SECBOOTADD", 8, 24};
inline constexpr Field SECWM_STRT{"SECWM_STRT", 0, 7}, SECWM_END{"SECWM_END", 16, 7};
inline constexpr std::uint32_t kTzenEnabled = 0xB4;
inline constexpr Field ADDR_ECC{"ADDR_ECC", 0, 16}, BK_ECC{"BK_ECC", 22}, OTP_ECC{"OTP_ECC", 24},
    ECCD{"ECCD", 31};

}  // namespace h5_flash_reg

// One option word and the pair of registers that shows and changes it.
struct H5OptionRegister {
  std::string_view name;  // as NonVolatile keeps it
  std::uint32_t current, program;
  std::uint32_t mask, factory;
};

struct H5FlashLayout {
  unsigned sectors_per_protection_bit;  // of WRP1, WRP2
  std::span<const H5OptionRegister> options;
  std::uint32_t watermark_end = 0;  // last sector of a bank
};

const H5FlashLayout& h50x_flash();  // H503
const H5FlashLayout& h52x_flash();  // H523/H533
const H5FlashLayout& h56x_flash();  // H562/H563/H573

std::vector<OptionWord> h5_option_words(const H5FlashLayout& layout);

}  // namespace probity::vboard
