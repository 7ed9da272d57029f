#include "vboard/chip/flash/h7rs_flash_layout.hpp"

#include <array>

namespace probity::vboard {

namespace {

// Factory values by the defaults of each field (stm32h7rsxx_hal_flash.h, FLASH_OB_*): NVSTATE open; ROTSR not
// provisioned (0x6A), no authentication (0xFF), OEM iRoT (0x6A); nothing locked, protected or hidden; OBW1SR:
// watchdog by software and running in Stop and Standby, no reset on entering them, PERSO_OK, which ST sets.
// PERSO_OK can be read only.
constexpr std::array kOptions{H7rsOptionRegister{"NVSR", 0x200, 0x204, 0x000000FF, 0x000000B4},
                              H7rsOptionRegister{"ROTSR", 0x208, 0x20C, 0xFF00FFFF, 0x6A00FF6A},
                              H7rsOptionRegister{"OTPLSR", 0x210, 0x214, 0x0000FFFF, 0},
                              H7rsOptionRegister{"WRPSR", 0x218, 0x21C, 0x000000FF, 0x000000FF},
                              H7rsOptionRegister{"HDPSR", 0x230, 0x234, 0x00FF00FF, 0x000000FF},
                              H7rsOptionRegister{"EPOCHSR", 0x250, 0x254, 0x00FFFFFF, 0},
                              H7rsOptionRegister{"OBW1SR", 0x260, 0x264, 0x200603DC, 0x100600D0},
                              H7rsOptionRegister{"OBW2SR", 0x268, 0x26C, 0x00000377, 0}};

}  // namespace

std::span<const H7rsOptionRegister> h7rs_option_registers() { return kOptions; }

std::vector<OptionWord> h7rs_option_words() {
  std::vector<OptionWord> words;
  for (const H7rsOptionRegister& row : kOptions) words.push_back({row.name, row.factory});
  return words;
}

}  // namespace probity::vboard
