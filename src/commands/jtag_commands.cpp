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

struct NewTap {
  JtagTap tap;
  TapNotes notes;
  bool has_length = false;  // -irlen was given
};

NewTap parse_tap(std::span<const std::string> words) {
  if (words.size() < 2) throw UsageError("chip and tap names are needed");
  NewTap made;
  made.tap.name = words[0] + "." + words[1];
  for (const auto& option :
       args::options(words.subspan(2), {"-enable", "-disable", "-ignore-version", "-ignore-bypass"})) {
    if (option.name == "-irlen") {
      made.tap.ir_length = static_cast<unsigned>(args::number(option.value, 64));
      made.has_length = true;
    } else if (option.name == "-expected-id") {
      made.tap.expected_ids.push_back(args::number32(option.value));
    } else if (option.name == "-disable") {
      made.tap.enabled = false;
    } else if (option.name == "-ircapture") {
      made.notes.ir_capture =
          args::number32(option.value);  // what Capture-IR shows is not checked; the ids are
    } else if (option.name == "-irmask") {
      made.notes.ir_mask = args::number32(option.value);
    } else if (option.name == "-ignore-version") {
      made.notes.ignore_version = true;
    } else if (option.name == "-ir-bypass") {  // OpenOCD after 0.12, for JTAG routers of another maker
      args::number(option.value);
    } else if (option.name != "-enable" && option.name != "-ignore-bypass") {
      throw UsageError(fmt::format("unknown option {}", option.name));
    }
  }
  return made;
}

std::string newtap(const Call& call) {
  if (call.name.starts_with("jtag")) require_jtag(call.session);
  NewTap made = parse_tap(call.args);
  // Only JTAG shifts through it.
  if (!made.has_length && call.session.require_transport() == Transport::jtag) {
    throw ConfigError(fmt::format("newtap: {} missing IR length", made.tap.name));
  }
  auto& taps = call.session.taps.taps;
  if (std::ranges::find(taps, made.tap.name, &JtagTap::name) != taps.end()) {
    throw ConfigError(fmt::format("there is a TAP named '{}' already", made.tap.name));
  }
  call.session.tap_notes[made.tap.name] = std::move(made.notes);
  taps.push_back(std::move(made.tap));
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

// OpenOCD 0.12.0's table; a version that is not looked at is a star.
std::string scan_chain(const Call& call) {
  args::expect(call.args, 0, 0);
  std::string text =
      "   TapName             Enabled  IdCode     Expected   IrLen IrCap IrMask\n"
      "-- ------------------- -------- ---------- ---------- ----- ----- ------\n";
  unsigned number = 0;
  for (const JtagTap& tap : call.session.taps.taps) {
    const TapNotes& notes = call.session.tap_notes[tap.name];
    const auto line = [&](std::string_view head, std::uint32_t id) {
      std::string expected = fmt::format("0x{:08x}", id);
      if (notes.ignore_version) expected[2] = '*';
      return fmt::format("{} {}", head, expected);
    };
    text +=
        line(fmt::format("{:2} {:<18}     {}     0x00000000", number++, tap.name, tap.enabled ? 'Y' : 'n'),
             tap.expected_ids.empty() ? 0 : tap.expected_ids.front());
    text += fmt::format(" {:5} 0x{:02x}  0x{:02x}\n", tap.ir_length, notes.ir_capture, notes.ir_mask);
    for (std::size_t i = 1; i < tap.expected_ids.size(); ++i) {
      text += line(fmt::format("{:42}", ""), tap.expected_ids[i]) + "\n";
    }
  }
  return text;
}

constexpr std::string_view kTapEvents[] = {"post-reset", "setup", "tap-enable", "tap-disable"};

void require_tap_event(const std::string& name) {
  if (std::ranges::find(kTapEvents, name) == std::end(kTapEvents)) {
    throw UsageError(
        fmt::format("-event: Unknown: {}, try one of: post-reset, setup, tap-enable, or tap-disable", name));
  }
}

std::string configure(const Call& call) {
  args::expect(call.args, 2, 64);
  TapNotes& notes = call.session.tap_notes[tap_named(call.session, call.args[0]).name];
  for (std::span<const std::string> words = call.args.subspan(1); !words.empty(); words = words.subspan(3)) {
    args::one_of(words[0], {"-event"});
    if (words.size() < 3) throw UsageError("-event needs a name and a body");
    require_tap_event(words[1]);
    notes.events[words[1]] = words[2];
  }
  return {};
}

std::string cget(const Call& call) {
  args::expect(call.args, 2, 3);
  const JtagTap& tap = tap_named(call.session, call.args[0]);
  if (args::one_of(call.args[1], {"-idcode", "-event"}) == 0) {
    return fmt::format("0x{:08x}", tap.expected_ids.empty() ? 0 : tap.expected_ids.front());
  }
  if (call.args.size() < 3) throw UsageError("-event needs a name");
  require_tap_event(call.args[2]);
  const auto& events = call.session.tap_notes[tap.name].events;
  const auto found = events.find(call.args[2]);
  return found == events.end() ? std::string() : found->second;
}

// The chain is what it was at `init`: the scans that would put a TAP in or take it out cannot be made.
Handler switch_tap(bool on) {
  return [on](const Call& call) -> std::string {
    args::expect(call.args, 1, 1);
    if (tap_named(call.session, call.args[0]).enabled == on) return "1";
    throw ConfigError(fmt::format("{}: TAPs cannot be switched in this program; declare it with -{}",
                                  call.name, on ? "enable" : "disable"));
  };
}

// A switch that is read and shown: what it turns on or off in OpenOCD is always on here.
Handler shown_switch(std::string_view text, std::string_view option) {
  return [text, option](const Call& call) {
    args::expect(call.args, 0, 1);
    std::string& value = call.session.adapter_settings.options[std::string(option)];
    if (!call.args.empty()) value = args::on_off(call.args[0]) ? "" : "off";
    return fmt::format("{} is {}", text, value.empty() ? "enabled" : "disabled");
  };
}

std::string tms_sequence(const Call& call) {
  args::expect(call.args, 0, 1);
  std::string& value = call.session.adapter_settings.options["tms_sequence"];
  if (!call.args.empty()) value = args::one_of(call.args[0], {"short", "long"}) == 0 ? "short" : "long";
  return fmt::format("tms sequence is  {}", value.empty() ? "short" : value);
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
  constexpr auto kExec = CommandMode::exec;
  const std::string_view tap_usage =
      "chip_name tap_name '-irlen' count ['-enable'|'-disable'] ['-expected-id' number] ['-ignore-version'] "
      "['-ignore-bypass'] ['-ircapture' number] ['-irmask' number]";
  return {
      {"jtag newtap", CommandMode::config, tap_usage,
       "Declares the next TAP of the scan chain, nearest TDO first.", newtap},
      {"swd newdap", CommandMode::config, tap_usage,
       "Declares an SWD debug port; takes what 'jtag newtap' takes.", newtap},
      {"swim newtap", CommandMode::config, tap_usage, "Declares the TAP of an STM8; read, not used.", newtap},
      {"jtag names", kAny, "", "The names of all TAPs.", names},
      {"scan_chain", kAny, "", "Shows the scan chain as it was declared.", scan_chain},
      {"jtag tapisenabled", kAny, "tap_name", "1 if the TAP is enabled, else 0.",
       [](const Call& call) -> std::string {
         args::expect(call.args, 1, 1);
         return tap_named(call.session, call.args[0]).enabled ? "1" : "0";
       }},
      {"jtag configure", kAny, "tap_name '-event' event_name handler",
       "Keeps the TAP's events; they do not occur in this program.", configure},
      {"jtag cget", kAny, "tap_name '-idcode'|'-event' event_name", "The expected id or an event of a TAP.",
       cget},
      {"jtag tapenable", kExec, "tap_name", "1 if the TAP is enabled; an error if it is not.",
       switch_tap(true)},
      {"jtag tapdisable", kExec, "tap_name", "1 if the TAP is disabled; an error if it is not.",
       switch_tap(false)},
      {"verify_ircapture", kAny, "['enable'|'disable']",
       "Kept; the ids of the TAPs are checked in its place.",
       shown_switch("verify Capture-IR", "verify_ircapture")},
      {"verify_jtag", kAny, "['enable'|'disable']", "Kept; what is read is always checked.",
       shown_switch("verify jtag capture", "verify_jtag")},
      {"tms_sequence", kAny, "['short'|'long']",
       "Kept; the ways between the TAP's states are the short ones.", tms_sequence},
      {"jtag_flush_queue_sleep", kAny, "milliseconds", "Accepted, without effect.",
       [](const Call& call) -> std::string {
         args::expect(call.args, 1, 1);
         args::milliseconds(call.args[0]);
         return {};
       }},
      {"jtag init", kAny, "", "Part of 'init'.", [](const Call&) { return std::string(); }},
      {"jtag arp_init", kAny, "", "Sees that the scan chain answers.", on_jtag(arp_init)},
      {"jtag arp_init-reset", kAny, "", "Resets the TAPs, then sees that the scan chain answers.",
       on_jtag(arp_init_reset)},
  };
}

}  // namespace probity
