// Nordic nRF51 and nRF52: registers that a flash driver touches, and what a chip is from its factory
// information (FICR). Sources: Nordic's nRF51 reference manual 3.0, nRF52832/nRF52840 product specifications,
// and the device headers of its MDK (nrf51.h, nrf52.h, nrf52_bitfields.h); the hardware ids: "nRF51 Series
// compatibility matrix".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bits.hpp"
#include "base/units.hpp"

namespace probity::nrf5 {

constexpr Address kFlash = 0x00000000, kUicr = 0x10001000, kFicr = 0x10000000, kNvmc = 0x4001E000;

namespace NVMC {
constexpr Address READY = kNvmc + 0x400, CONFIG = kNvmc + 0x504;
constexpr Address ERASEPAGE = kNvmc + 0x508, ERASEALL = kNvmc + 0x50C, ERASEUICR = kNvmc + 0x514;
constexpr Field kReady{"READY", 0};
constexpr std::uint32_t kReadOnly = 0, kWrite = 1, kErase = 2;  // CONFIG.WEN
}  // namespace NVMC

namespace FICR {
constexpr Address CODEPAGESIZE = kFicr + 0x010, CODESIZE = kFicr + 0x014;
constexpr Address CLENR0 = kFicr + 0x028, PPFC = kFicr + 0x02C;  // nRF51
constexpr Address NUMRAMBLOCK = kFicr + 0x034, SIZERAMBLOCK0 = kFicr + 0x038;
constexpr Address CONFIGID = kFicr + 0x05C, DEVICEID0 = kFicr + 0x060;
constexpr Address ER0 = kFicr + 0x080, IR0 = kFicr + 0x090;
constexpr Address DEVICEADDRTYPE = kFicr + 0x0A0, DEVICEADDR0 = kFicr + 0x0A4, OVERRIDEEN = kFicr + 0x0AC;
constexpr Address NRF_1MBIT0 = kFicr + 0x0B0, BLE_1MBIT0 = kFicr + 0x0EC;
constexpr Address INFO_PART = kFicr + 0x100;  // PART, VARIANT, PACKAGE, RAM, FLASH: nRF52, and the last nRF51
}  // namespace FICR

namespace UICR {
constexpr Address CLENR0 = kUicr, RBPCONF = kUicr + 0x004, XTALFREQ = kUicr + 0x008,
                  FWID = kUicr + 0x010;       // nRF51
constexpr Address APPROTECT = kUicr + 0x208;  // nRF52
}  // namespace UICR

constexpr std::uint32_t kUnset = 0xFFFFFFFF;  // an information register that holds nothing

// FICR.INFO, which early nRF51 do not have.
struct Info {
  std::uint32_t part = 0;  // 0x52832
  std::uint32_t variant = 0, package = 0;
  std::uint32_t ram_kib = 0, flash_kib = 0;
};

struct Chip {
  std::uint16_t hardware_id = 0;  // CONFIGID[15:0]
  std::optional<Info> info;
  std::uint32_t page_size = 0, pages = 0;
  std::uint32_t ram_size = 0;  // bytes; 0: not known

  bool is_nrf51() const;
  bool known() const;
};

// INFO as its words read; nothing where PART is of neither series.
std::optional<Info> info_of(std::uint32_t part, std::uint32_t variant, std::uint32_t package,
                            std::uint32_t ram, std::uint32_t flash);

// "nRF52832-QFAA(build code: B0)", "nRF51822-QFAA(build code: CA/C0)", "nRF51xxx (HWID 0x1234)": OpenOCD's
// words.
std::string name_of(const Chip& chip);

}  // namespace probity::nrf5
