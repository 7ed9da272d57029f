#include "target/cortex_m/register_table.hpp"

#include <array>

#include "target/cortex_m/debug_registers.hpp"

namespace probity::cortex_m {

namespace {

constexpr std::string_view kCoreGroup = "arm v7m registers";
constexpr std::string_view kDwtGroup = "Cortex-M DWT registers";

// Numbers: as `reg` of OpenOCD 0.12.0 counts them (its hidden registers leave gaps); selectors: DDI 0403E
// C1.6.3, for the v8-M rows DDI 0553B D1.2.32.
constexpr std::array kCoreRows = {
    RegisterRow{"r0", 0, 32, 0, 0, Needs::nothing, false, kCoreGroup},
    RegisterRow{"r1", 1, 32, 1, 0, Needs::nothing, false, kCoreGroup},
    RegisterRow{"r2", 2, 32, 2, 0, Needs::nothing, false, kCoreGroup},
    RegisterRow{"r3", 3, 32, 3, 0, Needs::nothing, false, kCoreGroup},
    RegisterRow{"r4", 4, 32, 4, 0, Needs::nothing, false, kCoreGroup},
    RegisterRow{"r5", 5, 32, 5, 0, Needs::nothing, false, kCoreGroup},
    RegisterRow{"r6", 6, 32, 6, 0, Needs::nothing, false, kCoreGroup},
    RegisterRow{"r7", 7, 32, 7, 0, Needs::nothing, false, kCoreGroup},
    RegisterRow{"r8", 8, 32, 8, 0, Needs::nothing, false, kCoreGroup},
    RegisterRow{"r9", 9, 32, 9, 0, Needs::nothing, false, kCoreGroup},
    RegisterRow{"r10", 10, 32, 10, 0, Needs::nothing, false, kCoreGroup},
    RegisterRow{"r11", 11, 32, 11, 0, Needs::nothing, false, kCoreGroup},
    RegisterRow{"r12", 12, 32, 12, 0, Needs::nothing, false, kCoreGroup},
    RegisterRow{"sp", 13, 32, regsel::kStackPointer, 0, Needs::nothing, false, kCoreGroup},
    RegisterRow{"lr", 14, 32, regsel::kLink, 0, Needs::nothing, false, kCoreGroup},
    RegisterRow{"pc", 15, 32, regsel::kProgramCounter, 0, Needs::nothing, false, kCoreGroup},
    RegisterRow{"xPSR", 16, 32, regsel::kXpsr, 0, Needs::nothing, false, kCoreGroup},
    RegisterRow{"msp", 17, 32, regsel::kMsp, 0, Needs::nothing, false, kCoreGroup},
    RegisterRow{"psp", 18, 32, regsel::kPsp, 0, Needs::nothing, false, kCoreGroup},
    RegisterRow{"primask", 20, 1, regsel::kSpecial, 0, Needs::nothing, false, kCoreGroup},
    RegisterRow{"basepri", 21, 8, regsel::kSpecial, 8, Needs::mainline, false, kCoreGroup},
    RegisterRow{"faultmask", 22, 1, regsel::kSpecial, 16, Needs::mainline, false, kCoreGroup},
    RegisterRow{"control", 23, 3, regsel::kSpecial, 24, Needs::nothing, false, kCoreGroup},
    RegisterRow{"msp_ns", 24, 32, 24, 0, Needs::v8m, false, kCoreGroup},
    RegisterRow{"psp_ns", 25, 32, 25, 0, Needs::v8m, false, kCoreGroup},
    RegisterRow{"msp_s", 26, 32, 26, 0, Needs::v8m, false, kCoreGroup},
    RegisterRow{"psp_s", 27, 32, 27, 0, Needs::v8m, false, kCoreGroup},
    RegisterRow{"msplim_s", 28, 32, 28, 0, Needs::v8m, false, kCoreGroup},
    RegisterRow{"psplim_s", 29, 32, 29, 0, Needs::v8m, false, kCoreGroup},
    RegisterRow{"msplim_ns", 30, 32, 30, 0, Needs::v8m_mainline, false, kCoreGroup},
    RegisterRow{"psplim_ns", 31, 32, 31, 0, Needs::v8m_mainline, false, kCoreGroup},
    RegisterRow{"primask_s", 33, 1, 34, 0, Needs::v8m, false, kCoreGroup},
    RegisterRow{"basepri_s", 34, 8, 34, 8, Needs::v8m_mainline, false, kCoreGroup},
    RegisterRow{"faultmask_s", 35, 1, 34, 16, Needs::v8m_mainline, false, kCoreGroup},
    RegisterRow{"control_s", 36, 3, 34, 24, Needs::v8m, false, kCoreGroup},
    RegisterRow{"primask_ns", 38, 1, 35, 0, Needs::v8m, false, kCoreGroup},
    RegisterRow{"basepri_ns", 39, 8, 35, 8, Needs::v8m_mainline, false, kCoreGroup},
    RegisterRow{"faultmask_ns", 40, 1, 35, 16, Needs::v8m_mainline, false, kCoreGroup},
    RegisterRow{"control_ns", 41, 3, 35, 24, Needs::v8m, false, kCoreGroup},
    RegisterRow{"d0", 42, 64, regsel::kS0 + 0, 0, Needs::fpu, false, kCoreGroup},
    RegisterRow{"d1", 43, 64, regsel::kS0 + 2, 0, Needs::fpu, false, kCoreGroup},
    RegisterRow{"d2", 44, 64, regsel::kS0 + 4, 0, Needs::fpu, false, kCoreGroup},
    RegisterRow{"d3", 45, 64, regsel::kS0 + 6, 0, Needs::fpu, false, kCoreGroup},
    RegisterRow{"d4", 46, 64, regsel::kS0 + 8, 0, Needs::fpu, false, kCoreGroup},
    RegisterRow{"d5", 47, 64, regsel::kS0 + 10, 0, Needs::fpu, false, kCoreGroup},
    RegisterRow{"d6", 48, 64, regsel::kS0 + 12, 0, Needs::fpu, false, kCoreGroup},
    RegisterRow{"d7", 49, 64, regsel::kS0 + 14, 0, Needs::fpu, false, kCoreGroup},
    RegisterRow{"d8", 50, 64, regsel::kS0 + 16, 0, Needs::fpu, false, kCoreGroup},
    RegisterRow{"d9", 51, 64, regsel::kS0 + 18, 0, Needs::fpu, false, kCoreGroup},
    RegisterRow{"d10", 52, 64, regsel::kS0 + 20, 0, Needs::fpu, false, kCoreGroup},
    RegisterRow{"d11", 53, 64, regsel::kS0 + 22, 0, Needs::fpu, false, kCoreGroup},
    RegisterRow{"d12", 54, 64, regsel::kS0 + 24, 0, Needs::fpu, false, kCoreGroup},
    RegisterRow{"d13", 55, 64, regsel::kS0 + 26, 0, Needs::fpu, false, kCoreGroup},
    RegisterRow{"d14", 56, 64, regsel::kS0 + 28, 0, Needs::fpu, false, kCoreGroup},
    RegisterRow{"d15", 57, 64, regsel::kS0 + 30, 0, Needs::fpu, false, kCoreGroup},
    RegisterRow{"fpscr", 58, 32, regsel::kFpscr, 0, Needs::fpu, false, kCoreGroup},
};
constexpr unsigned kFirstDwtNumber = 59;
constexpr unsigned kFirstHalfNumber = 200;  // s0-s31: ours, behind everything OpenOCD counts

constexpr std::array<std::string_view, 32> kHalves = {"s0",  "s1",  "s2",  "s3",  "s4",  "s5",  "s6",  "s7",
                                                      "s8",  "s9",  "s10", "s11", "s12", "s13", "s14", "s15",
                                                      "s16", "s17", "s18", "s19", "s20", "s21", "s22", "s23",
                                                      "s24", "s25", "s26", "s27", "s28", "s29", "s30", "s31"};

struct DwtNames {
  std::string_view comp, mask, function;
};
// DWT_CTRL.NUMCOMP has four bits (DDI 0403E C1.8.7).
constexpr std::array<DwtNames, 15> kDwtNames = {{
    {"dwt_0_comp", "dwt_0_mask", "dwt_0_function"},
    {"dwt_1_comp", "dwt_1_mask", "dwt_1_function"},
    {"dwt_2_comp", "dwt_2_mask", "dwt_2_function"},
    {"dwt_3_comp", "dwt_3_mask", "dwt_3_function"},
    {"dwt_4_comp", "dwt_4_mask", "dwt_4_function"},
    {"dwt_5_comp", "dwt_5_mask", "dwt_5_function"},
    {"dwt_6_comp", "dwt_6_mask", "dwt_6_function"},
    {"dwt_7_comp", "dwt_7_mask", "dwt_7_function"},
    {"dwt_8_comp", "dwt_8_mask", "dwt_8_function"},
    {"dwt_9_comp", "dwt_9_mask", "dwt_9_function"},
    {"dwt_10_comp", "dwt_10_mask", "dwt_10_function"},
    {"dwt_11_comp", "dwt_11_mask", "dwt_11_function"},
    {"dwt_12_comp", "dwt_12_mask", "dwt_12_function"},
    {"dwt_13_comp", "dwt_13_mask", "dwt_13_function"},
    {"dwt_14_comp", "dwt_14_mask", "dwt_14_function"},
}};

// Hidden: OpenOCD 0.12.0 prints their heading and nothing below it.
RegisterRow dwt_row(std::string_view name, unsigned number, unsigned bits, Address address) {
  return {name, number, bits, 0, 0, Needs::dwt, true, kDwtGroup, address};
}

void append_dwt_rows(std::vector<RegisterRow>& rows, unsigned comparators) {
  unsigned number = kFirstDwtNumber;
  rows.push_back(dwt_row("dwt_ctrl", number++, 32, DWT_CTRL::kAddress));
  rows.push_back(dwt_row("dwt_cyccnt", number++, 32, kDWT_CYCCNT));
  for (unsigned i = 0; i < comparators && i < kDwtNames.size(); ++i) {
    const Address base = kDWT_COMP0 + 16 * i;
    rows.push_back(dwt_row(kDwtNames[i].comp, number++, 32, base));
    rows.push_back(dwt_row(kDwtNames[i].mask, number++, 4, base + 4));
    rows.push_back(dwt_row(kDwtNames[i].function, number++, 32, base + 8));
  }
}

}  // namespace

std::vector<RegisterRow> register_rows(unsigned dwt_comparators) {
  std::vector<RegisterRow> rows(kCoreRows.begin(), kCoreRows.end());
  for (unsigned i = 0; i < kHalves.size(); ++i) {
    rows.push_back({kHalves[i], kFirstHalfNumber + i, 32, regsel::kS0 + i, 0, Needs::fpu, true, kCoreGroup});
  }
  if (dwt_comparators != 0) append_dwt_rows(rows, dwt_comparators);
  return rows;
}

bool has(Needs needs, const CoreFacts& facts, bool fpu) {
  switch (needs) {
    case Needs::nothing:
    case Needs::dwt:
      return true;
    case Needs::mainline:
      return facts.is_mainline();
    case Needs::fpu:
      return fpu;
    case Needs::v8m:
      return facts.is_v8m();
    case Needs::v8m_mainline:
      return facts.architecture == Architecture::v8m_mainline;
  }
  return false;
}

}  // namespace probity::cortex_m
