// Driver stm32h7x on STM32H7R/S, through a probe's wire protocol against the virtual board.
#include "base/errors.hpp"
#include "flash/stm32/h7_bank.hpp"
#include "flash_bench.hpp"

namespace probity::test::h7rs_bank_test {
namespace {

using namespace stm32;
using testing::HasSubstr;

constexpr std::uint32_t kKib = 1024;
constexpr Address kCr = 0x52002010, kKeyr = 0x52002004;

// The core is behind access port 1.
BenchOptions h7rs(std::uint32_t work_area = 0x8000) {
  BenchOptions options{kDapDirect, work_area, {}, "stm32h7x"};
  options.ap = 1;
  return options;
}

H7OptionBytes& options_of(Bench& bench) {
  return dynamic_cast<H7OptionBytes&>(*dynamic_cast<H7Bank&>(*bench.bank).options());
}

void set_option(Bench& bench, std::string_view name, std::uint32_t value) {
  H7OptionBytes& options = options_of(bench);
  std::vector<std::uint32_t> values = options.read();
  options.set(values, name, value);
  options.write(values);
}

TEST(H7rsBank, ProgramsItsFirstAndItsLastBytes) {
  for (const std::uint32_t work_area : {0x4000u, 0u}) {
    Bench bench("stm32h7s3l8", h7rs(work_area));
    bench.bank->probe();
    EXPECT_EQ(bench.bank->size(), 64 * kKib);
    EXPECT_THAT(bench.bank->describe(), testing::StartsWith("STM32H7Rx/7Sx - Rev: "));
    const Bytes head = pattern(777), tail = pattern(300, 9);
    bench.bank->run(job({0, 7}, {{0, head}, {64 * kKib - 300, tail}}));
    EXPECT_EQ(bench.content(0, head.size()), head);
    EXPECT_EQ(bench.content(64 * kKib - 300, tail.size()), tail);
    EXPECT_EQ(bench.stats().flash_errors, 0u);
    EXPECT_FALSE(bench.logged("slower"));
    EXPECT_EQ(bench.target->memory().read32(kCr) & 3, 1u);  // locked, PG clear
  }
}

TEST(H7rsBank, ErasesExactlyTheSectorItIsAskedFor) {
  Bench bench("stm32h7r3l8", h7rs());
  bench.bank->run(job({}, {{0x9FF0, Bytes(16, 1)}, {0xA000, Bytes(16, 2)}, {0xC000, Bytes(16, 3)}}));
  bench.bank->erase({5, 5});
  EXPECT_EQ(bench.content(0x9FF0, 16), Bytes(16, 1));
  EXPECT_EQ(bench.content(0xA000, 16), Bytes(16, 0xFF));
  EXPECT_EQ(bench.content(0xC000, 16), Bytes(16, 3));
  bench.bank->mass_erase();
  EXPECT_EQ(bench.content(0, 64 * kKib), Bytes(64 * kKib, 0xFF));
}

TEST(H7rsBank, PutsRightWhatTheFirmwareLeft) {
  Bench bench("stm32h7s3l8", h7rs());
  MemPort& memory = bench.target->memory();
  memory.write32(kKeyr, 0x45670123);
  memory.write32(kKeyr, 0xCDEF89AB);
  memory.write32(kCr, 2);  // PG
  memory.write32(0x08000100, 0x12345678);
  const Bytes data = pattern(100);
  bench.bank->run(job({0}, {{0, data}}));
  EXPECT_EQ(bench.content(0, data.size()), data);
}

TEST(H7rsBank, AProtectedSectorIsRefusedWithTheCommandThatClearsIt) {
  Bench bench("stm32h7s3l8", h7rs());
  bench.bank->probe();
  bench.bank->protect({3, 3}, true);
  EXPECT_EQ(bench.bank->sectors()[3].is_protected, true);
  EXPECT_EQ(bench.bank->sectors()[2].is_protected, false);
  EXPECT_THAT(
      [&] { bench.bank->run(job({3}, {})); },
      testing::ThrowsMessage<FlashError>(HasSubstr("flash protect " + bench.bank->config().name + " 3")));
  bench.bank->run(job({2}, {}));
  bench.bank->protect({3, 3}, false);
  bench.bank->run(job({3}, {{0x6000, Bytes(16, 7)}}));
  EXPECT_EQ(bench.content(0x6000, 16), Bytes(16, 7));
}

// Error flags have a register of their own, FLASH_ISR: seen by register writes and by the loader.
TEST(H7rsInterface, ErrorsOfTheControllerAreNamed) {
  Bench bench("stm32h7s3l8", h7rs());
  bench.bank->probe();
  bench.bank->protect({0, 7}, true);
  H7Interface flash(bench.target->memory(), bench.virtual_host.clock(), "b", *find_h7_part(0x485)->layout,
                    {{kFlash, 0, 0}, {kFlash + 0x2000, 0, 1}});
  flash.open();
  EXPECT_THAT([&] { flash.erase(1); }, testing::ThrowsMessage<FlashError>(HasSubstr("WRPERRF (FLASH_ISR=")));
  flash.close();
  flash.open();
  EXPECT_THAT([&] { flash.program(kFlash, Bytes(32, 1)); },
              testing::ThrowsMessage<FlashError>(HasSubstr("WRPERRF")));
  flash.close();
  for (const bool erase : {true, false}) {
    flash.open();
    const auto loader = StreamLoader::load(*bench.target, flash.loader_chip());
    loader->start();
    LoaderScript script;
    if (erase) {
      flash.add_erase(script, 1);
    } else {
      flash.add_program(script, kFlash, Bytes(32, 1));
    }
    const LoaderPace pace{Microseconds(1), Milliseconds(5000)};
    EXPECT_THROW(
        {
          loader->feed(script.bytes(), pace, bench.virtual_host.clock());
          loader->finish(pace, bench.virtual_host.clock());
        },
        LoaderFault);
    flash.close();
  }
}

TEST(H7rsOptions, AreWrittenByNameAndReadBack) {
  Bench bench("stm32h7s3l8", h7rs());
  set_option(bench, "BOR_LEV", 2);
  set_option(bench, "DTCM_AXI_SHARE", 1);
  H7OptionBytes& options = options_of(bench);
  const std::vector<std::uint32_t> after = options.read();
  EXPECT_EQ(options.get(after, "BOR_LEV"), 2u);
  EXPECT_EQ(options.get(after, "DTCM_AXI_SHARE"), 1u);
  EXPECT_EQ(options.get(after, "NVSTATE"), 0xB4u);
}

TEST(H7rsBank, IsNotClosedWithoutAWord) {
  Bench bench("stm32h7s3l8", h7rs());
  EXPECT_THAT([&] { bench.bank->lock(); }, testing::ThrowsMessage<FlashError>(HasSubstr("NVSTATE")));
  bench.bank->unlock();
  EXPECT_TRUE(bench.logged("the chip is open already"));
}

}  // namespace
}  // namespace probity::test::h7rs_bank_test
