// Target for Armv6-M, Armv7-M and Armv8-M cores. One class, its parts by concern: cortex_m.cpp (what it is),
// examine.cpp, run_control.cpp (poll, halt, resume, step), reset.cpp, algorithm.cpp.
#pragma once

#include <vector>

#include "target/cortex_m/breakpoint_unit.hpp"
#include "target/cortex_m/core_debug.hpp"
#include "target/cortex_m/core_facts.hpp"
#include "target/cortex_m/register_file.hpp"
#include "target/target.hpp"

namespace probity::cortex_m {

class CortexM final : public Target {
 public:
  CortexM(std::string name, const TargetEnvironment& environment);

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
  std::vector<Breakpoint> breakpoints() const override;
  void set_watchpoint(const Watchpoint& watchpoint) override;
  void clear_watchpoint(Address address) override;
  std::vector<Watchpoint> watchpoints() const override;
  std::optional<Watchpoint> watchpoint_hit() override;
  void set_halt_handler(HaltHandler handler) override { halt_handler_ = std::move(handler); }
  std::optional<std::string> fault_report() override;

 private:
  // What start_algorithm() changed and finish_algorithm() gives back.
  struct SavedContext {
    std::vector<RegisterTransfer> registers;
    std::uint32_t demcr = 0, mpu_ctrl = 0, ccr = 0;
    HaltReason reason = HaltReason::none;
    Algorithm algorithm;
  };

  // examine.cpp
  bool still_there();
  void identify();
  void enable_debug();
  void examine_fpu();
  void examine_debug_units();

  // run_control.cpp
  void require_halted(std::string_view what) const;
  void set_state(TargetState state, HaltReason reason = HaltReason::none);
  void enter_halted();
  HaltReason read_halt_reason();
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
  void step_masked();
  // False: the step is over, the core having stopped elsewhere or still running; state_ says which.
  bool serve_pending_interrupts(Address pc);

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
  std::string describe_algorithm_state();
  void stop_algorithm();
  void check_algorithm_end();

  std::string name_;
  TargetEnvironment env_;
  CoreDebug debug_;
  RegisterFile registers_;
  BreakpointUnit breakpoints_;
  WorkAreas work_areas_;

  bool examined_ = false;
  std::uint32_t cpuid_ = 0;
  CoreFacts facts_;
  bool has_fpu_ = false;
  unsigned watchpoints_ = 0;

  TargetState state_ = TargetState::unknown;
  HaltReason reason_ = HaltReason::none;
  std::optional<HaltReason> expected_reason_;  // of a halt that we asked for
  std::function<void(TargetState, HaltReason)> listener_;
  HaltHandler halt_handler_;

  bool resetting_ = false;  // between assert_reset and deassert_reset
  bool srst_pulled_ = false;
  std::optional<SavedContext> saved_;
};

}  // namespace probity::cortex_m
