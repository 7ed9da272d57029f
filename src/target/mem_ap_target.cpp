#include "target/mem_ap_target.hpp"

#include <fmt/format.h>

#include "base/errors.hpp"

namespace probity {

namespace {

class MemApTarget final : public Target {
 public:
  MemApTarget(std::string name, const TargetEnvironment& environment)
      : name_(std::move(name)), env_(environment), work_areas_(environment.memory, environment.clock) {}

  const std::string& name() const override { return name_; }
  std::string_view type() const override { return "mem_ap"; }
  void examine() override { examined_ = true; }
  bool examined() const override { return examined_; }

  TargetState poll() override {
    if (state_ == TargetState::unknown) state_ = TargetState::running;
    return state_;
  }
  TargetState state() const override { return state_; }
  HaltReason halt_reason() const override {
    return state_ == TargetState::halted ? HaltReason::debug_request : HaltReason::not_halted;
  }
  // Nobody is told: nothing happens behind this port that a listener could act on.
  void set_state_listener(std::function<void(TargetState, HaltReason)>) override {}
  std::string describe_halt() override { return fmt::format("[{}] halted (no core)", name_); }

  void halt(Milliseconds) override { state_ = TargetState::halted; }
  void resume(const ResumeOptions&) override { state_ = TargetState::running; }
  void step(std::optional<Address>) override { state_ = TargetState::halted; }
  void wait_halted(Milliseconds) override {
    if (state_ != TargetState::halted) no_core("wait for a halt");
  }
  void assert_reset(bool) override { state_ = TargetState::reset; }
  void deassert_reset(bool halt) override { state_ = halt ? TargetState::halted : TargetState::running; }
  void reset_seen_by_another() override {}
  void set_reset_release(std::function<void()>) override {}
  void soft_reset_halt() override { no_core("reset"); }

  const std::vector<CoreRegister>& registers() const override { return none_; }
  RegisterValue read_register(std::string_view) override { no_core("read a register"); }
  void write_register(std::string_view, RegisterValue) override { no_core("write a register"); }
  void fetch_registers() override {}
  void refresh_register(std::string_view) override { no_core("read a register"); }
  bool register_cached(std::string_view) const override { return false; }
  bool register_dirty(std::string_view) const override { return false; }
  void invalidate_registers() override {}

  MemPort& memory() override { return env_.memory; }
  WorkAreas& work_areas() override { return work_areas_; }

  void start_algorithm(const Algorithm&) override { no_core("run code"); }
  std::uint32_t wait_algorithm(Milliseconds) override { no_core("run code"); }
  void finish_algorithm() override {}

  void set_breakpoint(const Breakpoint&) override { no_core("set a breakpoint"); }
  void clear_breakpoint(Address) override {}
  std::vector<Breakpoint> breakpoints() const override { return {}; }
  unsigned breakpoint_detail(Address) const override { return 0; }
  void set_watchpoint(const Watchpoint&) override { no_core("set a watchpoint"); }
  void clear_watchpoint(Address) override {}
  std::vector<Watchpoint> watchpoints() const override { return {}; }
  std::optional<Watchpoint> watchpoint_hit() override { return {}; }
  void set_halt_handler(HaltHandler) override {}
  std::optional<std::string> fault_report() override { return {}; }
  CortexMControls& cortex_m() override { no_core("do what a Cortex-M does"); }

  std::uint32_t cpuid() const override { return 0; }
  std::string core_name() const override { return "no core"; }
  std::string revision() const override { return {}; }
  std::optional<unsigned> supply_millivolts() override { return env_.adapter.target_voltage(); }

 private:
  [[noreturn]] void no_core(std::string_view what) const {
    throw TargetError(
        fmt::format("target {} is a mem_ap, an access port without a core: it cannot {}", name_, what),
        std::string(name_of(state_)));
  }

  std::string name_;
  TargetEnvironment env_;
  WorkAreas work_areas_;
  std::vector<CoreRegister> none_;
  TargetState state_ = TargetState::unknown;
  bool examined_ = false;
};

}  // namespace

std::unique_ptr<Target> make_mem_ap(std::string name, const TargetEnvironment& environment) {
  return std::make_unique<MemApTarget>(std::move(name), environment);
}

}  // namespace probity
