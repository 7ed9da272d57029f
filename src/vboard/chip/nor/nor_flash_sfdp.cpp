// Serial flash discoverable parameters (JESD216, 6.4), for a part of which no dump is public.
#include <algorithm>
#include <bit>

#include "base/bytes.hpp"
#include "vboard/chip/nor/nor_flash_facts.hpp"

namespace probity::vboard {

namespace {

constexpr std::uint32_t kHeaders = 0x10, kWords = 9;

// One read: wait states 4:0, mode clocks 7:5, opcode 15:8; 0 where there is none.
std::uint32_t fast_read(std::span<const NorCommand> commands, unsigned address_lines, unsigned data_lines) {
  const auto row = std::find_if(commands.begin(), commands.end(), [&](const NorCommand& c) {
    return c.action == NorAction::read && c.spi && c.address == kAddressByMode && data_lines > 1 &&
           c.address_lines == address_lines && c.data_lines == data_lines;
  });
  if (row == commands.end()) return 0;
  return std::uint32_t{row->opcode} << 8 | row->dummies[0];
}

// An erase: log2 of its bytes 7:0, opcode 15:8.
std::uint32_t erase_type(std::span<const NorCommand> commands, std::uint32_t bytes) {
  const auto row = std::find_if(commands.begin(), commands.end(), [&](const NorCommand& c) {
    return c.action == NorAction::erase && c.address == kAddressByMode && c.argument == bytes;
  });
  if (row == commands.end()) return 0;
  return std::uint32_t{row->opcode} << 8 | static_cast<std::uint32_t>(std::countr_zero(bytes));
}

bool has(std::span<const NorCommand> commands, NorAction action) {
  return std::any_of(commands.begin(), commands.end(),
                     [&](const NorCommand& c) { return c.action == action; });
}

}  // namespace

Bytes built_sfdp(std::uint32_t size, std::span<const NorCommand> commands) {
  const std::uint32_t dual_output = fast_read(commands, 1, 2), dual_io = fast_read(commands, 2, 2);
  const std::uint32_t quad_output = fast_read(commands, 1, 4), quad_io = fast_read(commands, 4, 4);
  const bool four_byte = has(commands, NorAction::enter_4byte), qpi = has(commands, NorAction::enter_qpi);
  std::uint32_t first = 0xFF80'20E5;  // 4 KiB erase by 20h, programs 64 bytes and more, no DTR
  first = Field{"1-1-2", 16}.set(first, dual_output != 0);
  first = Field{"address bytes", 17, 2}.set(first, four_byte ? 1 : 0);
  first = Field{"1-2-2", 20}.set(first, dual_io != 0);
  first = Field{"1-4-4", 21}.set(first, quad_io != 0);
  first = Field{"1-1-4", 22}.set(first, quad_output != 0);
  const std::array<std::uint32_t, kWords> words{
      first,
      size * 8 - 1,
      quad_io | quad_output << 16,
      dual_output | dual_io << 16,
      qpi ? 0xFFFF'FFFE : 0xFFFF'FFEE,
      0xFF00'FFFF,
      (qpi ? quad_io : 0xFF00) << 16 | 0xFFFF,
      erase_type(commands, 0x1000) | erase_type(commands, 0x8000) << 16,
      erase_type(commands, 0x10000),
  };
  Bytes table{'S', 'F', 'D', 'P', 0, 1, 0, 0xFF, 0, 0, 1, kWords, kHeaders, 0, 0, 0xFF};
  table.resize(kHeaders + 4 * kWords);
  for (std::uint32_t i = 0; i < kWords; ++i) store_le32(table, kHeaders + 4 * i, words[i]);
  return table;
}

}  // namespace probity::vboard
