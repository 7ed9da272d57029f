#include "flash/microchip/at91samd_parts.hpp"

#include <algorithm>
#include <iterator>

namespace probity::samd {

namespace {

// PROCESSOR, FAMILY, SERIES and DEVSEL: neither DIE nor REVISION says which chip it is.
constexpr std::uint32_t kDeviceBits = 0xFFFF00FF, kSeriesBits = 0xFFFF0000;

// Fields of the user row that may be changed: BOOTPROT 2:0, EEPROM 6:4, BOD33 and the watchdog's set-up, what
// is free, LOCK 63:48. The rest is reserved or calibration ("NVM User Row Mapping" of each data sheet).
constexpr std::uint64_t kMaskD = 0xFFFF01FFFE01FF77, kMaskLC = 0xFFFF03FFFC01FF77;

struct Series {
  std::uint32_t id;
  std::uint64_t user_row_mask;
};
constexpr Series kSeries[] = {
    {0x10000000, kMaskD},   // SAM D20
    {0x10010000, kMaskD},   // SAM D21, R21, DA1
    {0x10020000, kMaskD},   // SAM D10
    {0x10030000, kMaskD},   // SAM D11
    {0x10040000, kMaskD},   // SAM D09
    {0x10810000, kMaskLC},  // SAM L21, R30, R34, R35
    {0x10820000, kMaskLC},  // SAM L22
    {0x11000000, kMaskLC},  // SAM C20
    {0x11010000, kMaskLC},  // SAM C21
};

}  // namespace

// Names as OpenOCD 0.12.0 prints them, for those that it knows.
const std::vector<Part>& all_parts() {
  static const std::vector<Part> kParts = {
      // SAM D09
      {0x10040000, "SAMD09D14A", 16, 4},
      {0x10040007, "SAMD09C13A", 8, 4},
      // SAM D10
      {0x10020000, "SAMD10D14AMU", 16, 4},
      {0x10020001, "SAMD10D13AMU", 8, 4},
      {0x10020002, "SAMD10D12AMU", 4, 4},
      {0x10020003, "SAMD10D14ASU", 16, 4},
      {0x10020004, "SAMD10D13ASU", 8, 4},
      {0x10020005, "SAMD10D12ASU", 4, 4},
      {0x10020006, "SAMD10C14A", 16, 4},
      {0x10020007, "SAMD10C13A", 8, 4},
      {0x10020008, "SAMD10C12A", 4, 4},
      {0x10020009, "SAMD10D14AU", 16, 4},
      // SAM D11
      {0x10030000, "SAMD11D14AM", 16, 4},
      {0x10030001, "SAMD11D13AMU", 8, 4},
      {0x10030002, "SAMD11D12AMU", 4, 4},
      {0x10030003, "SAMD11D14ASS", 16, 4},
      {0x10030004, "SAMD11D13ASU", 8, 4},
      {0x10030005, "SAMD11D12ASU", 4, 4},
      {0x10030006, "SAMD11C14A", 16, 4},
      {0x10030007, "SAMD11C13A", 8, 4},
      {0x10030008, "SAMD11C12A", 4, 4},
      {0x10030009, "SAMD11D14AU", 16, 4},
      // SAM D20
      {0x10000000, "SAMD20J18A", 256, 32},
      {0x10000001, "SAMD20J17A", 128, 16},
      {0x10000002, "SAMD20J16A", 64, 8},
      {0x10000003, "SAMD20J15A", 32, 4},
      {0x10000004, "SAMD20J14A", 16, 2},
      {0x10000005, "SAMD20G18A", 256, 32},
      {0x10000006, "SAMD20G17A", 128, 16},
      {0x10000007, "SAMD20G16A", 64, 8},
      {0x10000008, "SAMD20G15A", 32, 4},
      {0x10000009, "SAMD20G14A", 16, 2},
      {0x1000000A, "SAMD20E18A", 256, 32},
      {0x1000000B, "SAMD20E17A", 128, 16},
      {0x1000000C, "SAMD20E16A", 64, 8},
      {0x1000000D, "SAMD20E15A", 32, 4},
      {0x1000000E, "SAMD20E14A", 16, 2},
      // SAM D21
      {0x10010000, "SAMD21J18A", 256, 32},
      {0x10010001, "SAMD21J17A", 128, 16},
      {0x10010002, "SAMD21J16A", 64, 8},
      {0x10010003, "SAMD21J15A", 32, 4},
      {0x10010004, "SAMD21J14A", 16, 2},
      {0x10010005, "SAMD21G18A", 256, 32},
      {0x10010006, "SAMD21G17A", 128, 16},
      {0x10010007, "SAMD21G16A", 64, 8},
      {0x10010008, "SAMD21G15A", 32, 4},
      {0x10010009, "SAMD21G14A", 16, 2},
      {0x1001000A, "SAMD21E18A", 256, 32},
      {0x1001000B, "SAMD21E17A", 128, 16},
      {0x1001000C, "SAMD21E16A", 64, 8},
      {0x1001000D, "SAMD21E15A", 32, 4},
      {0x1001000E, "SAMD21E14A", 16, 2},
      {0x1001000F, "SAMD21G18AU", 256, 32},
      {0x10010010, "SAMD21G17AU", 128, 16},
      // SAM R21: a D21 with a radio (G19A: 256 KiB and a serial flash of 512)
      {0x10010018, "SAMR21G19A", 256, 32},
      {0x10010019, "SAMR21G18A", 256, 32},
      {0x1001001A, "SAMR21G17A", 128, 32},
      {0x1001001B, "SAMR21G16A", 64, 16},
      {0x1001001C, "SAMR21E18A", 256, 32},
      {0x1001001D, "SAMR21E17A", 128, 32},
      {0x1001001E, "SAMR21E16A", 64, 16},
      // SAM D21 variants B, C, D and L
      {0x10010020, "SAMD21J16B", 64, 8},
      {0x10010021, "SAMD21J15B", 32, 4},
      {0x10010023, "SAMD21G16B", 64, 8},
      {0x10010024, "SAMD21G15B", 32, 4},
      {0x10010026, "SAMD21E16B", 64, 8},
      {0x10010027, "SAMD21E15B", 32, 4},
      {0x10010055, "SAMD21E16BU", 64, 8},
      {0x10010056, "SAMD21E15BU", 32, 4},
      {0x10010057, "SAMD21G16L", 64, 8},
      {0x1001003E, "SAMD21E16L", 64, 8},
      {0x1001003F, "SAMD21E15L", 32, 4},
      {0x10010062, "SAMD21E16CU", 64, 8},
      {0x10010063, "SAMD21E15CU", 32, 4},
      {0x10010092, "SAMD21J17D", 128, 16},
      {0x10010093, "SAMD21G17D", 128, 16},
      {0x10010094, "SAMD21E17D", 128, 16},
      {0x10010095, "SAMD21E17DU", 128, 16},
      {0x10010096, "SAMD21G17L", 128, 16},
      {0x10010097, "SAMD21E17L", 128, 16},
      // SAM DA1
      {0x10010029, "SAMDA1J16A", 64, 8},
      {0x1001002A, "SAMDA1J15A", 32, 4},
      {0x1001002B, "SAMDA1J14A", 16, 4},
      {0x1001002C, "SAMDA1G16A", 64, 8},
      {0x1001002D, "SAMDA1G15A", 32, 4},
      {0x1001002E, "SAMDA1G14A", 16, 4},
      {0x1001002F, "SAMDA1E16A", 64, 8},
      {0x10010030, "SAMDA1E15A", 32, 4},
      {0x10010031, "SAMDA1E14A", 16, 4},
      {0x10010064, "SAMDA1J16B", 64, 8},
      {0x10010065, "SAMDA1J15B", 32, 4},
      {0x10010066, "SAMDA1J14B", 16, 4},
      {0x10010067, "SAMDA1G16B", 64, 8},
      {0x10010068, "SAMDA1G15B", 32, 4},
      {0x10010069, "SAMDA1G14B", 16, 4},
      {0x1001006A, "SAMDA1E16B", 64, 8},
      {0x1001006B, "SAMDA1E15B", 32, 4},
      {0x1001006C, "SAMDA1E14B", 16, 4},
      // SAM L21
      {0x10810000, "SAML21J18A", 256, 32},
      {0x10810001, "SAML21J17A", 128, 16},
      {0x10810002, "SAML21J16A", 64, 8},
      {0x10810005, "SAML21G18A", 256, 32},
      {0x10810006, "SAML21G17A", 128, 16},
      {0x10810007, "SAML21G16A", 64, 8},
      {0x1081000A, "SAML21E18A", 256, 32},
      {0x1081000B, "SAML21E17A", 128, 16},
      {0x1081000C, "SAML21E16A", 64, 8},
      {0x1081000D, "SAML21E15A", 32, 4},
      {0x1081000F, "SAML21J18B", 256, 32},
      {0x10810010, "SAML21J17B", 128, 16},
      {0x10810011, "SAML21J16B", 64, 8},
      {0x10810014, "SAML21G18B", 256, 32},
      {0x10810015, "SAML21G17B", 128, 16},
      {0x10810016, "SAML21G16B", 64, 8},
      {0x10810019, "SAML21E18B", 256, 32},
      {0x1081001A, "SAML21E17B", 128, 16},
      {0x1081001B, "SAML21E16B", 64, 8},
      {0x1081001C, "SAML21E15B", 32, 4},
      // SAM R30, R34, R35: an L21 with a radio (R34, R35: RAM with the low-power part)
      {0x1081001E, "SAMR30G18A", 256, 32},
      {0x1081001F, "SAMR30E18A", 256, 32},
      {0x10810028, "SAMR34J18", 256, 40},
      {0x10810029, "SAMR34J17", 128, 24},
      {0x1081002A, "SAMR34J16", 64, 12},
      {0x1081002B, "SAMR35J18", 256, 40},
      {0x1081002C, "SAMR35J17", 128, 24},
      {0x1081002D, "SAMR35J16", 64, 12},
      // SAM L22
      {0x10820000, "SAML22N18A", 256, 32},
      {0x10820001, "SAML22N17A", 128, 16},
      {0x10820002, "SAML22N16A", 64, 8},
      {0x10820005, "SAML22J18A", 256, 32},
      {0x10820006, "SAML22J17A", 128, 16},
      {0x10820007, "SAML22J16A", 64, 8},
      {0x1082000A, "SAML22G18A", 256, 32},
      {0x1082000B, "SAML22G17A", 128, 16},
      {0x1082000C, "SAML22G16A", 64, 8},
      // SAM C20
      {0x11000000, "SAMC20J18A", 256, 32},
      {0x11000001, "SAMC20J17A", 128, 16},
      {0x11000002, "SAMC20J16A", 64, 8},
      {0x11000003, "SAMC20J15A", 32, 4},
      {0x11000005, "SAMC20G18A", 256, 32},
      {0x11000006, "SAMC20G17A", 128, 16},
      {0x11000007, "SAMC20G16A", 64, 8},
      {0x11000008, "SAMC20G15A", 32, 4},
      {0x1100000A, "SAMC20E18A", 256, 32},
      {0x1100000B, "SAMC20E17A", 128, 16},
      {0x1100000C, "SAMC20E16A", 64, 8},
      {0x1100000D, "SAMC20E15A", 32, 4},
      {0x11000020, "SAMC20N18A", 256, 32},
      {0x11000021, "SAMC20N17A", 128, 16},
      {0x1100000F, "SAMC20J18AU", 256, 32},
      {0x11000010, "SAMC20J17AU", 128, 16},
      // SAM C21
      {0x11010000, "SAMC21J18A", 256, 32},
      {0x11010001, "SAMC21J17A", 128, 16},
      {0x11010002, "SAMC21J16A", 64, 8},
      {0x11010003, "SAMC21J15A", 32, 4},
      {0x11010005, "SAMC21G18A", 256, 32},
      {0x11010006, "SAMC21G17A", 128, 16},
      {0x11010007, "SAMC21G16A", 64, 8},
      {0x11010008, "SAMC21G15A", 32, 4},
      {0x1101000A, "SAMC21E18A", 256, 32},
      {0x1101000B, "SAMC21E17A", 128, 16},
      {0x1101000C, "SAMC21E16A", 64, 8},
      {0x1101000D, "SAMC21E15A", 32, 4},
      {0x11010020, "SAMC21N18A", 256, 32},
      {0x11010021, "SAMC21N17A", 128, 16},
      {0x1101000F, "SAMC21J18AU", 256, 32},
      {0x11010010, "SAMC21J17AU", 128, 16},
  };
  return kParts;
}

const Part* find_part(std::uint32_t did) {
  const auto part = std::ranges::find(all_parts(), did & kDeviceBits, &Part::device);
  return part == all_parts().end() ? nullptr : &*part;
}

std::uint64_t user_row_mask(std::uint32_t did) {
  const auto series = std::ranges::find(kSeries, did & kSeriesBits, &Series::id);
  return series == std::end(kSeries) ? 0 : series->user_row_mask;
}

std::uint32_t bootloader_size(unsigned code, std::uint32_t page_size) {
  constexpr std::uint32_t kLargest = 512;  // pages: 128 rows
  return code >= 7 ? 0 : (kLargest >> code) * page_size;
}

std::uint32_t eeprom_size(unsigned code) {
  constexpr std::uint32_t kLargest = 16384;
  return code >= 7 ? 0 : kLargest >> code;
}

unsigned bootloader_code(std::uint32_t size, std::uint32_t page_size) {
  unsigned code = 0;
  while (code < kNoCode && bootloader_size(code, page_size) != size) ++code;
  return code;
}

unsigned eeprom_code(std::uint32_t size) {
  unsigned code = 0;
  while (code < kNoCode && eeprom_size(code) != size) ++code;
  return code;
}

}  // namespace probity::samd
