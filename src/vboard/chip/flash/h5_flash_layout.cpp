#include "vboard/chip/flash/h5_flash_layout.hpp"

#include <array>

namespace probity::vboard {

namespace {

// Factory values by the fields' defaults of RM0481 7.4 (RM0492 7.4): watchdogs by software, no reset on Stop
// and Standby, PRODUCT_STATE Open (0xED), BOOT_UBE OEM-iRoT (0xB4); RAM errors off; TZEN disabled (0xC3); no
// boot lock (0xC3); no write protection, secure or hidden area.
constexpr std::uint32_t kNoWrp = 0xFFFFFFFF;

constexpr std::array kOptionsH56x{H5OptionRegister{"OPTSR", 0x50, 0x54, 0xBFF3FFDF, 0x2D30EDF8},
                                  H5OptionRegister{"NSEPOCHR", 0x60, 0x64, 0x00FFFFFF, 0},
                                  H5OptionRegister{"SECEPOCHR", 0x68, 0x6C, 0x00FFFFFF, 0},
                                  H5OptionRegister{"OPTSR2", 0x70, 0x74, 0xFF00017C, 0xC300007C},
                                  H5OptionRegister{"NSBOOTR", 0x80, 0x84, 0xFFFFFFFF, 0x080000C3},
                                  H5OptionRegister{"SECBOOTR", 0x88, 0x8C, 0xFFFFFFFF, 0x0C0000C3},
                                  H5OptionRegister{"OTPBLR", 0x90, 0x94, 0xFFFFFFFF, 0},
                                  H5OptionRegister{"SECWM1", 0xE0, 0xE4, 0x007F007F, 0x0000007F},
                                  H5OptionRegister{"WRP1", 0xE8, 0xEC, 0xFFFFFFFF, kNoWrp},
                                  H5OptionRegister{"EDATA1", 0xF0, 0xF4, 0x00008007, 0},
                                  H5OptionRegister{"HDP1", 0xF8, 0xFC, 0x007F007F, 0x00000001},
                                  H5OptionRegister{"SECWM2", 0x1E0, 0x1E4, 0x007F007F, 0x0000007F},
                                  H5OptionRegister{"WRP2", 0x1E8, 0x1EC, 0xFFFFFFFF, kNoWrp},
                                  H5OptionRegister{"EDATA2", 0x1F0, 0x1F4, 0x00008007, 0},
                                  H5OptionRegister{"HDP2", 0x1F8, 0x1FC, 0x007F007F, 0x00000001}};
constexpr std::array kOptionsH52x{H5OptionRegister{"OPTSR", 0x50, 0x54, 0xBFF3FFDF, 0x2D30EDF8},
                                  H5OptionRegister{"NSEPOCHR", 0x60, 0x64, 0x00FFFFFF, 0},
                                  H5OptionRegister{"SECEPOCHR", 0x68, 0x6C, 0x00FFFFFF, 0},
                                  H5OptionRegister{"OPTSR2", 0x70, 0x74, 0xFF00015C, 0xC300005C},
                                  H5OptionRegister{"NSBOOTR", 0x80, 0x84, 0xFFFFFFFF, 0x080000C3},
                                  H5OptionRegister{"SECBOOTR", 0x88, 0x8C, 0xFFFFFFFF, 0x0C0000C3},
                                  H5OptionRegister{"OTPBLR", 0x90, 0x94, 0xFFFFFFFF, 0},
                                  H5OptionRegister{"SECWM1", 0xE0, 0xE4, 0x001F001F, 0x0000001F},
                                  H5OptionRegister{"WRP1", 0xE8, 0xEC, 0xFF, 0xFF},
                                  H5OptionRegister{"EDATA1", 0xF0, 0xF4, 0x00008007, 0},
                                  H5OptionRegister{"HDP1", 0xF8, 0xFC, 0x001F001F, 0x00000001},
                                  H5OptionRegister{"SECWM2", 0x1E0, 0x1E4, 0x001F001F, 0x0000001F},
                                  H5OptionRegister{"WRP2", 0x1E8, 0x1EC, 0xFF, 0xFF},
                                  H5OptionRegister{"EDATA2", 0x1F0, 0x1F4, 0x00008007, 0},
                                  H5OptionRegister{"HDP2", 0x1F8, 0x1FC, 0x001F001F, 0x00000001}};
constexpr std::array kOptionsH50x{H5OptionRegister{"OPTSR", 0x50, 0x54, 0x8033FFDF, 0x0030EDD8},
                                  H5OptionRegister{"NSEPOCHR", 0x60, 0x64, 0x00FFFFFF, 0},
                                  H5OptionRegister{"OPTSR2", 0x70, 0x74, 0x00000658, 0x00000658},
                                  H5OptionRegister{"NSBOOTR", 0x80, 0x84, 0xFFFFFFFF, 0x080000C3},
                                  H5OptionRegister{"OTPBLR", 0x90, 0x94, 0xFFFFFFFF, 0},
                                  H5OptionRegister{"WRP1", 0xE8, 0xEC, 0xFF, 0xFF},
                                  H5OptionRegister{"HDP1", 0xF8, 0xFC, 0x00070007, 0x00000001},
                                  H5OptionRegister{"WRP2", 0x1E8, 0x1EC, 0xFF, 0xFF},
                                  H5OptionRegister{"HDP2", 0x1F8, 0x1FC, 0x00070007, 0x00000001}};

// H503: 8 sectors and 8 bits in each bank; H523: 32 and 8; H563: 128 and 32.
constexpr H5FlashLayout kH50x{1, kOptionsH50x}, kH52x{4, kOptionsH52x, 31}, kH56x{4, kOptionsH56x, 127};

}  // namespace

const H5FlashLayout& h50x_flash() { return kH50x; }
const H5FlashLayout& h52x_flash() { return kH52x; }
const H5FlashLayout& h56x_flash() { return kH56x; }

std::vector<OptionWord> h5_option_words(const H5FlashLayout& layout) {
  std::vector<OptionWord> words;
  for (const H5OptionRegister& row : layout.options) words.push_back({row.name, row.factory});
  return words;
}

}  // namespace probity::vboard
