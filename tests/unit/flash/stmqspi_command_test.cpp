// Commands to serial flash as register values of the two controllers: each bit by the reference manuals.
#include "flash/stm32/qspi/qspi_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "flash/stm32/qspi/spi_nor.hpp"

namespace probity::test::stmqspi_command_test {
namespace {

using namespace stm32;
using testing::ElementsAre;
using Pairs = std::vector<std::pair<Address, std::uint32_t>>;

// As reset-init of the F746 Discovery sets it up: 1-1-1 read with 3-byte addresses.
QspiSetup quad(std::uint32_t ccr = 0x0D002503, std::uint32_t cr = 0x03500009) {
  QspiSetup setup;
  setup.layout = kQuadspi;
  setup.found = {cr, 0x00170100, ccr, 0, 0};
  setup.mode = spi_mode_of(kQuadspi, setup.found).value();
  return setup;
}

// As reset-init of the L4R9 Discovery does: OPI with two bits a clock.
QspiSetup octo() {
  QspiSetup setup;
  setup.layout = kOctospi;
  setup.found = {0x3040000B, 0x01190100, 0x2C003C1C, 0x10000006, 0xEE11};
  setup.mode = spi_mode_of(kOctospi, setup.found).value();
  return setup;
}

Pairs pairs(const SpiStores& stores) {
  Pairs all;
  for (const LoaderStore& s : stores) all.push_back({s.address, s.value});
  return all;
}

TEST(SpiMode, IsReadFromTheMemoryMappedConfiguration) {
  const SpiMode one = quad().mode;
  EXPECT_EQ(one.lines, 1u);
  EXPECT_EQ(one.address_bytes, 3u);
  EXPECT_EQ(one.read_opcode, 0x03);
  const SpiMode four = quad(0x0F283FEC).mode;
  EXPECT_EQ(four.lines, 4u);
  EXPECT_EQ(four.address_bytes, 4u);
  const SpiMode eight = octo().mode;
  EXPECT_EQ(eight.lines, 8u);
  EXPECT_TRUE(eight.dtr);
  EXPECT_EQ(eight.extension, OpcodeExtension::inverse);
  EXPECT_EQ(eight.read_opcode, 0xEE);
}

TEST(SpiMode, ThereIsNoneAfterAReset) {
  EXPECT_FALSE(spi_mode_of(kQuadspi, {}));
  EXPECT_FALSE(spi_mode_of(kOctospi, {}));
  EXPECT_FALSE(spi_mode_of(kQuadspi, {0, 0, 0x000003F5, 0, 0})) << "a command without address and data";
}

TEST(SpiStores, QuadspiCommandsOnOneLine) {
  const QspiSetup setup = quad();
  EXPECT_EQ(pairs(command_stores(setup, {0x06})),
            (Pairs{{0x00, 0x03400001}, {0x0C, 0x1B}, {0x14, 0x00000106}}));
  SpiCommand erase{0xD8, 0x123400};
  EXPECT_EQ(pairs(command_stores(setup, erase)),
            (Pairs{{0x00, 0x03400001}, {0x0C, 0x1B}, {0x14, 0x000025D8}, {0x18, 0x123400}}));
  SpiCommand program{0x02, 0x100};
  EXPECT_EQ(pairs(write_stores(setup, program, 256)),
            (Pairs{{0x00, 0x03400001}, {0x0C, 0x1B}, {0x10, 255}, {0x14, 0x01002502}, {0x18, 0x100}}));
  EXPECT_EQ(pairs(read_stores(setup, {0x9F}, 3)),
            (Pairs{{0x00, 0x03400001}, {0x0C, 0x1B}, {0x10, 2}, {0x14, 0x0500019F}}));
  EXPECT_EQ(pairs(poll_stores(setup, 0x03)), (Pairs{{0x00, 0x03400001},
                                                    {0x0C, 0x1B},
                                                    {0x10, 0},
                                                    {0x24, 0x03},
                                                    {0x28, 0},
                                                    {0x2C, 64},
                                                    {0x14, 0x09000105}}));
}

TEST(SpiStores, QuadPageProgramHasFourLinesForItsData) {
  SpiCommand program{0x32, 0};
  program.data_lines = 4;
  EXPECT_EQ(pairs(write_stores(quad(), program, 4))[3].second, 0x03002532u);
}

TEST(SpiStores, TwoChipsAnswerTheirStatusTogether) {
  const Pairs poll = pairs(poll_stores(quad(0x0F283FEC, 0x05500059), 0x01));
  EXPECT_EQ(poll[0].second, 0x05400051u) << "DFM and SSHIFT stay, PMM is AND, APMS set, TCEN off";
  EXPECT_EQ(poll[2], (std::pair<Address, std::uint32_t>{0x10, 1}));
  EXPECT_EQ(poll[3], (std::pair<Address, std::uint32_t>{0x24, 0x0101}));
  EXPECT_EQ(poll[6].second, 0x0B000305u) << "on four lines";
}

TEST(SpiStores, OctospiCommandsOnEightLines) {
  const QspiSetup setup = octo();
  EXPECT_EQ(
      pairs(command_stores(setup, {0x06})),
      (Pairs{{0x00, 0x00400001}, {0x24, 0x1B}, {0x108, 0x10000000}, {0x100, 0x0000001C}, {0x110, 0x06F9}}));
  // Status: an address, dummy clocks, the strobe, two bytes.
  EXPECT_EQ(pairs(poll_stores(setup, 0x03)), (Pairs{{0x00, 0x20400001},
                                                    {0x24, 0x1B},
                                                    {0x40, 1},
                                                    {0x80, 0x03},
                                                    {0x88, 0},
                                                    {0x90, 64},
                                                    {0x108, 0x10000004},
                                                    {0x100, 0x2C003C1C},
                                                    {0x110, 0x05FA},
                                                    {0x48, 0}}));
  SpiCommand program{0x12, 0x100};
  program.address_bytes = 4;
  const Pairs write = pairs(write_stores(setup, program, 256));
  EXPECT_EQ(write[4], (std::pair<Address, std::uint32_t>{0x100, 0x0C003C1C})) << "no strobe towards the chip";
  EXPECT_EQ(write[5].second, 0x12EDu);
}

TEST(SpiStores, MemoryMappedModeIsAsItWasFound) {
  EXPECT_EQ(pairs(memory_mapped_stores(quad())),
            (Pairs{{0x00, 0x03500009}, {0x0C, 0x1B}, {0x14, 0x0D002503}}));
  EXPECT_EQ(
      pairs(memory_mapped_stores(octo())),
      (Pairs{{0x00, 0x30400009}, {0x24, 0x1B}, {0x108, 0x10000006}, {0x100, 0x2C003C1C}, {0x110, 0xEE11}}));
  EXPECT_EQ(pairs(abort_stores(quad())), (Pairs{{0x00, 0x0350000B}, {0x0C, 0x1B}}));
}

}  // namespace
}  // namespace probity::test::stmqspi_command_test
