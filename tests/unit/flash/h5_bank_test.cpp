// Driver stm32h5x: its tables, and through the probes' wire protocols against the virtual board.
#include "flash/stm32/h5_bank.hpp"

#include <set>

#include "base/errors.hpp"
#include "flash/plan.hpp"
#include "flash_bench.hpp"

namespace probity::test::h5_bank_test {
namespace {

using namespace stm32;
using testing::HasSubstr;

constexpr std::uint32_t kKib = 1024;

TEST(H5Geometry, TwoHalvesThatChangePlaces) {
  const auto sectors = h5_geometry(128, false);
  ASSERT_EQ(sectors.size(), 16u);
  EXPECT_EQ(sectors[7], (H7Sector{0xE000, 0x2000, 0, 7}));
  EXPECT_EQ(sectors[8], (H7Sector{0x10000, 0x2000, 1, 0}));
  EXPECT_EQ(h5_geometry(128, true)[8], (H7Sector{0x10000, 0x2000, 0, 0}));
  EXPECT_EQ(h5_geometry(2048, false).size(), 256u);
}

TEST(H5Options, NamesAreUniqueAndRegistersAreThere) {
  for (const std::uint16_t id : {0x474, 0x478, 0x484}) {
    const H5Part* part = find_h5_part(id);
    ASSERT_NE(part, nullptr);
    const H7OptionRows rows = h5_option_rows(*part);
    std::set<std::string_view> names;
    for (const OptionField& field : rows.fields) {
      EXPECT_TRUE(names.insert(field.name).second) << field.name;
      ASSERT_LT(field.reg, rows.registers.size()) << field.name;
    }
    EXPECT_EQ(names.contains("TZEN"), id != 0x474);
    for (const OptionField& field : rows.fields) {
      if (field.name != "PRODUCT_STATE") continue;
      EXPECT_EQ(field.risk(0xED, 0x72), OptionRisk::permanent);
      EXPECT_EQ(field.risk(0xED, 0x17), OptionRisk::permanent);
      EXPECT_EQ(field.risk(0x17, 0xED), OptionRisk::mass_erase);
    }
  }
}

TEST(H5Options, ProductStatesThatTheChipHasNoWayTo) {
  EXPECT_EQ(h5_state_refusal(0xED, 0x17), "");                                 // OPEN, PROVISIONING
  EXPECT_EQ(h5_state_refusal(0x17, 0x72), "");                                 // CLOSED
  EXPECT_THAT(h5_state_refusal(0xED, 0x72), HasSubstr("PRODUCT_STATE=0x17"));  // without PROVISIONING
  EXPECT_THAT(h5_state_refusal(0x72, 0xED), HasSubstr("debug authentication"));
  EXPECT_THAT(h5_state_refusal(0x17, 0x9A), HasSubstr("debug authentication"));
  EXPECT_THAT(h5_state_refusal(0xED, 0x18), HasSubstr("no product state"));
}

BenchOptions h5(std::uint32_t work_area = 0x8000) {
  BenchOptions options{kDapDirect, work_area, {}, "stm32h5x"};
  options.ap = 1;
  return options;
}

struct H5Case {
  std::string chip;
  std::uint32_t kib;
  std::string description;
};
void PrintTo(const H5Case& c, std::ostream* out) { *out << c.chip; }
class EveryH5 : public testing::TestWithParam<H5Case> {};
INSTANTIATE_TEST_SUITE_P(Chips, EveryH5,
                         testing::Values(H5Case{"stm32h503rb", 128, "STM32H503 - Rev: "},
                                         H5Case{"stm32h563zi", 2048, "STM32H562/563/573 - Rev: "},
                                         H5Case{"stm32h533re", 512, "STM32H523/533 - Rev: "}));

TEST_P(EveryH5, ProgramsItsFirstAndItsLastBytes) {
  for (const std::uint32_t work_area : {0x4000u, 0u}) {
    Bench bench(GetParam().chip, h5(work_area));
    bench.bank->probe();
    EXPECT_EQ(bench.bank->size(), GetParam().kib * kKib);
    EXPECT_THAT(bench.bank->describe(), testing::StartsWith(GetParam().description));
    const unsigned last = GetParam().kib / 8 - 1;
    const Bytes head = pattern(777), tail = pattern(300, 9);
    bench.bank->run(job({0, last}, {{0, head}, {bench.bank->size() - 300, tail}}));
    EXPECT_EQ(bench.content(0, head.size()), head);
    EXPECT_EQ(bench.content(bench.bank->size() - 300, tail.size()), tail);
    EXPECT_EQ(bench.stats().flash_errors, 0u);
  }
}

TEST_P(EveryH5, ErasesExactlyTheSectorItIsAskedForInBank2) {
  Bench bench(GetParam().chip, h5());
  bench.bank->probe();
  const unsigned which = GetParam().kib / 16 + 1;
  const std::uint32_t at = which * 8 * kKib;
  bench.bank->run(job(
      {},
      {{8 * kKib, Bytes(16, 1)}, {at - 16, Bytes(16, 2)}, {at, Bytes(16, 3)}, {at + 0x2000, Bytes(16, 4)}}));
  bench.bank->erase({which, which});
  EXPECT_EQ(bench.content(8 * kKib, 16), Bytes(16, 1));
  EXPECT_EQ(bench.content(at - 16, 16), Bytes(16, 2));
  EXPECT_EQ(bench.content(at, 16), Bytes(16, 0xFF));
  EXPECT_EQ(bench.content(at + 0x2000, 16), Bytes(16, 4));
}

TEST_P(EveryH5, AProtectedSectorIsRefusedWithTheCommandThatClearsIt) {
  Bench bench(GetParam().chip, h5());
  bench.bank->probe();
  const unsigned blocks = static_cast<unsigned>(bench.bank->protection_blocks().size());
  const unsigned block = blocks / 2 + 1;  // of bank 2
  const unsigned sector = block * static_cast<unsigned>(bench.bank->sectors().size()) / blocks;
  bench.bank->protect({block, block}, true);
  EXPECT_THAT([&] { bench.bank->run(job({sector}, {})); },
              testing::ThrowsMessage<FlashError>(HasSubstr("flash protect " + bench.bank->config().name)));
  bench.bank->run(job({sector - 4}, {}));
  bench.bank->protect({block, block}, false);
  bench.bank->run(job({sector}, {{sector * 8 * kKib, Bytes(16, 7)}}));
  EXPECT_EQ(bench.content(sector * 8 * kKib, 16), Bytes(16, 7));
}

TEST(H5Bank, ACacheThatIsOnShowsWhatWasWritten) {
  Bench bench("stm32h563zi", h5());
  bench.target->memory().write32(0x40030400, 1);  // ICACHE_CR.EN
  bench.bank->run(job({0}, {{0, pattern(100)}}));
  EXPECT_EQ(bench.target->memory().read32(0x40030400) & 1, 1u);
}

TEST(H5Bank, IsNotClosedWithoutProvisioning) {
  Bench bench("stm32h503rb", h5());
  auto& options = dynamic_cast<H7OptionBytes&>(*dynamic_cast<H5Bank&>(*bench.bank).options());
  std::vector<std::uint32_t> values = options.read();
  options.set(values, "PRODUCT_STATE", 0x72);
  EXPECT_THAT([&] { options.write(values); },
              testing::ThrowsMessage<FlashError>(HasSubstr("nothing was changed")));
  EXPECT_EQ(options.get(options.read(), "PRODUCT_STATE"), 0xEDu);
}

// The probe's memory commands take the access port's number, from ST-LINK firmware V2J32 on.
TEST(H5Bank, IsReachedOverHlaAsWell) {
  BenchOptions options = h5();
  options.way = kHla;
  Bench bench("stm32h503rb", options);
  const Bytes data = pattern(1000);
  bench.bank->run(job({0}, {{0, data}}));
  EXPECT_EQ(bench.content(0, data.size()), data);
  EXPECT_EQ(bench.stats().flash_errors, 0u);
}

TEST(H5Bank, MassEraseTakesBothBanks) {
  Bench bench("stm32h503rb", h5());
  bench.bank->run(job({}, {{0, Bytes(16, 1)}, {0x10000, Bytes(16, 2)}}));
  bench.bank->mass_erase();
  EXPECT_EQ(bench.content(0, 128 * kKib), Bytes(128 * kKib, 0xFF));
}

TEST(H5Bank, IsNotClosedWithoutAWord) {
  Bench bench("stm32h563zi", h5());
  EXPECT_THROW(bench.bank->lock(), FlashError);
  bench.bank->unlock();
  bench.bank->run(job({0}, {{0, Bytes(16, 1)}}));
  EXPECT_EQ(bench.content(0, 16), Bytes(16, 1));
}

}  // namespace
}  // namespace probity::test::h5_bank_test
