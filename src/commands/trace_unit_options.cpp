#include "commands/trace_unit_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <vector>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/interpreter.hpp"
#include "session/session.hpp"

namespace probity {

namespace {

// Messages and their order as seen of OpenOCD 0.12.0, unless said otherwise.
constexpr std::array<std::string_view, 4> kEvents = {"pre-enable", "post-enable", "pre-disable",
                                                     "post-disable"};

std::uint64_t integer(const std::string& word, std::uint64_t most) {
  try {
    return args::number(word, most);
  } catch (const UsageError&) {
    throw ScriptError(fmt::format("expected integer but got \"{}\"", word));
  }
}

TraceProtocol protocol_named(const std::string& word) {
  for (const auto protocol : {TraceProtocol::sync, TraceProtocol::uart, TraceProtocol::manchester}) {
    if (name_of(protocol) == word) return protocol;
  }
  throw ScriptError(fmt::format("-protocol {}: it is one of sync, uart, manchester", word));
}

void set_output(TraceUnit& unit, const std::string& word) {
  if (word.starts_with(':')) {
    unsigned port = 0;
    const char* const end = word.data() + word.size();
    const auto [rest, problem] = std::from_chars(word.data() + 1, end, port);
    if (problem != std::errc() || rest != end || port == 0 || port > 0xFFFF) {
      throw ScriptError(fmt::format("Invalid TCP port '{}'", word.substr(1)));
    }
  }
  unit.output = word;
}

void set_dap(TraceUnit& unit, const std::string& word, Session& session) {
  if (std::ranges::find(session.daps, word, [](const auto& dap) { return dap->name; }) ==
      session.daps.end()) {
    throw ScriptError("DAP name invalid!");
  }
  unit.dap = word;
}

void set_port_width(TraceUnit& unit, const std::string& word) {
  const std::uint64_t pins = integer(word, UINT32_MAX);
  if (pins < 1 || pins > 32) throw ScriptError("Invalid port width!");
  unit.port_width = static_cast<unsigned>(pins);
}

void set_ap(TraceUnit& unit, const std::string& word) {
  const std::uint64_t ap = integer(word, UINT32_MAX);
  if (ap > 255) throw ScriptError("Invalid AP number!");
  unit.ap = static_cast<unsigned>(ap);
  unit.ap_of_current_target = false;
}

struct Option {
  std::string_view name;
  void (*set)(TraceUnit& unit, const std::string& word, Session& session);
  std::string (*get)(const TraceUnit& unit);
};

const std::array kOptions = {
    Option{"-port-width", [](TraceUnit& u, const std::string& w, Session&) { set_port_width(u, w); },
           [](const TraceUnit& u) { return fmt::format("{}", u.port_width); }},
    Option{"-protocol", [](TraceUnit& u, const std::string& w, Session&) { u.protocol = protocol_named(w); },
           [](const TraceUnit& u) { return std::string(name_of(u.protocol)); }},
    Option{"-formatter", [](TraceUnit& u, const std::string& w, Session&) { u.formatter = args::on_off(w); },
           [](const TraceUnit& u) { return std::string(u.formatter ? "on" : "off"); }},
    Option{"-traceclk",
           [](TraceUnit& u, const std::string& w, Session&) {
             u.trace_clock = static_cast<std::uint32_t>(integer(w, UINT32_MAX));
           },
           [](const TraceUnit& u) { return fmt::format("{}", u.trace_clock); }},
    Option{"-pin-freq",
           [](TraceUnit& u, const std::string& w, Session&) {
             u.pin_frequency = static_cast<std::uint32_t>(integer(w, UINT32_MAX));
           },
           [](const TraceUnit& u) { return fmt::format("{}", u.pin_frequency); }},
    Option{"-output", [](TraceUnit& u, const std::string& w, Session&) { set_output(u, w); },
           [](const TraceUnit& u) { return u.output; }},
    Option{"-event", nullptr, nullptr},  // two words
    Option{"-dap", set_dap, [](const TraceUnit& u) { return u.dap; }},
    Option{"-ap-num", [](TraceUnit& u, const std::string& w, Session&) { set_ap(u, w); },
           [](const TraceUnit& u) { return fmt::format("{}", u.ap.value_or(0)); }},
    Option{"-baseaddr",
           [](TraceUnit& u, const std::string& w, Session&) {
             u.base = static_cast<Address>(integer(w, UINT32_MAX));
           },
           [](const TraceUnit& u) { return fmt::format("{}", u.base); }},
};

// "a, b, or c"
template <typename Names>
std::string choice_of(const Names& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += fmt::format("{}{}", i == 0 ? "" : i + 1 == names.size() ? ", or " : ", ", names[i]);
  }
  return text;
}

const Option& option_named(const std::string& name) {
  const auto found = std::ranges::find(kOptions, name, &Option::name);
  if (found != kOptions.end()) return *found;
  std::vector<std::string_view> names;
  for (const Option& option : kOptions) names.push_back(option.name);
  throw ScriptError(fmt::format("Unknown param: {}, try one of: {}", name, choice_of(names)));
}

void require_event(const std::string& name) {
  if (std::ranges::find(kEvents, name) != kEvents.end()) return;
  throw ScriptError(fmt::format("-event: Unknown: {}, try one of: {}", name, choice_of(kEvents)));
}

// The newest first.
void set_event(TraceUnit& unit, const std::string& name, const std::string& body) {
  require_event(name);
  for (auto& [known, text] : unit.events) {
    if (known != name) continue;
    text = body;
    return;
  }
  unit.events.emplace(unit.events.begin(), name, body);
}

}  // namespace

void configure_trace_unit(TraceUnit& unit, Session& session, std::span<const std::string> words) {
  if (unit.enabled) throw ScriptError(fmt::format("Cannot configure TPIU/SWO; {} is enabled!", unit.name));
  while (!words.empty()) {
    const Option& option = option_named(words[0]);
    const std::size_t values = option.set == nullptr ? 2 : 1;
    if (words.size() <= values) {
      throw UsageError(values == 2 ? "-event needs a name and a body"
                                   : fmt::format("{} needs a value", option.name));
    }
    if (option.set == nullptr) {
      set_event(unit, words[1], words[2]);
    } else {
      option.set(unit, words[1], session);
    }
    words = words.subspan(1 + values);
  }
}

std::string trace_unit_option(const TraceUnit& unit, std::span<const std::string> words) {
  if (words.empty()) throw UsageError("missing: -option ...");
  const Option& option = option_named(words[0]);
  if (option.get != nullptr) {
    args::expect(words, 1, 1);
    return option.get(unit);
  }
  args::expect(words, 2, 2);
  require_event(words[1]);
  for (const auto& [name, body] : unit.events) {
    if (name == words[1]) return body;
  }
  return {};
}

}  // namespace probity
