// What distinguishes the flash interfaces of the L4-like generation (L4, L4+, L5, G0, G4, WB, WL, C0, U0, U5,
// WBA) from one another: one L4Layout per chip line (l4_layouts.cpp). Registers that all have in common are
// in l4_flash_registers.hpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bits.hpp"
#include "base/units.hpp"
#include "vboard/chip/facts/facts.hpp"

namespace probity::vboard {

// A register that option loading fills. NonVolatile keeps its word under the same name.
struct L4OptionRegister {
  std::string_view name;
  std::uint32_t offset = 0;
  std::uint32_t mask = 0;  // bits that can be changed
  std::uint32_t factory = 0;
  std::optional<std::uint32_t> area = {};  // its place in the memory-mapped option bytes, complement after it
};

// A protected range of pages or of PCROP units: [start, end] of a bank; none where start > end.
struct L4Area {
  enum class Kind : std::uint8_t { write, read };  // WRP, PCROP
  Kind kind = Kind::write;
  unsigned bank = 1;
  std::string_view start_register;
  Field start;
  std::string_view end_register;
  Field end;
};

// The first pages of a bank, hidden from a write of `lock` in FLASH_CR to the next reset.
struct L4Securable {
  unsigned bank = 1;
  std::string_view size_register;
  Field pages;
  Field lock;
};

// The pages of one bank that are Secure: from start to end by option (none where start > end), others one by
// one while the bits of `blocks` say so. From start to hidden_end they do not exist once `denied` is set.
struct L4SecureBank {
  unsigned bank = 1;
  std::string_view pages_register;
  Field start, end;
  std::string_view hidden_register;
  Field hidden_end, hidden_enable;
  Field denied;              // HDPx_ACCDIS of SECHDPCR
  std::uint32_t blocks = 0;  // SECBBxR1; eight words have their places there
};

// TrustZone: what is there for Secure accesses alone, beside the bits of NSSR and NSCR at the same places.
struct L4Security {
  Field tzen{"TZEN", 31};  // of OPTR
  std::uint32_t seckeyr = 0x0C, secsr = 0x24, seccr = 0x2C, sechdpcr = 0xC0;
  std::vector<L4SecureBank> banks = {};
};

struct L4Times {        // data sheet, typical
  Nanoseconds program;  // a double word
  Nanoseconds row;      // a row of double words in fast programming
  Nanoseconds page_erase, mass_erase;
};

// Where the registers lie that all have; ACR is the first of each.
struct L4Places {
  std::uint32_t keyr = 0x08, optkeyr = 0x0C, sr = 0x10, cr = 0x14;
};

struct L4Layout {
  L4Places places = {};
  // Others that exist and read 0 here: power-down keys, ECC, what belongs to the secure world.
  std::vector<std::uint32_t> silent = {0x04, 0x18, 0x1C};
  std::uint32_t acr_reset = 0;
  L4Times times{};
  std::uint32_t word = 8;                              // bytes that are programmed at once
  unsigned row_double_words = 32;                      // 0: no fast programming
  std::uint32_t page_dual = 2048, page_single = 2048;  // bytes, by the bank mode
  Field pnb{"PNB", 3, 8};
  Field bker{"BKER", 11, 0}, mer2{"MER2", 15, 0};  // width 0: there is one bank
  unsigned bank2_pnb = 0;                          // page numbers of bank 2 may also count from here (G0B1)
  bool has_cfgbsy = false;
  bool has_bsy2 = false;                 // each bank has a busy flag of its own
  bool has_wdw = false;                  // WDW tells that a word is not complete yet
  bool has_wrp_unlock = false;           // a WRP register whose UNLOCK is clear changes by regression alone
  bool has_read_protection_flag = true;  // RDERR, RDERRIE
  std::uint32_t pcrop_dual = 8, pcrop_single = 8;  // bytes of a PCROP unit, by the bank mode
  std::string_view pcrop_rdp_register;             // holds PCROP_RDP; empty: no PCROP
  std::vector<L4OptionRegister> options = {};
  std::vector<L4Area> areas = {};
  std::vector<L4Securable> securable = {};
  std::optional<L4Security> security = {};
  // From OPTR and the flash size; null: one bank, never swapped.
  bool (*two_banks)(std::uint32_t optr, std::uint32_t kib) = nullptr;
  std::uint32_t dual_bank_bits = 0;  // of OPTR: set, they ask for two banks wherever there is a choice
  bool (*small_pages)(std::uint32_t optr) = nullptr;  // pages of page_dual; null: where there are two banks
  bool (*banks_swapped)(std::uint32_t optr) = nullptr;

  // The rows for ChipLine::options.
  std::vector<OptionWord> option_words() const;
};

// By reference manual. `kib`: the largest flash of the line, which the fields' widths follow.
L4Layout l47_layout();                    // RM0351: L47x, L48x
L4Layout l49_layout();                    // RM0351: L49x, L4Ax
L4Layout l43_layout(std::uint32_t kib);   // RM0394: L41x to L46x
L4Layout l4r_layout();                    // RM0432: L4Rx, L4Sx
L4Layout l4p_layout();                    // RM0432: L4Px, L4Qx
L4Layout g0_layout(std::uint32_t kib);    // RM0444: G03x to G08x
L4Layout g0b_layout();                    // RM0444: G0Bx, G0Cx
L4Layout g0_value_line(L4Layout layout);  // RM0454: Gxx0, which come with other options
L4Layout g43_layout();                    // RM0440: G43x, G44x (category 2)
L4Layout g47_layout();                    // RM0440: G47x, G48x (category 3)
L4Layout g49_layout();                    // RM0440: G49x, G4Ax (category 4)
L4Layout wb5_layout();                    // RM0434: WB5x
L4Layout wb3_layout();                    // RM0471: WB3x
L4Layout wb1_layout();                    // RM0473: WB1x
L4Layout wl_layout();                     // RM0453, RM0461
L4Layout c0_layout(std::uint32_t kib);    // RM0490
L4Layout u0_layout();                     // RM0503

L4Layout l5_layout();                   // RM0438
L4Layout u3_layout(std::uint32_t kib);  // RM0487
L4Layout u5_layout(std::uint32_t kib);  // RM0456
L4Layout wba2_layout();                 // the headers of WBA20 to WBA25
L4Layout wba50_layout();                // RM0493: without TrustZone
L4Layout wba5_layout();                 // RM0493
L4Layout wba6_layout();                 // RM0515

}  // namespace probity::vboard
