#include "flash/stm32/l4_parts.hpp"

#include <bit>

namespace probity::stm32 {

namespace {

constexpr L4Revision kA[] = {{0x1000, "A"}};
constexpr L4Revision kZ[] = {{0x1001, "Z"}};
constexpr L4Revision kAZ[] = {{0x1000, "A"}, {0x1001, "Z"}};
constexpr L4Revision kAB[] = {{0x1000, "A"}, {0x2000, "B"}};
constexpr L4Revision kABZ[] = {{0x1000, "A"}, {0x2000, "B"}, {0x2001, "Z"}};
constexpr L4Revision kAZY[] = {{0x1000, "A"}, {0x1001, "Z"}, {0x2001, "Y"}};
constexpr L4Revision kL47[] = {{0x1000, "1"}, {0x1001, "2"}, {0x1003, "3"}, {0x1007, "4"}};
constexpr L4Revision kL4R[] = {{0x1000, "A"}, {0x1001, "Z"}, {0x1003, "Y"}, {0x100F, "W"}, {0x101F, "V"}};
constexpr L4Revision kG03[] = {{0x1000, "A"}, {0x1001, "Z"}, {0x2000, "B"}};
constexpr L4Revision kG07[] = {{0x1000, "A/Z"}, {0x2000, "B"}};  // RM0444: both have the same id
constexpr L4Revision kU57[] = {{0x1000, "A"}, {0x1001, "Z"}, {0x1003, "Y"}, {0x2000, "B"},
                               {0x2001, "X"}, {0x3000, "C"}, {0x3001, "W"}, {0x3007, "U"}};
constexpr L4Revision kU59[] = {{0x3001, "X"}, {0x3002, "W"}};
constexpr L4Revision kWb5[] = {{0x2001, "2.1"}};
constexpr L4Revision kWl[] = {{0x1000, "1.0"}};

constexpr Field kNo{"", 0, 0};
constexpr Field kDual = L4OPTR::DUALBANK, kDbank = L4OPTR::DBANK;

// clang-format off
//                            pages KiB  full is  two banks by OPTR
//                            one  two   dual     full    less    small   gap    source: "embedded flash memory", organization
constexpr L4Banking kOne2  = {2,   2,    false,   kNo,    kNo,    kNo,    false};
constexpr L4Banking kOne4  = {4,   4,    false,   kNo,    kNo,    kNo,    false};
constexpr L4Banking kOne8  = {8,   8,    false,   kNo,    kNo,    kNo,    false};
constexpr L4Banking kL47Bk = {2,   2,    true,    kDual,  kDual,  kNo,    false};  // RM0351, 3.3.1
constexpr L4Banking kL4Rbk = {8,   4,    false,   kDbank, kDual,  kNo,    false};  // RM0432, 3.3.1
constexpr L4Banking kL5Bk  = {4,   2,    false,   kDbank, kDual,  kDbank, false};  // RM0438, 6.3.1
constexpr L4Banking kG0Bbk = {2,   2,    false,   kDual,  kDual,  kNo,    false};  // RM0444, 3.3.1
constexpr L4Banking kG47Bk = {4,   2,    false,   kDbank, kDbank, kNo,    true};   // RM0440, 3.3.1
constexpr L4Banking kU3Bk  = {4,   4,    true,    kDual,  kDual,  kNo,    false};  // RM0487, 7.3.1
constexpr L4Banking kU5Bk  = {8,   8,    true,    kDual,  kDual,  kNo,    false};  // RM0456, 7.3.1
constexpr L4Banking kWba6  = {8,   8,    false,   kDual,  kDual,  kNo,    false};  // RM0515, 7.3.1

// FLASHSIZE_BASE and OTP areas: ST's CMSIS headers (U031, U073: their own).
constexpr Address kSize = 0x1FFF75E0, kSizeC0 = 0x1FFF75A0, kSizeL5 = 0x0BFA05E0, kSizeU5 = 0x0BFA07A0;
constexpr Address kOtp = 0x1FFF7000, kOtpU0 = 0x1FFF6800, kOtpU5 = 0x0BFA0000, kOtpWba5 = 0x0BF90000, kOtpWba2 = 0x0BF8D000;

constexpr auto kFb = L4Swap::fb_mode;
constexpr auto kNot = L4Swap::never;
constexpr auto kSet = L4Swap::optr_set;

// Ids: DBGMCU_IDCODE in the reference manuals' debug chapters, DEV_ID of ST's headers (C0). Names and
// revision letters as OpenOCD prints them: 0.12.0, and its development branch of 2026 for C0, U0, U3, WBA and
// the U5 without U575/U585.
constexpr L4Part kParts[] = {
    // id     name               revs  KiB   family             layout        size reg    OTP       unit banks    swap               4 WRP  TrustZone
    {0x415, "STM32L47/L48xx",    kL47, 1024, L4Family::l47_48,  &kLayoutL4,   kSize,      kOtp,     8,   &kL47Bk, kFb,                 false, false},
    {0x42A, "STM32U3B/U3Cxx",    kAZ,  2048, L4Family::u3,      &kLayoutU5,   kSizeU5,    kOtpU5,   8,   &kU3Bk,  kSet,                false, true},
    {0x435, "STM32L43/L44xx",    kAZY, 256,  L4Family::l41_46,  &kLayoutL43,  kSize,      kOtp,     8,   &kOne2,  kNot,                false, false},
    {0x443, "STM32C01xx",        kAZ,  32,   L4Family::c0,      &kLayoutG0,   kSizeC0,    kOtp,     8,   &kOne2,  kNot,                false, false},
    {0x44C, "STM32C05xx",        kA,   64,   L4Family::c0,      &kLayoutG0,   kSizeC0,    kOtp,     8,   &kOne2,  kNot,                false, false},
    {0x44D, "STM32C09xx",        kA,   256,  L4Family::c0,      &kLayoutG0,   kSizeC0,    kOtp,     8,   &kOne2,  kNot,                false, false},
    {0x453, "STM32C03xx",        kAZ,  32,   L4Family::c0,      &kLayoutG0,   kSizeC0,    kOtp,     8,   &kOne2,  kNot,                false, false},
    {0x454, "STM32U37/U38xx",    kAZ,  1024, L4Family::u3,      &kLayoutU5,   kSizeU5,    kOtpU5,   8,   &kU3Bk,  kSet,                false, true},
    {0x455, "STM32U535/U545",    kAZ,  512,  L4Family::u5,      &kLayoutU5,   kSizeU5,    kOtpU5,   16,  &kU5Bk,  kSet,                false, true},
    {0x456, "STM32G05/G06xx",    kA,   64,   L4Family::g0,      &kLayoutG0,   kSize,      kOtp,     8,   &kOne2,  kNot,                false, false},
    {0x459, "STM32U031xx",       kA,   64,   L4Family::u0,      &kLayoutG0,   0x1FFF3EA0, kOtpU0,   8,   &kOne2,  kNot,                false, false},
    {0x460, "STM32G07/G08xx",    kG07, 128,  L4Family::g0,      &kLayoutG0,   kSize,      kOtp,     8,   &kOne2,  kNot,                false, false},
    {0x461, "STM32L49/L4Axx",    kAB,  1024, L4Family::l49_4a,  &kLayoutL4,   kSize,      kOtp,     8,   &kL47Bk, kFb,                 false, false},
    {0x462, "STM32L45/L46xx",    kAZY, 512,  L4Family::l41_46,  &kLayoutL43,  kSize,      kOtp,     8,   &kOne2,  kNot,                false, false},
    {0x464, "STM32L41/L42xx",    kAZY, 128,  L4Family::l41_46,  &kLayoutL43,  kSize,      kOtp,     8,   &kOne2,  kNot,                false, false},
    {0x466, "STM32G03x/G04xx",   kG03, 64,   L4Family::g0,      &kLayoutG0,   kSize,      kOtp,     8,   &kOne2,  kNot,                false, false},
    {0x467, "STM32G0B/G0Cx",     kA,   512,  L4Family::g0b,     &kLayoutG0Bx, kSize,      kOtp,     8,   &kG0Bbk, L4Swap::optr_clear,  false, false},
    {0x468, "STM32G43/G44xx",    kABZ, 128,  L4Family::g43,     &kLayoutL4,   kSize,      kOtp,     8,   &kOne2,  kNot,                false, false},
    {0x469, "STM32G47/G48xx",    kABZ, 512,  L4Family::g47,     &kLayoutL4,   kSize,      kOtp,     8,   &kG47Bk, kFb,                 true,  false},
    {0x470, "STM32L4R/L4Sxx",    kL4R, 2048, L4Family::l4_plus, &kLayoutL43,  kSize,      kOtp,     8,   &kL4Rbk, kFb,                 true,  false},
    {0x471, "STM32L4P/L4Qxx",    kZ,   1024, L4Family::l4_plus, &kLayoutL43,  kSize,      kOtp,     8,   &kL4Rbk, kFb,                 true,  false},
    {0x472, "STM32L55/L56xx",    kABZ, 512,  L4Family::l5,      &kLayoutL5,   kSizeL5,    kOtpU5,   8,   &kL5Bk,  kSet,                true,  true},
    {0x476, "STM32U5F/U5Gxx",    kAZ,  4096, L4Family::u5,      &kLayoutU5,   kSizeU5,    kOtpU5,   16,  &kU5Bk,  kSet,                false, true},
    {0x479, "STM32G49/G4Axx",    kA,   512,  L4Family::g49,     &kLayoutL4,   kSize,      kOtp,     8,   &kOne2,  kNot,                false, false},
    {0x481, "STM32U59/U5Axx",    kU59, 4096, L4Family::u5,      &kLayoutU5,   kSizeU5,    kOtpU5,   16,  &kU5Bk,  kSet,                false, true},
    {0x482, "STM32U57/U58xx",    kU57, 2048, L4Family::u5,      &kLayoutU5,   kSizeU5,    kOtpU5,   16,  &kU5Bk,  kSet,                false, true},
    {0x489, "STM32U073/U083xx",  kA,   256,  L4Family::u0,      &kLayoutG0,   0x1FFF6EA0, kOtpU0,   8,   &kOne2,  kNot,                false, false},
    {0x492, "STM32WBA5x",        kA,   1024, L4Family::wba5,    &kLayoutU5,   0x0BF907A0, kOtpWba5, 16,  &kOne8,  kNot,                false, true},
    {0x493, "STM32C071xx",       kZ,   128,  L4Family::c0,      &kLayoutG0,   kSizeC0,    kOtp,     8,   &kOne2,  kNot,                false, false},
    {0x494, "STM32WB1x",         kAB,  320,  L4Family::wb1,     &kLayoutWb,   kSize,      kOtp,     8,   &kOne2,  kNot,                false, false},
    {0x495, "STM32WB5x",         kWb5, 1024, L4Family::wb5,     &kLayoutWb,   kSize,      kOtp,     8,   &kOne4,  kNot,                false, false},
    {0x496, "STM32WB3x",         kA,   512,  L4Family::wb5,     &kLayoutWb,   kSize,      kOtp,     8,   &kOne4,  kNot,                false, false},
    {0x497, "STM32WLE/WL5x",     kWl,  256,  L4Family::wl,      &kLayoutWb,   kSize,      kOtp,     8,   &kOne2,  kNot,                false, false},
    {0x4B0, "STM32WBA6x",        kAZ,  2048, L4Family::wba6,    &kLayoutU5,   kSizeU5,    kOtpU5,   16,  &kWba6,  kSet,                false, true},
    {0x4B2, "STM32WBA2x",        kA,   512,  L4Family::wba2,    &kLayoutU5,   0x0BF8D7A0, kOtpWba2, 8,   &kOne4,  kNot,                false, true},
};

constexpr L4Otp kOtpAreas[] = {
    {kOtp, 1024}, {kOtpU0, 1024}, {kOtpU5, 512}, {kOtpWba5, 512}, {kOtpWba2, 512},
};
// clang-format on

}  // namespace

std::span<const L4Part> l4_parts() { return kParts; }

const L4Part* find_l4_part(std::uint16_t device_id) {
  for (const L4Part& part : kParts) {
    if (part.device_id == device_id) return &part;
  }
  return nullptr;
}

std::string_view revision_name(const L4Part& part, std::uint16_t revision) {
  for (const L4Revision& row : part.revisions) {
    if (row.id == revision) return row.name;
  }
  return "'unknown'";
}

const L4Otp* find_l4_otp(Address base) {
  for (const L4Otp& area : kOtpAreas) {
    if (area.base == base) return &area;
  }
  return nullptr;
}

L4Geometry l4_geometry(const L4Part& part, unsigned kib, std::uint32_t optr, bool swapped) {
  const L4Banking& banking = *part.banking;
  const bool full = kib == part.max_kib;
  L4Geometry geometry;
  geometry.dual_bank = (full && banking.dual_if_full) || (full ? banking.full : banking.trimmed).is_set(optr);
  const bool small = banking.small_pages.width != 0 ? banking.small_pages.is_set(optr) : geometry.dual_bank;
  const unsigned page_kib = small ? banking.dual_page_kib : banking.single_page_kib;
  const unsigned banks = geometry.dual_bank ? 2 : 1;
  const unsigned pages = kib / page_kib / banks * banks;
  geometry.page_size = page_kib * 1024;
  geometry.bank_pages = pages / banks;
  geometry.wrp_mask = std::bit_ceil(part.max_kib / page_kib / banks) - 1;
  if (geometry.dual_bank && banking.gap) {
    geometry.gap_begin = geometry.bank_pages * geometry.page_size;
    geometry.gap_size = (part.max_kib - kib) / 2 * 1024;
  }
  geometry.size = pages * geometry.page_size + geometry.gap_size;
  const unsigned lower = geometry.dual_bank && swapped ? 1 : 0;
  for (unsigned i = 0; i < pages; ++i) {
    const bool upper_half = i >= geometry.bank_pages;
    const unsigned bank = upper_half ? 1 - lower : lower;
    const std::uint32_t offset = i * geometry.page_size + (upper_half ? geometry.gap_size : 0);
    geometry.pages.push_back({offset, bank, i % geometry.bank_pages});
    if (geometry.pages.back().number == 0) geometry.bank_offset[bank] = offset;
  }
  return geometry;
}

L4Rdp rdp_level(const L4Part& part, std::uint32_t optr) {
  switch (L4OPTR::RDP.get(optr)) {
    case kL4Rdp0:
      return L4Rdp::level0;
    case kL4Rdp2:
      return L4Rdp::level2;
    case kL4Rdp0_5:  // without TrustZone, as any other value (RM0438, 6.6.2)
      return part.trust_zone && L4OPTR::TZEN.is_set(optr) ? L4Rdp::level0_5 : L4Rdp::level1;
    default:
      return L4Rdp::level1;
  }
}

std::string_view name_of(L4Rdp level) {
  constexpr std::string_view kNames[] = {"0", "0.5", "1", "2"};
  return kNames[static_cast<unsigned>(level)];
}

std::uint8_t value_of(L4Rdp level) {
  constexpr std::uint8_t kValues[] = {kL4Rdp0, kL4Rdp0_5, kL4Rdp1, kL4Rdp2};
  return kValues[static_cast<unsigned>(level)];
}

}  // namespace probity::stm32
