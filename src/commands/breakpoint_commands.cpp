// bp, rbp, wp, rwp.
#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/run_control_commands.hpp"
#include "commands/table.hpp"
#include "session/session.hpp"

namespace probity {

namespace {

std::string list_breakpoints(const Target& target) {
  std::string text;
  for (const Breakpoint& set : target.breakpoints()) {
    const unsigned detail = target.breakpoint_detail(set.address);
    if (set.kind == BreakpointKind::hardware) {
      text += fmt::format("Breakpoint(IVA): 0x{:08x}, 0x{:x}, {}\n", set.address, set.length, detail);
    } else {
      text += fmt::format("IVA breakpoint: 0x{:08x}, 0x{:x}, 0x{:04x}\n", set.address, set.length, detail);
    }
  }
  return text;
}

// 3 is how some debuggers ask for a 32-bit instruction.
unsigned instruction_length(const std::string& word) {
  const std::uint64_t length = args::number(word);
  if (length < 2 || length > 4)
    throw UsageError(fmt::format("'{}' is no length of a Thumb instruction: 2 or 4", word));
  return length == 3 ? 2 : static_cast<unsigned>(length);
}

// The words behind the address, as OpenOCD takes them; those of other processors get its errors.
Breakpoint breakpoint_of(std::span<const std::string> words) {
  if (words.size() == 4) throw TargetError("Hybrid breakpoint not available");
  if (words.size() == 3 && words[2] == "hw_ctx") throw TargetError("Context breakpoint not available");
  if (words.size() == 3 && words[2] != "hw") {
    args::number(words[2]);
    throw TargetError("Hybrid breakpoint not available");
  }
  return {args::address(words[0]), instruction_length(words[1]),
          words.size() == 3 ? BreakpointKind::hardware : BreakpointKind::software};
}

// `bp address length` means software, also in old scripts for code in flash, where OpenOCD then never stops.
void set_somehow(const Call& call, Target& target, Breakpoint breakpoint) {
  try {
    target.set_breakpoint(breakpoint);
  } catch (const TargetError& e) {
    if (breakpoint.kind == BreakpointKind::hardware || target.state() != TargetState::halted) throw;
    call.session.log().info("{}; using a hardware breakpoint", e.message());
    breakpoint.kind = BreakpointKind::hardware;
    target.set_breakpoint(breakpoint);
  }
}

std::string set_breakpoint(const Call& call) {
  if (call.args.empty()) return list_breakpoints(target_of(call));
  args::expect(call.args, 2, 4);
  Target& target = target_of(call);
  const Breakpoint breakpoint = breakpoint_of(call.args);
  const auto set = target.breakpoints();
  if (std::ranges::find(set, breakpoint.address & ~Address{1}, &Breakpoint::address) != set.end()) {
    throw TargetError(fmt::format("Duplicate Breakpoint address: 0x{:08x}", breakpoint.address));
  }
  set_somehow(call, target, breakpoint);
  return fmt::format("breakpoint set at 0x{:08x}\n", breakpoint.address);
}

// What is not there need not be removed: said, but no failure, as with OpenOCD.
std::string none_at(const Call& call, std::string_view what, Address address) {
  call.session.log().error("no {} at address 0x{:08x} found", what, address);
  return {};
}

std::string remove_breakpoint(const Call& call) {
  args::expect(call.args, 1, 1);
  Target& target = target_of(call);
  const auto all = target.breakpoints();
  if (call.args[0] == "all") {
    for (const Breakpoint& set : all) target.clear_breakpoint(set.address);
    return {};
  }
  const Address address = args::address(call.args[0]) & ~Address{1};
  if (std::ranges::find(all, address, &Breakpoint::address) == all.end())
    return none_at(call, "breakpoint", address);
  target.clear_breakpoint(address);
  return {};
}

std::string list_watchpoints(const Target& target) {
  std::string text;
  for (const Watchpoint& w : target.watchpoints()) {
    text += fmt::format("address: 0x{:08x}, len: 0x{:08x}, r/w/a: {}, value: 0x{:08x}, mask: 0x{:08x}\n",
                        w.address, w.length, static_cast<int>(w.access), w.value.value_or(0), w.mask);
  }
  return text;
}

// The first letter counts, as with OpenOCD.
WatchAccess access_of(const std::string& word) {
  switch (word.empty() ? '\0' : word[0]) {
    case 'r':
      return WatchAccess::read;
    case 'w':
      return WatchAccess::write;
    case 'a':
      return WatchAccess::access;
    default:
      throw UsageError(fmt::format("invalid watchpoint mode ('{}')", word));
  }
}

std::string set_watchpoint(const Call& call) {
  Target& target = target_of(call);
  const auto& words = call.args;
  if (words.empty()) return list_watchpoints(target);
  args::expect(words, 2, 5);
  Watchpoint w;
  w.address = args::address(words[0]);
  w.length = args::number32(words[1]);
  if (words.size() > 2) w.access = access_of(words[2]);
  // 0 is "any value" in OpenOCD's commands.
  if (words.size() > 3 && args::number32(words[3]) != 0) w.value = args::number32(words[3]);
  if (words.size() > 4) w.mask = args::number32(words[4]);
  target.set_watchpoint(w);
  return {};
}

std::string remove_watchpoint(const Call& call) {
  args::expect(call.args, 1, 1);
  Target& target = target_of(call);
  const auto all = target.watchpoints();
  if (call.args[0] == "all") {
    for (const Watchpoint& w : all) target.clear_watchpoint(w.address);
    return {};
  }
  const Address address = args::address(call.args[0]);
  if (std::ranges::find(all, address, &Watchpoint::address) == all.end())
    return none_at(call, "watchpoint", address);
  target.clear_watchpoint(address);
  return {};
}

}  // namespace

std::vector<CommandRow> breakpoint_rows() {
  constexpr auto kExec = CommandMode::exec;
  return {
      {"bp", kExec, "[<address> [<asid>] <length> ['hw'|'hw_ctx']]",
       "Sets a breakpoint: in RAM by a BKPT instruction, in flash or with 'hw' by a comparator of the core; "
       "or "
       "lists them.",
       set_breakpoint},
      {"rbp", kExec, "'all' | address", "Removes one breakpoint, or all.", remove_breakpoint},
      {"wp", kExec, "[address length [('r'|'w'|'a') value [mask]]]",
       "Stops the core at a read, write or any access of memory; or lists what is watched.", set_watchpoint},
      {"rwp", kExec, "'all' | address", "Removes one watchpoint, or all.", remove_watchpoint},
  };
}

}  // namespace probity
