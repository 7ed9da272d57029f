// Driver `stm32l4x` on virtual chips, through a probe's wire protocol.
#include "flash/stm32/l4_bank.hpp"

#include <set>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "flash/plan.hpp"
#include "flash/stm32/l4_otp.hpp"
#include "flash_bench.hpp"

namespace probity::test::l4_bank_test {
namespace {

using testing::HasSubstr;

constexpr std::uint32_t kKib = 1024;
constexpr Address kBase = 0x40022000, kAcr = kBase, kKeyr = kBase + 8, kSr = kBase + 0x10, kCr = kBase + 0x14;

BenchOptions with(std::uint32_t work_area = 0x1800, std::string more = {}, Way way = kHla) {
  return {std::move(way), work_area, std::move(more), "stm32l4x"};
}

class L4Bench : public Bench {
 public:
  explicit L4Bench(const std::string& chip, const BenchOptions& options = with()) : Bench(chip, options) {}
  stm32::L4Bank& l4() { return dynamic_cast<stm32::L4Bank&>(*bank); }
  // As `flash write_image erase` does it, odd ends and all.
  void program(std::vector<std::pair<std::uint32_t, Bytes>> segments, bool erase = true) {
    Image image;
    for (auto& [offset, data] : segments)
      image.segments.push_back({kFlash + offset, std::move(data), "segment"});
    FlashBank* const banks[] = {bank.get()};
    PlanOptions options;
    options.erase = erase;
    execute(plan(image, views_of(banks), options), banks);
  }
};

struct ChipRow {
  std::string chip;
  std::uint32_t size;
  std::size_t sectors;
  std::string_view description;
};
void PrintTo(const ChipRow& row, std::ostream* out) { *out << row.chip; }

class EveryL4 : public testing::TestWithParam<ChipRow> {};
INSTANTIATE_TEST_SUITE_P(
    Chips, EveryL4,
    testing::Values(
        ChipRow{"stm32l476rg", 1024 * kKib, 512, "STM32L47/L48xx - Rev 4 : 0x1007 - Flash dual-bank"},
        ChipRow{"stm32l496zg", 1024 * kKib, 512, "STM32L49/L4Axx - Rev B : 0x2000 - Flash dual-bank"},
        ChipRow{"stm32l412kb", 128 * kKib, 64, "STM32L41/L42xx - Rev "},
        ChipRow{"stm32l431rc", 256 * kKib, 128, "STM32L43/L44xx - Rev "},
        ChipRow{"stm32l452re", 512 * kKib, 256, "STM32L45/L46xx - Rev "},
        ChipRow{"stm32g071rb", 128 * kKib, 64, "STM32G07/G08xx - Rev "},
        ChipRow{"stm32g031k8", 64 * kKib, 32, "STM32G03x/G04xx - Rev "},
        ChipRow{"stm32g051k8", 64 * kKib, 32, "STM32G05/G06xx - Rev "},
        ChipRow{"stm32g0b1re", 512 * kKib, 256, "STM32G0B/G0Cx - Rev A : 0x1000 - Flash dual-bank"},
        ChipRow{"stm32g431rb", 128 * kKib, 64, "STM32G43/G44xx - Rev "},
        ChipRow{"stm32g474re", 512 * kKib, 256, "STM32G47/G48xx - Rev "},
        ChipRow{"stm32g491re", 512 * kKib, 256, "STM32G49/G4Axx - Rev "},
        ChipRow{"stm32l4r5zi", 2048 * kKib, 512, "STM32L4R/L4Sxx - Rev "},
        ChipRow{"stm32l4p5zg", 1024 * kKib, 256, "STM32L4P/L4Qxx - Rev "},
        ChipRow{"stm32wb55rg", 1024 * kKib, 256, "STM32WB5x - Rev 2.1 : 0x2001 - Flash single-bank"},
        ChipRow{"stm32wb35ce", 512 * kKib, 128, "STM32WB3x - Rev "},
        ChipRow{"stm32wb15cc", 320 * kKib, 160, "STM32WB1x - Rev "},
        ChipRow{"stm32wle5jc", 256 * kKib, 128, "STM32WLE/WL5x - Rev "},
        ChipRow{"stm32wl55jc", 256 * kKib, 128, "STM32WLE/WL5x - Rev "},
        ChipRow{"stm32c011f6", 32 * kKib, 16, "STM32C01xx - Rev "},
        ChipRow{"stm32c031c6", 32 * kKib, 16, "STM32C03xx - Rev "},
        ChipRow{"stm32c051c8", 64 * kKib, 32, "STM32C05xx - Rev "},
        ChipRow{"stm32c071cb", 128 * kKib, 64, "STM32C071xx - Rev "},
        ChipRow{"stm32c092cc", 256 * kKib, 128, "STM32C09xx - Rev "},
        ChipRow{"stm32u031c8", 64 * kKib, 32, "STM32U031xx - Rev "},
        ChipRow{"stm32u083cc", 256 * kKib, 128, "STM32U073/U083xx - Rev "}));

TEST_P(EveryL4, ProbesAndProgramsItsFirstAndItsLastSector) {
  L4Bench bench(GetParam().chip);
  bench.bank->probe();
  EXPECT_EQ(bench.bank->size(), GetParam().size);
  ASSERT_EQ(bench.bank->sectors().size(), GetParam().sectors);
  EXPECT_THAT(bench.bank->describe(), testing::StartsWith(GetParam().description));
  const Bytes head = pattern(777), tail = pattern(304, 9);
  const std::uint32_t at = bench.bank->size() - 304;
  bench.program({{0, head}, {at, tail}});
  EXPECT_EQ(bench.content(0, head.size()), head);
  EXPECT_EQ(bench.content(head.size(), 7), Bytes(7, 0xFF));
  EXPECT_EQ(bench.content(at, tail.size()), tail);
  EXPECT_EQ(bench.stats().flash_errors, 0u);
}

TEST_P(EveryL4, OptionBytesAreReadAndHaveTheirWidths) {
  L4Bench bench(GetParam().chip);
  stm32::OptionBytes* options = bench.l4().options();
  ASSERT_NE(options, nullptr);
  const auto values = options->read();
  ASSERT_EQ(values.size(), options->registers().size());
  EXPECT_EQ(values[0] & 0xFF, 0xAAu) << "RDP level 0";
  for (const stm32::OptionField& f : options->fields()) {
    EXPECT_LT(f.reg, values.size());
    EXPECT_LE(f.lsb + f.bits, 32u) << f.name;
    EXPECT_GT(f.bits, 0u) << f.name;
  }
}

// One chip for each way to number pages; scenarios/test_every_stm32.py asks all of them. And the first sector
// of its second bank; 0: there is none.
class L4Layouts : public testing::TestWithParam<std::pair<std::string, unsigned>> {};
INSTANTIATE_TEST_SUITE_P(Chips, L4Layouts,
                         testing::Values(std::pair("stm32l476rg", 256), std::pair("stm32l431rc", 0),
                                         std::pair("stm32g0b1re", 128), std::pair("stm32g474re", 128),
                                         std::pair("stm32l4r5zi", 256), std::pair("stm32wb55rg", 0)));

TEST_P(L4Layouts, ErasesExactlyTheSectorItIsAskedFor) {
  L4Bench bench(GetParam().first);
  bench.bank->probe();
  const unsigned last = static_cast<unsigned>(bench.bank->sectors().size()) - 1;
  const unsigned gone = GetParam().second != 0 ? GetParam().second + 3 : 5;
  std::vector<std::pair<std::uint32_t, Bytes>> marks;
  const std::vector<unsigned> marked{0, 3, 4, 5, 6, last / 2 + 1, gone - 1, gone, gone + 1, last};
  for (const unsigned s : std::set<unsigned>(marked.begin(), marked.end()))
    marks.push_back({bench.bank->sectors()[s].offset, pattern(8, s)});
  bench.program(marks, false);
  bench.bank->erase({gone, gone});
  for (const auto& [offset, data] : marks) {
    const bool is_gone = offset == bench.bank->sectors()[gone].offset;
    EXPECT_EQ(bench.content(offset, 8), is_gone ? Bytes(8, 0xFF) : data) << "offset " << offset;
  }
  EXPECT_EQ(bench.stats().flash_erases, 1u);
  EXPECT_EQ(bench.stats().flash_errors, 0u);
  EXPECT_EQ(bench.stats().wait_acks, 0u) << "the loader itself waits for BSY, the debugger never meets it";
}

TEST_P(L4Layouts, MassErase) {
  L4Bench bench(GetParam().first);
  bench.bank->probe();
  const std::uint32_t at = bench.bank->size() - 8;
  bench.program({{0, pattern(10)}, {at, pattern(8)}});
  bench.bank->mass_erase();
  EXPECT_EQ(bench.content(0, 10), Bytes(10, 0xFF));
  EXPECT_EQ(bench.content(at, 8), Bytes(8, 0xFF));
}

class L4Ways : public testing::TestWithParam<std::uint32_t> {};  // the size of the work area
INSTANTIATE_TEST_SUITE_P(LoaderOrNot, L4Ways, testing::Values(0x1800u, 0u));

TEST_P(L4Ways, OddEndsAreWrittenAndNothingBehindThem) {
  for (const char* chip : {"stm32l476rg", "stm32g071rb"}) {
    L4Bench bench(chip, with(GetParam()));
    std::vector<std::pair<std::uint32_t, Bytes>> segments;
    std::uint32_t offset = 0;
    for (const std::uint32_t size : {1u, 7u, 8u, 9u, 15u, 17u, 31u, 33u}) {
      segments.push_back({offset + size % 5, pattern(size, size)});
      offset += 64;
    }
    bench.program(segments);
    for (const auto& [at, data] : segments) {
      EXPECT_EQ(bench.content(at, data.size()), data) << chip << ": " << data.size() << " bytes";
      EXPECT_EQ(bench.content(at + data.size(), 8), Bytes(8, 0xFF));
    }
    EXPECT_EQ(bench.stats().flash_errors, 0u);
  }
}

TEST_P(L4Ways, TheSameContentAgainErasesAndWritesNothing) {
  L4Bench bench("stm32g071rb", with(GetParam()));
  const FlashJob twice = job({0, 1}, {{0, pattern(40)}, {2 * kKib, pattern(32)}});
  bench.bank->run(twice);
  const auto erases = bench.stats().flash_erases, programs = bench.stats().flash_programs;
  const FlashJobResult again = bench.bank->run(twice);
  EXPECT_EQ(again.sectors_unchanged, 2u);
  EXPECT_EQ(bench.stats().flash_erases, erases);
  EXPECT_EQ(bench.stats().flash_programs, programs);
}

TEST_P(L4Ways, CellsThatAreNotErasedAreAnError) {
  L4Bench bench("stm32l476rg", with(GetParam()));
  bench.bank->write(0, pattern(16));
  try {
    bench.bank->write(8, pattern(16, 5));
    FAIL();
  } catch (const FlashError& e) {
    EXPECT_EQ(e.register_name, "FLASH_SR");
    EXPECT_THAT(e.message(), HasSubstr("PROGERR"));
    EXPECT_THAT(e.message(), HasSubstr("not erased"));
    EXPECT_EQ(e.address, kFlash + 8);
  }
  EXPECT_EQ(bench.content(0, 16), pattern(16));
}

TEST_P(L4Ways, AnImageAcrossTheBanks) {
  for (const char* chip : {"stm32l476rg", "stm32g0b1re", "stm32g474re"}) {
    L4Bench bench(chip, with(GetParam()));
    bench.bank->probe();
    const std::uint32_t at = bench.bank->size() / 2 - 3000;
    const Bytes data = pattern(6001);
    bench.program({{at, data}});
    EXPECT_EQ(bench.content(at, data.size()), data) << chip;
    EXPECT_EQ(bench.stats().flash_errors, 0u);
  }
}

TEST_P(L4Ways, WorksWhateverTheFirmwareLeftInTheController) {
  L4Bench bench("stm32l476rg", with(GetParam()));
  MemPort& memory = bench.target->memory();
  memory.write32(kKeyr, 0x45670123);
  memory.write32(kKeyr, 0xCDEF89AB);
  EXPECT_ANY_THROW({
    memory.write32(kFlash, 0);  // no PG
    throw TargetError("an error flag is set now");
  });
  memory.write32(kCr, 0x0000000A);  // PER, PNB
  ASSERT_NE(memory.read32(kSr) & 0x3FF, 0u);
  bench.bank->write(0, pattern(48));
  EXPECT_EQ(bench.content(0, 48), pattern(48));
  EXPECT_EQ(memory.read32(kCr) >> 31, 1u) << "locked again";
  EXPECT_EQ(memory.read32(kSr) & 0x3FF, 0u);
}

TEST(L4Bank, NeedsAHaltedCore) {
  L4Bench bench("stm32g071rb");
  bench.bank->probe();
  bench.target->resume();
  EXPECT_THROW(bench.bank->run(job({0}, {{0, pattern(8)}})), TargetError);
}

TEST(L4Bank, SingleBankModes) {
  L4Bench l4r("stm32l4r5zi", with());
  l4r.bank->probe();
  EXPECT_EQ(l4r.bank->sectors()[0].size, 4 * kKib);
  auto& bank = l4r.l4();
  bank.write_option(0x20, 0, 1u << 22);  // DBANK
  bank.load_options();
  l4r.reset_halt();
  bank.probe(true);
  ASSERT_EQ(bank.sectors().size(), 256u);
  EXPECT_EQ(bank.sectors()[0].size, 8 * kKib);
  EXPECT_THAT(bank.describe(), HasSubstr("Flash single-bank"));
  l4r.program({{1024 * kKib - 100, pattern(333)}});
  EXPECT_EQ(l4r.content(1024 * kKib - 100, 333), pattern(333));
  bank.erase({127, 128});
  EXPECT_EQ(l4r.content(1024 * kKib - 100, 333), Bytes(333, 0xFF));
  EXPECT_EQ(l4r.stats().flash_errors, 0u);
}

TEST(L4Bank, ADivisionThatIsNotTheProbedOneIsNoticed) {
  L4Bench bench("stm32g474re");
  bench.bank->probe();
  bench.l4().write_option(0x20, 0, 1u << 22);
  try {
    bench.bank->erase({0, 0});
    FAIL();
  } catch (const FlashError& e) {
    EXPECT_EQ(e.register_name, "FLASH_OPTR");
    EXPECT_THAT(e.message(), HasSubstr("stm32l4x option_load"));
    EXPECT_THAT(e.message(), HasSubstr("flash probe"));
  }
}

TEST(L4Bank, SwappedBanksOfG0B1) {
  L4Bench bench("stm32g0b1re");
  bench.program({{0, pattern(16)}, {256 * kKib, pattern(16, 7)}});
  bench.l4().write_option(0x20, 0, 1u << 20);  // nSWAP_BANK
  bench.l4().load_options();
  bench.reset_halt();
  Bytes seen(16);
  bench.target->memory().read(kFlash, seen, Width::word);
  ASSERT_EQ(seen, pattern(16, 7)) << "bank 2 is seen first now";
  bench.bank->erase({0, 0});
  bench.target->memory().read(kFlash, seen, Width::word);
  EXPECT_EQ(seen, Bytes(16, 0xFF));
  bench.target->memory().read(kFlash + 256 * kKib, seen, Width::word);
  EXPECT_EQ(seen, pattern(16));
}

TEST_P(L4Ways, AStuckControllerEndsInATimeOutThatSaysSo) {
  L4Bench bench("stm32l476rg", with(GetParam(), ",fault=bsy-stuck@flash:1"));
  try {
    bench.bank->erase({0, 0});
    FAIL();
  } catch (const Error& e) {
    EXPECT_THAT(e.describe(), HasSubstr("FLASH_SR=0x0001"));
  }
}

// Forwards to the chip and keeps what was written.
class Recorder final : public MemPort {
 public:
  explicit Recorder(MemPort& chip) : chip_(chip) {}
  void read(Address address, ByteSpan data, Width width) override { chip_.read(address, data, width); }
  void write(Address address, ByteView data, Width width) override {
    if (width == Width::word && data.size() == 4) writes.push_back({address, load_le32(data)});
    chip_.write(address, data, width);
  }
  std::vector<std::uint32_t> values_at(Address address) const {
    std::vector<std::uint32_t> values;
    for (const auto& [where, value] : writes) {
      if (where == address) values.push_back(value);
    }
    return values;
  }
  std::vector<std::pair<Address, std::uint32_t>> writes;

 private:
  MemPort& chip_;
};

// RM0351, 3.3.3: off, emptied while off, on again.
TEST(L4Controller, CachesAreOffMeanwhileAndEmptied) {
  L4Bench bench("stm32l476rg");
  Recorder port(bench.target->memory());
  const stm32::L4Part& part = *stm32::find_l4_part(0x415);
  stm32::L4Controller controller(port, bench.virtual_host.clock(), "bank");
  controller.configure(part, *part.layout, stm32::l4_geometry(part, 1024, 0, false), kFlash,
                       stm32::Security::off);
  bench.target->memory().write32(kAcr, 0x00000704);  // PRFTEN, ICEN, DCEN, four wait states
  controller.open();
  EXPECT_THAT(port.values_at(kAcr), testing::ElementsAre(0x104u));
  controller.erase(0);
  controller.close();
  EXPECT_THAT(port.values_at(kAcr), testing::ElementsAre(0x104u, 0x1904u, 0x104u, 0x704u));
  EXPECT_EQ(bench.target->memory().read32(kAcr), 0x704u);
}

TEST(L4Controller, EraseSelectsPageAndBankBeforeItStarts) {
  L4Bench bench("stm32g0b1re");
  Recorder port(bench.target->memory());
  const stm32::L4Part& part = *stm32::find_l4_part(0x467);
  stm32::L4Controller controller(port, bench.virtual_host.clock(), "bank");
  controller.configure(part, *part.layout, stm32::l4_geometry(part, 512, 1u << 21, false), kFlash,
                       stm32::Security::off);
  controller.open();
  port.writes.clear();
  controller.erase(130);
  EXPECT_THAT(port.values_at(kCr), testing::ElementsAre(0x2012u, 0x12012u, 0u));
  controller.close();
}

// RM0444, 3.7.1: PROGEMPTY is loaded at power-on; with it a reset starts the boot loader.
TEST(L4Controller, TheBlankFlagGoesOnceThereIsAProgram) {
  constexpr std::uint32_t kProgEmpty = 1u << 16;
  L4Bench bench("stm32g071rb");
  MemPort& memory = bench.target->memory();
  memory.write32(kAcr, memory.read32(kAcr) | kProgEmpty);
  ASSERT_EQ(memory.read32(kAcr) & kProgEmpty, kProgEmpty);
  bench.bank->write(2 * kKib, pattern(8));
  EXPECT_EQ(memory.read32(kAcr) & kProgEmpty, kProgEmpty) << "there is still nothing to boot";
  bench.bank->write(0, pattern(8));
  EXPECT_EQ(memory.read32(kAcr) & kProgEmpty, 0u);
}

TEST(L4Otp, IsABankThatIsWrittenOnlyAfterEnable) {
  L4Bench bench("stm32l476rg");
  const std::unique_ptr<FlashBank> otp = bench.make_bank(0x1FFF7000, "stm32l4x.otp");
  otp->probe();
  EXPECT_EQ(otp->size(), 1024u);
  EXPECT_EQ(otp->sectors().size(), 1u);
  EXPECT_THAT(otp->describe(), testing::EndsWith("OTP-bank"));
  EXPECT_THROW(otp->write(0, pattern(8)), FlashError);
  dynamic_cast<stm32::L4OtpBank&>(*otp).enable_writes(true);
  EXPECT_THROW(otp->write(0, pattern(7)), FlashError);
  EXPECT_THROW(otp->write(1024, pattern(8)), FlashError);
  otp->write(16, pattern(16));
  Bytes seen(16);
  otp->read(16, seen);
  EXPECT_EQ(seen, pattern(16));
  EXPECT_THROW(otp->erase({0, 0}), FlashError);
  EXPECT_THROW(otp->protect({0, 0}, true), FlashError);
}

TEST(L4Bank, OtherChipsAreRefusedByName) {
  L4Bench bench("stm32f407vg");
  try {
    bench.bank->probe();
    FAIL();
  } catch (const FlashError& e) {
    EXPECT_THAT(e.message(), HasSubstr("Cannot identify target as an STM32C0/G0/G4"));
    EXPECT_THAT(e.message(), HasSubstr("0x413"));
  }
}

}  // namespace
}  // namespace probity::test::l4_bank_test
