#include "target/cortex_m/fault_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/bits.hpp"
#include "target/cortex_m/debug_registers.hpp"

namespace probity::cortex_m {

namespace {

constexpr Field kInvState{"INVSTATE", 17};
constexpr Field kForced{"FORCED", 30};
constexpr Field kReserved{"xPSR[23:20]", 20, 4};
constexpr Field kThreadMode{"EXC_RETURN.Mode", 3};
constexpr Field kSpSel{"EXC_RETURN.SPSEL", 2};
// Faults of the fetch itself: the stacked pc is where the core could not go.
constexpr std::uint32_t kFetchFaults = 1u << 0 | 1u << 8;                 // IACCVIOL, IBUSERR
constexpr std::uint32_t kStackingFaults = 1u << 4 | 1u << 12 | 1u << 20;  // MSTKERR, STKERR, STKOF
constexpr std::uint32_t kImprecise = 1u << 10;

struct Cause {
  Field bit;
  std::string_view fault;  // whose it is
  std::string_view meaning;
};

// CFSR: DDI 0403E B3.2.15; STKOF: DDI 0553B D1.2.252.
constexpr Cause kConfigurable[] = {
    {{"IACCVIOL", 0}, "MemManage", "code was to be executed where the MPU or the memory map forbids it"},
    {{"DACCVIOL", 1}, "MemManage", "data was accessed where the MPU forbids it"},
    {{"MUNSTKERR", 3}, "MemManage", "the MPU forbade to unstack registers on return from an exception"},
    {{"MSTKERR", 4},
     "MemManage",
     "the MPU forbade to stack registers on entry to an exception; stack overflow?"},
    {{"MLSPERR", 5}, "MemManage", "the MPU forbade to save FPU registers lazily"},
    {{"IBUSERR", 8}, "BusFault", "code was to be executed where there is no memory"},
    {{"PRECISERR", 9},
     "BusFault",
     "data was accessed where nothing answers, or a peripheral without clock refused"},
    {{"IMPRECISERR", 10},
     "BusFault",
     "a buffered write failed some instructions before the pc; set DISDEFWBUF in ACTLR to make it precise"},
    {{"UNSTKERR", 11}, "BusFault", "registers could not be unstacked on return from an exception"},
    {{"STKERR", 12},
     "BusFault",
     "registers could not be stacked on entry to an exception; bad stack pointer?"},
    {{"LSPERR", 13}, "BusFault", "FPU registers could not be saved lazily"},
    {{"UNDEFINSTR", 16}, "UsageFault", "the instruction is undefined"},
    {{"INVSTATE", 17},
     "UsageFault",
     "the core was to leave Thumb state: a jump to an even address, or to data?"},
    {{"INVPC", 18}, "UsageFault", "an exception return with a bad EXC_RETURN, or to a bad state"},
    {{"NOCP", 19}, "UsageFault", "a coprocessor instruction while it is off: is the FPU enabled in CPACR?"},
    {{"STKOF", 20}, "UsageFault", "the stack pointer went below its limit: stack overflow"},
    {{"UNALIGNED", 24}, "UsageFault", "data was accessed at an address that is no multiple of its size"},
    {{"DIVBYZERO", 25}, "UsageFault", "a division by zero"},
};
// HFSR: DDI 0403E B3.2.16.
constexpr Cause kHard[] = {
    {{"VECTTBL", 1}, "HardFault", "the vector of an exception could not be read; is VTOR right?"},
    {{"DEBUGEVT", 31}, "HardFault", "a BKPT or another debug event while halting debug was off"},
};
// SFSR: DDI 0553B D1.2.246.
constexpr Cause kSecure[] = {
    {{"INVEP", 0},
     "SecureFault",
     "Non-secure code entered Secure memory elsewhere than at an SG instruction"},
    {{"INVIS", 1}, "SecureFault", "the integrity signature of an exception frame is wrong"},
    {{"INVER", 2}, "SecureFault", "an exception return with an EXC_RETURN of the other security state"},
    {{"AUVIOL", 3}, "SecureFault", "Non-secure code accessed Secure memory"},
    {{"INVTRAN", 4}, "SecureFault", "Secure code jumped to Non-secure code without saying so"},
    {{"LSPERR", 5}, "SecureFault", "FPU registers could not be saved lazily for security"},
    {{"LSERR", 7}, "SecureFault", "the state of lazy FPU saving was wrong"},
};
constexpr Field kMmarValid{"MMARVALID", 7}, kBfarValid{"BFARVALID", 15}, kSfarValid{"SFARVALID", 6};

std::string_view name_of_exception(unsigned number) {
  constexpr std::string_view kNames[] = {"NMI",      "HardFault",  "MemManage",
                                         "BusFault", "UsageFault", "SecureFault"};
  return number >= 2 && number <= 7 ? kNames[number - 2] : "exception";
}

struct Found {
  std::vector<std::string> faults;  // MemManage, BusFault …
  std::vector<std::string> causes;
};

void collect(Found& found, const auto& causes, std::uint32_t word) {
  for (const Cause& cause : causes) {
    if (!cause.bit.is_set(word)) continue;
    const std::string fault(cause.fault);
    if (std::ranges::find(found.faults, fault) == found.faults.end()) found.faults.push_back(fault);
    found.causes.push_back(fmt::format("{} ({})", cause.bit.name, cause.meaning));
  }
}

std::string heading(const FaultFacts& facts, const Found& found) {
  std::string text = facts.locked_up ? "locked up: a fault within " : "";
  text += name_of_exception(facts.locked_up && facts.exception == 0 ? 3 : facts.exception);
  if (facts.exception == 3 && kForced.is_set(facts.hfsr)) {
    std::string from;
    for (const std::string& fault : found.faults) from += (from.empty() ? "" : " and ") + fault;
    text += ", escalated" + (from.empty() ? "" : " from " + from);
  }
  return text;
}

std::string place(const FaultFacts& facts) {
  if ((facts.cfsr & kStackingFaults) != 0) return "  its pc is not known: the registers could not be stacked";
  if (!facts.frame) return "  its pc is not known: no exception frame was found on the stack";
  const ExceptionFrame& f = *facts.frame;
  const unsigned interrupted = xPSR::IPSR.get(f.xpsr());
  return fmt::format("  at pc {:#010x}{}, lr {:#010x}, xPSR {:#010x} ({}); frame at {:#010x} ({})", f.pc(),
                     (facts.cfsr & kImprecise) != 0 ? " or somewhat before" : "", f.lr(), f.xpsr(),
                     interrupted == 0 ? "Thread mode" : fmt::format("within exception {}", interrupted),
                     f.address, f.on_psp ? "PSP" : "MSP");
}

}  // namespace

bool is_exc_return(std::uint32_t value) { return (value & 0xFFFFFF80) == 0xFFFFFF80 && value != 0xFFFFFFFF; }

bool frame_on_psp(std::uint32_t exc_return) { return kSpSel.is_set(exc_return); }

bool plausible_frame(const std::array<std::uint32_t, 8>& words, std::uint32_t exc_return,
                     std::uint32_t cfsr) {
  const std::uint32_t pc = words[6], xpsr = words[7];
  if (kReserved.is_set(xpsr)) return false;
  if (!xPSR::T.is_set(xpsr) && !kInvState.is_set(cfsr)) return false;
  if (xPSR::IPSR.is_set(xpsr) == kThreadMode.is_set(exc_return)) return false;
  if ((pc & 1) != 0) return false;
  const bool device =
      pc >= 0xA0000000 || (pc >= 0x40000000 && pc < 0x60000000);  // DDI 0403E B3.1: execute never
  return !device || (cfsr & kFetchFaults) != 0;
}

std::optional<SavedReturn> find_saved_return(const std::vector<std::uint32_t>& stack) {
  const auto saved = std::ranges::find_if(stack, is_exc_return);
  if (saved == stack.end()) return {};
  return SavedReturn{*saved, static_cast<std::size_t>(saved - stack.begin()) + 1};
}

std::optional<ExceptionFrame> find_frame(std::optional<std::uint32_t> exc_return, std::uint32_t cfsr,
                                         Address base, const std::vector<std::uint32_t>& stack) {
  std::size_t first = 0;
  if (!exc_return) {
    const auto saved = find_saved_return(stack);
    if (!saved) return {};
    exc_return = saved->value;
    first = saved->words;
  }
  for (std::size_t at = first; at + 8 <= stack.size(); ++at) {
    ExceptionFrame frame{base + static_cast<Address>(4 * at), false, {}};
    std::copy_n(stack.begin() + static_cast<std::ptrdiff_t>(at), 8, frame.words.begin());
    if (plausible_frame(frame.words, *exc_return, cfsr)) return frame;
  }
  return {};
}

std::string describe(const FaultFacts& facts) {
  Found found;
  if (facts.has_status) {
    collect(found, kConfigurable, facts.cfsr);
    collect(found, kSecure, facts.sfsr);
    if (facts.exception == 3 || facts.locked_up) collect(found, kHard, facts.hfsr);
  }
  std::string text = heading(facts, found);
  for (const std::string& cause : found.causes) text += "\n  " + cause;
  if (kMmarValid.is_set(facts.cfsr))
    text += fmt::format("\n  accessed address (MMFAR): {:#010x}", facts.mmfar);
  if (kBfarValid.is_set(facts.cfsr)) text += fmt::format("\n  accessed address (BFAR): {:#010x}", facts.bfar);
  if (kSfarValid.is_set(facts.sfsr)) text += fmt::format("\n  accessed address (SFAR): {:#010x}", facts.sfar);
  text += "\n" + place(facts);
  if (facts.has_status) {
    text +=
        fmt::format("\n  CFSR {:#010x}, HFSR {:#010x}, DFSR {:#010x}", facts.cfsr, facts.hfsr, facts.dfsr);
    if (facts.sfsr != 0) text += fmt::format(", SFSR {:#010x}", facts.sfsr);
  }
  return text;
}

}  // namespace probity::cortex_m
