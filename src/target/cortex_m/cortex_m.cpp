#include "target/cortex_m/cortex_m.hpp"

#include <fmt/format.h>

#include <array>

#include "base/errors.hpp"

namespace probity {

std::unique_ptr<Target> make_cortex_m(std::string name, const TargetEnvironment& environment) {
  return std::make_unique<cortex_m::CortexM>(std::move(name), environment);
}

namespace cortex_m {

namespace {

// Exception numbers 0-15, DDI 0403E B1.5.2; the words as OpenOCD 0.12.0 prints them.
constexpr std::array<std::string_view, 16> kExceptionNames = {
    "",         "Reset",    "NMI",      "HardFault", "MemManage",    "BusFault", "UsageFault", "SecureFault",
    "RESERVED", "RESERVED", "RESERVED", "SVCall",    "DebugMonitor", "RESERVED", "PendSV",     "SysTick"};

std::string exception_name(std::uint32_t number) {
  if (number < kExceptionNames.size()) return std::string(kExceptionNames[number]);
  return fmt::format("External Interrupt({})", number - kExceptionNames.size());
}

// C's "%#8.8x": no 0x before zero. OpenOCD's lines have it so.
std::string hex8(std::uint32_t value) { return value == 0 ? "00000000" : fmt::format("{:#010x}", value); }

}  // namespace

CortexM::CortexM(std::string name, const TargetEnvironment& environment)
    : name_(std::move(name)),
      env_(environment),
      debug_(environment.memory, environment.clock),
      registers_(debug_),
      breakpoints_(environment.memory),
      software_breakpoints_(environment.memory),
      watchpoints_(environment.memory),
      work_areas_(environment.memory, environment.clock) {
  registers_.describe(facts_, false, 0);
}

CortexM::~CortexM() {
  if (!examined_) return;
  const UninterruptedScope giving_back(env_.clock);
  try {
    remove_debug_units();
  } catch (const Error& e) {
    env_.log.debug("[{}] breakpoints stay behind: {}", name_, e.what());
  }
}

void CortexM::set_state_listener(std::function<void(TargetState, HaltReason)> listener) {
  listener_ = std::move(listener);
}

std::string CortexM::describe_halt() {
  require_halted("describe the halt");
  registers_.fetch({{regsel::kProgramCounter, regsel::kXpsr, regsel::kMsp, regsel::kPsp, regsel::kSpecial}});
  const auto xpsr = static_cast<std::uint32_t>(read_register("xPSR"));
  const auto control = static_cast<std::uint32_t>(read_register("control"));
  const std::uint32_t exception = xpsr & 0x1FF;
  const std::string_view mode = exception != 0 ? "Handler" : (control & 1) != 0 ? "Thread (User)" : "Thread";
  return fmt::format("[{}] halted due to {}, current mode: {} {}\nxPSR: {} pc: {} {}sp: {}{}", name_,
                     name_of(reason_), mode, exception_name(exception), hex8(xpsr),
                     hex8(static_cast<std::uint32_t>(read_register("pc"))), (control & 2) != 0 ? 'p' : 'm',
                     hex8(static_cast<std::uint32_t>(read_register("sp"))), security_words());
}

RegisterValue CortexM::read_register(std::string_view name) {
  const RegisterRow& row = registers_.row(name);
  if (row.address != 0) return env_.memory.read32(row.address);
  require_halted("read a register");
  return registers_.read(row);
}

void CortexM::write_register(std::string_view name, RegisterValue value) {
  const RegisterRow& row = registers_.row(name);
  if (row.address != 0) return env_.memory.write32(row.address, static_cast<std::uint32_t>(value));
  require_halted("write a register");
  registers_.write(row, value);
}

void CortexM::fetch_registers() {
  require_halted("read the registers");
  registers_.fetch_all();
}

void CortexM::refresh_register(std::string_view name) {
  const RegisterRow& row = registers_.row(name);
  if (row.address != 0) return;
  require_halted("read a register");
  registers_.forget(row);
  registers_.read(row);
}

bool CortexM::register_cached(std::string_view name) const { return registers_.cached(registers_.row(name)); }
bool CortexM::register_dirty(std::string_view name) const { return registers_.dirty(registers_.row(name)); }
void CortexM::invalidate_registers() { registers_.invalidate(); }

}  // namespace cortex_m
}  // namespace probity
