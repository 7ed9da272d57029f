#include "flash/stm32/l4_parts.hpp"

#include <gtest/gtest.h>

#include <set>

#include "flash/stm32/l4_option_tables.hpp"

namespace probity::stm32::l4_parts_test {
namespace {

constexpr unsigned kKib = 1024;
constexpr std::uint32_t kBit20 = 1u << 20, kBit21 = 1u << 21, kBit22 = 1u << 22;

const L4Part& part(std::uint16_t id) {
  const L4Part* row = find_l4_part(id);
  EXPECT_NE(row, nullptr) << std::hex << id;
  return *row;
}

TEST(L4Parts, UnknownIdsHaveNoRow) { EXPECT_EQ(find_l4_part(0x413), nullptr); }

TEST(L4Parts, EveryIdIsThereOnce) {
  std::set<std::uint16_t> ids;
  for (const L4Part& row : l4_parts())
    EXPECT_TRUE(ids.insert(row.device_id).second) << std::hex << row.device_id;
  EXPECT_EQ(ids.size(), 35u);
}

struct Division {
  std::uint16_t id;
  unsigned kib;
  std::uint32_t optr;
  bool dual;
  unsigned page_kib;
  unsigned last_number;  // PNB of the last page
};
class Divided : public testing::TestWithParam<Division> {};
INSTANTIATE_TEST_SUITE_P(
    L4Parts, Divided,
    testing::Values(Division{0x415, 1024, 0, true, 2, 255},              // L476: 1 MiB has two banks always
                    Division{0x415, 512, 0, false, 2, 255},              // … 512 KiB by DUALBANK
                    Division{0x415, 512, kBit21, true, 2, 127},          //
                    Division{0x461, 256, kBit21, true, 2, 63},           // L496
                    Division{0x435, 256, kBit21, false, 2, 127},         // L43x has one
                    Division{0x470, 2048, kBit22, true, 4, 255},         // L4R: DBANK for 2 MiB
                    Division{0x470, 2048, kBit21, false, 8, 255},        //
                    Division{0x470, 1024, kBit21, true, 4, 127},         // … DB1M for 1 MiB
                    Division{0x470, 1024, kBit22, false, 8, 127},        //
                    Division{0x471, 512, kBit21, true, 4, 63},           // L4P: DB512K
                    Division{0x469, 512, kBit22, true, 2, 127},          // G474
                    Division{0x469, 512, 0, false, 4, 127},              //
                    Division{0x468, 128, kBit22, false, 2, 63},          // G431
                    Division{0x479, 512, kBit22, false, 2, 255},         // G491: the bit is PB4_PUPEN
                    Division{0x460, 128, kBit21, false, 2, 63},          // G071
                    Division{0x467, 512, kBit21, true, 2, 127},          // G0B1
                    Division{0x467, 512, 0, false, 2, 255},              //
                    Division{0x472, 512, kBit22, true, 2, 127},          // L552xE
                    Division{0x472, 512, 0, false, 4, 127},              //
                    Division{0x472, 256, kBit21 | kBit22, true, 2, 63},  // L552xC
                    Division{0x472, 256, kBit22, false, 2, 127},         //
                    Division{0x482, 2048, 0, true, 8, 127},              // U575: 2 MiB has two banks always
                    Division{0x482, 1024, 0, false, 8, 127},             //
                    Division{0x482, 1024, kBit21, true, 8, 63},          //
                    Division{0x481, 4096, 0, true, 8, 255},              // U5A5
                    Division{0x492, 1024, kBit21, false, 8, 127},        // WBA52 has one
                    Division{0x4B0, 2048, kBit21, true, 8, 127},         // WBA65
                    Division{0x454, 1024, 0, true, 4, 127},              // U385
                    Division{0x495, 1024, 0, false, 4, 255},             // WB55
                    Division{0x494, 320, 0, false, 2, 159},              // WB15
                    Division{0x497, 256, 0, false, 2, 127},              // WL55
                    Division{0x443, 32, 0, false, 2, 15}));              // C011

TEST_P(Divided, AsTheManualSays) {
  const Division& d = GetParam();
  const L4Geometry g = l4_geometry(part(d.id), d.kib, d.optr, false);
  EXPECT_EQ(g.dual_bank, d.dual);
  EXPECT_EQ(g.page_size, d.page_kib * kKib);
  ASSERT_EQ(g.pages.size(), d.kib / d.page_kib);
  EXPECT_EQ(g.pages.back().number, d.last_number);
  EXPECT_EQ(g.pages.back().bank, d.dual ? 1u : 0u);
  EXPECT_LE(g.pages.back().number, g.wrp_mask);
  EXPECT_EQ(g.size, d.kib * kKib);
}

TEST(L4Parts, NoPageTwiceAndNoneMissing) {
  for (const L4Part& row : l4_parts()) {
    for (const std::uint32_t optr : {0u, kBit21, kBit22, kBit21 | kBit22}) {
      const L4Geometry g = l4_geometry(row, row.max_kib, optr, false);
      std::set<std::pair<unsigned, unsigned>> pages;
      std::uint32_t at = 0;
      for (const L4Page& page : g.pages) {
        EXPECT_EQ(page.offset, at) << row.name;
        at += g.page_size;
        EXPECT_TRUE(pages.insert({page.bank, page.number}).second) << row.name << " page " << page.number;
      }
      EXPECT_EQ(at, row.max_kib * kKib) << row.name;
    }
  }
}

TEST(L4Parts, SmallerG47xHasAGapBetweenItsBanks) {
  const L4Geometry g = l4_geometry(part(0x469), 128, kBit22, false);  // G473xB
  ASSERT_EQ(g.pages.size(), 64u);
  EXPECT_EQ(g.gap_begin, 64 * kKib);
  EXPECT_EQ(g.gap_size, 192 * kKib);
  EXPECT_EQ(g.pages[31].offset, 62 * kKib);
  EXPECT_EQ(g.pages[32].offset, 256 * kKib);
  EXPECT_EQ(g.pages[32].bank, 1u);
  EXPECT_EQ(g.pages[32].number, 0u);
  EXPECT_EQ(g.size, (256 + 64) * kKib);
  EXPECT_EQ(l4_geometry(part(0x469), 128, 0, false).gap_size, 0u);
}

TEST(L4Parts, SwappedBanksAreErasedByTheirOwnNumber) {
  const L4Geometry g = l4_geometry(part(0x467), 512, kBit21, true);
  EXPECT_EQ(g.pages.front().bank, 1u);
  EXPECT_EQ(g.pages.back().bank, 0u);
  EXPECT_EQ(g.bank_offset[0], 256 * kKib);
  EXPECT_EQ(g.bank_offset[1], 0u);
  EXPECT_EQ(l4_geometry(part(0x467), 512, 0, true).pages.front().bank, 0u) << "one bank cannot be swapped";
}

TEST(L4Parts, SwapBitsAreAtTheirPlace) {
  EXPECT_EQ(L4OPTR::SWAP_BANK.mask(), kBit20);
  EXPECT_EQ(part(0x467).swap, L4Swap::optr_clear);
  EXPECT_EQ(part(0x482).swap, L4Swap::optr_set);
  EXPECT_EQ(part(0x415).swap, L4Swap::fb_mode);
}

TEST(L4Parts, ReadOutLevels) {
  constexpr std::uint32_t kTzen = 1u << 31;
  EXPECT_EQ(rdp_level(part(0x415), 0xAA), L4Rdp::level0);
  EXPECT_EQ(rdp_level(part(0x415), 0xCC), L4Rdp::level2);
  EXPECT_EQ(rdp_level(part(0x415), kTzen | 0x55), L4Rdp::level1) << "no TrustZone";
  EXPECT_EQ(rdp_level(part(0x472), kTzen | 0x55), L4Rdp::level0_5);
  EXPECT_EQ(rdp_level(part(0x472), 0x55), L4Rdp::level1);
  EXPECT_EQ(rdp_level(part(0x472), 0xBB), L4Rdp::level1);
  EXPECT_EQ(value_of(L4Rdp::level0_5), 0x55);
}

TEST(L4Parts, SecureRegistersAreElsewhere) {
  const L4Layout layout = secure(kLayoutU5);
  EXPECT_EQ(layout.base + layout.cr, 0x5002202Cu);
  EXPECT_EQ(layout.base + layout.sr, 0x50022024u);
  EXPECT_EQ(layout.base + layout.keyr, 0x5002200Cu);
  EXPECT_EQ(*layout.icache, 0x50030400u);
}

TEST(L4OptionTables, FieldsOfARegisterDoNotOverlapAndHaveNamesOfTheirOwn) {
  for (const L4Part& row : l4_parts()) {
    std::set<std::string_view> names;
    std::set<unsigned> offsets;
    for (const L4OptionRegister& reg : l4_option_registers(row.family)) {
      EXPECT_TRUE(offsets.insert(reg.offset).second) << row.name << " " << reg.name;
      std::uint32_t used = 0;
      for (const auto& group : {reg.fields, reg.more}) {
        for (const L4OptionField& f : group) {
          EXPECT_FALSE(f.meaning.empty()) << f.name;
          EXPECT_TRUE(names.insert(f.name).second || f.name == "BOOT_LOCK") << row.name << " " << f.name;
          if (f.bits == kPageBits || f.bits == kPcropBits) continue;
          const std::uint32_t mask = Field{f.name, f.lsb, f.bits}.mask();
          // BOR_EN of C0, G0 and U0 is bit 8, next to RDP; that of WB is ESE.
          EXPECT_EQ(used & mask, 0u) << row.name << " " << reg.name << "." << f.name;
          used |= mask;
        }
      }
    }
  }
}

TEST(L4OptionTables, WhatCannotBeUndoneIsMarked) {
  const L4OptionField& rdp = l4_option_registers(L4Family::g0).front().fields.front();
  ASSERT_EQ(rdp.name, "RDP");
  EXPECT_EQ(rdp.risk(0xAA, 0xCC), OptionRisk::permanent);
  EXPECT_EQ(rdp.risk(0x00, 0xAA), OptionRisk::mass_erase);
  EXPECT_EQ(rdp.risk(0xAA, 0x00), OptionRisk::none);
  EXPECT_EQ(rdp.risk(0xAA, 0xAA), OptionRisk::none);
}

}  // namespace
}  // namespace probity::stm32::l4_parts_test
