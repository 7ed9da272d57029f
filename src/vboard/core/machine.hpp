// The processor's state and the primitives that instructions are written in. Instruction functions
// (thumb16.cpp … parallel.cpp) work on it directly; everything that is not one instruction's business is a
// member here: machine.cpp run loop and reset, memory.cpp loads and stores, exceptions.cpp entry and faults,
// exception_return.cpp, stacking.cpp frames, security.cpp the Security states, psr.cpp special registers,
// debug.cpp halting debug, ppb.cpp and scs*.cpp the memory-mapped registers.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
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
#include "vboard/core/sau.hpp"
#include "vboard/core/scs_state.hpp"
#include "vboard/core/security.hpp"
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
  bool using_psp = false;                // r[13] is PSP: CONTROL.SPSEL, in Thread mode
  bool spsel = false, unprivileged = false;
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
  std::uint32_t special_ns(unsigned sysm) const;                        // the same of Non-secure state
  void set_special(unsigned sysm, unsigned mask, std::uint32_t value);  // MSR
  void set_special_ns(unsigned sysm, std::uint32_t value);
  std::uint32_t control() const {
    return (secure && sfpa ? 8u : 0u) | (fpca ? 4u : 0u) | (spsel ? 2u : 0u) | (unprivileged ? 1u : 0u);
  }
  void set_control(std::uint32_t value);
  std::uint32_t msp() const { return using_psp ? banked_sp : r[13]; }
  std::uint32_t psp() const { return using_psp ? r[13] : banked_sp; }
  void set_msp(std::uint32_t value) { (using_psp ? banked_sp : r[13]) = value & ~3u; }
  void set_psp(std::uint32_t value) { (using_psp ? r[13] : banked_sp) = value & ~3u; }
  void select_stack(bool psp);
  void select_stack() { select_stack(spsel && !in_handler()); }
  std::uint32_t stack_limit() const { return using_psp ? psplim : msplim; }
  // True: register `rn` is SP, `value` below its limit, and the STKOF fault has been raised (DDI 0553,
  // B3.21).
  bool stack_overflows(unsigned rn, std::uint32_t value) {
    if (rn != 13 || value >= stack_limit()) [[likely]]
      return false;
    usage_fault(kStkOf);
    return true;
  }

  // --- Security Extension (security.cpp)
  // All registers here that are banked are those of the current state; `other` has those of the other one.
  bool has_security = false;  // since the last reset; without it `secure` stays false
  bool secure = false;
  bool sfpa = false;  // CONTROL_S.SFPA: Secure code uses the FPU
  SecurityBank other;
  SharedScs shared;
  Sau sau;
  Security state() const { return secure ? Security::secure : Security::non_secure; }
  ScsState& scs_of(bool of_secure) { return of_secure == secure ? scs : other.scs; }
  const ScsState& scs_of(bool of_secure) const { return of_secure == secure ? scs : other.scs; }
  Mpu& mpu_of(bool of_secure) { return of_secure == secure ? mpu : other.mpu; }
  const Mpu& mpu_of(bool of_secure) const { return of_secure == secure ? mpu : other.mpu; }
  std::uint32_t& sp_of(bool of_secure, bool process);
  std::uint32_t sp_limit_of(bool of_secure, bool process) const;
  bool& spsel_of(bool of_secure) { return of_secure == secure ? spsel : other.spsel; }
  bool unprivileged_of(bool of_secure) const {
    return of_secure == secure ? unprivileged : other.unprivileged;
  }
  void switch_security(bool to_secure);
  void secure_fault(std::uint32_t sfsr_bits);
  void secure_gateway();
  void branch_non_secure(std::uint32_t target);  // BXNS
  void call_non_secure(std::uint32_t target);    // BLXNS
  void attributes_changed();
  void set_secure_debug(bool allowed);
  std::optional<Security> memory_security(std::uint32_t address) const;
  bool may_debug_state() const { return !secure || secure_debug; }

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
        (fp_features & needs) == needs && (!has_security || secure_fp_settled())) [[likely]] {
      poll.note_change();
      return true;
    }
    return open_fpu(needs, op);
  }
  bool fpu_enabled() const;
  std::uint32_t test_target(std::uint32_t address, bool alternate, bool as_unprivileged);  // TT (v8m.cpp)
  void lazy_store_multiple(std::uint32_t address, const Op& op);                           // VLSTM
  void lazy_load_multiple(std::uint32_t address, const Op& op);                            // VLLDM

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
  std::uint32_t debug_register(unsigned number);
  void set_debug_register(unsigned number, std::uint32_t value);
  void watch(std::uint32_t address, unsigned size, bool write, std::uint32_t value);  // DWT data comparators
  std::uint32_t read_demcr() const;
  // CONTROL, FAULTMASK, BASEPRI, PRIMASK of a Security state as DCRDR has them.
  std::uint32_t special_word(bool of_secure) const;
  void set_special_word(bool of_secure, std::uint32_t value);

  // --- memory-mapped registers (ppb.cpp, scs.cpp)
  // --------------------------------------------------------------
  BusStatus read_ppb(Master master, Security security, std::uint32_t address, unsigned size,
                     std::uint32_t& value);
  BusStatus write_ppb(Master master, Security security, std::uint32_t address, unsigned size,
                      std::uint32_t value);

  // --- reset and time (machine.cpp)
  // -----------------------------------------------------------------------------
  void power_on_reset();
  void system_reset();
  void hold_in_reset(bool held);
  void set_irq(unsigned number, bool level);
  void receive_event();
  void set_halt_request(bool level);
  std::uint32_t halt_cause() const;
  std::uint64_t run(std::uint64_t cycles);
  // Cycles outside Debug state and deep sleep: what SysTick and CYCCNT count.
  std::uint64_t active_cycles() const { return now - halted_cycles; }
  void refresh();           // anything changed that attend() looks at
  void trace_configured();  // DEMCR.TRCENA, DWT_CTRL or DWT_CYCCNT was written

  const CoreFacts facts;
  SystemBus& bus;
  std::function<void(bool)> on_reset_request;
  std::function<void()> on_send_event, on_halted;
  bool halt_request = false;  // EDBGRQ

  std::uint64_t now = 0, halted_cycles = 0;
  bool powered = false, held = false, boot_pending = false, locked = false, sleeping = false,
       sleeping_for_event = false, clocks_kept = false;
  bool security_extension_wanted = false, secure_debug = true;
  std::array<std::uint32_t, 2> initial_vtor{};  // by Security state
  bool deeply_asleep() const { return sleeping && (scs.scr & kSleepDeep) != 0 && !clocks_kept; }
  bool stalled = false;            // the last thing tried was refused by the bus: Debug state has to wait
  bool step_armed = false;         // DHCSR.C_STEP: halt after the next instruction or exception entry
  std::uint32_t debug_events = 0;  // DFSR bits to halt with at the next instruction boundary
  Outcome outcome = Outcome::done;

  Nvic nvic;
  std::array<SysTick, 2> systick;  // by Security state
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
  static constexpr std::uint32_t kNsacrCp10 = 1u << 10;

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
  BusStatus read_data(bool as_secure, std::uint32_t address, unsigned size, std::uint32_t& value);
  BusStatus write_data(bool as_secure, std::uint32_t address, unsigned size, std::uint32_t value);
  bool allow_unaligned(std::uint32_t address, unsigned size);
  bool settle(BusStatus status, std::uint32_t address);

  bool open_fpu(unsigned needs, const Op& op);
  bool secure_fp_settled() const {
    return (secure ? sfpa : (shared.nsacr & kNsacrCp10) != 0) && (other.scs.fpccr & kLspAct) == 0;
  }
  bool preserve_fp_state();
  void defer_fp_state(std::uint32_t frame_at);
  void share_fpccr(bool from_secure);
  bool fp_enabled_for(bool of_secure, bool as_privileged) const;
  bool secret_fp_state(bool of_secure) const { return of_secure && (scs_of(true).fpccr & kFpTs) != 0; }
  void clear_fp_state(unsigned registers);
  // S0-S15, FPSCR and, of secret state, a reserved word and S16-S31.
  using FpFrame = std::array<std::uint32_t, 34>;
  static unsigned fp_frame_words(bool secret) { return secret ? 34 : 17; }
  FpFrame fp_frame() const;
  void set_fp_frame(std::span<const std::uint32_t> frame);
  bool may_move_fp_state(std::uint32_t address, const Op& op);

  Attribution attribution(std::uint32_t address, bool fetch) const {
    return sau.attribution(address, fetch, bus.idau(address));
  }
  Security bus_security(std::uint32_t address, bool as_secure) const;
  bool security_forbids_data(std::uint32_t address, unsigned size);
  Security fetch_security(std::uint32_t address) const;
  bool security_allows_fetch(std::uint32_t address);
  bool may_execute_here(const Op& op);
  void reset_security();
  void return_from_function();

  bool mpu_forbids(std::uint32_t address, MpuAccess access, bool as_user) const {
    return mpu_forbids(address, access, as_user, secure);
  }
  bool mpu_forbids(std::uint32_t address, MpuAccess access, bool as_user, bool as_secure) const;
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

  Vector read_vector(unsigned slot);
  void raise(unsigned slot, std::uint32_t return_address, std::uint32_t catch_bit);
  void enter_exception(unsigned slot, std::uint32_t return_address, std::uint32_t catch_bit);
  void start_handler(unsigned slot, std::uint32_t vector, std::uint32_t exc_return, std::uint32_t catch_bit);
  void hide_registers(bool callee_saved);
  void note_fault(bool of_secure, std::uint32_t bits);
  unsigned fault_slot(bool of_secure, std::uint32_t bits) const;
  unsigned derive(unsigned slot, std::uint32_t failed, bool from_secure);

  // stacking.cpp: frames. Failures as bits of CFSR and kStackSecurity; `secure`: whose stack.
  std::uint32_t exc_return() const;
  std::uint32_t push_frame(std::uint32_t return_address);
  std::uint32_t push_callee_frame(std::uint32_t exc_return);
  std::uint32_t complete_return(std::uint32_t exc_return, bool to_secure, bool callee_pushed);
  std::uint32_t push_words(bool as_secure, bool user, std::uint32_t at, std::span<const std::uint32_t> words);
  struct Popped {
    BusStatus status = BusStatus::ok;
    std::uint32_t failed = 0;
  };
  Popped pop_words(bool as_secure, bool user, std::uint32_t at, std::span<std::uint32_t> words);
  struct Returning;  // exception_return.cpp
  bool valid_return(std::uint32_t exc_return) const;
  bool unstack(Returning& way);
  bool unstack_callee(Returning& way);
  bool unstack_fp(Returning& way);
  bool pop(Returning& way, std::span<std::uint32_t> words);
  void deactivate(bool of_secure);
  void bad_return(std::uint32_t exc_return, unsigned slot, std::uint32_t bits);
  void finish_return(const Returning& way);

  void finish_transfer();
  bool has_debug_register(unsigned number) const;
  std::uint32_t& debug_stack_register(unsigned number);
  void leave_debug_state();
  Masked interrupts_masked() const {
    if (!debug.c_debugen || !debug.c_maskints) return Masked::none;
    return secure_debug ? Masked::all : Masked::non_secure;
  }
  // The DebugMonitor exception: enabled instead of halting debug, and may preempt now (C1.5).
  bool monitor_enabled() const {
    return !debug.c_debugen && (debug.demcr & kMonEn) != 0 && may_debug_state();
  }
  bool monitor_ready() const;
  bool monitor_stepping() const { return monitor_enabled() && (debug.demcr & kMonStep) != 0; }
  void pend_monitor(std::uint32_t dfsr_bits);
  void watchpoint();
  std::uint64_t dwt_due() const;
  void service_dwt();
  bool may_halt() const { return debug.c_debugen && may_debug_state(); }
  bool halt_wanted() const { return may_halt() && (debug.c_halt || debug_events != 0 || halt_request); }

  bool owns(std::uint32_t address) const;
  bool takes_size(std::uint32_t address, unsigned size) const;
  bool has_scs_register(std::uint32_t offset) const;
  // How an access sees the SCS: who asks, and whose registers.
  struct View {
    Master master;
    bool secure = false;     // of what is banked, the Secure ones
    bool trusted = false;    // sees what is Secure state's alone
    bool no_access = false;  // reads as zero, writes are ignored
  };
  View view_of(Master master, Security security, std::uint32_t& address) const;
  bool sees_slot(View view, unsigned slot) const;
  unsigned slot_of(View view, unsigned exception) const { return nvic.slot(exception, view.secure); }
  std::uint32_t ccr(const ScsState& of) const;
  void write_ccr(View view, std::uint32_t value);
  void write_scr(View view, std::uint32_t value);
  std::uint32_t read_scr(View view) const;
  std::uint32_t read_word(View view, std::uint32_t address);
  void write_word(View view, std::uint32_t address, std::uint32_t value);
  void write_itm(Master master, std::uint32_t offset, unsigned size, std::uint32_t value);
  std::uint32_t read_scs(View view, std::uint32_t offset);
  void write_scs(View view, std::uint32_t offset, std::uint32_t value);
  std::uint32_t read_scs_extras(View view, std::uint32_t offset);
  void write_scs_extras(View view, std::uint32_t offset, std::uint32_t value);
  std::uint32_t read_nvic(View view, std::uint32_t offset) const;
  void write_nvic(View view, std::uint32_t offset, std::uint32_t value);
  void write_nvic_bits(View view, std::uint32_t offset, std::uint32_t value);
  std::uint32_t read_icsr(View view) const;
  void write_icsr(View view, std::uint32_t value);
  std::uint32_t read_shcsr(View view) const;
  void write_shcsr(View view, std::uint32_t value);
  std::uint32_t read_aircr(View view) const;
  void write_aircr(View view, std::uint32_t value);
  bool read_counting(View view, std::uint32_t offset, std::uint32_t& value);
  bool write_systick(View view, std::uint32_t offset, std::uint32_t value);
  // scs_security.cpp: what only Secure state has, and what the two see differently.
  bool owns_secure_register(std::uint32_t offset) const;
  std::uint32_t read_secure_register(std::uint32_t offset) const;
  void write_secure_register(std::uint32_t offset, std::uint32_t value);
  bool sees_bus_faults(View view) const { return !has_security || view.trusted || nvic.bfhfnmins(); }
  std::uint32_t read_fpccr(View view) const;
  void write_fpccr(View view, std::uint32_t value);
  std::uint32_t read_dscsr() const;
  void write_dscsr(std::uint32_t value);
  std::uint32_t read_dauthstatus() const;

  std::uint64_t slice_end_ = 0, limit_ = 0;
  bool attention_ = false;        // run_undisturbed() must stop at the next instruction boundary
  bool exception_ready_ = false;  // a pending exception may preempt now
  bool forwarding_ = false;       // a PPB access was handed to the SystemBus: it may come back once
  std::array<Window, 16> windows_{};
  Op uncached_;
};

}  // namespace probity::vboard::armv7m
