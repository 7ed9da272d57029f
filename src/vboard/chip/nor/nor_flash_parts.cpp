// The parts: what a row says is of the data sheet it names (identification, status and configuration
// registers, block protection, AC characteristics); its SFDP bytes are a chip's own where a dump is public.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "base/errors.hpp"
#include "vboard/chip/nor/nor_flash_facts.hpp"

namespace probity::vboard {

namespace {

using enum NorRegister;
constexpr std::uint32_t kMib = 0x100000;

Bytes from_hex(std::string_view digits) {
  const auto nibble = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(nibble(digits[i]) << 4 | nibble(digits[i + 1])));
  }
  return bytes;
}

// Several pieces, each at its place, FFh between them.
Bytes pieces(std::initializer_list<std::pair<std::size_t, std::string_view>> places) {
  Bytes bytes;
  for (const auto& [offset, digits] : places) {
    const Bytes piece = from_hex(digits);
    bytes.resize(std::max(bytes.size(), offset + piece.size()), 0xFF);
    std::copy(piece.begin(), piece.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset));
  }
  return bytes;
}

// --- Micron ----------------------------------------------------------------------------------------------

// SR: BP3 is bit 6, TB bit 5. VCR[7:4] are the dummy clocks, EVCR[7] 0 is the quad I/O protocol.
NorPart micron(std::string_view name, std::string_view source) {
  NorPart part{.name = name, .source = source};
  part.protection = {.bits = {2, 3, 4, 6}, .from_bottom = {status, {"TB", 5}}};
  part.registers = {{status, 0x00, 0xFC},
                    {volatile_config, 0xFB, 0xFF, true},
                    {enhanced_config, 0xDF, 0xFF, true},
                    {nonvolatile_low, 0xFF, 0xFF},
                    {nonvolatile_high, 0xFF, 0xFF}};
  part.written_together = {{nonvolatile_low, nonvolatile_high}};
  part.dummy_clocks = {volatile_config, {"dummy clock cycles", 4, 4}};
  part.qpi_disabled = {enhanced_config, {"quad I/O protocol", 7}};
  return part;
}

NorPart n25q128a() {
  NorPart part = micron("n25q128a", "Micron N25Q128A 3 V data sheet; SFDP built");
  part.id = {0x20, 0xBA, 0x18, 0x10, 0x00, 0x00};
  part.size = 16 * kMib;
  part.commands = micron_commands();
  part.sfdp = built_sfdp(part.size, part.commands);
  part.times = {.page = Microseconds(500),
                .erase_4k = Milliseconds(250),
                .erase_64k = Milliseconds(700),
                .write_register = Microseconds(1300),
                .chip = Milliseconds(170'000)};
  return part;
}

// The SFDP is of an MT25QU512A, its 1.8 V sister (linux-mtd, "mt25qu512a" by M. Shukla and T. Ambarus); the
// erase and program times are what it says.
NorPart mt25ql512() {
  NorPart part = micron("mt25ql512", "Micron MT25QL512ABB data sheet; SFDP of an MT25QU512A");
  part.id = {0x20, 0xBA, 0x20, 0x10, 0x44, 0x00};
  part.size = 64 * kMib;
  part.commands = micron_4byte_commands();
  part.sfdp = pieces({{0x00, "53464450060101ff00060110300000ff84000102800000ff"},
                      {0x30,
                       "e520fbffffffff1f29eb276b273b27bbffffffffffff27bbffff29eb0c2010d80f520000"
                       "244a99008b8e03e1ac0127387a757a75fbbdd55c4a0f82ff81bd3d36"},
                      {0x80, "ffe7ffff21dcffff"}});
  part.times = {.page = Microseconds(120),
                .erase_4k = Milliseconds(48),
                .erase_32k = Milliseconds(112),
                .erase_64k = Milliseconds(160),
                .write_register = Microseconds(1300),
                .chip = Milliseconds(128'000)};
  return part;
}

// --- Macronix --------------------------------------------------------------------------------------------

// SR: QE is bit 6, BP3..0 bits 5:2. CR's DC chooses the dummy clocks. TB, which can only be set once, is left
// out.
NorPart macronix(std::string_view name, std::string_view source) {
  NorPart part{.name = name, .source = source, .id_repeats = true};
  part.protection = {.bits = {2, 3, 4, 5}, .from_bottom = {}};
  part.registers = {{status, 0x00, 0xFC}, {configuration, 0x07, 0xD7, true}};
  part.written_together = {{status, configuration}};
  part.quad_enable = {status, {"QE", 6}};
  part.dummy_code = {configuration, {"DC", 6, 2}};
  return part;
}

NorPart mx25l51245g() {
  NorPart part = macronix("mx25l51245g", "Macronix MX25L51245G data sheet; SFDP built");
  part.id = {0xC2, 0x20, 0x1A};
  part.size = 64 * kMib;
  part.commands = macronix_4byte_commands();
  part.sfdp = built_sfdp(part.size, part.commands);
  part.times = {.page = Microseconds(250),
                .erase_4k = Milliseconds(30),
                .erase_32k = Milliseconds(150),
                .erase_64k = Milliseconds(280),
                .write_register = Milliseconds(1),
                .chip = Milliseconds(200'000)};
  return part;
}

// CR1's DC is one bit; CR2 bit 1 chooses high performance, in which the times are these.
NorPart mx25r6435f() {
  NorPart part = macronix("mx25r6435f", "Macronix MX25R6435F data sheet; SFDP built");
  part.id = {0xC2, 0x28, 0x17};
  part.size = 8 * kMib;
  part.commands = macronix_commands();
  part.sfdp = built_sfdp(part.size, part.commands);
  part.registers = {{status, 0x00, 0xFC}, {configuration, 0x00, 0x40}, {configuration2, 0x00, 0x02}};
  part.written_together = {{status, configuration, configuration2}};
  part.dummy_code = {configuration, {"DC", 6}};
  part.times = {.page = Microseconds(850),
                .erase_4k = Milliseconds(40),
                .erase_32k = Milliseconds(240),
                .erase_64k = Milliseconds(480),
                .write_register = Milliseconds(10),
                .chip = Milliseconds(50'000)};
  return part;
}

NorPart mx25lm51245g() {
  NorPart part = macronix("mx25lm51245g", "Macronix MX25LM51245G data sheet; SFDP built");
  part.id = {0xC2, 0x85, 0x3A};
  part.size = 64 * kMib;
  part.commands = macronix_octal_commands();
  part.sfdp = built_sfdp(part.size, part.commands);
  part.registers = {{status, 0x00, 0x3C},
                    {configuration, 0x07, 0x07, true},
                    {octal_mode, 0x00, 0x03, true},
                    {octal_dummy, 0x00, 0x07, true}};
  part.quad_enable = part.dummy_code = {};
  part.swaps_dtr_bytes = true;
  part.times = {.page = Microseconds(150),
                .erase_4k = Milliseconds(25),
                .erase_64k = Milliseconds(220),
                .write_register = Milliseconds(1),
                .chip = Milliseconds(150'000)};
  return part;
}

// --- Winbond, Spansion -----------------------------------------------------------------------------------

// SR2: QE is bit 1, and set for good in the -IQ parts that answer 40h as memory type. SEC and CMP are left
// out.
NorPart winbond(std::string_view name, std::string_view source) {
  NorPart part{.name = name, .source = source, .id_repeats = true};
  part.registers = {{status, 0x00, 0xFC}, {configuration, 0x02, 0x41}, {configuration2, 0x60, 0x62}};
  part.written_together = {{status, configuration}};
  part.quad_enable = {configuration, {"QE", 1}};
  part.continues_reads = true;
  return part;
}

NorPart w25q16jv() {
  NorPart part = winbond("w25q16jv", "Winbond W25Q16JV data sheet; SFDP built");
  part.id = {0xEF, 0x40, 0x15};
  part.size = 2 * kMib;
  part.commands = winbond_commands();
  part.sfdp = built_sfdp(part.size, part.commands);
  part.protection = {.bits = {2, 3, 4}, .from_bottom = {status, {"TB", 5}}};
  part.times = {.page = Microseconds(400),
                .erase_4k = Milliseconds(45),
                .erase_32k = Milliseconds(120),
                .erase_64k = Milliseconds(150),
                .write_register = Milliseconds(10),
                .chip = Milliseconds(5'000)};
  return part;
}

NorPart w25q128jv() {
  NorPart part = winbond("w25q128jv", "Winbond W25Q128JV data sheet; SFDP built");
  part.id = {0xEF, 0x40, 0x18};
  part.size = 16 * kMib;
  part.commands = winbond_commands();
  part.sfdp = built_sfdp(part.size, part.commands);
  part.protection = {.bits = {2, 3, 4}, .from_bottom = {status, {"TB", 5}}, .unit = 0x40000};
  part.times = {.page = Microseconds(400),
                .erase_4k = Milliseconds(45),
                .erase_32k = Milliseconds(120),
                .erase_64k = Milliseconds(150),
                .write_register = Milliseconds(10),
                .chip = Milliseconds(40'000)};
  return part;
}

// SFDP of the chip as users have published it (16 words, and the table of 4-byte instructions); erase and
// program times are what it says. SR3's ADP starts it with addresses of four bytes.
NorPart w25q512jv() {
  NorPart part = winbond("w25q512jv", "Winbond W25Q512JV data sheet; SFDP of the chip");
  part.id = {0xEF, 0x40, 0x20};
  part.size = 64 * kMib;
  part.commands = winbond_4byte_commands();
  part.sfdp = pieces({{0x00, "53464450060101ff00060110800000ff84000102d00000ff03000102f00000ff"},
                      {0x80,
                       "e520fbffffffff1f44eb086b083b42bbfeffffffffff0000ffff40eb0c200f52"
                       "10d800003602a60082ea14e2e96376337a757a75f7a2d55c19f74dffe970f9a5"},
                      {0xD0, "ff0af0ff21ffdcff"},
                      {0xFF, "ff"}});
  part.protection = {.bits = {2, 3, 4, 5}, .from_bottom = {status, {"TB", 6}}};
  part.starts_4byte = {configuration2, {"ADP", 1}};
  part.times = {.page = Microseconds(704),
                .erase_4k = Milliseconds(64),
                .erase_32k = Milliseconds(128),
                .erase_64k = Milliseconds(160),
                .write_register = Milliseconds(10),
                .chip = Milliseconds(192'000)};
  return part;
}

// CR1: QUAD is bit 1.
NorPart s25fl128l() {
  NorPart part{.name = "s25fl128l", .source = "Infineon S25FL128L data sheet; SFDP built"};
  part.id = {0x01, 0x60, 0x18};
  part.size = 16 * kMib;
  part.commands = spansion_commands();
  part.sfdp = built_sfdp(part.size, part.commands);
  part.protection = {.bits = {2, 3, 4}, .from_bottom = {status, {"TBPROT", 5}}, .unit = 0x40000};
  part.registers = {{status, 0x00, 0xFC}, {configuration, 0x00, 0x02}};
  part.written_together = {{status, configuration}};
  part.quad_enable = {configuration, {"QUAD", 1}};
  part.times = {.page = Microseconds(300),
                .erase_4k = Milliseconds(50),
                .erase_32k = Milliseconds(190),
                .erase_64k = Milliseconds(270),
                .write_register = Milliseconds(145),
                .chip = Milliseconds(70'000)};
  return part;
}

const std::vector<NorPart>& parts() {
  static const std::vector<NorPart> rows{n25q128a(), mt25ql512(), mx25l51245g(), mx25r6435f(), mx25lm51245g(),
                                         w25q16jv(), w25q128jv(), w25q512jv(),   s25fl128l()};
  return rows;
}

}  // namespace

std::vector<std::string> nor_part_names() {
  std::vector<std::string> names;
  for (const NorPart& part : parts()) names.emplace_back(part.name);
  std::sort(names.begin(), names.end());
  return names;
}

const NorPart& find_nor_part(std::string_view text) {
  std::string name;
  for (const char c : text) name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto row =
      std::find_if(parts().begin(), parts().end(), [&](const NorPart& part) { return part.name == name; });
  if (row == parts().end()) {
    throw ConfigError(
        fmt::format("unknown SPI flash '{}'; known: {}", text, fmt::join(nor_part_names(), ", ")));
  }
  return *row;
}

}  // namespace probity::vboard
