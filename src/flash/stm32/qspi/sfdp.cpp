#include "flash/stm32/qspi/sfdp.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bits.hpp"
#include "base/bytes.hpp"

namespace probity::stm32 {

namespace {

// JESD216B 6.2, 6.3: header and parameter headers, 8 bytes each.
constexpr std::uint32_t kSignature = 0x50444653;  // "SFDP"
constexpr std::uint8_t kLegacyProtocol = 0xFF;
constexpr std::uint16_t kBasicTable = 0xFF00, kFourByteTable = 0xFF84;
constexpr std::size_t kBasicDwords = 9;       // of the first JESD216
constexpr std::size_t kDwordsWithTimes = 11;  // since JESD216A
constexpr std::uint32_t kLargestThreeByteSize = 1 << 24;
constexpr std::uint8_t kRead = 0x03, kRead4 = 0x13, kProgram = 0x02, kProgram4 = 0x12, kChipErase = 0xC7;
constexpr std::uint32_t kOldPageSize = 256;  // where the table is too old to say
constexpr std::uint32_t kBitsPerByte = 8;

// JESD216B 6.4, basic table; numbers of DWORDs count from 1 in the standard.
namespace dword1 {
constexpr Field ADDRESS_BYTES{"address bytes", 17, 2}, QUAD_OUTPUT{"1-1-4", 22}, QUAD_IO{"1-4-4", 21},
    DUAL_OUTPUT{"1-1-2", 16}, DUAL_IO{"1-2-2", 20};
constexpr std::uint32_t kOnlyFourBytes = 2;
}  // namespace dword1
namespace dword2 {
constexpr Field POWER{"2^N bits", 31}, N{"density", 0, 31};
}
namespace dword3 {
constexpr Field QUAD_IO{"1-4-4 instruction", 8, 8}, QUAD_OUTPUT{"1-1-4 instruction", 24, 8};
}
namespace dword4 {
constexpr Field DUAL_OUTPUT{"1-1-2 instruction", 8, 8}, DUAL_IO{"1-2-2 instruction", 24, 8};
}
namespace dword10 {
constexpr Field FACTOR{"maximum erase time", 0, 4};
constexpr std::array<Field, 4> kType{
    {{"erase type 1", 4, 7}, {"erase type 2", 11, 7}, {"erase type 3", 18, 7}, {"erase type 4", 25, 7}}};
constexpr Field COUNT{"count", 0, 5}, UNIT{"unit", 5, 2};
constexpr std::array<Milliseconds, 4> kUnits{Milliseconds(1), Milliseconds(16), Milliseconds(128),
                                             Milliseconds(1000)};
}  // namespace dword10
namespace dword11 {
constexpr Field PAGE_SIZE{"page size", 4, 4}, CHIP_COUNT{"chip erase count", 24, 5},
    CHIP_UNIT{"chip erase unit", 29, 2};
constexpr std::array<Milliseconds, 4> kUnits{Milliseconds(16), Milliseconds(256), Milliseconds(4000),
                                             Milliseconds(64000)};
}  // namespace dword11
// 6.6, 4-byte address instruction table.
namespace four_byte {
constexpr Field PAGE_PROGRAM{"1-1-1 page program", 6}, READ{"1-1-1 read", 0}, QUAD_OUTPUT{"1-1-4 read", 4},
    QUAD_IO{"1-4-4 read", 5};
constexpr unsigned kFirstEraseBit = 9;
constexpr std::uint8_t kQuadOutput = 0x6C, kQuadIo = 0xEC;
}  // namespace four_byte

struct Table {
  std::vector<std::uint32_t> dwords;
  // As the standard counts, from 1.
  std::uint32_t operator[](std::size_t number) const { return dwords[number - 1]; }
  bool has(std::size_t number) const { return number <= dwords.size(); }
};

struct EraseType {
  std::uint32_t size = 0;
  std::uint8_t opcode = 0;
  unsigned number = 0;  // 0…3
};

// The last table with this id is the newest one.
Table table_of(const SfdpReader& reader, ByteView headers, std::uint16_t id) {
  Table table;
  for (std::size_t at = 0; at + kSfdpHeaderSize <= headers.size(); at += kSfdpHeaderSize) {
    const auto this_id = static_cast<std::uint16_t>(headers[at + 7] << 8 | headers[at]);
    if (this_id != id) continue;
    const std::uint32_t address = load_le32(headers, at + 4) & 0x00FFFFFF;
    const std::size_t count = headers[at + 3];
    const Bytes raw = reader(address, count * 4);
    table.dwords.clear();
    for (std::size_t i = 0; i < count; ++i) table.dwords.push_back(load_le32(raw, i * 4));
  }
  return table;
}

std::uint64_t size_of(std::uint32_t dword) {
  const std::uint32_t n = dword2::N.get(dword);
  if (!dword2::POWER.is_set(dword)) return (std::uint64_t{n} + 1) / kBitsPerByte;
  return n < 3 || n > 34 ? 0 : std::uint64_t{1} << (n - 3);
}

// DWORDs 8 and 9: two types each, size as a power of two and opcode.
EraseType largest_erase_type(const Table& basic) {
  EraseType largest;
  for (unsigned i = 0; i < 4; ++i) {
    const std::uint32_t half = basic[8 + i / 2] >> (i % 2 * 16);
    const std::uint32_t power = half & 0xFF;
    if (power == 0 || power > 31 || 1u << power <= largest.size) continue;
    largest = {1u << power, static_cast<std::uint8_t>(half >> 8), i};
  }
  return largest;
}

std::uint8_t fast_read_of(const Table& basic) {
  const std::uint32_t has = basic[1];
  const auto opcode = [](std::uint32_t value) { return static_cast<std::uint8_t>(value); };
  if (dword1::QUAD_IO.is_set(has)) return opcode(dword3::QUAD_IO.get(basic[3]));
  if (dword1::QUAD_OUTPUT.is_set(has)) return opcode(dword3::QUAD_OUTPUT.get(basic[3]));
  if (dword1::DUAL_IO.is_set(has)) return opcode(dword4::DUAL_IO.get(basic[4]));
  if (dword1::DUAL_OUTPUT.is_set(has)) return opcode(dword4::DUAL_OUTPUT.get(basic[4]));
  return 0;
}

// Opcodes for the upper half of a large chip; those with 3-byte addresses stay where the table has no other.
void use_four_byte_opcodes(SpiNorPart& part, const Table& table, const EraseType& erase) {
  if (!table.has(2)) return;
  const std::uint32_t has = table[1];
  if (four_byte::READ.is_set(has)) part.read = kRead4;
  if (four_byte::PAGE_PROGRAM.is_set(has)) part.page_program = kProgram4;
  if (four_byte::QUAD_IO.is_set(has)) {
    part.qread = four_byte::kQuadIo;
  } else if (four_byte::QUAD_OUTPUT.is_set(has)) {
    part.qread = four_byte::kQuadOutput;
  }
  if ((has >> (four_byte::kFirstEraseBit + erase.number) & 1) != 0) {
    part.sector_erase = static_cast<std::uint8_t>(table[2] >> (8 * erase.number));
  }
}

void read_times(SfdpFindings& findings, const Table& basic, const EraseType& erase) {
  const std::uint32_t typical = dword10::kType[erase.number].get(basic[10]);
  const auto factor = static_cast<int>(2 * (dword10::FACTOR.get(basic[10]) + 1));
  const auto count = [](const Field& field, std::uint32_t value) {
    return static_cast<int>(field.get(value)) + 1;
  };
  findings.sector_erase_limit =
      dword10::kUnits[dword10::UNIT.get(typical)] * count(dword10::COUNT, typical) * factor;
  findings.chip_erase_limit =
      dword11::kUnits[dword11::CHIP_UNIT.get(basic[11])] * count(dword11::CHIP_COUNT, basic[11]) * factor;
}

}  // namespace

bool is_sfdp_header(ByteView header) {
  return header.size() >= kSfdpHeaderSize && load_le32(header) == kSignature;
}

std::optional<SfdpFindings> read_sfdp(const SfdpReader& reader, std::string& why) {
  const Bytes header = reader(0, kSfdpHeaderSize);
  if (!is_sfdp_header(header)) {
    why = "no SFDP found";
    return {};
  }
  if (header[7] != kLegacyProtocol) {  // JESD216C: other protocols have other tables
    why = fmt::format("SFDP access protocol 0x{:02x} is not known", header[7]);
    return {};
  }
  const Bytes headers = reader(kSfdpHeaderSize, (std::size_t{header[6]} + 1) * kSfdpHeaderSize);
  const Table basic = table_of(reader, headers, kBasicTable);
  if (!basic.has(kBasicDwords)) {
    why = fmt::format("the basic parameter table of SFDP has {} words, {} are needed", basic.dwords.size(),
                      kBasicDwords);
    return {};
  }
  SfdpFindings findings;
  SpiNorPart& part = findings.part;
  part.name = "sfdp";
  const std::uint64_t size = size_of(basic[2]);
  if (size == 0 || size > UINT32_MAX) {
    why = fmt::format("SFDP tells an impossible density (0x{:08x})", basic[2]);
    return {};
  }
  part.size = static_cast<std::uint32_t>(size);
  part.page_size = kOldPageSize;
  part.read = kRead;
  part.page_program = kProgram;
  part.chip_erase = kChipErase;
  part.qread = fast_read_of(basic);
  const EraseType erase = largest_erase_type(basic);
  part.sector_size = erase.size != 0 ? erase.size : part.size;
  part.sector_erase = erase.opcode;
  if (basic.has(kDwordsWithTimes)) {
    part.page_size = 1u << dword11::PAGE_SIZE.get(basic[11]);
    if (erase.size != 0) read_times(findings, basic, erase);
  }
  if (part.size > kLargestThreeByteSize) {
    use_four_byte_opcodes(part, table_of(reader, headers, kFourByteTable), erase);
  }
  return findings;
}

}  // namespace probity::stm32
