// The registers of a thread that does not run, from the frame on its stack: what the core pushed when the
// thread was interrupted (Armv7-M ARM DDI 0403E B1.5.6 and B1.5.7, Armv8-M ARM DDI 0553 "Exception entry,
// context stacking"), and below it what the system's own context switch added. The latter is a row
// (FrameLayout), so that systems that do the same share it.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "rtos/memory.hpp"
#include "rtos/rtos.hpp"

namespace probity::rtos {

// Architectures that systems have different context switches for, from CPUID.
enum class CoreKind : std::uint8_t { v6m = 1, v7m = 2, v8m = 4 };
CoreKind core_kind(std::uint32_t cpuid);
constexpr std::uint8_t kAnyCore = 7;

// A group of words in a frame, in rising order of addresses.
enum class Part : std::uint8_t {
  none,
  r4_r7,
  r8_r11,
  exc_return,  // EXC_RETURN, which says whether the core pushed FPU registers too
  s16_s31,     // only where FPU registers are saved
  other,       // one word that is no register of ours (PSPLIM, a secure context)
  return_pc,   // the switch was a function call: it returns to here, and there is no frame of the core's
  hardware,    // r0-r3, r12, lr, pc, xPSR and, where FPU registers are saved, s0-s15, fpscr, one word
};

struct FrameLayout {
  std::uint8_t cores = kAnyCore;  // CoreKind bits
  std::array<Part, 8> parts{};    // from the saved stack pointer up
};

// Rows that more than one system uses. "Lr" is EXC_RETURN, saved with the registers since there are FPU
// ports.
constexpr auto kV7AndV8 = static_cast<std::uint8_t>(CoreKind::v7m) | static_cast<std::uint8_t>(CoreKind::v8m);
constexpr auto kV6 = static_cast<std::uint8_t>(CoreKind::v6m);
constexpr auto kV8 = static_cast<std::uint8_t>(CoreKind::v8m);
constexpr FrameLayout kRegistersOnly{kAnyCore, {Part::r4_r7, Part::r8_r11, Part::hardware}};
constexpr FrameLayout kRegistersThenLr{
    kV7AndV8, {Part::r4_r7, Part::r8_r11, Part::exc_return, Part::s16_s31, Part::hardware}};
// An Armv6-M core stores the high registers through the low ones, and so they come in either order.
constexpr FrameLayout kLrThenHighRegistersV6{kV6,
                                             {Part::exc_return, Part::r8_r11, Part::r4_r7, Part::hardware}};

struct FrameQuestion {
  std::string_view thread;        // for errors: "the stack of 'idle'"
  Address stack_pointer = 0;      // as the system saved it
  std::optional<bool> fpu_saved;  // where the system says so elsewhere than in the frame
};

// The first of `layouts` that fits the core and makes sense where the stack pointer points to (EXC_RETURN is
// one, xPSR.T is set). TargetError where none does; MemoryFault where the stack is not in memory.
ThreadRegisters read_frame(StructureReader& memory, CoreKind core, std::span<const FrameLayout> layouts,
                           const FrameQuestion& question);

// For systems that keep the FPU registers elsewhere: s0-s31 as far as they are known, also as d0-d15.
void add_double_registers(ThreadRegisters& registers);

}  // namespace probity::rtos
