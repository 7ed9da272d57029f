// The flash interface of H7R/S (RM0477): registers, fields and option words, as stm32h7s7xx.h and the SVD
// file name them.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/bits.hpp"
#include "vboard/chip/facts/facts.hpp"

namespace probity::vboard {

namespace h7rs_flash_reg {

enum : std::uint32_t {
  ACR = 0x00,
  KEYR = 0x04,
  CR = 0x10,
  SR = 0x14,
  IER = 0x20,
  ISR = 0x24,
  ICR = 0x28,
  ECCSFADDR = 0x40,
  ECCDFADDR = 0x44,
  OPTKEYR = 0x100,
  OPTCR = 0x104,
  OPTISR = 0x108,
  OPTICR = 0x10C,
};

inline constexpr Field LOCK{"LOCK", 0}, PG{"PG", 1}, SER{"SER", 2}, BER{"BER", 3}, FW{"FW", 4},
    START{"START", 5}, SSN{"SSN", 6, 3}, PG_OTP{"PG_OTP", 16}, ALL_BANKS{"ALL_BANKS", 24};
inline constexpr Field BUSY{"BUSY", 0}, WBNE{"WBNE", 1}, QW{"QW", 2}, IS_PROGRAM{"IS_PROGRAM", 4},
    IS_ERASE{"IS_ERASE", 5}, IS_OPTCHANGE{"IS_OPTCHANGE", 6};
// ISR, IER and ICR.
inline constexpr Field EOPF{"EOPF", 16}, WRPERRF{"WRPERRF", 17}, PGSERRF{"PGSERRF", 18},
    STRBERRF{"STRBERRF", 19}, OBLERRF{"OBLERRF", 20}, INCERRF{"INCERRF", 21}, RDSERRF{"RDSERRF", 24},
    SNECCERRF{"SNECCERRF", 25}, DBECCERRF{"DBECCERRF", 26};
// OPTCR, OPTISR, OPTICR.
inline constexpr Field OPTLOCK{"OPTLOCK", 0}, PG_OPT{"PG_OPT", 1}, OPTERRF{"OPTERRF", 30};
inline constexpr Field NVSTATE{"NVSTATE", 0, 8}, DBG_AUTH{"DBG_AUTH", 8, 8}, IWDG_HW{"IWDG_HW", 4};
inline constexpr std::uint32_t kOpen = 0xB4, kClosed = 0x51;  // NVSTATE

}  // namespace h7rs_flash_reg

// One option word, the register that shows it and the one that programs it.
struct H7rsOptionRegister {
  std::string_view name;  // as NonVolatile keeps it
  std::uint32_t status, program;
  std::uint32_t mask, factory;
};

std::span<const H7rsOptionRegister> h7rs_option_registers();
std::vector<OptionWord> h7rs_option_words();

}  // namespace probity::vboard
