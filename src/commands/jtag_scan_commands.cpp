// irscan, drscan, runtest, pathmove …: a script's own scans. They begin and end in Run-Test/Idle, where the
// debug port's transfers begin.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "adapter/jtag_scans.hpp"
#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/table.hpp"
#include "session/session.hpp"

namespace probity {

namespace {

JtagPins& pins_of(Session& session) {
  for (const auto& entry : session.daps) {
    if (!entry->dap) continue;
    if (auto* pins = dynamic_cast<JtagPins*>(&entry->dap->link()); pins && is_jtag(*session.transport)) {
      return *pins;
    }
  }
  throw ConfigError(fmt::format("transport {} of adapter {} takes no JTAG scans of a script's own",
                                session.transport ? name_of(*session.transport) : "none",
                                session.adapter_driver_name));
}

// The words before "-endstate STATE", and the state.
struct ScanWords {
  std::span<const std::string> words;
  std::string end;
};
ScanWords without_endstate(std::span<const std::string> words) {
  if (words.size() < 2 || words[words.size() - 2] != "-endstate") return {words, {}};
  return {words.first(words.size() - 2), words.back()};
}

std::string ir_scan(const Call& call) {
  const auto [words, end] = without_endstate(call.args);
  args::expect(words, 2, 2);
  jtag_scans::shift_instruction(pins_of(call.session), call.session.taps.taps, words[0],
                                args::number(words[1]), end);
  return {};
}

std::string dr_scan(const Call& call) {
  constexpr std::uint64_t kMostBits = 65536;
  const auto [words, end] = without_endstate(call.args);
  if (words.size() < 3 || words.size() % 2 == 0) {
    throw UsageError("a TAP and pairs of a number of bits and a value are needed");
  }
  std::vector<jtag_scans::Field> fields;
  for (std::size_t i = 1; i < words.size(); i += 2) {
    fields.push_back({args::number(words[i], kMostBits), words[i + 1]});
  }
  return args::joined(
      jtag_scans::shift_data(pins_of(call.session), call.session.taps.taps, words[0], fields, end));
}

std::string run_test(const Call& call) {
  args::expect(call.args, 1, 1);
  jtag_scans::run_idle(pins_of(call.session), args::number(call.args[0], INT32_MAX));
  return {};
}

std::string path_move(const Call& call) {
  if (call.args.empty()) throw UsageError("states are needed");
  jtag_scans::move_along(pins_of(call.session), call.args);
  return {};
}

std::string flush_count(const Call& call) {
  args::expect(call.args, 0, 0);
  return fmt::format("{}", pins_of(call.session).round_trips());
}

// No probe here senses the line, so nobody can release it in time.
std::string wait_srst_deassert(const Call& call) {
  args::expect(call.args, 1, 1);
  const Milliseconds wait = args::milliseconds(call.args[0]);
  call.session.log().user("Waiting for srst assert + deassert for at most {}ms", wait.count());
  call.session.sleep(wait);
  throw TimeoutError("Timed out: no probe of this program senses nRST", "nRST to be pressed", wait);
}

// Half a second's worth of clocks at the usual 2 MHz.
std::string measure_clock(const Call& call) {
  constexpr std::size_t kCycles = 1000000;
  args::expect(call.args, 0, 0);
  const Nanoseconds begin = call.session.clock().now();
  jtag_scans::run_idle(pins_of(call.session), kCycles);
  const std::chrono::duration<double, std::milli> took = call.session.clock().now() - begin;
  call.session.log().user("Running at more than {} khz", static_cast<double>(kCycles) / took.count());
  return {};
}

// Scripts choose it; no reset here says anything that could be left out.
Handler reset_nag() {
  const auto wanted = std::make_shared<bool>(true);
  return [wanted](const Call& call) -> std::string {
    args::expect(call.args, 0, 1);
    if (!call.args.empty()) *wanted = args::one_of(call.args[0], {"enable", "disable"}) == 0;
    call.session.log().user("Nag after each reset about options to improve performance is {}",
                            *wanted ? "enabled" : "disabled");
    return {};
  };
}

}  // namespace

std::vector<CommandRow> jtag_scan_rows() {
  constexpr auto kExec = CommandMode::exec;
  constexpr auto kAny = CommandMode::any;
  constexpr std::string_view kDrUsage = "tap_name [num_bits value]* ['-endstate' state_name]";
  constexpr std::string_view kPathUsage = "start_state state1 [state2 [state3 ...]]";
  constexpr std::string_view kDr =
      "Shifts fields through the data register of one TAP, the others in BYPASS; returns what came out, in "
      "hexadecimal. The TAPs then go on to Run-Test/Idle.";
  constexpr std::string_view kPath =
      "Moves the TAPs through these states, and then on to Run-Test/Idle, where all scans begin.";
  constexpr std::string_view kFlushes = "How often the probe was waited for.";
  return {
      {"irscan", kExec, "[tap_name instruction]* ['-endstate' state_name]",
       "Shifts an instruction into one TAP, BYPASS into the others. The TAPs then go on to Run-Test/Idle.",
       ir_scan},
      {"drscan", kExec, kDrUsage, kDr, dr_scan},
      {"jtag drscan", kExec, kDrUsage, kDr, dr_scan},
      {"runtest", kExec, "num_cycles", "Clocks TCK this often in Run-Test/Idle.", run_test},
      {"pathmove", kExec, kPathUsage, kPath, path_move},
      {"jtag pathmove", kExec, kPathUsage, kPath, path_move},
      {"flush_count", kExec, "", kFlushes, flush_count},
      {"jtag flush_count", kExec, "", kFlushes, flush_count},
      {"wait_srst_deassert", kAny, "ms", "Waits for a press of the reset button, which no probe here sees.",
       wait_srst_deassert},
      {"measure_clk", kAny, "", "Clocks TCK a million times and says how fast that was.", measure_clock},
      {"reset_nag", kAny, "['enable'|'disable']",
       "Kept and shown; a reset says nothing that could be left out.", reset_nag()},
  };
}

}  // namespace probity
