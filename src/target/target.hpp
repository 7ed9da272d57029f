// Target: what flash, session, commands and servers need of a core. Cortex-M implements it (cortex_m.cpp).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapter/adapter.hpp"
#include "adapter/mem_port.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "dap/dap.hpp"
#include "target/cortex_m_controls.hpp"
#include "target/registers.hpp"
#include "target/reset_config.hpp"
#include "target/work_area.hpp"

namespace probity {

// As `targets` and `$target curstate` print them.
enum class TargetState { unknown, running, halted, reset, debug_running };
std::string_view name_of(TargetState state);

// Why it halted; `name_of` gives OpenOCD's words ("debug-request", "breakpoint", "single-step" …).
enum class HaltReason {
  none,
  debug_request,
  breakpoint,
  watchpoint,
  watchpoint_and_breakpoint,
  single_step,
  not_halted,
  program_exit,
  exception_catch
};
std::string_view name_of(HaltReason reason);

enum class BreakpointKind { hardware, software };
struct Breakpoint {
  Address address = 0;
  unsigned length = 2;  // bytes of the instruction that is replaced: 2 or 4
  BreakpointKind kind = BreakpointKind::hardware;
  friend bool operator==(const Breakpoint&, const Breakpoint&) = default;
};

enum class WatchAccess { read, write, access };
struct Watchpoint {
  Address address = 0;
  std::uint32_t length = 4;  // bytes: a power of two, `address` a multiple of it
  WatchAccess access = WatchAccess::access;
  std::optional<std::uint32_t> value;  // stop only at this value
  std::uint32_t mask = 0xFFFFFFFF;     // the bits of `value` that count
  friend bool operator==(const Watchpoint&, const Watchpoint&) = default;
};

struct ResumeOptions {
  std::optional<Address> address;  // nothing: from the current pc
  bool debug_execution = false;    // an algorithm: interrupts masked, registers restored by the caller
  bool past_breakpoint = true;     // one at the pc is stepped over; else the core stops there at once
};

// Code in the target's RAM: set `registers`, run from `entry` until the core stops at a BKPT. With `exit`, a
// stop anywhere else is an error.
struct Algorithm {
  Address entry = 0;
  Address stack_top = 0;
  std::vector<std::pair<std::string, std::uint32_t>> registers;  // "r0" → value
  std::optional<Address> exit;
  // The security state to run in; nothing: the one that the core is in, and the only one where it has no
  // TrustZone.
  std::optional<bool> secure = {};
};

// All references must outlive the target.
struct TargetEnvironment {
  Dap& dap;          // for waking the debug port after a reset
  MemPort& memory;   // memory of the core's access port
  Adapter& adapter;  // for the reset wires
  const ResetConfig& reset;
  Clock& clock;
  Log& log;
};

class Target {
 public:
  virtual ~Target() = default;
  virtual const std::string& name() const = 0;
  virtual std::string_view type() const = 0;  // "cortex_m"

  // Reads CPUID and the debug units, enables halting debug, logs what the core is. Must come before all that
  // follows; may be called again, and then says and changes nothing where the same core still answers.
  // TargetError / DapError where nothing answers or it is no Cortex-M.
  virtual void examine() = 0;
  virtual bool examined() const = 0;

  // Looks at the core now and returns its state. A change of state is also told to the listener.
  virtual TargetState poll() = 0;
  // As of the last poll or call.
  virtual TargetState state() const = 0;
  virtual HaltReason halt_reason() const = 0;
  // Called once for each halt and resume that poll() or a call below finds ("halted", "resumed", "reset" …).
  virtual void set_state_listener(std::function<void(TargetState, HaltReason)> listener) = 0;
  // OpenOCD's lines: "[stm32f4x.cpu] halted due to debug-request, current mode: Thread \nxPSR: 0x01000000 pc:
  // 0x08000188 msp: 0x20020000".
  virtual std::string describe_halt() = 0;

  // Returns when the core is halted; TimeoutError otherwise. Nothing to do when it already is. With 0 ms it
  // asks only; poll() or wait_halted() finds the core halted.
  virtual void halt(Milliseconds timeout = Milliseconds(1000)) = 0;
  // TargetError when not halted.
  virtual void resume(const ResumeOptions& options = {}) = 0;
  virtual void step(std::optional<Address> address = {}) = 0;
  // Waits until halted, by polling; TimeoutError names the state it saw last.
  virtual void wait_halted(Milliseconds timeout) = 0;

  // A reset is two calls, so that the session can run events between them. `halt`: stop at the reset vector.
  // assert_reset arms vector catch first, then pulls nRST or writes AIRCR; deassert_reset releases, waits
  // until the core is seen reset (DHCSR.S_RESET_ST set, then clear) and, with `halt`, halted. Without a
  // working nRST wire it falls back to SYSRESETREQ and says so.
  virtual void assert_reset(bool halt) = 0;
  virtual void deassert_reset(bool halt) = 0;
  // Between the two: another target that means the same core (`-dap`, `-ap-num`) has seen the reset, and by
  // that cleared DHCSR.S_RESET_ST.
  virtual void reset_seen_by_another() = 0;
  // What lets the core go on where the chip itself goes on holding it in reset after nRST was released (the
  // extended reset of SAM D's device service unit). deassert_reset() calls it while S_RESET_ST stays set;
  // vector catch is armed then. It may throw what memory accesses throw.
  virtual void set_reset_release(std::function<void()> release) = 0;
  // A reset by software alone (`soft_reset_halt`).
  virtual void soft_reset_halt() = 0;

  // --- registers; the core must be halted (TargetError otherwise). Writes are cached until resume, step or
  // flush. ---
  virtual const std::vector<CoreRegister>& registers() const = 0;
  virtual RegisterValue read_register(std::string_view name) = 0;
  virtual void write_register(std::string_view name, RegisterValue value) = 0;
  // Makes all registers cached, in one batch.
  virtual void fetch_registers() = 0;
  // Forgets what is cached of it, a pending write too, and reads it again.
  virtual void refresh_register(std::string_view name) = 0;
  virtual bool register_cached(std::string_view name) const = 0;
  virtual bool register_dirty(std::string_view name) const = 0;
  virtual void invalidate_registers() = 0;

  virtual MemPort& memory() = 0;
  virtual WorkAreas& work_areas() = 0;

  // Starts the algorithm and returns at once. Before it runs, whatever the old firmware did is made harmless:
  // interrupts masked, xPSR.T set, CONTROL/PRIMASK/FAULTMASK/BASEPRI cleared, stale DFSR/CFSR/HFSR cleared,
  // MPU and caches off. The core must be halted. All registers are saved, and restored by finish_algorithm.
  virtual void start_algorithm(const Algorithm& algorithm) = 0;
  // Waits for its end; on time-out halts the core and throws TimeoutError with pc, xPSR and CFSR in the
  // message. TargetError with the same facts when it stopped for a fault, lock-up or reset. Returns r0.
  virtual std::uint32_t wait_algorithm(Milliseconds timeout) = 0;
  // Halts it if it still runs and restores the registers; safe to call on every way out.
  virtual void finish_algorithm() = 0;
  // start + wait + finish; returns the values that `outputs` had at the end.
  std::vector<std::uint32_t> run_algorithm(const Algorithm& algorithm, Milliseconds timeout,
                                           const std::vector<std::string>& outputs);

  // --- breakpoints and watchpoints ---
  // The core must be halted for software breakpoints and watchpoints (their memory and their comparators
  // change). All are kept over resets, and removed when the target goes.
  // Setting what is set at the same address already (same kind, length and access) does nothing, and so does
  // clearing what is not set. TargetError where the comparators are all taken, listing by whom, where the
  // unit does not reach the address, and where a software breakpoint's memory does not take it (flash).
  virtual void set_breakpoint(const Breakpoint& breakpoint) = 0;
  virtual void clear_breakpoint(Address address) = 0;
  virtual std::vector<Breakpoint> breakpoints() const = 0;
  // What `bp` lists of it: a hardware breakpoint's comparator, or the halfword that a software one replaced.
  virtual unsigned breakpoint_detail(Address address) const = 0;
  virtual void set_watchpoint(const Watchpoint& watchpoint) = 0;
  virtual void clear_watchpoint(Address address) = 0;
  virtual std::vector<Watchpoint> watchpoints() const = 0;
  // Of a core that halted for a watchpoint: which one matched; nothing where that cannot be told.
  virtual std::optional<Watchpoint> watchpoint_hit() = 0;

  // Asked at each halt that the core came to by itself, before anybody is told: true when it was dealt with
  // and the core runs again (semihosting). One handler; an empty one is none.
  using HaltHandler = std::function<bool()>;
  virtual void set_halt_handler(HaltHandler handler) = 0;

  // Why the core is in a fault handler or locked up: the fault, the pc that caused it, the status registers
  // decoded; several lines. Nothing where it is in no fault. The core must be halted.
  virtual std::optional<std::string> fault_report() = 0;

  // What only a Cortex-M has.
  virtual CortexMControls& cortex_m() = 0;

  // Facts about the core, for flash drivers and `info`.
  virtual std::uint32_t cpuid() const = 0;
  virtual std::string core_name() const = 0;  // "Cortex-M4"
  virtual std::string revision() const = 0;   // "r0p1"
  // The voltage the probe measures at the target's supply; nothing where it cannot. Flash programming widths
  // follow it.
  virtual std::optional<unsigned> supply_millivolts() { return {}; }
};

// `target create NAME cortex_m …`. The environment's references must outlive the target.
std::unique_ptr<Target> make_cortex_m(std::string name, const TargetEnvironment& environment);

// An algorithm from its start to its end. Whichever way it is left, the target gets its registers back; a
// failure of that while another error is under way is dropped.
class RunningAlgorithm {
 public:
  RunningAlgorithm(Target& target, const Algorithm& algorithm);
  ~RunningAlgorithm();
  RunningAlgorithm(const RunningAlgorithm&) = delete;
  RunningAlgorithm& operator=(const RunningAlgorithm&) = delete;
  void finish();  // with its errors

 private:
  Target& target_;
  bool finished_ = false;
};

}  // namespace probity
