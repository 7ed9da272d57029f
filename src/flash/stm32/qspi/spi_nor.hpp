// Serial NOR flash: the commands that all of them have, and the chips that are known by their JEDEC id.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace probity::stm32 {

// Opcodes common to serial flash (JESD216 names the same ones).
namespace spi_op {
constexpr std::uint8_t kReadStatus = 0x05, kWriteEnable = 0x06, kWriteDisable = 0x04, kReadId = 0x9F,
                       kReadIdMultiLine = 0xAF, kReadSfdp = 0x5A, kQuadPageProgram = 0x32;
}  // namespace spi_op
namespace spi_status {
constexpr std::uint8_t kWip = 0x01, kWel = 0x02, kBlockProtection = 0x3C;  // BP0…BP2, BP3 or TB
}  // namespace spi_status

// One chip of serial flash.
struct SpiNorPart {
  std::string name;
  std::uint32_t id = 0;  // manufacturer in the low byte, then memory type, then capacity; 0: none
  std::uint32_t size = 0, page_size = 0;  // bytes
  std::uint32_t sector_size = 0;          // bytes; the chip's size where it has no sector erase
  // 0 where there is none. `qread`: the fast read of the widest kind, for messages only.
  std::uint8_t read = 0, qread = 0, page_program = 0, chip_erase = 0, sector_erase = 0;
};

// True for opcodes that are followed by a 4-byte address whatever mode the chip is in (JESD216B, 4-byte
// address instruction table).
bool takes_four_byte_address(std::uint8_t opcode);

// Null where the id is in no row.
const SpiNorPart* find_spi_nor(std::uint32_t id);
std::span<const SpiNorPart> spi_nor_parts();

}  // namespace probity::stm32
