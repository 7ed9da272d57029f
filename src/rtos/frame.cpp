#include "rtos/frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/bits.hpp"
#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity::rtos {

namespace {

constexpr Field PARTNO{"PARTNO", 4, 12};    // CPUID, DDI 0403E B3.2.3
constexpr Field xPSR_T{"T", 24, 1};         // DDI 0403E B1.4.2
constexpr Field xPSR_ALIGN{"ALIGN", 9, 1};  // of a stacked xPSR: the core left a word free, DDI 0403E B1.5.7
constexpr Field FTYPE{"FType", 4, 1};       // EXC_RETURN, 0: extended frame, DDI 0403E B1.5.8

// EXC_RETURN of a thread: bits 31:7 ones, to Thread mode (bit 3) on the process stack (bit 2), bit 1 zero.
// Bits 6 and 5 (S, DCRS), 4 (FType) and 0 (ES) differ: DDI 0403E table B1-8 and DDI 0553 "EXC_RETURN".
bool is_exc_return(std::uint32_t word) { return (word & 0xFFFFFF8E) == 0xFFFFFF8C; }

constexpr unsigned kBasicWords = 8, kExtendedWords = 26;

unsigned words_in(Part part, bool fpu) {
  switch (part) {
    case Part::none:
      return 0;
    case Part::r4_r7:
    case Part::r8_r11:
      return 4;
    case Part::exc_return:
    case Part::other:
    case Part::return_pc:
      return 1;
    case Part::s16_s31:
      return fpu ? 16 : 0;
    case Part::hardware:
      return fpu ? kExtendedWords : kBasicWords;
  }
  return 0;
}

unsigned words_in(const FrameLayout& layout, bool fpu) {
  unsigned words = 0;
  for (const Part part : layout.parts) words += words_in(part, fpu);
  return words;
}

// Nothing where the layout has no such part. Parts that FPU registers lengthen come behind it in all rows.
std::optional<unsigned> word_of(const FrameLayout& layout, Part wanted, bool fpu) {
  unsigned at = 0;
  for (const Part part : layout.parts) {
    if (part == wanted) return at;
    at += words_in(part, fpu);
  }
  return {};
}

// The words from the stack pointer up, read when they are first wanted.
class StackWords {
 public:
  StackWords(StructureReader& memory, const FrameQuestion& question) : memory_(memory), question_(question) {}

  void need(unsigned count) {
    const std::size_t size = count * 4;
    if (size <= bytes_.size()) return;
    const auto from = static_cast<Address>(question_.stack_pointer + bytes_.size());
    append(bytes_, memory_.read(from, size - bytes_.size(), question_.thread));
  }
  std::uint32_t operator[](unsigned index) {
    need(index + 1);
    return load_le32(bytes_, index * 4);
  }

 private:
  StructureReader& memory_;
  const FrameQuestion& question_;
  Bytes bytes_;
};

// Whether FPU registers are in the frame; nothing where the frame is none of this layout.
std::optional<bool> fits(const FrameLayout& layout, StackWords& stack, const FrameQuestion& question) {
  bool fpu = question.fpu_saved.value_or(false);
  stack.need(words_in(layout, fpu));
  if (const auto at = word_of(layout, Part::exc_return, fpu)) {
    if (!is_exc_return(stack[*at])) return {};
    fpu = !FTYPE.is_set(stack[*at]);
  }
  stack.need(words_in(layout, fpu));
  if (const auto at = word_of(layout, Part::hardware, fpu)) {
    if (!xPSR_T.is_set(stack[*at + kBasicWords - 1])) return {};
  }
  if (const auto at = word_of(layout, Part::return_pc, fpu)) {
    if ((stack[*at] & 1) == 0) return {};  // Thumb: bit 0 of every return address is set
  }
  return fpu;
}

void add_run(ThreadRegisters& registers, char letter, unsigned first, unsigned count, StackWords& stack,
             unsigned at) {
  for (unsigned i = 0; i < count; ++i) {
    registers.emplace_back(fmt::format("{}{}", letter, first + i), stack[at + i]);
  }
}

void add_stack_pointer(ThreadRegisters& registers, Address value) {
  registers.emplace_back("sp", value);
  registers.emplace_back("psp", value);  // threads of all these systems run on the process stack
}

void add_hardware(ThreadRegisters& registers, StackWords& stack, unsigned at, bool fpu, Address frame) {
  add_run(registers, 'r', 0, 4, stack, at);
  registers.emplace_back("r12", stack[at + 4]);
  registers.emplace_back("lr", stack[at + 5]);
  registers.emplace_back("pc", stack[at + 6]);
  const std::uint32_t xpsr = stack[at + 7];
  registers.emplace_back("xpsr", xPSR_ALIGN.set(xpsr, 0));
  const unsigned words = (fpu ? kExtendedWords : kBasicWords) + (xPSR_ALIGN.is_set(xpsr) ? 1 : 0);
  add_stack_pointer(registers, frame + 4 * words);
  if (fpu) {
    add_run(registers, 's', 0, 16, stack, at + 8);
    registers.emplace_back("fpscr", stack[at + 24]);
  }
}

void add_return(ThreadRegisters& registers, std::uint32_t address, Address end) {
  registers.emplace_back("pc", address & ~1u);
  registers.emplace_back("lr", address);
  registers.emplace_back("xpsr", xPSR_T.of(1));
  add_stack_pointer(registers, end);
}

ThreadRegisters registers_of(const FrameLayout& layout, StackWords& stack, bool fpu, Address stack_pointer) {
  ThreadRegisters registers;
  unsigned at = 0;
  for (const Part part : layout.parts) {
    const unsigned words = words_in(part, fpu);
    if (part == Part::r4_r7) add_run(registers, 'r', 4, 4, stack, at);
    if (part == Part::r8_r11) add_run(registers, 'r', 8, 4, stack, at);
    if (part == Part::s16_s31) add_run(registers, 's', 16, words, stack, at);
    if (part == Part::return_pc) add_return(registers, stack[at], stack_pointer + 4 * (at + 1));
    if (part == Part::hardware) add_hardware(registers, stack, at, fpu, stack_pointer + 4 * at);
    at += words;
  }
  add_double_registers(registers);
  return registers;
}

}  // namespace

CoreKind core_kind(std::uint32_t cpuid) {
  switch (PARTNO.get(cpuid)) {
    case 0xC20:  // Cortex-M0
    case 0xC21:  // Cortex-M1
    case 0xC60:  // Cortex-M0+
      return CoreKind::v6m;
    case 0xD20:  // Cortex-M23
    case 0xD21:  // Cortex-M33
    case 0xD22:  // Cortex-M55
    case 0xD23:  // Cortex-M85
    case 0xD24:  // Cortex-M52
    case 0xD31:  // Cortex-M35P
      return CoreKind::v8m;
    default:  // Cortex-M3, M4, M7
      return CoreKind::v7m;
  }
}

void add_double_registers(ThreadRegisters& registers) {
  ThreadRegisters doubles;
  for (unsigned n = 0; n < 16; ++n) {
    const auto half = [&](unsigned single) {
      return std::ranges::find(registers, fmt::format("s{}", single), [](const auto& r) { return r.first; });
    };
    const auto low = half(2 * n), high = half(2 * n + 1);
    if (low == registers.end() || high == registers.end()) continue;
    doubles.emplace_back(fmt::format("d{}", n), high->second << 32 | low->second);
  }
  std::ranges::move(doubles, std::back_inserter(registers));
}

ThreadRegisters read_frame(StructureReader& memory, CoreKind core, std::span<const FrameLayout> layouts,
                           const FrameQuestion& question) {
  if (question.stack_pointer % 4 != 0) {
    memory.fail(fmt::format("the saved stack pointer 0x{:08x} of {} is not a multiple of 4",
                            question.stack_pointer, question.thread));
  }
  StackWords stack(memory, question);
  std::optional<MemoryFault>
      fault;  // a longer frame may reach beyond the memory where a shorter one does not
  for (const FrameLayout& layout : layouts) {
    if ((layout.cores & static_cast<std::uint8_t>(core)) == 0) continue;
    try {
      if (const auto fpu = fits(layout, stack, question)) {
        return registers_of(layout, stack, *fpu, question.stack_pointer);
      }
    } catch (const MemoryFault& e) {
      if (!fault) fault = e;
    }
  }
  if (fault) throw MemoryFault(*fault);
  memory.fail(fmt::format("at 0x{:08x}, the saved stack pointer of {}, is no frame of a context switch",
                          question.stack_pointer, question.thread));
}

}  // namespace probity::rtos
