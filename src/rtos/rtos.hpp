// Threads of a real-time operating system, read from the target's memory while the core is halted. One row
// per system in registry.cpp; nothing of the target is changed.
#pragma once

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
struct Thread {
  ThreadId id = 0;
  std::string name;
  std::string state;  // "Running", "Ready", "Blocked" …: what GDB shows behind the name
};

// A register of a thread, by the target's own name for it ("r0", "sp", "xpsr", "s16").
using ThreadRegisters = std::vector<std::pair<std::string, RegisterValue>>;

class Rtos {
 public:
  virtual ~Rtos() = default;
  virtual std::string_view name() const = 0;  // "FreeRTOS", as `-rtos` takes it
  // Reads the lists anew. Before the scheduler has started there is one thread, "Current Execution".
  // MemoryFault, TargetError (lists that make no sense: a loop, a count out of bounds) name the structure;
  // the threads are then what was read up to there.
  virtual void update() = 0;
  virtual const std::vector<Thread>& threads() const = 0;
  // The one whose registers the core holds; nothing before the scheduler has started.
  virtual std::optional<ThreadId> current() const = 0;
  // Registers of a thread that is not the current one, from the frame on its stack: all of r0 … xpsr, and the
  // FPU's where the frame has them. TargetError for an unknown id.
  virtual ThreadRegisters registers(ThreadId thread) = 0;
};

// "FreeRTOS", "Zephyr", "ThreadX", "chibios" …: what `-rtos` takes, besides "auto" and "none".
std::vector<std::string_view> rtos_names();
// To be asked of GDB for `name`; for "auto" those of all systems. ConfigError that lists the names otherwise.
std::vector<WantedSymbol> wanted_symbols(std::string_view name);
// With "auto", the first system whose needed symbols are all there. Null where they are not. `target` and
// `log` must outlive it.
std::unique_ptr<Rtos> make_rtos(std::string_view name, const SymbolTable& symbols, Target& target, Log& log);

}  // namespace probity::rtos
