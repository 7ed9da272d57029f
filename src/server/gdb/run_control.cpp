#include "server/gdb/run_control.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/bits.hpp"
#include "base/errors.hpp"
#include "server/gdb/file_io.hpp"
#include "server/gdb/text.hpp"

namespace probity::server::gdb {

namespace {

// How long to wait between looks: most stops come soon after the start, and a program that runs for long is
// not to be disturbed for nothing.
struct Pace {
  unsigned looks;
  Milliseconds period;
};
constexpr std::array kPaces = {Pace{100, Milliseconds(1)}, Pace{200, Milliseconds(2)},
                               Pace{300, Milliseconds(5)}};
constexpr Milliseconds kSlowest{20};
constexpr Milliseconds kUnreachable{100};  // Session::poll() tells of it at its own pace
constexpr unsigned kLooksAtOnce = 2;       // right behind the start
constexpr unsigned kStepsAtOnce = 16;      // of a range, before others have their turn

Milliseconds period_of(unsigned looks) {
  for (const Pace& pace : kPaces) {
    if (looks < pace.looks) return pace.period;
  }
  return kSlowest;
}

// xPSR.IPSR: which exception is active (DDI 0403E B1.4.2); 2 to 6 are NMI and the faults (B1.5.2).
constexpr Field kIpsr{"IPSR", 0, 9};
constexpr unsigned kNmi = 2, kUsageFault = 6;

// GDB's numbers (include/gdb/signals.def).
unsigned signal_of(HaltReason reason) {
  switch (reason) {
    case HaltReason::debug_request:
      return 2;  // SIGINT
    case HaltReason::breakpoint:
    case HaltReason::watchpoint:
    case HaltReason::watchpoint_and_breakpoint:
    case HaltReason::single_step:
    case HaltReason::exception_catch:
      return 5;  // SIGTRAP
    case HaltReason::none:
    case HaltReason::not_halted:
    case HaltReason::program_exit:
      return 0;
  }
  return 0;
}

}  // namespace

RunControl::RunControl(Context& context, Registers& registers, Breakpoints& breakpoints, Threads& threads)
    : context_(context),
      registers_(registers),
      breakpoints_(breakpoints),
      threads_(threads),
      listener_(
          context.session.add_target_listener([this](TargetEntry& entry, TargetState state, HaltReason) {
            if (&entry != &context_.entry || stepping_) return;
            if (state != TargetState::halted) {
              threads_.forget();
            } else if (waiting_) {
              stopped();
            }
          })) {}

RunControl::~RunControl() {
  context_.session.remove_target_listener(listener_);
  forget();
}

std::string RunControl::last_signal() const {
  if (killed) return "W00";
  const Target& target = context_.target();
  return fmt::format("S{:02x}", target.state() == TargetState::halted ? signal_of(target.halt_reason()) : 0);
}

void RunControl::begin() {
  breakpoints_.settle();
  threads_.forget();
  waiting_ = true;
  killed = interrupted_ = false;
  range_.reset();
  looks_ = 0;
  context_.entry.quiet_halts = true;
  console_.emplace(context_.session.log(), context_.link);
  context_.fire("gdb-start");
}

// Whatever comes after is told by the listener.
Reply RunControl::started() {
  if (!waiting_) return {};  // it stopped already
  for (unsigned i = 0; i < kLooksAtOnce && waiting_ && !range_; ++i) look();
  if (waiting_) {
    task_ = context_.session.tasks().add(period_of(looks_), [this] {
      look();
      if (task_) context_.session.tasks().set_period(*task_, period_of(looks_));
    });
  }
  return {};
}

void RunControl::look() {
  ++looks_;
  if (!context_.session.polling) return;
  try {
    if (range_) {
      if (const Reply reply = step_on()) context_.link.send(*reply);
    } else {
      context_.target().poll();
    }
  } catch (const DeviceGone& e) {
    // Nothing will ever stop this program for GDB.
    context_.link.console(e.describe() + "\n");
    context_.link.connection().close();
    forget();
  } catch (const Error&) {
    if (task_) context_.session.tasks().set_period(*task_, kUnreachable);
  }
}

// Our own call moves the core: what its listener hears meanwhile is not news.
template <typename Move>
void RunControl::by_ourselves(Move&& move) {
  stepping_ = true;
  try {
    move();
  } catch (...) {
    stepping_ = false;
    throw;
  }
  stepping_ = false;
}

template <typename Move>
void RunControl::set_going(Move&& move) {
  try {
    by_ourselves(move);
  } catch (const TargetError& e) {
    // It runs already (GDB attached to it as it ran), or is held in reset: GDB waits for it to stop.
    context_.session.report(e);
  } catch (...) {
    end();
    throw;
  }
}

Reply RunControl::resume(std::optional<Address> address) {
  begin();
  // GDB takes breakpoints away where it means to go past them.
  set_going([&] { context_.session.resume(context_.entry, {.address = address, .past_breakpoint = false}); });
  return started();
}

Reply RunControl::step(std::optional<Address> address) {
  begin();
  if (std::exchange(sync_next, false) && context_.target().state() == TargetState::halted) return end();
  set_going([&] { context_.session.step(context_.entry, address); });
  // Interrupt handlers that did not come to their end leave it running.
  if (context_.target().state() != TargetState::halted) return started();
  if (send_file_io()) return {};
  return end();
}

bool RunControl::must_stop_at(Address pc) const {
  const auto set = context_.target().breakpoints();
  return std::ranges::find(set, pc, &Breakpoint::address) != set.end();
}

// On through the range, a few instructions at a time; the reply once it is over.
Reply RunControl::step_on() {
  Target& target = context_.target();
  for (unsigned i = 0; i < kStepsAtOnce; ++i) {
    try {
      by_ourselves([&] { context_.session.step(context_.entry); });
    } catch (...) {
      range_.reset();
      throw;
    }
    if (target.state() != TargetState::halted) {
      range_.reset();
      return {};
    }
    if (send_file_io()) return {};
    const auto pc = static_cast<Address>(target.read_register("pc"));
    const bool inside = pc >= range_->begin && pc < range_->end;
    if (!inside || target.halt_reason() != HaltReason::single_step || must_stop_at(pc)) return end();
  }
  return {};
}

namespace {

// The thread of an action (":1") does not matter: there is one core.
std::string_view without_thread(std::string_view action) { return action.substr(0, action.find(':')); }

}  // namespace

Reply RunControl::vcont(std::string_view actions) {
  if (actions == "?") return "vCont;c;C;s;S;r";
  if (!actions.starts_with(';')) return std::string();
  const std::string_view rest = actions.substr(1);
  const std::string_view action = without_thread(rest.substr(0, rest.find(';')));
  switch (action.empty() ? '\0' : action[0]) {
    case 'c':
    case 'C':
      return resume({});
    case 's':
    case 'S':
      return step({});
    case 'r': {
      Fields fields(action.substr(1));
      const Address first = fields.address();
      fields.expect(',');
      const Address last = fields.address();
      if (sync_next || context_.target().state() != TargetState::halted) return step({});
      begin();
      range_ = Range{first, last};
      Reply reply;
      try {
        reply = step_on();
      } catch (...) {
        end();
        throw;
      }
      return reply ? reply : started();
    }
    default:
      return std::string();
  }
}

void RunControl::interrupt() {
  if (!waiting_) {
    // As OpenOCD: GDB asks because it thinks that the target runs.
    context_.session.log().info("The target is not running when halt was requested, stopping GDB.");
    interrupted_ = true;
    context_.link.send(end());
    return;
  }
  interrupted_ = true;
  if (context_.target().state() == TargetState::halted) {  // within a range, or at a File-I/O call
    context_.link.send(end());
    return;
  }
  context_.target().halt();
  if (waiting_ && context_.target().state() == TargetState::halted) stopped();
}

void RunControl::stopped() {
  if (send_file_io()) return;
  context_.link.send(end());
}

// A call of the program's that GDB is to carry out comes in place of a stop.
bool RunControl::send_file_io() {
  FileIo* io = file_io_of(context_);
  const FileIoRequest* request = io ? io->pending() : nullptr;
  if (!request) return false;
  const std::string packet = request->packet();
  if (packet.starts_with('W')) {
    end();
    killed = true;
  }
  context_.link.send(packet);
  return true;
}

void RunControl::file_io_reply(std::string_view text) {
  FileIo* io = file_io_of(context_);
  if (!io || !io->pending()) throw BadRequest("no File-I/O call is waiting for an answer");
  const FileIoReply reply = parse_file_io_reply(text);
  by_ourselves([&] { io->finish(reply); });
  if (send_file_io()) return;
  if (context_.target().state() == TargetState::halted) {
    interrupted_ = reply.ctrl_c;
    context_.link.send(end());
  } else if (!task_) {
    started();
  }
}

void RunControl::forget() {
  waiting_ = false;
  range_.reset();
  if (task_) context_.session.tasks().remove(*task_);
  task_.reset();
  console_.reset();
  context_.entry.quiet_halts = false;
}

// The stop reply; from here on GDB does not wait.
std::string RunControl::end() {
  if (task_) context_.session.tasks().remove(*task_);
  task_.reset();
  range_.reset();
  waiting_ = false;
  context_.entry.quiet_halts = false;
  std::string reply;
  try {
    context_.fire("gdb-end");
    if (context_.target().state() == TargetState::halted) tell_of_fault();
    reply = stop_reply();
  } catch (const Error& e) {
    context_.session.report(e);
    reply = "T00";
  }
  console_.reset();
  return reply;
}

std::string RunControl::stop_reply() {
  Target& target = context_.target();
  const bool halted = target.state() == TargetState::halted;
  const HaltReason reason = halted ? target.halt_reason() : HaltReason::not_halted;
  // Stopped by a breakpoint at the moment of Ctrl-C: still the answer to Ctrl-C.
  std::string text = fmt::format("T{:02x}", std::exchange(interrupted_, false) ? 2 : signal_of(reason));
  if (!halted) return text;
  if (reason == HaltReason::watchpoint || reason == HaltReason::watchpoint_and_breakpoint) {
    text += watchpoint_field();
  }
  text += threads_.stop_field();  // first: the core's registers are wanted, not a selected thread's
  text += registers_.expedited();
  return text;
}

std::string RunControl::watchpoint_field() {
  const auto hit = context_.target().watchpoint_hit();
  if (!hit) return {};
  const std::string_view word = hit->access == WatchAccess::write  ? "watch"
                                : hit->access == WatchAccess::read ? "rwatch"
                                                                   : "awatch";
  return fmt::format("{}:{:08x};", word, hit->address);
}

// Once for each fault, not at each stop in its handler. The target itself writes it to the log, after this.
void RunControl::tell_of_fault() {
  const auto xpsr = static_cast<std::uint32_t>(context_.target().read_register("xPSR"));
  const unsigned exception = kIpsr.get(xpsr);
  const bool fault = exception >= kNmi && exception <= kUsageFault;
  if (fault && context_.target().halt_reason() == HaltReason::single_step) return;
  const std::string before = std::exchange(told_fault_, {});
  if (fault) told_fault_ = context_.target().fault_report().value_or("");
  if (console_ && !told_fault_.empty() && told_fault_ != before) context_.link.console(told_fault_ + "\n");
}

}  // namespace probity::server::gdb
