#include "flash/stm32/option_change.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/errors.hpp"
#include "flash/stm32/f2_option_bytes.hpp"

namespace probity::stm32::option_change_test {
namespace {

using testing::HasSubstr;

std::vector<OptionField> fields_of(std::uint16_t device, unsigned kib, std::uint32_t optcr = 0) {
  const F2Part& part = *find_f2_part(device);
  return f2_option_fields(part, f2_geometry(part, kib, optcr).blocks);
}

std::string refusal(const std::vector<OptionField>& fields, std::vector<OptionAssignment> assignments) {
  try {
    with_assignments(fields, std::vector<std::uint32_t>{0x0FFFAAED, 0}, assignments);
  } catch (const UsageError& e) {
    return e.message();
  }
  return {};
}

TEST(OptionChange, SetsNothingButTheFieldsThatAreNamed) {
  const auto fields = fields_of(0x419, 2048);
  const std::vector<std::uint32_t> before{0x0FFFAAED, 0x0FFF0000};
  const auto after = with_assignments(
      fields, before, std::vector<OptionAssignment>{{"RDP", 0x55}, {"nWRP3", 0}, {"nwrp13", 0}, {"BFB2", 0}});
  EXPECT_EQ(after, (std::vector<std::uint32_t>{0x0FF755ED, 0x0FFD0000}));
  const auto changes = differences(fields, before, after);
  ASSERT_EQ(changes.size(), 3u);  // BFB2 was 0
  EXPECT_EQ(changes[0].field->name, "RDP");
  EXPECT_EQ(changes[0].before, 0xAAu);
  EXPECT_EQ(changes[0].after, 0x55u);
  EXPECT_EQ(changes[0].risk, OptionRisk::none);
}

TEST(OptionChange, RefusesWhatTheChipDoesNotHave) {
  const auto fields = fields_of(0x413, 1024);
  EXPECT_THAT(refusal(fields, {{"RPD", 0}}), HasSubstr("no option 'RPD'; did you mean \"RDP\"?"));
  EXPECT_THAT(refusal(fields, {{"nWRP12", 0}}), HasSubstr("nWRP12"));
  EXPECT_THAT(refusal(fields, {{"BFB2", 0}}), HasSubstr("BFB2"));
  EXPECT_THAT(refusal(fields, {{"BOR_LEV", 4}}), HasSubstr("BOR_LEV=0x4: the field has 2 bits, at most 0x3"));
  EXPECT_THAT(refusal(fields, {{"WDG_SW", 2}}), HasSubstr("the field has 1 bit, at most 0x1"));
  EXPECT_THAT(refusal(fields, {{"RDP", 0xAA}, {"rdp", 0xBB}}),
              HasSubstr("RDP is given twice: 0xaa and 0xbb"));
  EXPECT_EQ(refusal(fields, {{"RDP", 0xAA}, {"RDP", 0xAA}}), "");
}

OptionRisk risk_of(std::uint32_t before, std::uint32_t after) {
  const auto fields = fields_of(0x413, 1024);
  const auto changes =
      differences(fields, std::vector<std::uint32_t>{before << 8}, std::vector<std::uint32_t>{after << 8});
  return changes.at(0).risk;
}

TEST(OptionChange, KnowsTheRisksOfReadOutProtection) {
  EXPECT_EQ(risk_of(0xAA, 0x55), OptionRisk::none);
  EXPECT_EQ(risk_of(0x55, 0x00), OptionRisk::none);
  EXPECT_EQ(risk_of(0x55, 0xAA), OptionRisk::mass_erase);
  EXPECT_EQ(risk_of(0xAA, 0xCC), OptionRisk::permanent);
  EXPECT_EQ(risk_of(0x55, 0xCC), OptionRisk::permanent);
}

TEST(OptionChange, WritesLinesAsWideAsTheFields) {
  const auto fields = fields_of(0x413, 1024);
  const std::string lines = option_lines(fields, std::vector<std::uint32_t>{0x0FFE0AED});
  EXPECT_THAT(lines, testing::StartsWith("RDP=0x0a\nBOR_LEV=0x3\n"));
  EXPECT_THAT(lines, HasSubstr("nWRP0=0x0\nnWRP1=0x1\n"));
}

// Every field of every part lies within the bits that its manual names, and no two share any.
TEST(F2OptionFields, CoverWhatThePartHasAndOverlapNowhere) {
  struct Case {
    std::uint16_t device;
    unsigned kib;
    std::uint32_t optcr, mask0, mask1;
  };
  for (const Case& c : {Case{0x411, 1024, 0, 0x0FFFFFEC, 0},                    // RM0033
                        Case{0x413, 1024, 0, 0x0FFFFFEC, 0},                    // RM0090, F405
                        Case{0x419, 2048, 0, 0xCFFFFFFC, 0x0FFF0000},           // RM0090, F42x
                        Case{0x421, 512, 0, 0x80FFFFEC, 0},                     // RM0390
                        Case{0x463, 1536, 0, 0xFFFFFFEC, 0},                    // RM0430: 15 nWRP bits
                        Case{0x449, 1024, 0, 0xC0FFFFFC, 0xFFFFFFFF},           // RM0385
                        Case{0x451, 2048, 0x20000000, 0xFFFFFFFC, 0xFFFFFFFF},  // RM0410, one bank
                        Case{0x451, 2048, 0, 0xFFFFFFFC, 0xFFFFFFFF},           // … and two
                        Case{0x452, 512, 0, 0xC0FFFFFC, 0xFFFFFFFF}}) {         // RM0431
    std::uint32_t seen[3] = {};
    for (const OptionField& field : fields_of(c.device, c.kib, c.optcr)) {
      EXPECT_EQ(seen[field.reg] & field.field().mask(), 0u) << field.name;
      seen[field.reg] |= field.field().mask();
      EXPECT_FALSE(field.meaning.empty());
    }
    EXPECT_EQ(seen[0], c.mask0) << std::hex << c.device << ' ' << seen[0];
    EXPECT_EQ(seen[1], c.mask1) << std::hex << c.device << ' ' << seen[1];
    EXPECT_EQ(seen[2], c.device == 0x452 ? 0x800000FFu : 0u);
  }
}

}  // namespace
}  // namespace probity::stm32::option_change_test
