// Protection and option bytes of driver `stm32l4x` on virtual chips.
#include "base/errors.hpp"
#include "flash/stm32/l4_bank.hpp"
#include "flash_bench.hpp"

namespace probity::test::l4_protection_test {
namespace {

using testing::HasSubstr;

constexpr std::uint32_t kKib = 1024;

class ProtectionBench : public Bench {
 public:
  explicit ProtectionBench(const std::string& chip, std::uint32_t work_area = 0x1800)
      : Bench(chip, {kHla, work_area, {}, "stm32l4x"}) {
    bank->probe();
  }
  stm32::L4Bank& l4() { return dynamic_cast<stm32::L4Bank&>(*bank); }
  // Option bytes in force, the core halted.
  void load() {
    l4().load_options();
    reset_halt();
  }
  std::vector<unsigned> protected_sectors() {
    bank->check_protection();
    std::vector<unsigned> sectors;
    for (unsigned s = 0; s < bank->sectors().size(); ++s) {
      if (bank->sectors()[s].is_protected == true) sectors.push_back(s);
    }
    return sectors;
  }
};

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& e) {
    return e.message();
  }
  return {};
}

TEST(L4Protection, PagesAreProtectedAndNamedBeforeAnythingIsChanged) {
  ProtectionBench bench("stm32g071rb");
  EXPECT_TRUE(bench.protected_sectors().empty());
  bench.bank->protect({2, 3}, true);
  bench.load();
  EXPECT_EQ(bench.protected_sectors(), (std::vector<unsigned>{2, 3}));
  try {
    bench.bank->run(job({0, 1, 2, 3, 4}, {{0, pattern(9000)}}));
    FAIL();
  } catch (const FlashError& e) {
    EXPECT_EQ(e.register_name, "FLASH_WRP1AR");
    EXPECT_EQ(e.raw & 0x3F003F, 0x30002u);
    EXPECT_THAT(e.message(), HasSubstr("sectors 2-3 are write-protected"));
    EXPECT_THAT(e.message(), HasSubstr("flash protect stm32f4x.flash 2 3 off"));
  }
  EXPECT_EQ(bench.content(0, 100), Bytes(100, 0xFF));
  bench.bank->protect({0, 63}, false);
  bench.load();
  EXPECT_TRUE(bench.protected_sectors().empty());
  bench.bank->run(job({2}, {{4 * kKib, pattern(24)}}));
  EXPECT_EQ(bench.content(4 * kKib, 24), pattern(24));
}

TEST(L4Protection, OfBothBanks) {
  ProtectionBench bench("stm32l476rg");
  bench.bank->protect({255, 257}, true);
  bench.load();
  EXPECT_EQ(bench.protected_sectors(), (std::vector<unsigned>{255, 256, 257}));
  EXPECT_EQ(bench.l4().write_protected(0), (std::vector<stm32::L4PageRange>{{255, 255}}));
  EXPECT_EQ(bench.l4().write_protected(1), (std::vector<stm32::L4PageRange>{{256, 257}}));
  EXPECT_THROW(bench.bank->erase({257, 258}), FlashError);
  bench.bank->erase({258, 258});
}

TEST(L4Protection, AsManyAreasAsTheChipHas) {
  ProtectionBench bench("stm32g071rb");
  bench.bank->protect({1, 1}, true);
  bench.bank->protect({5, 6}, true);
  EXPECT_THAT(message_of([&] {
                bench.bank->protect({9, 9}, true);
              }),
              HasSubstr("only 2 write protection areas are available"));
  EXPECT_THAT(message_of([&] { bench.l4().write_protected(1); }), HasSubstr("no second bank"));
  bench.bank->protect({2, 4}, true);  // one area now
  bench.bank->protect({9, 9}, true);
  bench.load();
  EXPECT_EQ(bench.protected_sectors(), (std::vector<unsigned>{1, 2, 3, 4, 5, 6, 9}));
}

TEST(L4Protection, TheLastPageAlone) {
  ProtectionBench bench("stm32wb55rg");
  bench.bank->protect({200, 200}, true);
  bench.load();
  EXPECT_EQ(bench.protected_sectors(), (std::vector<unsigned>{200}));
}

TEST(L4Protection, ReadOutProtectionIsRecognisedAndUnlockErases) {
  for (const char* chip : {"stm32l476rg", "stm32g071rb", "stm32g474re"}) {
    ProtectionBench bench(chip);
    bench.bank->run(job({}, {{0, pattern(16)}}));
    bench.bank->lock();
    bench.load();
    const std::string said = message_of([&] { bench.bank->run(job({0}, {{0, pattern(8)}})); });
    EXPECT_THAT(said, HasSubstr("read-out protection level 1")) << chip;
    EXPECT_THAT(said, HasSubstr("stm32l4x unlock stm32f4x.flash"));
    EXPECT_THAT(said, HasSubstr("FLASH_OPTR=0x"));
    bench.bank->probe(true);
    EXPECT_TRUE(bench.logged("RDP level 1 (0x00)"));
    bench.bank->unlock();
    bench.load();
    EXPECT_EQ(bench.content(0, 16), Bytes(16, 0xFF)) << chip;
    bench.bank->run(job({0}, {{0, pattern(24)}}));
    EXPECT_EQ(bench.content(0, 24), pattern(24));
  }
}

TEST(L4Protection, PcropIsNamedWithItsArea) {
  ProtectionBench bench("stm32g071rb");
  bench.l4().write_option(0x24, 8, 0xFF);                    // PCROP1A_STRT: 4 KiB
  bench.l4().write_option(0x28, 1u << 31 | 11, 0x800000FF);  // PCROP1A_END: … 6 KiB, PCROP_RDP
  bench.load();
  const std::string said = message_of([&] { bench.bank->erase({0, 3}); });
  EXPECT_THAT(said, HasSubstr("FLASH_PCROP1ASR=0x"));
  EXPECT_THAT(said, HasSubstr("0x08001000-0x080017ff"));
  bench.bank->erase({0, 1});
}

TEST(L4Protection, TheSecurableAreaOnceClosed) {
  ProtectionBench bench("stm32g071rb");
  bench.l4().write_option(0x80, 2, 0xFF);  // SEC_SIZE
  bench.load();
  bench.bank->erase({0, 0});
  MemPort& memory = bench.target->memory();
  memory.write32(0x40022008, 0x45670123);
  memory.write32(0x40022008, 0xCDEF89AB);
  memory.write32(0x40022014, 1u << 28);  // SEC_PROT
  EXPECT_THAT(message_of([&] { bench.bank->erase({1, 2}); }), HasSubstr("try: reset halt"));
  bench.reset_halt();
  bench.bank->erase({1, 1});
}

TEST(L4Options, ChangedByNameAndLoaded) {
  ProtectionBench bench("stm32g474re");
  stm32::OptionBytes& options = *bench.l4().options();
  std::vector<std::uint32_t> values = options.read();
  const auto field = std::ranges::find(options.fields(), "nBOOT0", &stm32::OptionField::name);
  ASSERT_NE(field, options.fields().end());
  const std::uint32_t before = values[field->reg];
  values[field->reg] = before ^ field->field().mask();
  options.write(values);
  EXPECT_TRUE(options.load());
  EXPECT_FALSE(bench.bank->probed()) << "the division may be another one now";
  bench.reset_halt();
  EXPECT_EQ(bench.l4().options()->read()[field->reg], before ^ (1u << 27));
}

TEST(L4Options, RegistersBehindTheFirstAreWrittenToo) {
  ProtectionBench bench("stm32g071rb");
  stm32::OptionBytes& options = *bench.l4().options();
  std::vector<std::uint32_t> values = options.read();
  const auto row = std::ranges::find(options.registers(), "FLASH_WRP1BR", &stm32::OptionRegister::name);
  ASSERT_NE(row, options.registers().end());
  values[static_cast<std::size_t>(row - options.registers().begin())] = 7 | 9 << 16;
  options.write(values);
  bench.load();
  EXPECT_EQ(bench.protected_sectors(), (std::vector<unsigned>{7, 8, 9}));
}

TEST(L4Options, OnlyWhatChangedIsWritten) {
  ProtectionBench bench("stm32l476rg");
  stm32::OptionBytes& options = *bench.l4().options();
  const auto values = options.read();
  const auto erases = bench.stats().flash_erases;
  options.write(values);
  EXPECT_EQ(bench.stats().flash_erases, erases);
  EXPECT_EQ(options.read(), values);
}

TEST(L4Options, FieldsAreAsWideAsThePartNeeds) {
  const auto width = [](const char* chip, std::string_view name) {
    ProtectionBench bench(chip);
    const auto fields = bench.l4().options()->fields();
    const auto field = std::ranges::find(fields, name, &stm32::OptionField::name);
    return field == fields.end() ? 0u : field->bits;
  };
  EXPECT_EQ(width("stm32l476rg", "WRP2B_END"), 8u);
  EXPECT_EQ(width("stm32l476rg", "PCROP1_STRT"), 16u);
  EXPECT_EQ(width("stm32g071rb", "WRP1A_STRT"), 6u);
  EXPECT_EQ(width("stm32g071rb", "PCROP1B_END"), 8u);
  EXPECT_EQ(width("stm32g071rb", "WRP2A_STRT"), 0u);
  EXPECT_EQ(width("stm32c011f6", "WRP1A_STRT"), 4u);
  EXPECT_EQ(width("stm32g431rb", "PCROP1_END"), 14u);
  EXPECT_EQ(width("stm32wb55rg", "PCROP1A_STRT"), 9u);
}

TEST(L4Report, SaysWhatIsProtected) {
  ProtectionBench bench("stm32g071rb");
  bench.bank->protect({2, 3}, true);
  bench.load();
  const std::string text = bench.l4().report();
  EXPECT_THAT(text, HasSubstr("64 pages of 2 KiB"));
  EXPECT_THAT(text, HasSubstr("RDP level 0 (FLASH_OPTR=0x"));
  EXPECT_THAT(text, HasSubstr("WRP1A (FLASH_WRP1AR=0x"));
  EXPECT_THAT(text, HasSubstr("0x08001000-0x08001fff"));
}

}  // namespace
}  // namespace probity::test::l4_protection_test
