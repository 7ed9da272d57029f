#include "target/target.hpp"

#include "base/errors.hpp"

namespace probity {

std::string_view name_of(TargetState state) {
  switch (state) {
    case TargetState::unknown:
      return "unknown";
    case TargetState::running:
      return "running";
    case TargetState::halted:
      return "halted";
    case TargetState::reset:
      return "reset";
    case TargetState::debug_running:
      return "debug-running";
  }
  return "unknown";
}

std::string_view name_of(HaltReason reason) {
  switch (reason) {
    case HaltReason::none:
      return "undefined";
    case HaltReason::debug_request:
      return "debug-request";
    case HaltReason::breakpoint:
      return "breakpoint";
    case HaltReason::watchpoint:
      return "watchpoint";
    case HaltReason::watchpoint_and_breakpoint:
      return "watchpoint-and-breakpoint";
    case HaltReason::single_step:
      return "single-step";
    case HaltReason::not_halted:
      return "target-not-halted";
    case HaltReason::program_exit:
      return "program-exit";
    case HaltReason::exception_catch:
      return "exception-catch";
  }
  return "undefined";
}

RunningAlgorithm::RunningAlgorithm(Target& target, const Algorithm& algorithm) : target_(target) {
  target_.start_algorithm(algorithm);
}

RunningAlgorithm::~RunningAlgorithm() {
  if (finished_) return;
  try {
    target_.finish_algorithm();
  } catch (const Error&) {
    // The error that is on its way tells more.
  }
}

void RunningAlgorithm::finish() {
  finished_ = true;
  target_.finish_algorithm();
}

std::vector<std::uint32_t> Target::run_algorithm(const Algorithm& algorithm, Milliseconds timeout,
                                                 const std::vector<std::string>& outputs) {
  RunningAlgorithm running(*this, algorithm);
  wait_algorithm(timeout);
  std::vector<std::uint32_t> values;
  values.reserve(outputs.size());
  for (const std::string& name : outputs) values.push_back(static_cast<std::uint32_t>(read_register(name)));
  running.finish();
  return values;
}

}  // namespace probity
