#include "flash/stm32/qspi/spi_nor.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace probity::stm32 {

namespace {

constexpr std::uint32_t kKib = 1024, kMib = 1024 * kKib;
constexpr std::uint32_t kPage = 256, kBlock = 64 * kKib;
constexpr std::uint8_t kChipErase = 0xC7;

// Chips with 3-byte addresses: READ 03h, PP 02h, SE D8h in all these data sheets.
SpiNorPart small(const char* name, std::uint32_t id, std::uint32_t size, std::uint8_t qread) {
  return {name, id, size, kPage, std::min(size, kBlock), 0x03, qread, 0x02, kChipErase, 0xD8};
}
// Larger ones, by the opcodes that always have 4-byte addresses: READ4B 13h, PP4B 12h, SE4B DCh.
SpiNorPart large(const char* name, std::uint32_t id, std::uint32_t size, std::uint8_t qread,
                 std::uint32_t page = kPage, std::uint32_t sector = kBlock) {
  return {name, id, size, page, sector, 0x13, qread, 0x12, kChipErase, 0xDC};
}

// Names as OpenOCD 0.12.0 prints them; ids, sizes and opcodes from the chips' data sheets.
const std::vector<SpiNorPart>& table() {
  static const std::vector<SpiNorPart> parts{
      // Micron N25Q data sheets, "Read ID"; MT25Q has the same opcodes
      small("micron n25q032", 0x16BA20, 4 * kMib, 0xEB),
      small("micron n25q064", 0x17BA20, 8 * kMib, 0xEB),
      small("micron n25q128", 0x18BA20, 16 * kMib, 0xEB),
      large("micron n25q256 3v", 0x19BA20, 32 * kMib, 0xEC),
      large("micron n25q256 1.8v", 0x19BB20, 32 * kMib, 0xEC),
      large("micron mt25ql512", 0x20BA20, 64 * kMib, 0xEC),
      large("micron mt25ql01", 0x21BA20, 128 * kMib, 0xEC),
      large("micron mt25qu01", 0x21BB20, 128 * kMib, 0xEC),
      large("micron mt25ql02", 0x22BA20, 256 * kMib, 0xEC),
      // Macronix MX25L, MX25LM, MX25R, MX25U data sheets, "RDID"
      small("mac 25l1605", 0x1520C2, 2 * kMib, 0x00),
      small("mac 25l3205", 0x1620C2, 4 * kMib, 0x00),
      small("mac 25l6405", 0x1720C2, 8 * kMib, 0x00),
      small("mac 25l12845", 0x1820C2, 16 * kMib, 0xEB),
      large("mac 25l25645", 0x1920C2, 32 * kMib, 0xEC),
      large("mac 25l51245", 0x1A20C2, 64 * kMib, 0xEC),
      large("mac 25lm51245", 0x3A85C2, 64 * kMib, 0xEC),
      small("mac 25r512f", 0x1028C2, 64 * kKib, 0x00),
      small("mac 25r1035f", 0x1128C2, 128 * kKib, 0x00),
      small("mac 25r2035f", 0x1228C2, 256 * kKib, 0x00),
      small("mac 25r4035f", 0x1328C2, 512 * kKib, 0x00),
      small("mac 25r8035f", 0x1428C2, 1 * kMib, 0x00),
      small("mac 25r1635f", 0x1528C2, 2 * kMib, 0x00),
      small("mac 25r3235f", 0x1628C2, 4 * kMib, 0x00),
      small("mac 25r6435f", 0x1728C2, 8 * kMib, 0x00),
      small("mac 25u1635e", 0x3525C2, 2 * kMib, 0xEB),
      // Winbond W25Q data sheets, "Manufacturer and device identification"
      small("win w25q80bv", 0x1440EF, 1 * kMib, 0xEB),
      small("win w25q16jv", 0x1540EF, 2 * kMib, 0xEB),
      small("win w25q32fv/jv", 0x1640EF, 4 * kMib, 0xEB),
      small("win w25q32fv", 0x1660EF, 4 * kMib, 0xEB),
      small("win w25q32jv", 0x1670EF, 4 * kMib, 0xEB),
      small("win w25q64fv/jv", 0x1740EF, 8 * kMib, 0xEB),
      small("win w25q64fv", 0x1760EF, 8 * kMib, 0xEB),
      small("win w25q64jv", 0x1770EF, 8 * kMib, 0xEB),
      small("win w25q128fv/jv", 0x1840EF, 16 * kMib, 0xEB),
      small("win w25q128fv", 0x1860EF, 16 * kMib, 0xEB),
      small("win w25q128jv", 0x1870EF, 16 * kMib, 0xEB),
      large("win w25q256fv/jv", 0x1940EF, 32 * kMib, 0xEC),
      large("win w25q256fv", 0x1960EF, 32 * kMib, 0xEC),
      large("win w25q256jv", 0x1970EF, 32 * kMib, 0xEC),
      // GigaDevice GD25Q data sheets, "Table of ID definitions"
      small("gd gd25q512", 0x1040C8, 64 * kKib, 0xEB),
      small("gd gd25q10", 0x1140C8, 128 * kKib, 0xEB),
      small("gd gd25q20", 0x1240C8, 256 * kKib, 0xEB),
      small("gd gd25q40", 0x1340C8, 512 * kKib, 0xEB),
      small("gd gd25q16c", 0x1540C8, 2 * kMib, 0xEB),
      small("gd gd25q32c", 0x1640C8, 4 * kMib, 0xEB),
      small("gd gd25q64c", 0x1740C8, 8 * kMib, 0xEB),
      small("gd gd25q128c", 0x1840C8, 16 * kMib, 0xEB),
      large("gd gd25q256c", 0x1940C8, 32 * kMib, 0xEC),
      large("gd gd25q512mc", 0x2040C8, 64 * kMib, 0xEC),
      // ISSI IS25LP, IS25WP data sheets, "Product identification"
      small("issi is25lp032", 0x16609D, 4 * kMib, 0xEB),
      small("issi is25lp064", 0x17609D, 8 * kMib, 0xEB),
      small("issi is25lp128d", 0x18609D, 16 * kMib, 0xEB),
      small("issi is25wp128d", 0x18709D, 16 * kMib, 0xEB),
      large("issi is25lp256d", 0x19609D, 32 * kMib, 0xEC),
      large("issi is25wp256d", 0x19709D, 32 * kMib, 0xEC),
      large("issi is25lp512m", 0x1A609D, 64 * kMib, 0xEC),
      large("issi is25wp512m", 0x1A709D, 64 * kMib, 0xEC),
      // Spansion, Cypress S25FL-S and S25FL-L data sheets, "RDID"
      small("sp s25fl128s", 0x182001, 16 * kMib, 0xEB),
      large("sp s25fl256s", 0x190201, 32 * kMib, 0xEC),
      large("sp s25fl512s", 0x200201, 64 * kMib, 0xEC, 512, 256 * kKib),
      small("cyp s25fl064l", 0x176001, 8 * kMib, 0xEB),
      small("cyp s25fl128l", 0x186001, 16 * kMib, 0xEB),
      large("cyp s25fl256l", 0x196001, 32 * kMib, 0xEC),
  };
  return parts;
}

}  // namespace

bool takes_four_byte_address(std::uint8_t opcode) {
  constexpr std::array<std::uint8_t, 15> kOpcodes{0x13, 0x0C, 0x3C, 0xBC, 0x6C, 0xEC, 0x0E, 0xBE,
                                                  0xEE, 0x12, 0x34, 0x3E, 0x21, 0x5C, 0xDC};
  return std::ranges::find(kOpcodes, opcode) != kOpcodes.end();
}

const SpiNorPart* find_spi_nor(std::uint32_t id) {
  const auto part = std::ranges::find(table(), id, &SpiNorPart::id);
  return part == table().end() ? nullptr : &*part;
}

std::span<const SpiNorPart> spi_nor_parts() { return table(); }

}  // namespace probity::stm32
