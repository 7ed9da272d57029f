#include "target/semihosting/semihosting.hpp"

#include <cerrno>
#include <utility>

#include "base/errors.hpp"

namespace probity {

using semihosting::Operation;

Semihosting::Semihosting(SemihostingEnvironment environment)
    : env_(std::move(environment)), start_(env_.clock.now()) {}

void Semihosting::enable(bool on) {
  enabled_ = on;
  env_.target.set_halt_handler(on ? Target::HaltHandler([this] { return at_halt(); }) : nullptr);
}

void Semihosting::redirect(std::unique_ptr<SemihostingConsole> console, Redirected what) {
  redirection_ = Redirection{std::move(console), what};
  nobody_warned_ = false;
}

std::optional<Nanoseconds> Semihosting::quiet_for() const {
  if (!last_call_) return {};
  return env_.clock.now() - *last_call_;
}

void Semihosting::target_reset() {
  pending_.reset();
  files_.close_all();
  pointer_warned_ = false;
}

const Semihosting::Row* Semihosting::row(std::uint32_t operation) {
  using S = Semihosting;
  static constexpr Row kRows[] = {
      {Operation::open, "SYS_OPEN", &S::open, &S::gdb_open},
      {Operation::close, "SYS_CLOSE", &S::close, &S::gdb_close},
      {Operation::writec, "SYS_WRITEC", &S::writec, &S::gdb_writec},
      {Operation::write0, "SYS_WRITE0", &S::write0, &S::gdb_write0},
      {Operation::write, "SYS_WRITE", &S::write, &S::gdb_write},
      {Operation::read, "SYS_READ", &S::read, &S::gdb_read},
      {Operation::readc, "SYS_READC", &S::readc, &S::gdb_readc},
      {Operation::iserror, "SYS_ISERROR", &S::iserror, nullptr},
      {Operation::istty, "SYS_ISTTY", &S::istty, &S::gdb_istty},
      {Operation::seek, "SYS_SEEK", &S::seek, &S::gdb_seek},
      {Operation::flen, "SYS_FLEN", &S::flen, &S::gdb_flen},
      {Operation::tmpnam, "SYS_TMPNAM", &S::tmpnam, nullptr},
      {Operation::remove, "SYS_REMOVE", &S::remove, &S::gdb_remove},
      {Operation::rename, "SYS_RENAME", &S::rename, &S::gdb_rename},
      {Operation::clock, "SYS_CLOCK", &S::clock, nullptr},
      {Operation::time, "SYS_TIME", &S::time, nullptr},
      {Operation::system, "SYS_SYSTEM", &S::system, &S::gdb_system},
      {Operation::error_number, "SYS_ERRNO", &S::error_number, nullptr},
      {Operation::get_cmdline, "SYS_GET_CMDLINE", &S::get_cmdline, nullptr},
      {Operation::heapinfo, "SYS_HEAPINFO", &S::heapinfo, nullptr},
      {Operation::exit, "SYS_EXIT", &S::exit, nullptr},
      {Operation::exit_extended, "SYS_EXIT_EXTENDED", &S::exit_extended, nullptr},
      {Operation::elapsed, "SYS_ELAPSED", &S::elapsed, nullptr},
      {Operation::tickfreq, "SYS_TICKFREQ", &S::tickfreq, nullptr},
  };
  for (const Row& candidate : kRows) {
    if (static_cast<std::uint32_t>(candidate.operation) == operation) return &candidate;
  }
  return nullptr;
}

bool Semihosting::at_halt() {
  Target& target = env_.target;
  if (target.halt_reason() == HaltReason::debug_request || pending_) return false;
  const auto pc = static_cast<Address>(target.read_register("pc"));
  try {
    if (target.memory().read16(pc) != semihosting::kBreakpoint) return false;
  } catch (const MemoryFault&) {
    return false;  // nothing readable there, so no BKPT either
  }
  const auto operation = static_cast<std::uint32_t>(target.read_register("r0"));
  const Arguments arguments(target.memory(), static_cast<Address>(target.read_register("r1")));
  const Answer answer = perform(operation, arguments);
  if (answer.next == Next::wait) {
    target.resume({.address = pc});  // the core makes the call again
    return true;
  }
  last_call_ = env_.clock.now();
  if (answer.next == Next::stay) return false;
  conclude(answer, true);
  return true;
}

Semihosting::Answer Semihosting::perform(std::uint32_t operation, const Arguments& arguments) {
  if (const Row* known = row(operation)) {
    const Answer answer = (this->*(file_io && known->by_gdb ? known->by_gdb : known->here))(arguments);
    env_.log.debug("semihosting: {}({:#x}) = {}{}", known->name, arguments.block(), answer.value.value_or(0),
                   answer.next == Next::run ? "" : " (later)");
    return answer;
  }
  if (operation >= static_cast<std::uint32_t>(Operation::user_first) &&
      operation <= static_cast<std::uint32_t>(Operation::user_last)) {
    return user_operation(operation, arguments);
  }
  // OpenOCD 0.12.0's line. As there, a number that Arm reserves is refused, and one that nobody knows is a
  // stop.
  env_.log.user("semihosting: unsupported call {:#x}", operation);
  if (operation <= static_cast<std::uint32_t>(Operation::tickfreq)) return failed(ENOTSUP);
  return {Next::stay};
}

// The address is given to resume() so that it does not look for another BKPT to skip there.
void Semihosting::conclude(const Answer& answer, bool run) {
  Target& target = env_.target;
  if (answer.error != 0) errno_ = answer.error;
  if (answer.value) target.write_register("r0", static_cast<std::uint32_t>(*answer.value));
  const auto behind = static_cast<Address>(target.read_register("pc")) + 2;
  if (run) {
    target.resume({.address = behind});
  } else {
    target.write_register("pc", behind);
  }
}

Semihosting::Answer Semihosting::bad_pointer(Address address) {
  env_.log.warn(
      "semihosting: the program passed an address or length that its memory does not have: {:#010x}",
      address);
  return failed(EFAULT);
}

SemihostingConsole& Semihosting::console(Redirected channel) {
  const bool redirected =
      redirection_ && (redirection_->what == Redirected::all || redirection_->what == channel);
  return redirected ? *redirection_->console : static_cast<SemihostingConsole&>(standard_);
}

bool Semihosting::print(Redirected channel, SemihostingConsole::Stream stream, ByteView bytes) {
  const bool taken = console(channel).write(stream, bytes);
  if (!taken && !nobody_warned_) env_.log.error("No connected TCP client for semihosting");
  nobody_warned_ = !taken;
  return taken;
}

void Semihosting::finish(const FileIoReply& reply) {
  if (!pending_) return;
  const Pending answered = std::move(*pending_);
  pending_.reset();
  Answer answer = answered.then(reply);
  if (answer.next == Next::stay) return;  // the next request of the same call
  if (reply.error != 0) answer.error = static_cast<int>(reply.error);
  last_call_ = env_.clock.now();
  conclude(answer, !reply.ctrl_c);
}

}  // namespace probity
