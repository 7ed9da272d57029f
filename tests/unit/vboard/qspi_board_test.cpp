// QUADSPI and OCTOSPI at their places in a chip, seen through the debug port, and what is kept of the
// flashes.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/errors.hpp"
#include "board_flash_host.hpp"
#include "vboard/board_spec.hpp"
#include "vboard/chip/facts/facts.hpp"
#include "vboard/chip/nor/qspi_places.hpp"

namespace probity::vboard::test::qspi_board_test {
namespace {

constexpr std::uint32_t kWindow = 0x90000000, kWindow2 = 0x70000000;
constexpr std::uint32_t CR = 0xA0001000, DCR = 0xA0001004, DLR = 0xA0001010, CCR = 0xA0001014,
                        AR = 0xA0001018, DR = 0xA0001020;

class Host : public FlashHost {
 public:
  using FlashHost::FlashHost;
  void write_byte(std::uint32_t address, std::uint32_t value) {
    set_size(1);
    write_mem(address, value << 8 * (address & 3));
    set_size(4);
  }
  // QSPIEN of F7; 16 MiB.
  void start_quadspi() {
    write_mem(0x40023838, 2);
    write_mem(CR, 0x01000001);
    write_mem(DCR, 0x00170100);
  }
};

BoardOptions f746(const std::string& file = "") {
  return {.chip = "stm32f746ng", .flash_file = file, .external_flash = {{"qspi", "n25q128a"}}};
}

TEST(QspiBoard, IsClockedByRccAndReadOnlyInItsWindow) {
  Board board(f746());
  Host host(board);
  host.write_mem(CR, 1);
  EXPECT_EQ(host.word(CR), 0u);
  EXPECT_FALSE(host.read_mem(kWindow));
  host.start_quadspi();
  EXPECT_EQ(host.word(CR), 0x01000001u);
  host.write_mem(CCR, 0x0D002503);
  EXPECT_EQ(host.read_mem(kWindow), 0xFFFFFFFFu);
  EXPECT_FALSE(host.write_mem(kWindow, 0));
  host.write_mem(0x40023818, 2);  // QSPIRST
  host.write_mem(0x40023818, 0);
  EXPECT_EQ(host.word(CR), 0u);
}

TEST(QspiBoard, KeepsItsCellsAndRegistersBesideTheChipsFlash) {
  const std::string file = testing::TempDir() + "qspi_board_test.flash";
  for (const char* tail : {"", ".options", ".qspi", ".qspi.registers"}) std::filesystem::remove(file + tail);
  {
    Board board(f746(file));
    Host host(board);
    host.start_quadspi();
    host.write_mem(CCR, 0x00000106);
    host.write_mem(DLR, 0);
    host.write_mem(CCR, 0x01002502);
    host.write_mem(AR, 0x12345);
    host.write_byte(DR, 0xA7);
    host.wait(Milliseconds(1));
    host.write_mem(CCR, 0x00000106);
    host.write_mem(CCR, 0x01000101);
    host.write_byte(DR, 0x20);  // TB: bottom
    host.wait(Milliseconds(2));
    board.save();
  }
  ASSERT_EQ(std::filesystem::file_size(file + ".qspi"), 0x1000000u);
  std::ifstream cells(file + ".qspi", std::ios::binary);
  cells.seekg(0x12344);
  EXPECT_EQ(cells.get(), 0xFF);
  EXPECT_EQ(cells.get(), 0xA7);
  Board again(f746(file));
  Host host(again);
  host.start_quadspi();
  host.write_mem(DLR, 0);
  host.write_mem(CCR, 0x05000105);
  EXPECT_EQ(host.word(DR) & 0xFF, 0x20u);
  host.write_mem(CCR, 0x0D002503);
  EXPECT_EQ(host.word(kWindow + 0x12344), 0xFFFFA7FFu);
  for (const char* tail : {"", ".options", ".qspi", ".qspi.registers"}) std::filesystem::remove(file + tail);
}

// movs r0, #42; bkpt: programmed, then executed where it is seen.
TEST(QspiBoard, CoreExecutesFromTheWindow) {
  constexpr std::uint32_t DCRSR = 0xE000EDF4, DCRDR = 0xE000EDF8, DHCSR = 0xE000EDF0;
  Board board(f746());
  Host host(board);
  host.start_quadspi();
  host.write_mem(CCR, 0x00000106);
  host.write_mem(DLR, 3);
  host.write_mem(CCR, 0x01002502);
  host.write_mem(AR, 0);
  host.write_mem(DR, 0xBE00202A);
  host.wait(Milliseconds(1));
  host.write_mem(CCR, 0x0D002503);
  const auto set = [&](unsigned reg, std::uint32_t value) {
    host.write_mem(DCRDR, value);
    host.write_mem(DCRSR, 0x10000 | reg);
  };
  set(15, kWindow);
  set(16, 0x01000000);
  host.write_mem(DHCSR, 0xA05F0001);
  host.wait(Milliseconds(1));
  EXPECT_NE(host.word(DHCSR) & 0x20000, 0u) << "halted at the BKPT";
  host.write_mem(DCRSR, 0);
  EXPECT_EQ(host.word(DCRDR), 42u);
  host.write_mem(DCRSR, 15);
  EXPECT_EQ(host.word(DCRDR), kWindow + 2);
}

TEST(QspiBoard, SecondOctospiHasItsOwnWindow) {
  Board board({.chip = "stm32l4r9zi", .external_flash = {{"qspi2", "mx25lm51245g"}}});
  Host host(board);
  host.write_mem(0x40021050, 0x300);
  for (const std::uint32_t base : {0xA0001000u, 0xA0001400u}) {
    host.write_mem(base + 0x08, 0x00190100);
    host.write_mem(base, 0x00000001);
    host.write_mem(base + 0x40, 2);
    host.write_mem(base, 0x10000001);
    host.write_mem(base + 0x100, 0x01000001);
    host.write_mem(base + 0x110, 0x9F);
    EXPECT_EQ(host.word(base + 0x50), base == 0xA0001400 ? 0x3A85C2u : 0xFFFFFFu);
    host.write_mem(base, 0x30000001);
    host.write_mem(base + 0x100, 0x01003101);
    host.write_mem(base + 0x110, 0x13);
  }
  EXPECT_EQ(host.read_mem(kWindow2), 0xFFFFFFFFu);
}

// The lines' own tables of peripherals, taken from the headers by somebody else, and the flash's window.
TEST(QspiBoard, IsWhereTheChipHasAPeripheral) {
  std::string family;
  unsigned found = 0;
  for (const std::string& name : Board::chip_names()) {
    if (name.substr(0, name.size() - 2) == family) continue;
    family = name.substr(0, name.size() - 2);
    const ChipFacts chip = find_chip(name);
    for (const QspiPlace& place : qspi_places(name)) {
      const auto& ranges = chip.line->peripherals;
      EXPECT_TRUE(std::any_of(
          ranges.begin(), ranges.end(),
          [&](PeripheralRange r) { return place.registers >= r.begin && place.registers < r.end; }))
          << name << " " << place.instance;
      EXPECT_LT(place.irq, chip.line->core.irq_count) << name;
      ++found;
    }
  }
  EXPECT_GT(found, 60u);
}

std::string refusal(BoardOptions options) {
  try {
    Board board(std::move(options));
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "none";
}

TEST(QspiBoard, IsNamedInABoardsSpec) {
  const BoardSpec spec = parse_board_spec("stm32h745xi,qspi:mt25ql512+mt25ql512,qspi2:n25q128a");
  const std::vector<std::pair<std::string, std::string>> wanted{{"qspi", "mt25ql512+mt25ql512"},
                                                                {"qspi2", "n25q128a"}};
  EXPECT_EQ(spec.board.external_flash, wanted);
  EXPECT_THROW(parse_board_spec("stm32h745xi,qspi:"), ConfigError);
  EXPECT_THROW(parse_board_spec("stm32h745xi,qspi3:n25q128a"), ConfigError);
}

TEST(QspiBoard, RefusesWhatCannotBeConnected) {
  EXPECT_EQ(refusal({.chip = "stm32f407vg", .external_flash = {{"qspi", "n25q128a"}}}),
            "qspi:n25q128a: stm32f407vg has no QUADSPI or OCTOSPI");
  EXPECT_EQ(refusal({.chip = "stm32f746ng", .external_flash = {{"qspi2", "n25q128a"}}}),
            "qspi2:n25q128a: stm32f746ng has no OCTOSPI2");
  EXPECT_NE(refusal({.chip = "stm32f746ng", .external_flash = {{"qspi", "n25q128a+at45"}}})
                .find("unknown SPI flash 'at45'; known: mt25ql512, mx25l51245g"),
            std::string::npos);
}

}  // namespace
}  // namespace probity::vboard::test::qspi_board_test
