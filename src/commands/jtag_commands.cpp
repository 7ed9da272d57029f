// jtag …, swd …, scan_chain: the TAPs of the board.
#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/table.hpp"
#include "session/session.hpp"

namespace probity {

namespace {

void require_jtag(Session& session) {
  const Transport wire = session.require_transport();
  if (!is_jtag(wire)) {
    throw ConfigError(
        fmt::format("session transport is \"{}\" but your config requires JTAG", name_of(wire)));
  }
}

JtagTap parse_tap(std::span<const std::string> words) {
  if (words.size() < 2) throw UsageError("chip and tap names are needed");
  JtagTap tap;
  tap.name = words[0] + "." + words[1];
  for (const auto& option :
       args::options(words.subspan(2), {"-enable", "-disable", "-ignore-version", "-ignore-bypass"})) {
    if (option.name == "-irlen") {
      tap.ir_length = static_cast<unsigned>(args::number(option.value, 32));
    } else if (option.name == "-expected-id") {
      tap.expected_ids.push_back(args::number32(option.value));
    } else if (option.name == "-disable") {
      tap.enabled = false;
    } else if (option.name == "-ircapture" || option.name == "-irmask") {
      args::number32(option.value);  // what Capture-IR shows is not checked; the ids are
    } else if (option.name != "-enable" && option.name != "-ignore-version" &&
               option.name != "-ignore-bypass") {
      throw UsageError(fmt::format("unknown option {}", option.name));
    }
  }
  return tap;
}

std::string newtap(const Call& call) {
  if (call.name.starts_with("jtag")) require_jtag(call.session);
  JtagTap tap = parse_tap(call.args);
  auto& taps = call.session.taps.taps;
  if (std::ranges::find(taps, tap.name, &JtagTap::name) != taps.end()) {
    throw ConfigError(fmt::format("there is a TAP named '{}' already", tap.name));
  }
  taps.push_back(std::move(tap));
  return {};
}

JtagTap& tap_named(Session& session, const std::string& name) {
  const auto found = std::ranges::find(session.taps.taps, name, &JtagTap::name);
  if (found == session.taps.taps.end()) throw ConfigError(fmt::format("there is no TAP named '{}'", name));
  return *found;
}

std::string names(const Call& call) {
  if (call.name.starts_with("jtag")) require_jtag(call.session);
  args::expect(call.args, 0, 0);
  std::vector<std::string> all;
  for (const JtagTap& tap : call.session.taps.taps) all.push_back(tap.name);
  return args::list(all);
}

std::string scan_chain(const Call& call) {
  args::expect(call.args, 0, 0);
  std::string text =
      "   TapName             Enabled  IdCode     Expected   IrLen IrCap IrMask\n"
      "-- ------------------- -------- ---------- ---------- ----- ----- ------\n";
  unsigned number = 0;
  for (const JtagTap& tap : call.session.taps.taps) {
    text += fmt::format("{:2} {:<18}     {}     0x00000000 0x{:08x} {:5} 0x01  0x0f\n", number++, tap.name,
                        tap.enabled ? 'Y' : 'n', tap.expected_ids.empty() ? 0 : tap.expected_ids.front(),
                        tap.ir_length);
  }
  return text;
}

Handler on_jtag(std::string (*handler)(const Call&)) {
  return [handler](const Call& call) {
    require_jtag(call.session);
    return handler(call);
  };
}

// The chain is looked at by `init`; what is left of `jtag arp_init` is to see that it answers.
std::string arp_init(const Call& call) {
  args::expect(call.args, 0, 0);
  if (call.session.initialized()) {
    for (const auto& entry : call.session.daps) {
      if (entry->dap) entry->dap->link().reconnect();
    }
  }
  return {};
}

std::string arp_init_reset(const Call& call) {
  args::expect(call.args, 0, 0);
  if (call.session.initialized() && call.session.reset_config.has_trst) {
    call.session.adapter().set_reset({.srst = {}, .trst = true});
    call.session.clock().sleep(call.session.reset_config.trst_pulse_width);
    call.session.adapter().set_reset({.srst = {}, .trst = false});
    call.session.clock().sleep(call.session.reset_config.trst_delay);
  }
  return arp_init(call);
}

}  // namespace

std::vector<CommandRow> jtag_rows() {
  constexpr auto kAny = CommandMode::any;
  const std::string_view tap_usage =
      "chip_name tap_name '-irlen' count ['-enable'|'-disable'] ['-expected-id' number] ['-ignore-version'] "
      "['-ignore-bypass'] ['-ircapture' number] ['-irmask' number]";
  return {
      {"jtag newtap", CommandMode::config, tap_usage,
       "Declares the next TAP of the scan chain, nearest TDO first.", newtap},
      {"swd newdap", CommandMode::config, tap_usage,
       "Declares an SWD debug port; takes what 'jtag newtap' takes.", newtap},
      {"jtag names", kAny, "", "The names of all TAPs.", names},
      {"scan_chain", kAny, "", "Shows the scan chain as it was declared.", scan_chain},
      {"jtag tapisenabled", kAny, "tap_name", "1 if the TAP is enabled, else 0.",
       [](const Call& call) -> std::string {
         args::expect(call.args, 1, 1);
         return tap_named(call.session, call.args[0]).enabled ? "1" : "0";
       }},
      {"jtag configure", kAny, "tap_name ['-event' event_name handler]",
       "Accepted; the TAPs' own events do not occur in this version.",
       [](const Call& call) -> std::string {
         args::expect(call.args, 1, 4);
         tap_named(call.session, call.args[0]);
         return {};
       }},
      {"jtag cget", kAny, "tap_name '-idcode'|'-event' event_name", "The expected id of a TAP.",
       [](const Call& call) -> std::string {
         args::expect(call.args, 2, 3);
         const JtagTap& tap = tap_named(call.session, call.args[0]);
         if (args::one_of(call.args[1], {"-idcode", "-event"}) == 1) return {};
         return fmt::format("0x{:08x}", tap.expected_ids.empty() ? 0 : tap.expected_ids.front());
       }},
      {"jtag init", kAny, "", "Part of 'init'.", [](const Call&) { return std::string(); }},
      {"jtag arp_init", kAny, "", "Sees that the scan chain answers.", on_jtag(arp_init)},
      {"jtag arp_init-reset", kAny, "", "Resets the TAPs, then sees that the scan chain answers.",
       on_jtag(arp_init_reset)},
  };
}

}  // namespace probity
