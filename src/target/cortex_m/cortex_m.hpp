// Target for Armv6-M, Armv7-M and Armv8-M cores. One class, its parts by concern: cortex_m.cpp (what it is),
// examine.cpp, run_control.cpp (poll, halt, resume), step.cpp, breakpoints.cpp, fault.cpp, reset.cpp,
// algorithm.cpp, trust_zone.cpp.
#pragma once

#include <vector>

#include "target/cortex_m/breakpoint_unit.hpp"
#include "target/cortex_m/core_debug.hpp"
#include "target/cortex_m/core_facts.hpp"
#include "target/cortex_m/fault_report.hpp"
#include "target/cortex_m/register_file.hpp"
#include "target/cortex_m/software_breakpoints.hpp"
#include "target/cortex_m/watchpoint_unit.hpp"
#include "target/target.hpp"

namespace probity::cortex_m {

class CortexM final : public Target, private CortexMControls {
 public:
  CortexM(std::string name, const TargetEnvironment& environment);
  ~CortexM() override;  // removes the breakpoints and watchpoints

  const std::string& name() const override { return name_; }
  std::string_view type() const override { return "cortex_m"; }
  void examine() override;
  bool examined() const override { return examined_; }

  TargetState poll() override;
  TargetState state() const override { return state_; }
  HaltReason halt_reason() const override { return reason_; }
  void set_state_listener(std::function<void(TargetState, HaltReason)> listener) override;
  std::string describe_halt() override;

  void halt(Milliseconds timeout) override;
  void resume(const ResumeOptions& options) override;
  void step(std::optional<Address> address) override;
  void wait_halted(Milliseconds timeout) override;

  void assert_reset(bool halt) override;
  void deassert_reset(bool halt) override;
  void reset_seen_by_another() override { reset_seen_by_another_ = resetting_; }
  void set_reset_release(std::function<void()> release) override { reset_release_ = std::move(release); }
  void soft_reset_halt() override;

  const std::vector<CoreRegister>& registers() const override { return registers_.registers(); }
  RegisterValue read_register(std::string_view name) override;
  void write_register(std::string_view name, RegisterValue value) override;
  void fetch_registers() override;
  void refresh_register(std::string_view name) override;
  bool register_cached(std::string_view name) const override;
  bool register_dirty(std::string_view name) const override;
  void invalidate_registers() override;

  MemPort& memory() override { return env_.memory; }
  WorkAreas& work_areas() override { return work_areas_; }

  void start_algorithm(const Algorithm& algorithm) override;
  std::uint32_t wait_algorithm(Milliseconds timeout) override;
  void finish_algorithm() override;

  std::uint32_t cpuid() const override { return cpuid_; }
  std::string core_name() const override { return facts_.name; }
  std::string revision() const override { return revision_of(cpuid_); }

  std::optional<unsigned> supply_millivolts() override { return env_.adapter.target_voltage(); }

  void set_breakpoint(const Breakpoint& breakpoint) override;
  void clear_breakpoint(Address address) override;
  std::vector<Breakpoint> breakpoints() const override { return user_breakpoints_; }
  unsigned breakpoint_detail(Address address) const override;
  void set_watchpoint(const Watchpoint& watchpoint) override;
  void clear_watchpoint(Address address) override;
  std::vector<Watchpoint> watchpoints() const override { return watchpoints_.watchpoints(); }
  std::optional<Watchpoint> watchpoint_hit() override { return watchpoint_hit_; }
  void set_halt_handler(HaltHandler handler) override { halt_handler_ = std::move(handler); }
  std::optional<std::string> fault_report() override;

  CortexMControls& cortex_m() override { return *this; }
  std::uint32_t vector_catch() override;
  void set_vector_catch(std::uint32_t catches) override;
  InterruptMasking interrupt_masking() const override { return masking_; }
  void set_interrupt_masking(InterruptMasking masking) override;

 private:
  // What start_algorithm() changed and finish_algorithm() gives back.
  struct SavedContext {
    std::vector<RegisterTransfer> registers;
    std::uint32_t demcr = 0, mpu_ctrl = 0, ccr = 0;
    std::optional<bool> secure;  // the security state before, where it was changed
    HaltReason reason = HaltReason::none;
    Algorithm algorithm;
  };

  // examine.cpp
  bool still_there();
  void identify();
  void enable_debug();
  void examine_fpu();
  void examine_debug_units();

  // trust_zone.cpp
  void look_at_security();
  std::string security_words() const;
  std::string secure_debug_hint() const;
  bool read_secure_state();
  void set_secure_state(bool secure);
  void select_secure_bank(bool on);
  void enter_security_state(const Algorithm& algorithm);

  // breakpoints.cpp
  bool breakpoint_at(Address address) const;
  void set_unit_breakpoint(Address address, BreakpointKind kind);
  void clear_unit_breakpoint(Address address);
  void restore_debug_units();
  void remove_debug_units();
  std::uint32_t demcr(std::uint32_t catches = 0) const;

  // run_control.cpp
  void require_halted(std::string_view what) const;
  void set_state(TargetState state, HaltReason reason = HaltReason::none);
  void enter_halted();
  void enter_halted(std::uint32_t dfsr);
  // Reads and clears what stopped the core.
  std::uint32_t take_dfsr();
  HaltReason halt_reason_of(std::uint32_t dfsr);
  std::uint32_t recover_lockup();
  void request_halt();
  // Returns the DHCSR that showed S_HALT.
  std::uint32_t wait_for_halt(Milliseconds timeout);
  [[noreturn]] void not_halted(const Deadline& deadline, std::string_view facts) const;
  // Writes the registers back and leaves Debug state, with interrupts masked or not, for one instruction or
  // on.
  void let_run(bool masked, bool step);
  void skip_breakpoint_instruction();
  void prepare_to_run(std::optional<Address> address);
  enum class Handling { nothing, run, step };  // in the halt handler: of a halt, or of a step over a call
  bool handled(Handling how);

  // step.cpp
  void wait_step_over();
  void step_instruction(Address pc, bool masked);
  bool step_off_breakpoint(Address pc);
  std::optional<BreakpointKind> plant_breakpoint(Address pc);
  // False: the step is over, the core having stopped elsewhere or still running; state_ says which.
  bool serve_pending_interrupts(Address pc);
  void step_over_bkpt(Address pc);

  // fault.cpp
  bool locked_up();
  std::optional<FaultFacts> fault();
  FaultFacts fault_facts(unsigned exception);
  std::optional<ExceptionFrame> find_exception_frame(std::uint32_t cfsr);
  void log_fault();

  // reset.cpp
  bool uses_srst() const { return env_.reset.has_srst && env_.adapter.has_srst(); }
  void arm_reset(bool halt);
  bool try_arm_reset(bool halt);
  void pull_srst(bool halt);
  void request_soft_reset(bool halt, SoftReset how);
  bool wait_reset_over();
  void finish_reset(bool halt);
  std::optional<std::uint32_t> dhcsr_or_reconnect();

  // algorithm.cpp
  void prepare_memory_system();
  void flush_caches();
  void restore_memory_system();
  void set_algorithm_registers(const Algorithm& algorithm);
  void clear_stack_limits();
  void restore_registers();
  std::string describe_algorithm_state();
  void stop_algorithm();
  void check_algorithm_end();

  std::string name_;
  TargetEnvironment env_;
  CoreDebug debug_;
  RegisterFile registers_;
  BreakpointUnit breakpoints_;
  SoftwareBreakpoints software_breakpoints_;
  WatchpointUnit watchpoints_;
  WorkAreas work_areas_;

  bool examined_ = false;
  std::uint32_t cpuid_ = 0;
  CoreFacts facts_;
  bool has_fpu_ = false;
  struct {
    bool present = false;  // the Security Extension is there, and on
    bool debug = false;    // Secure debug is allowed
    bool secure = false;   // the state at the last halt
  } trust_zone_;
  std::vector<Breakpoint> user_breakpoints_;  // in the order they were set
  std::uint32_t vector_catch_ = 0;            // DEMCR.VC_*, as the user wants them
  InterruptMasking masking_ = InterruptMasking::automatic;

  TargetState state_ = TargetState::unknown;
  HaltReason reason_ = HaltReason::none;
  std::optional<HaltReason> expected_reason_;  // of a halt that we asked for
  std::function<void(TargetState, HaltReason)> listener_;
  HaltHandler halt_handler_;
  Handling handling_ = Handling::nothing;
  std::optional<Watchpoint> watchpoint_hit_;
  bool locked_up_ = false;                   // before this halt
  std::uint32_t last_dfsr_ = 0;              // of the last halt
  std::vector<std::uint32_t> logged_fault_;  // what tells the last fault that was logged from others

  bool resetting_ = false;  // between assert_reset and deassert_reset
  bool reset_seen_by_another_ = false;
  std::function<void()> reset_release_ = [] {};
  bool srst_pulled_ = false;
  std::optional<SavedContext> saved_;
};

}  // namespace probity::cortex_m
