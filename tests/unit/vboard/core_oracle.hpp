// The interpreter beside Unicorn (QEMU's translator): both execute the same instruction in the same state,
// and registers, flags and memory must come out the same. The encodings, and what is left out of them:
//   registers 13 and 15 as operands    mostly UNPREDICTABLE; where they are defined,
//   core_instruction_test.cpp SVC, BKPT, WFI, UDF, MSR/MRS, CPS  no exceptions or debug in Unicorn:
//   core_exception_test.cpp BX/BLX to even addresses, LDR pc   INVSTATE is a fault: core_exception_test.cpp
//   STREX without LDREX                QEMU compares memory instead of keeping a monitor
//   BFI/BFC with msb < lsb, LDM with the base in the list and write-back, equal RdLo/RdHi: UNPREDICTABLE
#pragma once

#include <gtest/gtest.h>
#include <unicorn/unicorn.h>

#include <cstring>
#include <random>
#include <span>
#include <string>
#include <string_view>

#include "core_bench.hpp"

namespace probity::vboard::test {

// An encoding as the manual prints it. d n m a: registers (r0-r12, lr); low registers where the field has 3
// bits; b: a base register that points into RAM; x: an index register with a small value; z: any bit; l: a
// bit of a register list.
struct Encoding {
  std::string_view name, bits;
  unsigned align = 1;  // of the base register
};

inline constexpr Encoding kThumb16[] = {
    {"shift (immediate)", "000zzzzz zzmmmddd"},
    {"data processing", "010000zz zzmmmddd"},
    {"move, compare, add, subtract imm8", "001zzddd zzzzzzzz"},
    {"ADD Rd, Rm", "01000100 0mmmmddd"},
    {"CMP high", "01000101 1mmmmddd"},
    {"CMP high 2", "01000101 0mmmmddd"},
    {"MOV high", "01000110 1mmmm0dd"},
    {"MOV low", "01000110 0mmmmddd"},
    {"ADR", "10100ddd zzzzzzzz"},
    {"ADD Rd, SP", "10101ddd zzzzzzzz"},
    {"ADD SP", "10110000 0zzzzzzz"},
    {"SUB SP", "10110000 1zzzzzzz"},
    {"CBZ", "1011z0z1 zzzzzddd"},
    {"extend", "10110010 zzmmmddd"},
    {"REV", "10111010 00mmmddd"},
    {"REV16", "10111010 01mmmddd"},
    {"REVSH", "10111010 11mmmddd"},
    {"NOP", "10111111 00000000"},
    {"STR/STRH/STRB/LDRSB (register)", "01010zzx xxbbbddd"},
    {"LDR/LDRH/LDRB/LDRSH (register)", "01011zzx xxbbbddd"},
    {"STR/LDR (immediate)", "0110zzzz zzbbbddd"},
    {"STRB/LDRB (immediate)", "0111zzzz zzbbbddd"},
    {"STRH/LDRH (immediate)", "1000zzzz zzbbbddd"},
    {"STR/LDR (SP)", "1001zddd zzzzzzzz"},
    {"LDR (literal)", "01001ddd zzzzzzzz"},
    {"PUSH", "1011010l llllllll"},
    {"POP", "10111100 llllllll"},
    {"STM", "11000bbb llllllll", 4},
    {"LDM", "11001bbb llllllll", 4},
    {"B", "11100zzz zzzzzzzz"},
    {"B<c> 0", "11010zzz zzzzzzzz"},
    {"B<c> 1", "110110zz zzzzzzzz"},
    {"B<c> 2", "1101110z zzzzzzzz"},
};

inline constexpr Encoding kThumb32[] = {
    // modified immediate
    {"AND/BIC/ORR/ORN imm", "11110z00 0zzznnnn 0zzzdddd zzzzzzzz"},
    {"EOR imm", "11110z00 100znnnn 0zzzdddd zzzzzzzz"},
    {"ADD imm", "11110z01 000znnnn 0zzzdddd zzzzzzzz"},
    {"ADC/SBC imm", "11110z01 01 zznnnn 0zzzdddd zzzzzzzz"},
    {"SUB imm", "11110z01 101znnnn 0zzzdddd zzzzzzzz"},
    {"RSB imm", "11110z01 110znnnn 0zzzdddd zzzzzzzz"},
    {"TST imm", "11110z00 0001nnnn 0zzz1111 zzzzzzzz"},
    {"TEQ imm", "11110z00 1001nnnn 0zzz1111 zzzzzzzz"},
    {"CMN imm", "11110z01 0001nnnn 0zzz1111 zzzzzzzz"},
    {"CMP imm", "11110z01 1011nnnn 0zzz1111 zzzzzzzz"},
    {"MOV imm", "11110z00 010z1111 0zzzdddd zzzzzzzz"},
    {"MVN imm", "11110z00 011z1111 0zzzdddd zzzzzzzz"},
    // plain immediate
    {"ADDW", "11110z10 0000nnnn 0zzzdddd zzzzzzzz"},
    {"ADR +", "11110z10 00001111 0zzzdddd zzzzzzzz"},
    {"SUBW", "11110z10 1010nnnn 0zzzdddd zzzzzzzz"},
    {"ADR -", "11110z10 10101111 0zzzdddd zzzzzzzz"},
    {"MOVW", "11110z10 0100zzzz 0zzzdddd zzzzzzzz"},
    {"MOVT", "11110z10 1100zzzz 0zzzdddd zzzzzzzz"},
    {"SSAT", "11110011 0000nnnn 0zzzdddd zz0zzzzz"},
    {"SSAT asr", "11110011 0010nnnn 0zz1dddd zz0zzzzz"},
    {"USAT", "11110011 1000nnnn 0zzzdddd zz0zzzzz"},
    {"USAT asr", "11110011 1010nnnn 01zzdddd zz0zzzzz"},
    {"SSAT16", "11110011 0010nnnn 0000dddd 0000zzzz"},
    {"USAT16", "11110011 1010nnnn 0000dddd 0000zzzz"},
    {"SBFX", "11110011 0100nnnn 00zzdddd zz00zzzz"},
    {"SBFX at 16", "11110011 0100nnnn 0100dddd 0000zzzz"},
    {"SBFX at 0", "11110011 0100nnnn 0000dddd 000zzzzz"},
    {"UBFX", "11110011 1100nnnn 00zzdddd zz00zzzz"},
    {"BFI", "11110011 0110nnnn 00zzdddd zz01zzzz"},
    {"BFI 2", "11110011 0110nnnn 0100dddd zz011zzz"},
    {"BFC", "11110011 01101111 00zzdddd zz01zzzz"},
    // shifted register
    {"AND/BIC/ORR/ORN", "11101010 0zzznnnn 0zzzdddd zzzzmmmm"},
    {"EOR", "11101010 100znnnn 0zzzdddd zzzzmmmm"},
    {"PKHBT", "11101010 1100nnnn 0zzzdddd zz00mmmm"},
    {"PKHTB", "11101010 1100nnnn 0zzzdddd zz10mmmm"},
    {"ADD", "11101011 000znnnn 0zzzdddd zzzzmmmm"},
    {"ADC/SBC", "11101011 01zznnnn 0zzzdddd zzzzmmmm"},
    {"SUB", "11101011 101znnnn 0zzzdddd zzzzmmmm"},
    {"RSB", "11101011 110znnnn 0zzzdddd zzzzmmmm"},
    {"TST", "11101010 0001nnnn 0zzz1111 zzzzmmmm"},
    {"TEQ", "11101010 1001nnnn 0zzz1111 zzzzmmmm"},
    {"CMN", "11101011 0001nnnn 0zzz1111 zzzzmmmm"},
    {"CMP", "11101011 1011nnnn 0zzz1111 zzzzmmmm"},
    {"MOV/shift", "11101010 010z1111 0zzzdddd zzzzmmmm"},
    {"MVN", "11101010 011z1111 0zzzdddd zzzzmmmm"},
    // register
    {"LSL/LSR/ASR/ROR", "11111010 0zzznnnn 1111dddd 0000mmmm"},
    {"SXTAH/UXTAH", "11111010 000znnnn 1111dddd 10zzmmmm"},
    {"SXTAB16/UXTAB16", "11111010 001znnnn 1111dddd 10zzmmmm"},
    {"SXTAB/UXTAB", "11111010 010znnnn 1111dddd 10zzmmmm"},
    {"SXTH/UXTH", "11111010 000z1111 1111dddd 10zzmmmm"},
    {"SXTB16/UXTB16", "11111010 001z1111 1111dddd 10zzmmmm"},
    {"SXTB/UXTB", "11111010 010z1111 1111dddd 10zzmmmm"},
    {"parallel signed 8, 16", "11111010 100znnnn 1111dddd 00z0mmmm"},
    {"parallel asx", "11111010 1010nnnn 1111dddd 00z0mmmm"},
    {"parallel sub", "11111010 110znnnn 1111dddd 00z0mmmm"},
    {"parallel sax", "11111010 1110nnnn 1111dddd 00z0mmmm"},
    {"parallel q, uq 8, 16", "11111010 100znnnn 1111dddd 0z01mmmm"},
    {"parallel q, uq asx", "11111010 1010nnnn 1111dddd 0z01mmmm"},
    {"parallel q, uq sub", "11111010 110znnnn 1111dddd 0z01mmmm"},
    {"parallel q, uq sax", "11111010 1110nnnn 1111dddd 0z01mmmm"},
    {"parallel u, uh 8, 16", "11111010 100znnnn 1111dddd 01z0mmmm"},
    {"parallel u, uh asx", "11111010 1010nnnn 1111dddd 01z0mmmm"},
    {"parallel u, uh sub", "11111010 110znnnn 1111dddd 01z0mmmm"},
    {"parallel u, uh sax", "11111010 1110nnnn 1111dddd 01z0mmmm"},
    {"QADD/QDADD/QSUB/QDSUB", "11111010 1000nnnn 1111dddd 10zzmmmm"},
    {"REV/REV16/RBIT/REVSH", "11111010 1001mmmm 1111dddd 10zzmmmm"},
    {"SEL", "11111010 1010nnnn 1111dddd 1000mmmm"},
    {"CLZ", "11111010 1011mmmm 1111dddd 1000mmmm"},
    // multiply
    {"MLA", "11111011 0000nnnn aaaadddd 0000mmmm"},
    {"MUL", "11111011 0000nnnn 1111dddd 0000mmmm"},
    {"MLS", "11111011 0000nnnn aaaadddd 0001mmmm"},
    {"SMLAxy", "11111011 0001nnnn aaaadddd 00zzmmmm"},
    {"SMULxy", "11111011 0001nnnn 1111dddd 00zzmmmm"},
    {"SMLAD", "11111011 0010nnnn aaaadddd 000zmmmm"},
    {"SMUAD", "11111011 0010nnnn 1111dddd 000zmmmm"},
    {"SMLAWy", "11111011 0011nnnn aaaadddd 000zmmmm"},
    {"SMULWy", "11111011 0011nnnn 1111dddd 000zmmmm"},
    {"SMLSD", "11111011 0100nnnn aaaadddd 000zmmmm"},
    {"SMUSD", "11111011 0100nnnn 1111dddd 000zmmmm"},
    {"SMMLA", "11111011 0101nnnn aaaadddd 000zmmmm"},
    {"SMMUL", "11111011 0101nnnn 1111dddd 000zmmmm"},
    {"SMMLS", "11111011 0110nnnn aaaadddd 000zmmmm"},
    {"USADA8", "11111011 0111nnnn aaaadddd 0000mmmm"},
    {"USAD8", "11111011 0111nnnn 1111dddd 0000mmmm"},
    {"SMULL/UMULL", "11111011 10z0nnnn aaaadddd 0000mmmm"},
    {"SDIV/UDIV", "11111011 10z1nnnn 1111dddd 1111mmmm"},
    {"SMLAL/UMLAL", "11111011 11z0nnnn aaaadddd 0000mmmm"},
    {"SMLALxy", "11111011 1100nnnn aaaadddd 10zzmmmm"},
    {"SMLALD", "11111011 1100nnnn aaaadddd 110zmmmm"},
    {"SMLSLD", "11111011 1101nnnn aaaadddd 110zmmmm"},
    {"UMAAL", "11111011 1110nnnn aaaadddd 0110mmmm"},
    // loads and stores
    {"STR/LDR/B/H imm12", "11111000 1zz zbbbb dddd0zzz zzzzzzzz"},
    {"LDRSB/LDRSH imm12", "11111001 10z1bbbb dddd0zzz zzzzzzzz"},
    {"store, load negative imm8", "11111000 0zzzbbbb dddd1100 zzzzzzzz"},
    {"store, load indexed", "11111000 0zzzbbbb dddd1zz1 zzzzzzzz"},
    {"LDRSB/LDRSH negative imm8", "11111001 00z1bbbb dddd1100 zzzzzzzz"},
    {"LDRSB/LDRSH indexed", "11111001 00z1bbbb dddd1zz1 zzzzzzzz"},
    {"LDRT and its likes", "11111000 0zzzbbbb dddd1110 zzzzzzzz"},
    {"store, load (register)", "11111000 0zzzbbbb dddd0000 00zzxxxx"},
    {"LDRSB/LDRSH (register)", "11111001 00z1bbbb dddd0000 00zzxxxx"},
    {"LDR/LDRB/LDRH (literal)", "11111000 zzz11111 dddd0zzz zzzzzzzz"},
    {"LDRSB/LDRSH (literal)", "11111001 z0z11111 dddd0zzz zzzzzzzz"},
    {"LDRD/STRD offset", "11101001 z1 0zbbbb ddddaaaa zzzzzzzz", 4},
    {"LDRD/STRD pre-indexed", "11101001 z11zbbbb ddddaaaa zzzzzzzz", 4},
    {"LDRD/STRD post-indexed", "11101000 z11zbbbb ddddaaaa zzzzzzzz", 4},
    {"STMIA/LDMIA", "11101000 10zzbbbb 0l0lllll llllllll", 4},
    {"STMDB/LDMDB", "11101001 00zzbbbb 0l0lllll llllllll", 4},
    {"LDREX", "11101000 0101bbbb dddd1111 zzzzzzzz", 4},
    {"LDREXB/LDREXH", "11101000 1101bbbb dddd1111 010z1111", 2},
    // branches
    {"B.W", "11110000 00zzzzzz 10111zzz zzzzzzzz"},
    {"B.W back", "11110111 11zzzzzz 10111zzz zzzzzzzz"},
    {"BL", "11110000 00zzzzzz 11111zzz zzzzzzzz"},
    {"BL back", "11110111 11zzzzzz 11111zzz zzzzzzzz"},
    {"B<c>.W", "111100zz zz0zzzzz 10000zzz zzzzzzzz"},
    {"B<c>.W back", "111101zz zz1zzzzz 10101zzz zzzzzzzz"},
    {"barriers", "11110011 10111111 10001111 01001111"},
};

constexpr std::uint32_t kCode = 0x08100000, kCodeSize = 0x200000;  // programs lie in its middle
constexpr std::uint32_t kFirstProgram = kCode + 0x40000;
inline constexpr unsigned kRegisters[] = {
    UC_ARM_REG_R0,  UC_ARM_REG_R1, UC_ARM_REG_R2, UC_ARM_REG_R3, UC_ARM_REG_R4,  UC_ARM_REG_R5,
    UC_ARM_REG_R6,  UC_ARM_REG_R7, UC_ARM_REG_R8, UC_ARM_REG_R9, UC_ARM_REG_R10, UC_ARM_REG_R11,
    UC_ARM_REG_R12, UC_ARM_REG_SP, UC_ARM_REG_LR, UC_ARM_REG_PC, UC_ARM_REG_XPSR};

class OracleBus final : public SystemBus {
 public:
  OracleBus() : code(kCodeSize), ram(kRamSize) {}
  BusStatus read(Master, Security security, std::uint32_t address, unsigned size,
                 std::uint32_t& value) override {
    std::uint32_t begin = 0, length = 0;
    if (address < 8) return value = address == 0 ? kRam + kRamSize : kFirstProgram | 1, BusStatus::ok;
    const std::uint8_t* bytes = fetch_window(security, address, begin, length);
    if (bytes == nullptr) return BusStatus::error;
    value = 0;
    std::memcpy(&value, bytes, size);
    return BusStatus::ok;
  }
  BusStatus write(Master, Security, std::uint32_t address, unsigned size, std::uint32_t value) override {
    if (address - kRam >= kRamSize) return BusStatus::error;
    std::memcpy(ram.data() + (address - kRam), &value, size);
    return BusStatus::ok;
  }
  const std::uint8_t* fetch_window(Security, std::uint32_t address, std::uint32_t& begin,
                                   std::uint32_t& size) override {
    const bool in_ram = address - kRam < kRamSize;
    if (!in_ram && address - kCode >= kCodeSize) return nullptr;
    begin = in_ram ? kRam : kCode;
    size = in_ram ? kRamSize : kCodeSize;
    return (in_ram ? ram : code).data() + (address - begin);
  }
  std::uint8_t* data_window(Security, std::uint32_t address, std::uint32_t& begin,
                            std::uint32_t& size) override {
    if (!fast_ram || address - kRam >= kRamSize) return nullptr;
    begin = kRam;
    size = kRamSize;
    return ram.data() + (address - kRam);
  }
  Bytes code, ram;
  bool fast_ram = true;
};

class Oracle : public testing::Test {
 protected:
  explicit Oracle(const CoreFacts& facts = {}, uc_cpu_arm model = UC_CPU_ARM_CORTEX_M4)
      : core_(facts, bus_), ram_(kRamSize) {
    core_.power_on_reset();
    // Not UC_MODE_MCLASS: with it Unicorn 2.0.1 takes a Cortex-M33 whatever the model.
    EXPECT_EQ(uc_open(UC_ARCH_ARM, UC_MODE_THUMB, &uc_), UC_ERR_OK);
    EXPECT_EQ(uc_ctl_set_cpu_model(uc_, model), UC_ERR_OK);
    // Both run the same code bytes; each has a RAM of its own.
    EXPECT_EQ(uc_mem_map_ptr(uc_, kCode, kCodeSize, UC_PROT_ALL, bus_.code.data()), UC_ERR_OK);
    EXPECT_EQ(uc_mem_map_ptr(uc_, kRam, kRamSize, UC_PROT_ALL, ram_.data()), UC_ERR_OK);
    for (std::size_t i = 0; i < kRamSize; i += 4) store_le32(bus_.ram, i, random());
    for (std::size_t i = 0; i < kCodeSize; i += 4) store_le32(bus_.code, i, random());
    ram_ = bus_.ram;
  }
  ~Oracle() override { uc_close(uc_); }

  std::uint32_t random() { return static_cast<std::uint32_t>(random_()); }
  // Edge values as often as any.
  std::uint32_t operand() {
    constexpr std::uint32_t kEdges[] = {0,          1,          0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x8000,
                                        0x7FFF8000, 0x80007FFF, 0x7F80FF01, 32,         31,         0xFF};
    const std::uint32_t pick = random();
    if (pick % 4 == 0) return kEdges[(pick >> 8) % std::size(kEdges)];
    return pick % 4 == 1 ? random() & 0x3F : random();
  }
  unsigned general(unsigned width) {
    if (width <= 3) return random() % (1u << width);
    const unsigned index = random() % 14;
    return index == 13 ? 14 : index;
  }

  struct Instruction {
    std::uint32_t raw = 0;
    unsigned size = 0;
  };

  // Fills an encoding; registers that are a base or an index get a fitting value in `state_`.
  Instruction fill(const Encoding& encoding) {
    std::string letters;
    for (const char c : encoding.bits) {
      if (c != ' ') letters += c;
    }
    Instruction result{0, static_cast<unsigned>(letters.size() / 8)};
    std::array<int, 128> chosen;
    chosen.fill(-1);
    std::array<std::size_t, 128> left{};
    for (const char c : letters) ++left[static_cast<unsigned char>(c)];
    const auto width = left;
    unsigned base = 16;
    for (const char letter : letters) {
      const auto c = static_cast<unsigned char>(letter);
      unsigned bit = 0;
      if (c == '0' || c == '1') {
        bit = c - '0';
      } else if (c == 'z' || c == 'l') {
        bit = random() & 1;
      } else {
        const auto field = static_cast<unsigned>(width[c] == 8 ? 4 : width[c]);  // Rm twice
        if (chosen[c] < 0) chosen[c] = static_cast<int>(distinct(c, field, chosen));
        --left[c];
        bit = static_cast<unsigned>(chosen[c]) >> (left[c] % field) & 1;
      }
      result.raw = result.raw << 1 | bit;
    }
    if (chosen['b'] >= 0) base = static_cast<unsigned>(chosen['b']);
    if (base < 16) state_.r[base] = (kRam + kRamSize / 2 + random() % 0x400) & ~(encoding.align - 1);
    if (chosen['x'] >= 0) state_.r[chosen['x']] = random() % 0x200;
    return result;
  }
  unsigned distinct(unsigned char letter, unsigned width, const std::array<int, 128>& chosen) {
    for (;;) {
      const unsigned index = general(width);
      bool clash = false;
      // A base must not be overwritten by what it loads (write-back), nor RdHi by RdLo.
      for (const char other : std::string_view("bxda")) {
        if (static_cast<unsigned char>(other) != letter &&
            chosen[static_cast<unsigned char>(other)] == static_cast<int>(index)) {
          clash = true;
        }
      }
      if (!clash) return index;
    }
  }
  bool usable(const Encoding& encoding, Instruction& i) {
    const std::string_view name = encoding.name;
    const auto field = [&](unsigned hi, unsigned lo) { return i.raw >> lo & ((2u << (hi - lo)) - 1); };
    if (name.starts_with("BFI") || name == "BFC") return (field(14, 12) << 2 | field(7, 6)) <= field(4, 0);
    if (name == "PUSH" || name == "POP" || name == "STM" || name == "LDM") {
      if (name == "STM" || name == "LDM") i.raw &= ~(1u << field(10, 8));
      return (i.raw & 0xFF) != 0;
    }
    if (name.starts_with("STM") && i.size == 4) {
      i.raw &= ~(1u << field(19, 16));
      return __builtin_popcount(i.raw & 0xDFFF) >= 2;
    }
    if (name == "STR/LDR/B/H imm12" || name.starts_with("store, load") || name == "LDRT and its likes")
      return field(22, 21) != 3;
    if (name == "LDR/LDRB/LDRH (literal)") return field(22, 21) != 3 && field(20, 20) == 1;
    if (name == "ADD Rd, Rm" || name.starts_with("CMP high") || name.starts_with("MOV ")) {
      if (i.size == 2) return field(6, 3) != 13 && field(6, 3) != 15;
    }
    if (name.starts_with("B<c>.W")) return field(25, 23) != 7;
    return true;
  }

  void write_code(std::uint32_t address, const Instruction& i) {
    const std::size_t at = address - kCode;
    if (i.size == 4) store_le16(bus_.code, at, static_cast<std::uint16_t>(i.raw >> 16));
    store_le16(bus_.code, at + (i.size == 4 ? 2 : 0), static_cast<std::uint16_t>(i.raw));
  }

  void randomise() {
    for (unsigned n = 0; n < 15; ++n) state_.r[n] = operand();
    state_.r[13] = kRam + kRamSize / 2 + (random() & 0x3FC);
    state_.xpsr = (random() & apsr_) | 1u << 24;
  }

  // Executes `count` instructions at `address` on both and compares everything. Unicorn does not count
  // instructions whose condition fails: with an IT block it runs to `end` instead.
  // `may_fault`: a fault on both sides will do, too.
  void compare(std::uint32_t address, unsigned count, const std::string& what, std::uint32_t end = 0,
               bool may_fault = false) {
    std::array<std::uint32_t, 17> theirs;
    std::copy_n(state_.r, 15, theirs.begin());
    theirs[15] = address | 1;
    theirs[16] = state_.xpsr;
    std::array<int, 17> names;
    std::array<void*, 17> values;
    for (unsigned i = 0; i < 17; ++i) {
      names[i] = static_cast<int>(kRegisters[i]);
      values[i] = &theirs[i];
    }
    // Only the CPSR view writes GE; it wants a mode, and T in the A-profile's place.
    std::uint32_t cpsr = (state_.xpsr & apsr_) | 0x3F;
    uc_reg_write(uc_, UC_ARM_REG_CPSR, &cpsr);
    uc_reg_write_batch(uc_, names.data(), values.data(), 16);
    uc_ctl_remove_cache(uc_, address, address + 32);  // a branch may have been translated into it
    const uc_err error = uc_emu_start(uc_, address | 1, end, 0, end == 0 ? count : 0);
    uc_reg_read_batch(uc_, names.data(), values.data(), 17);

    state_.r[15] = address;
    state_.msp = state_.r[13];
    core_.set_registers(state_);
    for (unsigned i = 0; i < count; ++i) core_.run(1);
    const Core::Registers ours = core_.registers();
    if (may_fault) {
      const bool faulted = (ours.xpsr & 0x1FF) == 3 || core_.locked_up();
      ASSERT_EQ(faulted, error != UC_ERR_OK) << what << ": " << uc_strerror(error) << before();
      if (faulted) return recover();
    }
    ASSERT_EQ(error, UC_ERR_OK) << what << before();
    for (unsigned i = 0; i < 16; ++i) {
      ASSERT_EQ(ours.r[i], theirs[i] & (i == 15 ? ~1u : ~0u)) << what << " r" << i << before();
    }
    ASSERT_EQ(ours.xpsr & 0xF80F0000, theirs[16] & apsr_) << what << before();
    ASSERT_TRUE(bus_.ram == ram_) << what << ": memory differs" << before();
  }
  // After a fault: the core as after power-on, and the same memory for both.
  void recover() {
    core_.power_on_reset();
    ram_ = bus_.ram;
  }
  std::string before() const {
    std::string text = "\nbefore:";
    char word[32];
    for (unsigned i = 0; i < 16; ++i) {
      std::snprintf(word, sizeof word, " r%u=%08x", i, state_.r[i]);
      text += word;
    }
    std::snprintf(word, sizeof word, " xpsr=%08x", state_.xpsr);
    return text + word;
  }
  static std::string describe(const Encoding& encoding, const Instruction& i) {
    char word[16];
    std::snprintf(word, sizeof word, " %0*x", static_cast<int>(2 * i.size), i.raw);
    return std::string(encoding.name) + word;
  }

  void run_all(std::span<const Encoding> encodings, unsigned rounds, bool may_fault = false) {
    for (unsigned round = 0; round < rounds; ++round) {
      for (const Encoding& encoding : encodings) {
        randomise();
        Instruction i = fill(encoding);
        if (!usable(encoding, i)) continue;
        bus_.fast_ram = (round & 1) == 0;  // every second round goes through the bus
        write_code(next_, i);
        compare(next_, 1, describe(encoding, i), 0, may_fault);
        if (HasFatalFailure()) return;
        next_ += 8;
      }
    }
  }

  OracleBus bus_;
  Core core_;
  Bytes ram_;
  uc_engine* uc_ = nullptr;
  std::mt19937 random_{20240611};
  Core::Registers state_{};
  std::uint32_t apsr_ = 0xF80F0000;  // what the core has of APSR
  std::uint32_t next_ = kFirstProgram;
};

}  // namespace probity::vboard::test
