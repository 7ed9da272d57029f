// Driver stmqspi through a probe's wire protocol against the virtual board, its controller set up as a
// board's reset-init event does.
#include "flash/stm32/qspi/qspi_bank.hpp"

#include "base/errors.hpp"
#include "flash_bench.hpp"

namespace probity::test::stmqspi_bank_test {
namespace {

using testing::HasSubstr;

constexpr Address kExternal = 0x90000000;
constexpr std::uint32_t kSector = 0x10000;

struct Kind {
  std::string chip, flash;
  Address io_base;
  std::vector<WordAccess> reset_init;
};

WordAccess set(Address address, std::uint32_t value) { return WordAccess::store(address, value); }

// RCC_AHB1ENR, AHB3ENR; LPTR, CR, DCR, CCR: as board/stm32f746g-disco.cfg, but without TCEN, so that only
// ABORT ends memory-mapped mode.
const Kind kOneChip{
    "stm32f746ng",
    "n25q128a",
    0xA0001000,
    {set(0x40023830, 0x7FF), set(0x40023838, 2), set(0x40020400, 0x2020), set(0xA0001030, 0x1000),
     set(0xA0001000, 0x03400001), set(0xA0001004, 0x00170100), set(0xA0001014, 0x0D002503)}};
// Dual-flash mode on one line.
const Kind kTwoChips{"stm32h750xb",
                     "mt25ql512+mt25ql512",
                     0x52005000,
                     {set(0x580244E0, 0x7FF), set(0x580244D4, 0x4000), set(0x52005030, 0x1000),
                      set(0x52005000, 0x05400059), set(0x52005004, 0x001A0200), set(0x52005014, 0x0D003513)}};
// OCTOSPI on one line: as board/stm32l4r9i-disco.cfg before it goes to eight.
const Kind kOcto{
    "stm32l4r9ai",
    "mx25lm51245g",
    0xA0001000,
    {set(0x4002104C, 0x1001FF), set(0x40021050, 0x300), set(0x50061C08, 0x03010111), set(0xA0001130, 0x1000),
     set(0xA0001000, 0x3040000B), set(0xA0001008, 0x01190100), set(0xA000100C, 1), set(0xA0001108, 0),
     set(0xA0001100, 0x01003101), set(0xA0001110, 0x13)}};

class QspiBench : public Bench {
 public:
  explicit QspiBench(const Kind& kind, std::uint32_t work_area = 0x8000, bool set_up = true)
      : Bench(kind.chip, {kHla, work_area, kind.flash.empty() ? "" : ",qspi:" + kind.flash}), kind_(kind) {
    FlashBankConfig config;
    config.name = "external";
    config.driver = "stmqspi";
    config.base = kExternal;
    config.options = {std::to_string(kind.io_base)};
    external = flash_driver("stmqspi").make(config, *target, virtual_host.clock(), log);
    if (set_up) reset_init();
  }
  void reset_init() {
    std::vector<WordAccess> batch = kind_.reset_init;
    target->memory().run(batch);
  }
  Bytes read(std::uint32_t offset, std::size_t size) {
    Bytes bytes(size);
    target->memory().read_bytes(kExternal + offset, bytes);
    return bytes;
  }
  stm32::QspiBank& qspi() { return dynamic_cast<stm32::QspiBank&>(*external); }
  std::unique_ptr<FlashBank> external;

 private:
  Kind kind_;
};

template <typename Call>
std::string error_of(Call&& call) {
  try {
    call();
  } catch (const Error& e) {
    return e.describe();
  }
  return {};
}

struct Case {
  Kind kind;
  std::uint32_t work_area;
};
void PrintTo(const Case& c, std::ostream* out) {
  *out << c.kind.flash << (c.work_area != 0 ? "" : ", no loader");
}

class EveryFlash : public testing::TestWithParam<Case> {};
INSTANTIATE_TEST_SUITE_P(Kinds, EveryFlash,
                         testing::Values(Case{kOneChip, 0x8000}, Case{kOneChip, 0}, Case{kTwoChips, 0x8000},
                                         Case{kOcto, 0x8000}));

TEST_P(EveryFlash, WritesOverPagesAndSectorsWithOddEnds) {
  QspiBench bench(GetParam().kind, GetParam().work_area);
  bench.external->probe();
  const std::uint32_t sector = bench.external->sectors()[0].size;
  const Bytes data = pattern(1003);
  const std::uint32_t at = sector - 501;
  const FlashJob twice = job({0, 1}, {{at, data}, {sector + 5000, pattern(1)}});
  const FlashJobResult result = bench.external->run(twice);
  EXPECT_EQ(result.bytes_written, 1004u);
  EXPECT_EQ(bench.read(at - 1, 1), Bytes{0xFF});
  EXPECT_EQ(bench.read(at, data.size()), data);
  EXPECT_EQ(bench.read(at + 1003, 1), Bytes{0xFF});
  EXPECT_EQ(bench.read(sector + 5000, 2), (Bytes{pattern(1)[0], 0xFF}));
  const FlashJobResult again = bench.external->run(twice);
  EXPECT_EQ(again.sectors_unchanged, 2u);
  EXPECT_FALSE(bench.logged("slower"));
}

TEST_P(EveryFlash, ErasesOneSectorAndNoOther) {
  QspiBench bench(GetParam().kind, GetParam().work_area);
  bench.external->probe();
  const std::uint32_t sector = bench.external->sectors()[0].size;
  FlashJob marks;
  for (std::uint32_t s = 0; s < 3; ++s) marks.writes.push_back({s * sector, {1, 2, 3}});
  bench.external->run(marks);
  bench.external->erase({1, 1});
  EXPECT_EQ(bench.read(0, 3), (Bytes{1, 2, 3}));
  EXPECT_EQ(bench.read(sector, 3), Bytes(3, 0xFF));
  EXPECT_EQ(bench.read(2 * sector, 3), (Bytes{1, 2, 3}));
}

TEST(QspiBank, IsProbedAndDescribed) {
  QspiBench bench(kOneChip);
  bench.external->probe();
  EXPECT_EQ(bench.external->size(), 16u << 20);
  EXPECT_EQ(bench.external->sectors().size(), 256u);
  EXPECT_TRUE(bench.logged("flash1 'micron n25q128' id = 0x18ba20 size = 16384 KiB"));
  EXPECT_EQ(
      bench.external->describe(),
      "flash1 'micron n25q128', device id = 0x18ba20, flash size = 16384Ki B\n(page size = 256, read = 0x03, "
      "qread = 0xeb, pprog = 0x02, mass_erase = 0xc7, sector size = 64 KiB, sector_erase = 0xd8)");
}

TEST(QspiBank, TwoChipsHaveTwiceTheSizes) {
  QspiBench bench(kTwoChips);
  bench.external->probe();
  EXPECT_EQ(bench.external->size(), 128u << 20);
  EXPECT_EQ(bench.external->sectors()[0].size, 2 * kSector);
}

TEST(QspiBank, NeedsTheControllerSetUp) {
  QspiBench off(kOneChip, 0x8000, false);
  EXPECT_THAT(error_of([&] { off.external->probe(); }), HasSubstr("No QSPI, no OCTOSPI at 0xa0001000"));
  off.reset_init();
  off.target->memory().write32(0xA0001000, 0x03500008);  // EN
  EXPECT_THAT(error_of([&] { off.external->probe(); }),
              HasSubstr("QUADSPI at 0xa0001000 is not set up to read"));
  off.reset_init();
  off.external->probe();
  off.reset_halt();
  EXPECT_THAT(error_of([&] { off.external->erase({0, 0}); }), HasSubstr("reset init"));
}

TEST(QspiBank, SaysWhatItMeasuredWhereNoChipAnswers) {
  Kind nothing = kOneChip;
  nothing.flash.clear();
  QspiBench bench(nothing);
  EXPECT_THAT(error_of([&] { bench.external->probe(); }),
              testing::AllOf(HasSubstr("No id from flash1"), HasSubstr("0xffffff"),
                             HasSubstr("stmqspi set external")));
}

TEST(QspiBank, AnAddressBeyondFsizeIsNamed) {
  for (const std::uint32_t work_area : {0x8000u, 0u}) {
    Kind small = kOneChip;
    small.reset_init[5] = set(0xA0001004, 0x000F0100);  // DCR: 64 KiB
    QspiBench bench(small, work_area);
    bench.external->probe();
    EXPECT_TRUE(bench.logged("FSIZE in DCR(1) doesn't match actual capacity."));
    EXPECT_THAT(error_of([&] {
                  bench.external->write(0x100000, Bytes{1, 2, 3});
                }),
                testing::AllOf(HasSubstr("TEF (QUADSPI_SR=0x"), HasSubstr("QUADSPI_DCR=0x000f0100")));
  }
}

// Chips leave WEL set when they refuse, or say nothing: what they hold is looked at.
TEST(QspiBank, ProtectedBlocksAreNamedAndWhatTheyRefuseIsAnError) {
  for (const std::uint32_t work_area : {0x8000u, 0u}) {
    Kind kind = kOneChip;
    if (work_area == 0) kind.flash = "w25q128jv";
    QspiBench bench(kind, work_area);
    bench.external->probe();
    const std::uint32_t last = 0xFF0000;
    bench.external->write(last, Bytes{1, 2, 3, 4});
    bench.qspi().send(0x06, {}, 0);
    bench.qspi().send(0x01, Bytes{0x1C}, 0);  // BP2, BP1, BP0
    bench.virtual_host.clock().sleep(Milliseconds(50));
    EXPECT_NE(error_of([&] { bench.external->erase({255, 255}); }), "") << kind.flash;
    EXPECT_NE(error_of([&] { bench.external->write(last, Bytes{0, 0, 0, 0}); }), "") << kind.flash;
    EXPECT_TRUE(bench.logged("flash1 protects blocks (Status=0x1c: BP bits)"));
    EXPECT_EQ(bench.read(last, 4), (Bytes{1, 2, 3, 4}));
  }
}

TEST(QspiBank, OptionsAreTheRegistersAddress) {
  QspiBench bench(kOneChip);
  FlashBankConfig config = bench.external->config();
  for (const std::vector<std::string>& options :
       std::vector<std::vector<std::string>>{{}, {"x"}, {"1", "2"}}) {
    config.options = options;
    EXPECT_THROW(flash_driver("stmqspi").make(config, *bench.target, bench.virtual_host.clock(), bench.log),
                 ConfigError);
  }
}

TEST(QspiBank, CommandsKeepTheRulesOfTwoChips) {
  QspiBench bench(kTwoChips);
  EXPECT_EQ(bench.qspi().send(0x9F, {}, 6), (Bytes{0x20, 0x20, 0xBA, 0xBA, 0x20, 0x20}));
  EXPECT_THROW(bench.qspi().send(0x9F, {}, 3), UsageError);
  EXPECT_THROW(bench.qspi().send(0x01, Bytes{0}, 0), UsageError);
  EXPECT_THROW(bench.qspi().send(0x03, Bytes(5), 2), UsageError);
  EXPECT_EQ(bench.read(0, 4), Bytes(4, 0xFF)) << "memory-mapped again";
  bench.external->write(0x200, Bytes{1, 2, 3, 4});
  EXPECT_EQ(bench.qspi().send(0x13, Bytes{0, 0, 1, 0}, 4), (Bytes{1, 2, 3, 4})) << "0x100 of each chip";
}

}  // namespace
}  // namespace probity::test::stmqspi_bank_test
