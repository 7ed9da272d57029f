// The rows of l4_layout.hpp. Offsets, masks and widths: FLASH_* of the CMSIS headers of each family
// (stm32l476xx.h, stm32g071xx.h …); factory values of OPTR: "ST production value" in the named manual's
// FLASH_OPTR; the places of option bytes: the manual's "option byte organization".
#include <bit>

#include "vboard/chip/flash/l4_layout.hpp"

namespace probity::vboard {

namespace {

constexpr Nanoseconds operator""_us(unsigned long long n) { return Microseconds(n); }

// Flash memory characteristics of STM32L476 (DS10198), L4R5 (DS12023), G474 (DS12288), WLE5 (DS13105); G071
// (DS12232) and C031 (DS13866). WB55 (DS11929) has rows of twice the size.
constexpr L4Times kL4Times{Nanoseconds(81'690), 1910_us, 22'020_us, 22'130_us};
constexpr L4Times kWbTimes{Nanoseconds(81'690), 3820_us, 22'020_us, 22'130_us};
constexpr L4Times kG0Times{85_us, 1700_us, 22'000_us, 22'100_us};
// STM32U575 (DS13737), for a bank of 1 MiB.
constexpr L4Times kU5Times{118_us, 0_us, 1500_us, 195'000_us};
// U3 and WBA2x, whose words are half as long: half of that, for want of their data sheets.
constexpr L4Times kDoubleWordTimes{59_us, 0_us, 1500_us, 195'000_us};

unsigned bits(std::uint32_t values) { return static_cast<unsigned>(std::bit_width(values - 1)); }

// One WRP register: start and end page of an area; none at first (start above end).
void add_write_area(L4Layout& layout, std::string_view name, std::uint32_t offset, unsigned bank,
                    unsigned width, std::optional<std::uint32_t> area) {
  const Field start{"STRT", 0, width}, end{"END", 16, width};
  const std::uint32_t unlock = layout.has_wrp_unlock ? 0x80000000 : 0;
  layout.options.push_back({name, offset, start.mask() | end.mask() | unlock, start.mask() | unlock, area});
  layout.areas.push_back({L4Area::Kind::write, bank, name, start, name, end});
}

// A pair of PCROP registers; the first end register has PCROP_RDP too.
void add_read_area(L4Layout& layout, std::string_view start_name, std::string_view end_name,
                   std::uint32_t offset, unsigned bank, unsigned width, std::optional<std::uint32_t> area) {
  const Field start{"STRT", 0, width}, end{"END", 0, width};
  const std::uint32_t keep = layout.pcrop_rdp_register == end_name ? 0x80000000 : 0;
  const auto second = area ? std::optional(*area + 8) : std::nullopt;
  layout.options.push_back({start_name, offset, start.mask(), start.mask(), area});
  layout.options.push_back({end_name, offset + 4, end.mask() | keep, 0, second});
  layout.areas.push_back({L4Area::Kind::read, bank, start_name, start, end_name, end});
}

// L4, L4+ and G4: one PCROP area and two WRP areas a bank.
L4Layout l4_like(std::uint32_t optr, std::uint32_t optr_mask, unsigned page_bits, unsigned pcrop_bits,
                 bool two_banks) {
  L4Layout layout;
  layout.acr_reset = 0x00000600;
  layout.times = kL4Times;
  layout.pnb.width = page_bits;
  layout.pcrop_rdp_register = "PCROP1ER";
  layout.options.push_back({"OPTR", 0x20, optr_mask, optr, 0x00});
  add_read_area(layout, "PCROP1SR", "PCROP1ER", 0x24, 1, pcrop_bits, 0x08);
  add_write_area(layout, "WRP1AR", 0x2C, 1, page_bits, 0x18);
  add_write_area(layout, "WRP1BR", 0x30, 1, page_bits, 0x20);
  if (!two_banks) return layout;
  layout.bker.width = layout.mer2.width = 1;
  add_read_area(layout, "PCROP2SR", "PCROP2ER", 0x44, 2, pcrop_bits, {});
  add_write_area(layout, "WRP2AR", 0x4C, 2, page_bits, {});
  add_write_area(layout, "WRP2BR", 0x50, 2, page_bits, {});
  return layout;
}

// G0, C0, WB and WL: two PCROP areas and two WRP areas in bank 1.
L4Layout g0_like(std::uint32_t optr, std::uint32_t optr_mask, unsigned page_bits, unsigned pcrop_bits) {
  L4Layout layout;
  layout.has_cfgbsy = true;
  layout.pcrop_rdp_register = "PCROP1AER";
  layout.options.push_back({"OPTR", 0x20, optr_mask, optr, 0x00});
  add_read_area(layout, "PCROP1ASR", "PCROP1AER", 0x24, 1, pcrop_bits, 0x08);
  add_write_area(layout, "WRP1AR", 0x2C, 1, page_bits, 0x18);
  add_write_area(layout, "WRP1BR", 0x30, 1, page_bits, 0x20);
  add_read_area(layout, "PCROP1BSR", "PCROP1BER", 0x34, 1, pcrop_bits, 0x28);
  return layout;
}

void add_securable(L4Layout& layout, std::string_view name, std::uint32_t offset, std::uint32_t mask,
                   std::optional<std::uint32_t> area, std::vector<L4Securable> rows) {
  layout.options.push_back({name, offset, mask, 0, area});
  layout.securable.insert(layout.securable.end(), rows.begin(), rows.end());
}

// L5, U3, U5 and WBA. While TZEN is clear what exists for the Secure world reads 0, and watermarks and the
// Secure boot address are words that change nothing.
L4Layout trustzone_like(std::uint32_t optr, std::uint32_t optr_mask, unsigned page_bits, bool two_banks) {
  L4Layout layout;
  layout.places = {.keyr = 0x08, .optkeyr = 0x10, .sr = 0x20, .cr = 0x28};
  layout.silent = {0x04, 0x0C, 0x14, 0x18, 0x1C, 0x24, 0x2C, 0x30, 0x34, 0x38, 0x3C};
  for (std::uint32_t offset = 0x70; offset < 0x134; offset += 4) layout.silent.push_back(offset);
  layout.row_double_words = 0;
  layout.has_read_protection_flag = false;
  layout.pnb.width = page_bits;
  const Field start{"PSTRT", 0, page_bits}, end{"PEND", 16, page_bits};
  const std::uint32_t watermark = start.mask() | end.mask(), hidden = end.mask() | 0x80000000;
  layout.options = {{"OPTR", 0x40, optr_mask, optr},
                    {"NSBOOTADD0R", 0x44, 0xFFFFFF80, 0x0800007F},
                    {"NSBOOTADD1R", 0x48, 0xFFFFFF80, 0x0BF9007F},
                    {"SECBOOTADD0R", 0x4C, 0xFFFFFF81, 0x0C00007C},
                    {"SECWM1R1", 0x50, watermark, start.mask()},
                    {"SECWM1R2", 0x54, hidden, 0}};
  if (!two_banks) return layout;
  layout.bker.width = layout.mer2.width = 1;
  layout.options.push_back({"SECWM2R1", 0x60, watermark, start.mask()});
  layout.options.push_back({"SECWM2R2", 0x64, hidden, 0});
  layout.banks_swapped = [](std::uint32_t word) { return Field{"SWAP_BANK", 20}.is_set(word); };
  return layout;
}

// SECBBxRy, SECWMxRy and SECHDPCR: stm32l562xx.h, stm32u575xx.h, stm32wba55xx.h. U3's are not modelled: its
// TZEN is a bit that changes nothing.
L4Layout with_security(L4Layout layout, unsigned page_bits) {
  const Field start{"PSTRT", 0, page_bits}, end{"PEND", 16, page_bits}, hidden{"HDPEN", 31};
  L4Security security;
  security.banks = {{1, "SECWM1R1", start, end, "SECWM1R2", end, hidden, {"HDP1_ACCDIS", 0}, 0x80}};
  if (layout.bker.width != 0) {
    security.banks.push_back({2, "SECWM2R1", start, end, "SECWM2R2", end, hidden, {"HDP2_ACCDIS", 1}, 0xA0});
  }
  layout.security = std::move(security);
  return layout;
}

void add_trustzone_areas(L4Layout& layout, unsigned page_bits, bool two_banks) {
  add_write_area(layout, "WRP1AR", 0x58, 1, page_bits, {});
  add_write_area(layout, "WRP1BR", 0x5C, 1, page_bits, {});
  if (!two_banks) return;
  add_write_area(layout, "WRP2AR", 0x68, 2, page_bits, {});
  add_write_area(layout, "WRP2BR", 0x6C, 2, page_bits, {});
}

// U3, U5 and WBA: words that are written in pieces, WRP areas with a lock. Pages of 8 KiB and quad words, or
// pages of 4 KiB and double words (FLASH_PAGE_SIZE, FLASH_TYPEPROGRAM_* of the HALs).
L4Layout secure_like(std::uint32_t word, std::uint32_t optr_mask, unsigned page_bits, bool two_banks) {
  L4Layout layout = trustzone_like(0x1FEFF8AA, optr_mask, page_bits, two_banks);
  layout.acr_reset = 0x00000001;
  layout.times = word == 16 ? kU5Times : kDoubleWordTimes;
  layout.word = word;
  layout.page_dual = layout.page_single = word * 512;
  layout.has_wdw = layout.has_wrp_unlock = true;
  add_trustzone_areas(layout, page_bits, two_banks);
  return layout;
}

// DUALBANK counts on less than the largest flash of the line (RM0456 7.3.1).
template <std::uint32_t kLargest>
bool u5_two_banks(std::uint32_t optr, std::uint32_t kib) {
  return kib == kLargest || Field{"DUALBANK", 21}.is_set(optr);
}

constexpr Field kSecProt1{"SEC_PROT1", 28}, kSecProt2{"SEC_PROT2", 29}, kBootLock{"BOOT_LOCK", 16};

L4Layout wb_like(std::uint32_t optr_mask, std::uint32_t pages, unsigned pcrop_bits, std::uint32_t page) {
  // No secure area of CPU2 (SFR.FSD set, ESE clear): as a chip without ST's radio stack.
  L4Layout layout = g0_like(0x3FFFF0AA, optr_mask & ~0x100u, bits(pages), pcrop_bits);
  layout.acr_reset = 0x00000600;
  layout.times = kWbTimes;
  layout.row_double_words = 64;
  layout.page_dual = layout.page_single = page;
  layout.pnb.width = bits(pages);
  layout.pcrop_dual = layout.pcrop_single = page / 2;
  // CPU2's, which CPU1 can only read.
  layout.options.push_back({"IPCCBR", 0x3C, 0, 0, 0x68});
  layout.options.push_back({"SFR", 0x80, 0, 0x00001100, 0x70});
  layout.options.push_back({"SRRVR", 0x84, 0, 0x80000000, 0x78});
  return layout;
}

}  // namespace

std::vector<OptionWord> L4Layout::option_words() const {
  std::vector<OptionWord> words;
  for (const L4OptionRegister& r : options) words.push_back({r.name, r.factory});
  return words;
}

// DUALBANK (bit 21) counts below 1 MiB only (RM0351 3.3.1).
L4Layout l47_layout() {
  L4Layout layout = l4_like(0xFFEFF8AA, 0x03BF77FF, 8, 16, true);
  layout.dual_bank_bits = 1u << 21;
  layout.two_banks = [](std::uint32_t optr, std::uint32_t kib) {
    return kib == 1024 || Field{"DUALBANK", 21}.is_set(optr);
  };
  return layout;
}

L4Layout l49_layout() {  // with nSWBOOT0 and nBOOT0
  L4Layout layout = l47_layout();
  layout.options.front().mask = 0x0FBF77FF;
  return layout;
}

L4Layout l43_layout(std::uint32_t kib) {
  return l4_like(0xFFEFF8AA, 0x0F8F77FF, bits(kib / 2), bits(kib * 128), false);
}

// DBANK (bit 22) on the largest flash, DB1M (bit 21) on the smaller one (RM0432 3.3.1).
L4Layout l4r_layout() {
  L4Layout layout = l4_like(0xFFEFF8AA, 0x0FFF77FF, 8, 17, true);
  layout.page_dual = 4096;
  layout.page_single = 8192;
  layout.pcrop_single = 16;
  layout.dual_bank_bits = 3u << 21;
  layout.two_banks = [](std::uint32_t optr, std::uint32_t kib) {
    return Field{"DBANK or DB1M", kib == 2048 ? 22u : 21u}.is_set(optr);
  };
  return layout;
}

L4Layout l4p_layout() {  // DB512K in the place of DB1M
  L4Layout layout = l4_like(0xFFEFF8AA, 0x0FFF77FF, 7, 16, true);
  layout.page_dual = 4096;
  layout.page_single = 8192;
  layout.pcrop_single = 16;
  layout.dual_bank_bits = 3u << 21;
  layout.two_banks = [](std::uint32_t optr, std::uint32_t kib) {
    return Field{"DBANK or DB512K", kib == 1024 ? 22u : 21u}.is_set(optr);
  };
  return layout;
}

L4Layout g0_layout(std::uint32_t kib) {
  const unsigned page_bits = bits(kib / 2);
  L4Layout layout = g0_like(0xFFFFFEAA, 0x3F4FFFFF, page_bits, bits(kib * 2));
  layout.acr_reset = 0x00040600;
  layout.times = kG0Times;
  layout.pnb.width = 10;
  layout.pcrop_dual = layout.pcrop_single = 512;
  const Field pages{"SEC_SIZE", 0, page_bits + 1};
  add_securable(layout, "SECR", 0x80, pages.mask() | kBootLock.mask(), 0x70, {{1, "SECR", pages, kSecProt1}});
  return layout;
}

// DUAL_BANK counts on 256 and 512 KiB; nSWAP_BANK shows bank 2 first. Page numbers of bank 2 may be counted
// from 256, as RM0444 table 12 prints them, or from 0.
L4Layout g0b_layout() {
  L4Layout layout = g0_like(0xFFFFFEAA, 0x3F7FFFFF, 7, 9);
  layout.acr_reset = 0x00040600;
  layout.times = kG0Times;
  layout.pnb.width = 10;
  layout.pcrop_dual = layout.pcrop_single = 512;
  layout.bker = {"BKER", 13, 1};
  layout.mer2.width = 1;
  layout.bank2_pnb = 256;
  layout.has_bsy2 = true;
  add_read_area(layout, "PCROP2ASR", "PCROP2AER", 0x44, 2, 9, {});
  add_write_area(layout, "WRP2AR", 0x4C, 2, 7, {});
  add_write_area(layout, "WRP2BR", 0x50, 2, 7, {});
  add_read_area(layout, "PCROP2BSR", "PCROP2BER", 0x54, 2, 9, {});
  const Field first{"SEC_SIZE", 0, 8}, second{"SEC_SIZE2", 20, 8};
  add_securable(layout, "SECR", 0x80, first.mask() | second.mask() | kBootLock.mask(), 0x70,
                {{1, "SECR", first, kSecProt1}, {2, "SECR", second, kSecProt2}});
  layout.dual_bank_bits = 1u << 21;
  layout.two_banks = [](std::uint32_t optr, std::uint32_t kib) {
    return kib > 128 && Field{"DUAL_BANK", 21}.is_set(optr);
  };
  layout.banks_swapped = [](std::uint32_t optr) { return !Field{"nSWAP_BANK", 20}.is_set(optr); };
  return layout;
}

L4Layout g0_value_line(L4Layout layout) {
  layout.options.front().factory = 0xDFFFE1AA;
  return layout;
}

L4Layout g43_layout() {
  L4Layout layout = l4_like(0xFFEFF8AA, 0x7F8F77FF, 6, 14, false);
  layout.acr_reset = 0x00040600;
  const Field pages{"SEC_SIZE1", 0, 7};
  add_securable(layout, "SEC1R", 0x70, pages.mask() | kBootLock.mask(), 0x28,
                {{1, "SEC1R", pages, kSecProt1}});
  return layout;
}

L4Layout g47_layout() {
  L4Layout layout = l4_like(0xFFEFF8AA, 0x7FDF77FF, 7, 15, true);
  layout.acr_reset = 0x00040600;
  layout.page_single = 4096;
  layout.pcrop_single = 16;
  layout.dual_bank_bits = 1u << 22;
  layout.two_banks = [](std::uint32_t optr, std::uint32_t) { return Field{"DBANK", 22}.is_set(optr); };
  const Field first{"SEC_SIZE1", 0, 8}, second{"SEC_SIZE2", 0, 8};
  add_securable(layout, "SEC1R", 0x70, first.mask() | kBootLock.mask(), 0x28,
                {{1, "SEC1R", first, kSecProt1}});
  add_securable(layout, "SEC2R", 0x74, second.mask(), {}, {{2, "SEC2R", second, kSecProt2}});
  return layout;
}

L4Layout g49_layout() {
  L4Layout layout = l4_like(0xFFEFF8AA, 0x7FCF77FF, 8, 16, false);
  layout.acr_reset = 0x00040600;
  const Field pages{"SEC_SIZE1", 0, 9};
  add_securable(layout, "SEC1R", 0x70, pages.mask() | kBootLock.mask(), 0x28,
                {{1, "SEC1R", pages, kSecProt1}});
  return layout;
}

L4Layout wb5_layout() { return wb_like(0xEF8F7FFF, 256, 9, 4096); }
L4Layout wb3_layout() { return wb_like(0xEF8F7FFF, 128, 8, 4096); }
L4Layout wb1_layout() { return wb_like(0xFFCFFFFF, 256, 9, 2048); }

L4Layout wl_layout() {
  L4Layout layout = g0_like(0x3FFFF0AA, 0x4F8F7EFF, 7, 8);
  layout.acr_reset = 0x00000600;
  layout.times = kL4Times;
  layout.pnb.width = 7;
  layout.pcrop_dual = layout.pcrop_single = 1024;
  return layout;
}

L4Layout c0_layout(std::uint32_t kib) {
  const unsigned page_bits = bits(kib / 2);
  L4Layout layout = g0_like(0xFFFFFFAA, 0x3FEFFFFF, page_bits, bits(kib * 2));
  layout.acr_reset = 0x00040600;
  layout.times = kG0Times;
  layout.pnb.width = page_bits;
  layout.pcrop_dual = layout.pcrop_single = 512;
  const Field pages{"SEC_SIZE", 0, page_bits + 1};
  add_securable(layout, "SECR", 0x80, pages.mask() | kBootLock.mask(), 0x70, {{1, "SECR", pages, kSecProt1}});
  return layout;
}

// No PCROP. HDP areas and OEM keys are not modelled: their registers do not exist here.
L4Layout u0_layout() {
  L4Layout layout;
  layout.acr_reset = 0x00040600;
  layout.times = kG0Times;
  layout.has_cfgbsy = true;
  layout.has_read_protection_flag = false;
  layout.pnb.width = 7;
  layout.options.push_back({"OPTR", 0x20, 0x3FEFE7FF, 0x3FFFE1AA, {}});
  add_write_area(layout, "WRP1AR", 0x2C, 1, 7, {});
  add_write_area(layout, "WRP1BR", 0x30, 1, 7, {});
  return layout;
}

// DBANK (bit 22) on 512 KiB, DB256K (bit 21) on 256; DBANK alone says how large pages are (RM0438 6.3.1).
L4Layout l5_layout() {
  L4Layout layout = trustzone_like(0x7FEFF8AA, 0x9F7F77FF, 7, true);
  layout.times = kL4Times;
  layout.page_single = 4096;
  add_trustzone_areas(layout, 7, true);
  layout.dual_bank_bits = 1u << 21;
  layout.two_banks = [](std::uint32_t optr, std::uint32_t kib) {
    return Field{"DBANK or DB256K", kib == 512 ? 22u : 21u}.is_set(optr);
  };
  layout.small_pages = [](std::uint32_t optr) { return Field{"DBANK", 22}.is_set(optr); };
  return with_security(std::move(layout), 7);
}

L4Layout u5_layout(std::uint32_t kib) {
  L4Layout layout = secure_like(16, 0xFFFFF7FF, bits(kib / 16), true);
  layout.dual_bank_bits = 1u << 21;
  layout.two_banks = kib == 512 ? u5_two_banks<512> : kib == 2048 ? u5_two_banks<2048> : u5_two_banks<4096>;
  return with_security(std::move(layout), bits(kib / 16));
}

// BOOT0R is NSBOOTADD0R here, and so on: U5's names.
L4Layout u3_layout(std::uint32_t kib) {
  L4Layout layout = secure_like(8, 0xEFBFFFFF, bits(kib / 8), true);
  layout.dual_bank_bits = 1u << 21;
  layout.two_banks = kib == 1024 ? u5_two_banks<1024> : u5_two_banks<2048>;
  return layout;
}

L4Layout wba2_layout() { return with_security(secure_like(8, 0x8F07B7FF, 7, false), 7); }
L4Layout wba5_layout() { return with_security(secure_like(16, 0x8F0FB7FF, 7, false), 7); }
L4Layout wba50_layout() { return secure_like(16, 0x0F0FB7FF, 7, false); }

L4Layout wba6_layout() {
  L4Layout layout = secure_like(16, 0xEF3FB7FF, 7, true);
  layout.dual_bank_bits = 1u << 21;
  layout.two_banks = [](std::uint32_t optr, std::uint32_t) { return Field{"DUAL_BANK", 21}.is_set(optr); };
  return with_security(std::move(layout), 7);
}

}  // namespace probity::vboard
