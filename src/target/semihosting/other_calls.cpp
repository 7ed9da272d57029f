// The operations that need neither files nor console.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>

#include "base/bytes.hpp"
#include "target/semihosting/semihosting.hpp"

namespace probity {

namespace {

constexpr Nanoseconds kTick = Microseconds(1);
constexpr std::uint32_t kTicksASecond = 1'000'000;

}  // namespace

Semihosting::Answer Semihosting::iserror(const Arguments& arguments) {
  const auto status = arguments.word(0);
  if (!status) return bad_pointer(arguments.block());
  return value(static_cast<std::int32_t>(*status) < 0 ? 1 : 0);
}

// The same name for the same identifier, another one in each run.
Semihosting::Answer Semihosting::tmpnam(const Arguments& arguments) {
  const auto buffer = arguments.word(0), identifier = arguments.word(1), length = arguments.word(2);
  if (!buffer || !identifier || !length) return bad_pointer(arguments.block());
  if (*identifier > 255) return failed(EINVAL);
  const std::string name = fmt::format("tmp{}-{:03}", ::getpid(), *identifier);
  if (name.size() + 1 > *length) return failed(ENAMETOOLONG);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(name.c_str());
  return arguments.write(*buffer, {bytes, name.size() + 1}) ? value(0) : bad_pointer(*buffer);
}

// Hundredths of a second since the start.
Semihosting::Answer Semihosting::clock(const Arguments&) {
  return value((env_.clock.now() - start_) / Milliseconds(10));
}

// Seconds since 1970: the one time that the injected Clock does not have.
Semihosting::Answer Semihosting::time(const Arguments&) { return value(std::time(nullptr)); }

Semihosting::Answer Semihosting::error_number(const Arguments&) { return value(errno_); }

// The length counts the 0, as OpenOCD's.
Semihosting::Answer Semihosting::get_cmdline(const Arguments& arguments) {
  const auto buffer = arguments.word(0), length = arguments.word(1);
  if (!buffer || !length) return bad_pointer(arguments.block());
  const auto size = static_cast<std::uint32_t>(command_line.size() + 1);
  if (size > *length) return failed(E2BIG);
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(command_line.c_str());
  if (!arguments.write(*buffer, {bytes, size})) return bad_pointer(*buffer);
  return arguments.set_word(1, size) ? value(0) : bad_pointer(arguments.block());
}

// Four zeros: the program's linker script knows its heap and stack.
Semihosting::Answer Semihosting::heapinfo(const Arguments& arguments) {
  const auto block = arguments.word(0);
  if (!block) return bad_pointer(arguments.block());
  return arguments.write(*block, Bytes(16)) ? value(0) : bad_pointer(*block);
}

Semihosting::Answer Semihosting::exit(const Arguments& arguments) {
  return end_program(arguments.block(), 0);
}

Semihosting::Answer Semihosting::exit_extended(const Arguments& arguments) {
  const auto reason = arguments.word(0), code = arguments.word(1);
  if (!reason || !code) return bad_pointer(arguments.block());
  return end_program(*reason, *code);
}

Semihosting::Answer Semihosting::end_program(std::uint32_t reason, std::uint32_t code) {
  const bool by_itself = reason == semihosting::kApplicationExit;
  const std::uint32_t status = by_itself ? code : 1;
  if (file_io) return request("exit", {{status}}, [](const FileIoReply&) { return Answer{}; });
  // OpenOCD 0.12.0's sentences.
  if (by_itself) {
    env_.log.user("semihosting: *** application exited {} ***",
                  code == 0 ? "normally" : fmt::format("with {}", static_cast<std::int32_t>(code)));
  } else if (reason == semihosting::kRunTimeError) {
    env_.log.user("semihosting: *** application exited with error ***");
  } else {
    env_.log.user("semihosting: application exception {:#x}", reason);
  }
  files_.close_all();
  const bool debugged = env_.debugger_connected && env_.debugger_connected();
  if (!debugged && env_.end_session) env_.end_session(static_cast<int>(status & 0xFF));
  return resumable_exit ? Answer{} : Answer{Next::stay};
}

Semihosting::Answer Semihosting::elapsed(const Arguments& arguments) {
  const auto ticks = static_cast<std::uint64_t>((env_.clock.now() - start_) / kTick);
  const bool written = arguments.set_word(0, static_cast<std::uint32_t>(ticks)) &&
                       arguments.set_word(1, static_cast<std::uint32_t>(ticks >> 32));
  return written ? value(0) : bad_pointer(arguments.block());
}

Semihosting::Answer Semihosting::tickfreq(const Arguments&) { return value(kTicksASecond); }

// For the user's scripts: the event's body finds the text that the program passed.
Semihosting::Answer Semihosting::user_operation(std::uint32_t operation, const Arguments& arguments) {
  const auto text_at = arguments.word(0), length = arguments.word(1);
  if (!text_at || !length) return bad_pointer(arguments.block());
  user_parameter_ = arguments.text(*text_at, *length, semihosting::kLongestText);
  if (!user_parameter_) return bad_pointer(*text_at);
  if (env_.run_event) env_.run_event(fmt::format("semihosting-user-cmd-{:#x}", operation));
  user_parameter_.reset();
  return value(0);
}

}  // namespace probity
