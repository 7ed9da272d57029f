// The processor's state and the primitives that instructions are written in. Instruction functions
// (thumb16.cpp … parallel.cpp) work on it directly; everything that is not one instruction's business is a
// member here: machine.cpp run loop and reset, memory.cpp loads and stores, exceptions.cpp entry, return and
// faults, psr.cpp special registers, debug.cpp halting debug, ppb.cpp and scs.cpp the memory-mapped
// registers.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>

#include "vboard/core/code_cache.hpp"
#include "vboard/core/core.hpp"
#include "vboard/core/debug_state.hpp"
#include "vboard/core/dwt.hpp"
#include "vboard/core/fpb.hpp"
#include "vboard/core/mpu.hpp"
#include "vboard/core/nvic.hpp"
#include "vboard/core/op.hpp"
#include "vboard/core/poll_detector.hpp"
#include "vboard/core/scs_state.hpp"
#include "vboard/core/system_bus.hpp"
#include "vboard/core/systick.hpp"
#include "vboard/core/trace_state.hpp"

namespace probity::vboard::armv7m {

// What became of the instruction that was just executed.
enum class Outcome : std::uint8_t {
  done,        // go on at next_pc
  stalled,     // the bus asked to come again: nothing of the instruction has happened
  redirected,  // exception entry or return, reset, lock-up, halt: pc and xPSR are as they shall be
};

// What an instruction asks of the FPU: single precision (FPv4-SP), double precision, FPv5's additions.
enum FpFeature : unsigned { kFpSingle = 1, kFpDouble = 2, kFpV5 = 4 };

struct Machine {
  Machine(const CoreFacts& facts, SystemBus& bus);

  // --- registers -----------------------------------------------------------------------------------------
  std::array<std::uint32_t, 16> r{};  // r[13] the current SP; r[15] the operand value of PC while executing
  std::uint32_t pc = 0, next_pc = 0;  // the instruction being executed, the one that follows
  bool n = false, z = false, c = false, v = false, q = false;
  std::uint8_t ge = 0;
  std::uint8_t it = 0;  // ITSTATE
  bool thumb = true;    // EPSR.T
  unsigned ipsr = 0;
  std::uint32_t banked_sp = 0;           // the stack pointer that r[13] is not
  std::uint32_t msplim = 0, psplim = 0;  // Armv8-M
  bool using_psp = false, unprivileged = false;
  bool primask = false, faultmask = false;
  std::uint8_t basepri = 0;
  std::array<std::uint32_t, 32> fp{};  // S0-S31
  std::uint32_t fpscr = 0;
  bool fpca = false;         // CONTROL.FPCA: the running context uses the FPU
  unsigned fp_features = 0;  // FpFeature
  bool as_user = false;      // LDRT, STRT: the access counts as unprivileged
  bool exclusive = false;
  std::uint32_t exclusive_address = 0;
  bool event = false;

  bool v6m() const { return facts.architecture == Architecture::v6m; }
  bool v8m() const { return facts.architecture == Architecture::v8m; }
  bool in_handler() const { return ipsr != 0; }
  bool privileged() const { return in_handler() || !unprivileged; }
  bool in_it_block() const { return it != 0; }
  bool sets_flags(const Op& op) const {
    return op.set_flags == SetFlags::yes || (op.set_flags == SetFlags::outside_it && it == 0);
  }
  void set_nz(std::uint32_t result) {
    n = (result >> 31) != 0;
    z = result == 0;
  }
  bool condition_passed(unsigned cond) const;
  void advance_it() { it = (it & 7) == 0 ? 0 : static_cast<std::uint8_t>((it & 0xE0) | ((it << 1) & 0x1F)); }

  // psr.cpp
  std::uint32_t xpsr() const;
  void set_apsr(std::uint32_t value);                                   // N Z C V Q and GE
  void set_epsr(std::uint32_t value);                                   // T and ITSTATE
  std::uint32_t special(unsigned sysm) const;                           // MRS
  void set_special(unsigned sysm, unsigned mask, std::uint32_t value);  // MSR
  std::uint32_t control() const {
    return (fpca ? 4u : 0u) | (using_psp ? 2u : 0u) | (unprivileged ? 1u : 0u);
  }
  void set_control(std::uint32_t value);
  std::uint32_t msp() const { return using_psp ? banked_sp : r[13]; }
  std::uint32_t psp() const { return using_psp ? r[13] : banked_sp; }
  void set_msp(std::uint32_t value) { (using_psp ? banked_sp : r[13]) = value & ~3u; }
  void set_psp(std::uint32_t value) { (using_psp ? r[13] : banked_sp) = value & ~3u; }
  void select_stack(bool psp);
  std::uint32_t stack_limit() const { return using_psp ? psplim : msplim; }
  // True: register `rn` is SP, `value` below its limit, and the STKOF fault has been raised (DDI 0553,
  // B3.21).
  bool stack_overflows(unsigned rn, std::uint32_t value) {
    if (rn != 13 || value >= stack_limit()) [[likely]]
      return false;
    usage_fault(kStkOf);
    return true;
  }

  // --- branches (A2.3.1) -----------------------------------------------------------------------------------
  void branch(std::uint32_t target) {
    next_pc = target & ~1u;
    now += kBranchCycles;
  }
  // A branch whose target is known; backward ones may be the end of a polling loop.
  void branch_immediate(std::uint32_t target) {
    branch(target);
    if (target <= pc) note_loop(target);
  }
  // BXWritePC and LoadWritePC: EXC_RETURN in Handler mode, else bit 0 goes to EPSR.T.
  void branch_exchange(std::uint32_t target);

  // --- floating point (fp_context.cpp) -----------------------------------------------------------------
  // Every instruction of the FPU asks first. False: it faulted or stalled, and changes nothing.
  bool use_fpu(unsigned needs, const Op& op) {
    if (fpca && (scs.cpacr & kFullAccess) == kFullAccess && (scs.fpccr & kLspAct) == 0 &&
        (fp_features & needs) == needs) [[likely]] {
      poll.note_change();
      return true;
    }
    return open_fpu(needs, op);
  }
  bool fpu_enabled() const;
  std::uint32_t test_target(std::uint32_t address, bool as_unprivileged) const;  // TT (v8m.cpp)

  // --- memory (memory.cpp)
  // ---------------------------------------------------------------------------------- False: it faulted or
  // stalled, and the instruction must change nothing more.
  bool load(std::uint32_t address, unsigned size, std::uint32_t& value) {
    const Window& w = window(address);
    if (address - w.begin <= w.last) [[likely]] {
      value = peek(w.bytes + (address - w.begin), size);
      return true;
    }
    return load_slowly(address, size, value);
  }
  bool store(std::uint32_t address, unsigned size, std::uint32_t value) {
    const Window& w = window(address);
    if (w.writable != nullptr && address - w.begin <= w.last) [[likely]] {
      poke(w.writable + (address - w.begin), address, size, value);
      return true;
    }
    return store_slowly(address, size, value);
  }
  // For instructions that never accept an unaligned address (LDM, LDRD, exclusives).
  bool load_aligned(std::uint32_t address, unsigned size, std::uint32_t& value) {
    return check_alignment(address, size) && load(address, size, value);
  }
  bool store_aligned(std::uint32_t address, unsigned size, std::uint32_t value) {
    return check_alignment(address, size) && store(address, size, value);
  }
  bool check_alignment(std::uint32_t address, unsigned size);
  void memory_changed(std::uint32_t begin, std::uint32_t size);
  void drop_windows();

  // --- exceptions (exceptions.cpp)
  // ----------------------------------------------------------------------------
  int execution_priority(bool ignore_primask = false) const;
  // To be called when anything changed that decides which exception may be taken.
  void priorities_changed();
  void usage_fault(std::uint32_t cfsr_bits);
  void bus_fault(std::uint32_t cfsr_bits);
  void data_bus_fault(std::uint32_t address);
  void memory_fault(std::uint32_t cfsr_bits);
  void debug_hard_fault();  // BKPT without a debugger
  void supervisor_call();
  void exception_return(std::uint32_t exc_return);
  void lock_up();
  void wait_for_interrupt();
  void wait_for_event();
  void hint(unsigned code);  // NOP, YIELD, WFE, WFI, SEV, in 16 or 32 bits

  // --- debug (debug.cpp)
  // ---------------------------------------------------------------------------------------
  void breakpoint();
  void halt(std::uint32_t dfsr_bits);
  std::uint32_t read_dhcsr(Master master);
  void write_dhcsr(std::uint32_t value);
  void write_dcrsr(std::uint32_t value);
  std::uint32_t read_dcrdr() const;
  void write_demcr(std::uint32_t value);
  std::uint32_t debug_register(unsigned number) const;
  void set_debug_register(unsigned number, std::uint32_t value);
  void watch(std::uint32_t address, unsigned size, bool write, std::uint32_t value);  // DWT data comparators
  std::uint32_t read_demcr() const;
  std::uint32_t special_word() const;  // CONTROL, FAULTMASK, BASEPRI, PRIMASK as DCRDR has them
  void set_special_word(std::uint32_t value);

  // --- memory-mapped registers (ppb.cpp, scs.cpp)
  // --------------------------------------------------------------
  BusStatus read_ppb(Master master, std::uint32_t address, unsigned size, std::uint32_t& value);
  BusStatus write_ppb(Master master, std::uint32_t address, unsigned size, std::uint32_t value);

  // --- reset and time (machine.cpp)
  // -----------------------------------------------------------------------------
  void power_on_reset();
  void system_reset();
  void hold_in_reset(bool held);
  void set_irq(unsigned number, bool level);
  std::uint64_t run(std::uint64_t cycles);
  // Cycles outside Debug state and deep sleep: what SysTick and CYCCNT count.
  std::uint64_t active_cycles() const { return now - halted_cycles; }
  void refresh();           // anything changed that attend() looks at
  void trace_configured();  // DEMCR.TRCENA, DWT_CTRL or DWT_CYCCNT was written

  const CoreFacts facts;
  SystemBus& bus;
  std::function<void(bool)> on_reset_request;

  std::uint64_t now = 0, halted_cycles = 0;
  bool powered = false, held = false, boot_pending = false, locked = false, sleeping = false,
       sleeping_for_event = false, clocks_kept = false;
  bool deeply_asleep() const { return sleeping && (scs.scr & kSleepDeep) != 0 && !clocks_kept; }
  bool stalled = false;            // the last thing tried was refused by the bus: Debug state has to wait
  bool step_armed = false;         // DHCSR.C_STEP: halt after the next instruction or exception entry
  std::uint32_t debug_events = 0;  // DFSR bits to halt with at the next instruction boundary
  Outcome outcome = Outcome::done;

  Nvic nvic;
  SysTick systick;
  ScsState scs;
  DebugState debug;
  Mpu mpu;
  Fpb fpb;
  Dwt dwt;
  TraceState trace;
  CodeCache code;
  PollDetector poll;

 private:
  static constexpr unsigned kBranchCycles = 2;              // refill of the pipeline; 1 to 3 in the M4's TRM
  static constexpr std::uint32_t kFullAccess = 0x00F00000;  // CPACR: CP10 and CP11
  static constexpr unsigned kFpFrameWords = 17;             // S0-S15, FPSCR

  // Plain memory reached without the bus; `last` is the last offset at which 4 bytes are there.
  struct Window {
    std::uint32_t begin = 1, last = 0;
    const std::uint8_t* bytes = nullptr;
    std::uint8_t* writable = nullptr;
  };
  struct Vector {
    BusStatus status;
    std::uint32_t value;
  };

  // Flash at 0x08…, SRAM at 0x20… and CCM at 0x10… fall on different entries.
  const Window& window(std::uint32_t address) const {
    return windows_[((address >> 16) ^ (address >> 27)) & (windows_.size() - 1)];
  }
  static std::uint32_t peek(const std::uint8_t* bytes, unsigned size);
  void poke(std::uint8_t* bytes, std::uint32_t address, unsigned size, std::uint32_t value);
  bool open_window(std::uint32_t address);
  bool load_slowly(std::uint32_t address, unsigned size, std::uint32_t& value);
  bool store_slowly(std::uint32_t address, unsigned size, std::uint32_t value);
  BusStatus read_data(std::uint32_t address, unsigned size, std::uint32_t& value);
  BusStatus write_data(std::uint32_t address, unsigned size, std::uint32_t value);
  bool allow_unaligned(std::uint32_t address, unsigned size);
  bool settle(BusStatus status, std::uint32_t address);

  bool open_fpu(unsigned needs, const Op& op);
  bool preserve_fp_state();
  void defer_fp_state(std::uint32_t frame_at);
  std::array<std::uint32_t, kFpFrameWords> fp_frame() const;
  void set_fp_frame(std::span<const std::uint32_t, kFpFrameWords> frame);

  bool mpu_forbids(std::uint32_t address, MpuAccess access, bool as_user) const;
  bool mpu_forbids_data(std::uint32_t address, unsigned size, MpuAccess access);
  bool may_execute(std::uint32_t address) const;
  Op* fetch();
  Op* fetch_with_mpu();
  Op* decode_here();
  bool fetch_halfword(std::uint32_t address, std::uint32_t& value, bool& cacheable);
  BusStatus read_patched(Master master, std::uint32_t address, unsigned size, std::uint32_t& value);
  void note_loop(std::uint32_t target);
  void execute(Op& op);
  void run_undisturbed();
  bool attend();
  void step();
  void boot();
  void pass_time(std::uint64_t until);
  void service_systick();
  void service_trace();
  std::uint64_t trace_due() const;
  std::uint64_t systick_due() const;
  void wait_for_bus();
  void reschedule();  // SysTick was programmed
  bool wake_up();

  Vector read_vector(unsigned exception);
  void raise(unsigned exception, std::uint32_t return_address, std::uint32_t catch_bit);
  void enter_exception(unsigned exception, std::uint32_t return_address, std::uint32_t catch_bit);
  using Frame = std::array<std::uint32_t, 8>;
  using FpFrame = std::array<std::uint32_t, kFpFrameWords>;
  std::uint32_t exc_return() const;
  bool valid_return(std::uint32_t exc_return) const;
  std::uint32_t push_frame(std::uint32_t return_address);
  std::uint32_t push_words(std::uint32_t at, std::span<const std::uint32_t> words);
  bool pop_words(std::uint32_t exc_return, std::uint32_t at, std::span<std::uint32_t> words, bool user);
  void start_handler(unsigned exception, std::uint32_t vector, std::uint32_t exc_return,
                     std::uint32_t catch_bit);
  void bad_return(std::uint32_t exc_return, unsigned fault, std::uint32_t cfsr_bits);
  void finish_return(std::uint32_t exc_return, const Frame& frame, std::uint32_t frame_at);

  void finish_transfer();
  void leave_debug_state();
  bool interrupts_masked() const { return debug.c_debugen && debug.c_maskints; }
  // The DebugMonitor exception: enabled instead of halting debug, and may preempt now (C1.5).
  bool monitor_enabled() const { return !debug.c_debugen && (debug.demcr & kMonEn) != 0; }
  bool monitor_ready() const;
  bool monitor_stepping() const { return monitor_enabled() && (debug.demcr & kMonStep) != 0; }
  void pend_monitor(std::uint32_t dfsr_bits);
  void watchpoint();
  std::uint64_t dwt_due() const;
  void service_dwt();
  bool halt_wanted() const { return debug.c_debugen && (debug.c_halt || debug_events != 0); }

  bool owns(std::uint32_t address) const;
  bool takes_size(std::uint32_t address, unsigned size) const;
  bool has_scs_register(std::uint32_t offset) const;
  std::uint32_t ccr() const;
  void write_ccr(std::uint32_t value);
  std::uint32_t read_word(Master master, std::uint32_t address);
  void write_word(Master master, std::uint32_t address, std::uint32_t value);
  void write_itm(Master master, std::uint32_t offset, unsigned size, std::uint32_t value);
  std::uint32_t read_scs(Master master, std::uint32_t offset);
  void write_scs(Master master, std::uint32_t offset, std::uint32_t value);
  std::uint32_t read_scs_extras(Master master, std::uint32_t offset);
  void write_scs_extras(Master master, std::uint32_t offset, std::uint32_t value);
  std::uint32_t read_nvic(std::uint32_t offset) const;
  void write_nvic(std::uint32_t offset, std::uint32_t value);
  std::uint32_t read_icsr() const;
  void write_icsr(std::uint32_t value);
  std::uint32_t read_shcsr() const;
  void write_shcsr(std::uint32_t value);
  void write_aircr(std::uint32_t value);
  bool read_counting(std::uint32_t offset, std::uint32_t& value);

  std::uint64_t slice_end_ = 0, limit_ = 0;
  bool attention_ = false;        // run_undisturbed() must stop at the next instruction boundary
  bool exception_ready_ = false;  // a pending exception may preempt now
  bool forwarding_ = false;       // a PPB access was handed to the SystemBus: it may come back once
  std::array<Window, 16> windows_{};
  Op uncached_;
};

}  // namespace probity::vboard::armv7m
