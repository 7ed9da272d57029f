// Arm semihosting for one target: a program that stops at BKPT 0xAB asks the debugger for files, characters,
// the time. The calls are carried out on this machine, or by GDB (FileIo). Whatever the program passes, it
// gets an answer; bad pointers and handles are an errno of its own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "target/semihosting/arguments.hpp"
#include "target/semihosting/console.hpp"
#include "target/semihosting/file_io.hpp"
#include "target/semihosting/host_files.hpp"
#include "target/semihosting/operations.hpp"
#include "target/target.hpp"

namespace probity {

// Target, clock and log must outlive the Semihosting; empty functions do nothing.
struct SemihostingEnvironment {
  Target& target;
  Clock& clock;
  Log& log;
  // "semihosting-user-cmd-0x100" and so on.
  std::function<void(std::string_view event)> run_event;
  // While a debugger is connected, a program's end does not end the session.
  std::function<bool()> debugger_connected;
  // The program has ended with this status. May throw.
  std::function<void(int status)> end_session;
};

class Semihosting final : public FileIo {
 public:
  explicit Semihosting(SemihostingEnvironment environment);

  // Off at first. Files that the program has open stay open when it is switched off.
  void enable(bool on);
  bool enabled() const { return enabled_; }

  std::string command_line;     // for SYS_GET_CMDLINE
  bool file_io = false;         // GDB carries out the calls
  bool resumable_exit = false;  // the program runs on behind its SYS_EXIT
  std::string& base_folder() { return files_.base_folder; }

  // Which operations use a console other than the standard streams: the debug channel (SYS_WRITEC,
  // SYS_WRITE0, SYS_READC), the files ":tt", or both.
  enum class Redirected { debug, stdio, all };
  void redirect(std::unique_ptr<SemihostingConsole> console, Redirected what);
  void end_redirection() { redirection_.reset(); }

  // Of the operation 0x100-0x107 whose event runs now.
  const std::optional<std::string>& user_parameter() const { return user_parameter_; }

  // Since the last call; nothing where there was none. Who polls can poll faster while the program talks.
  std::optional<Nanoseconds> quiet_for() const;

  const FileIoRequest* pending() const override { return pending_ ? &pending_->request : nullptr; }
  void finish(const FileIoReply& reply) override;

  // To be told by whoever hears of it: an unanswered request is void.
  void target_resumed() { pending_.reset(); }
  // The program begins anew: its files are closed.
  void target_reset();

 private:
  // What becomes of the core at the end of a call.
  enum class Next {
    run,   // with the answer
    wait,  // nothing to read yet: the core makes the call again, and the next poll finds it
    stay   // halted, for everybody to see
  };
  struct Answer {
    Next next = Next::run;
    std::optional<std::int64_t> value = {};  // r0; nothing: left as it is
    int error = 0;                           // errno, where the call failed
  };
  using Arguments = semihosting::Arguments;
  using Run = Answer (Semihosting::*)(const Arguments&);
  struct Row {
    semihosting::Operation operation;
    std::string_view name;
    Run here;
    Run by_gdb;  // null: as without GDB
  };
  using Continuation = std::function<Answer(const FileIoReply&)>;
  struct Pending {
    FileIoRequest request;
    Continuation then;
  };
  struct Redirection {
    std::unique_ptr<SemihostingConsole> console;
    Redirected what;
  };

  // semihosting.cpp
  bool at_halt();
  Answer perform(std::uint32_t operation, const Arguments& arguments);
  void conclude(const Answer& answer, bool run);
  static const Row* row(std::uint32_t operation);
  static Answer failed(int error) { return {Next::run, -1, error}; }
  static Answer value(std::int64_t value) { return {Next::run, value, 0}; }
  static Answer answer(const semihosting::Outcome& outcome) {
    return {Next::run, outcome.value, outcome.error};
  }
  Answer bad_pointer(Address address);
  SemihostingConsole& console(Redirected channel);
  bool print(Redirected channel, SemihostingConsole::Stream stream, ByteView bytes);

  // host_calls.cpp
  Answer open(const Arguments& arguments);
  Answer close(const Arguments& arguments);
  Answer writec(const Arguments& arguments);
  Answer write0(const Arguments& arguments);
  Answer write(const Arguments& arguments);
  Answer read(const Arguments& arguments);
  Answer read_console(const Arguments& arguments, Address buffer, std::uint32_t length);
  Answer readc(const Arguments& arguments);
  Answer istty(const Arguments& arguments);
  Answer seek(const Arguments& arguments);
  Answer flen(const Arguments& arguments);
  Answer remove(const Arguments& arguments);
  Answer rename(const Arguments& arguments);
  Answer system(const Arguments& arguments);

  // other_calls.cpp
  Answer iserror(const Arguments& arguments);
  Answer tmpnam(const Arguments& arguments);
  Answer clock(const Arguments& arguments);
  Answer time(const Arguments& arguments);
  Answer error_number(const Arguments& arguments);
  Answer get_cmdline(const Arguments& arguments);
  Answer heapinfo(const Arguments& arguments);
  Answer exit(const Arguments& arguments);
  Answer exit_extended(const Arguments& arguments);
  Answer end_program(std::uint32_t reason, std::uint32_t code);
  Answer elapsed(const Arguments& arguments);
  Answer tickfreq(const Arguments& arguments);
  Answer user_operation(std::uint32_t operation, const Arguments& arguments);

  // gdb_calls.cpp
  Answer request(std::string call, std::vector<FileIoRequest::Parameter> parameters, Continuation then);
  Answer gdb_open(const Arguments& arguments);
  Answer gdb_close(const Arguments& arguments);
  Answer gdb_writec(const Arguments& arguments);
  Answer gdb_write0(const Arguments& arguments);
  Answer gdb_write(const Arguments& arguments);
  Answer gdb_read(const Arguments& arguments);
  Answer gdb_readc(const Arguments& arguments);
  Answer gdb_istty(const Arguments& arguments);
  Answer gdb_seek(const Arguments& arguments);
  Answer gdb_flen(const Arguments& arguments);
  Answer gdb_remove(const Arguments& arguments);
  Answer gdb_rename(const Arguments& arguments);
  Answer gdb_system(const Arguments& arguments);

  SemihostingEnvironment env_;
  bool enabled_ = false;
  semihosting::HostFiles files_;
  StandardConsole standard_;
  std::optional<Redirection> redirection_;
  bool pointer_warned_ = false;  // said once, or a program that does it for ever fills the log
  bool nobody_warned_ = false;   // that nobody takes the redirected output was said
  std::optional<Pending> pending_;
  std::optional<std::string> user_parameter_;
  int errno_ = 0;  // what SYS_ERRNO answers
  Nanoseconds start_;
  std::optional<Nanoseconds> last_call_;
};

}  // namespace probity
