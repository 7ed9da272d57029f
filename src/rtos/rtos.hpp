// Threads of a real-time operating system, read from the target's memory while the core is halted. One row
// per system in registry.cpp; nothing of the target is changed.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "target/target.hpp"

namespace probity::rtos {

// What GDB answers when it is asked for symbols (qSymbol).
using SymbolTable = std::map<std::string, Address, std::less<>>;
struct WantedSymbol {
  std::string name;
  bool optional = false;
};

using ThreadId = std::uint64_t;  // never 0: GDB takes that for "any"
// What the core does where it runs no thread: before the scheduler has started, or idling without one. (RIOT
// numbers its threads from 1, and has another id for this.)
constexpr ThreadId kCoreItself = 1;
struct Thread {
  ThreadId id = 0;
  std::string name;
  std::string state;   // "Running", "Ready", "Blocked" …; empty where the system has no word for it
  std::string detail;  // what else the system knows of it: "prio:5,useropts:0", "pid:3"
};
// The line that GDB shows of a thread, as OpenOCD gives it: "Name: blinky, State: Running".
std::string describe(const Thread& thread);

// A register of a thread, by the target's own name for it ("r0", "sp", "psp", "xpsr", "d8", "s16", "fpscr").
// What the system does not save (r0-r3 in a ChibiOS frame) is not among them.
using ThreadRegisters = std::vector<std::pair<std::string, RegisterValue>>;

class Rtos {
 public:
  virtual ~Rtos() = default;
  virtual std::string_view name() const = 0;  // "FreeRTOS", as `-rtos` takes it
  // Reads the lists anew. Where the core runs no thread (before the scheduler has started), "Current
  // Execution" is the first one, and current. MemoryFault, TargetError (lists that make no sense: a loop, a
  // count out of bounds) name the structure; the threads are then what was read up to there.
  virtual void update() = 0;
  virtual const std::vector<Thread>& threads() const = 0;
  // The one whose registers the core holds; nothing before the first update, and where it failed too early.
  virtual std::optional<ThreadId> current() const = 0;
  // From the frame on the thread's stack: r0 … xpsr, psp, and the FPU's (s0 … s31, d0 … d15, fpscr) where the
  // frame has them; of the current thread the core's own. TargetError for an unknown id, and where there is
  // no frame of the system's at the saved stack pointer.
  virtual ThreadRegisters registers(ThreadId thread) = 0;
};

// What `-rtos` takes besides "auto" and "none": the names and the order of OpenOCD 0.12.0, as far as the
// systems run on a Cortex-M and are known here; RTX5 (CMSIS-RTOS2, mbed OS) is ours. "auto" never takes
// hwthread.
inline constexpr std::array<std::string_view, 8> kRtosNames = {"ThreadX", "FreeRTOS", "chibios", "nuttx",
                                                               "RIOT",    "Zephyr",   "RTX5",    "hwthread"};
std::vector<std::string_view> rtos_names();
// OpenOCD's line for a name that is none.
inline std::string unknown_rtos(std::string_view name) {
  std::string line = "Unknown RTOS type " + std::string(name) + ", try one of: ";
  for (const std::string_view known : kRtosNames) line += std::string(known) + ", ";
  return line + "auto or none";
}
// To be asked of GDB for `name`; for "auto" those of all systems. ConfigError that lists the names otherwise.
std::vector<WantedSymbol> wanted_symbols(std::string_view name);
// With "auto", the first system whose needed symbols are all there. Null where they are not. `target` and
// `log` must outlive it.
std::unique_ptr<Rtos> make_rtos(std::string_view name, const SymbolTable& symbols, Target& target, Log& log);

}  // namespace probity::rtos
