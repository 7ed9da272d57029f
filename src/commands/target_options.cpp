#include "commands/target_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/interpreter.hpp"
#include "rtos/rtos.hpp"

namespace probity {

namespace {

// Those of OpenOCD whose threads are not read here: their programs are debugged without.
constexpr std::string_view kForeignSystems[] = {"eCos", "linux",    "Chromium-EC", "embKernel",
                                                "mqx",  "uCOS-III", "rtkernel"};

// The name of a system as rtos/ has it: files write ChibiOS and freertos, too.
std::string rtos_called(Session& session, const std::string& word) {
  if (word == "auto" || word == "none") return word;
  const auto same = [&](std::string_view name) {
    return std::ranges::equal(
        name, word, {}, [](unsigned char c) { return std::tolower(c); },
        [](unsigned char c) { return std::tolower(c); });
  };
  if (const auto known = std::ranges::find_if(rtos::kRtosNames, same); known != rtos::kRtosNames.end()) {
    return std::string(*known);
  }
  if (const auto* known = std::ranges::find_if(kForeignSystems, same); known != std::end(kForeignSystems)) {
    session.log().warn("-rtos {}: this program does not know its threads; it is debugged without", *known);
    return "none";
  }
  throw ConfigError(rtos::unknown_rtos(word));
}

// As OpenOCD 0.12.0 lists them; trace-config and the older ones are kept so that old files load.
constexpr std::string_view kEvents[] = {
    "gdb-halt",
    "halted",
    "resumed",
    "resume-start",
    "resume-end",
    "step-start",
    "step-end",
    "gdb-start",
    "gdb-end",
    "reset-start",
    "reset-assert-pre",
    "reset-assert",
    "reset-assert-post",
    "reset-deassert-pre",
    "reset-deassert-post",
    "reset-init",
    "reset-end",
    "examine-start",
    "examine-fail",
    "examine-end",
    "debug-halted",
    "debug-resumed",
    "gdb-attach",
    "gdb-detach",
    "gdb-flash-write-start",
    "gdb-flash-write-end",
    "gdb-flash-erase-start",
    "gdb-flash-erase-end",
    "trace-config",
    "semihosting-user-cmd-0x100",
    "semihosting-user-cmd-0x101",
    "semihosting-user-cmd-0x102",
    "semihosting-user-cmd-0x103",
    "semihosting-user-cmd-0x104",
    "semihosting-user-cmd-0x105",
    "semihosting-user-cmd-0x106",
    "semihosting-user-cmd-0x107",
};

// One option: how to set it from a word, and how to show it.
struct OptionRow {
  std::string_view name;
  void (*set)(Session&, TargetEntry&, const std::string&);  // null: cannot be set
  std::string (*get)(Session&, const TargetEntry&);
};

// Options that are kept as they were given; what `cget` shows of one that was not given is OpenOCD's default.
std::string shown(const TargetEntry& entry, const char* name, const char* otherwise) {
  const auto found = entry.options.find(name);
  return found == entry.options.end() ? otherwise : found->second;
}
// A number, which `cget` shows in decimal digits whatever it was given in.
void keep_number(TargetEntry& entry, const char* name, const std::string& word) {
  entry.options[name] = fmt::format("{}", args::number(word));
}

void set_dap(Session& session, TargetEntry& entry, const std::string& word) {
  const auto same = [&](const auto& dap) { return dap->name == word; };
  if (std::ranges::none_of(session.daps, same)) {
    throw ConfigError(fmt::format("DAP name invalid! There is no DAP named '{}'", word));
  }
  entry.dap = word;
}

// By name, or by number as the oldest files do.
void set_chain_position(Session& session, TargetEntry& entry, const std::string& word) {
  const auto& taps = session.taps.taps;
  const bool is_number = !word.empty() && word.find_first_not_of("0123456789") == std::string::npos;
  entry.chain_position = is_number && args::number(word) < taps.size() ? taps[args::number(word)].name : word;
}

// Work areas may be changed after init too; the live target then takes them over.
void work_area_changed(TargetEntry& entry) {
  if (entry.target) entry.target->work_areas().config = entry.work_area;
}

constexpr OptionRow kOptions[] = {
    {"-type", nullptr, [](Session&, const TargetEntry& t) { return t.type; }},
    {"-dap", set_dap, [](Session&, const TargetEntry& t) { return t.dap; }},
    {"-ap-num", [](Session&, TargetEntry& t, const std::string& w) { t.ap = args::number32(w); },
     [](Session&, const TargetEntry& t) {
       if (!t.ap) throw ScriptError("AP number not configured");
       return fmt::format("{}", *t.ap);
     }},
    {"-chain-position", set_chain_position, [](Session& s, const TargetEntry& t) { return s.tap_of(t); }},
    {"-endian",
     [](Session&, TargetEntry& t, const std::string& w) {
       if (args::one_of(w, {"little", "big"}) == 1 && !t.foreign)
         throw ConfigError("big-endian targets are not in this version");
       t.endian = w;
     },
     [](Session&, const TargetEntry& t) { return t.endian; }},
    {"-work-area-phys",
     [](Session&, TargetEntry& t, const std::string& w) {
       t.work_area.physical = args::address(w);
       work_area_changed(t);
     },
     [](Session&, const TargetEntry& t) { return fmt::format("{}", t.work_area.physical.value_or(0)); }},
    {"-work-area-virt",
     [](Session&, TargetEntry& t, const std::string& w) { keep_number(t, "-work-area-virt", w); },
     [](Session&, const TargetEntry& t) { return shown(t, "-work-area-virt", "0"); }},
    {"-work-area-size",
     [](Session&, TargetEntry& t, const std::string& w) {
       t.work_area.size = args::number32(w);
       work_area_changed(t);
     },
     [](Session&, const TargetEntry& t) { return fmt::format("{}", t.work_area.size); }},
    {"-work-area-backup",
     [](Session&, TargetEntry& t, const std::string& w) {
       const bool is_number = !w.empty() && w.find_first_not_of("0123456789") == std::string::npos;
       t.work_area.backup = is_number ? args::number(w) != 0 : args::on_off(w);
       work_area_changed(t);
     },
     [](Session&, const TargetEntry& t) { return std::string(t.work_area.backup ? "1" : "0"); }},
    {"-coreid", [](Session&, TargetEntry& t, const std::string& w) { keep_number(t, "-coreid", w); },
     [](Session&, const TargetEntry& t) { return shown(t, "-coreid", "0"); }},
    {"-dbgbase", [](Session&, TargetEntry& t, const std::string& w) { keep_number(t, "-dbgbase", w); },
     [](Session&, const TargetEntry& t) { return shown(t, "-dbgbase", "0"); }},
    {"-rtos",
     [](Session& s, TargetEntry& t, const std::string& w) {
       t.options["-rtos"] = t.foreign ? w : rtos_called(s, w);
     },
     [](Session&, const TargetEntry& t) { return shown(t, "-rtos", ""); }},
    {"-cti", [](Session&, TargetEntry& t, const std::string& w) { t.options["-cti"] = w; },
     [](Session&, const TargetEntry& t) { return shown(t, "-cti", ""); }},
    {"-gdb-port", [](Session&, TargetEntry& t, const std::string& w) { t.options["-gdb-port"] = w; },
     [](Session&, const TargetEntry& t) {
       return shown(t, "-gdb-port", t.type == "mem_ap" ? "disabled" : "undefined");
     }},
    {"-gdb-max-connections",
     [](Session&, TargetEntry& t, const std::string& w) { t.options["-gdb-max-connections"] = w; },
     [](Session&, const TargetEntry& t) { return shown(t, "-gdb-max-connections", "1"); }},
};

bool is_option(std::string_view word) {
  return std::ranges::find(kOptions, word, &OptionRow::name) != std::end(kOptions);
}

const OptionRow& option_named(std::string_view word) {
  const auto* found = std::ranges::find(kOptions, word, &OptionRow::name);
  if (found == std::end(kOptions)) {
    std::vector<std::string_view> names{"-event", "-defer-examine"};
    for (const OptionRow& row : kOptions) names.push_back(row.name);
    throw UsageError(fmt::format("Unknown param: {}, try one of: {}", word, fmt::join(names, ", ")));
  }
  return *found;
}

void require_event(std::string_view name) {
  if (std::ranges::find(kEvents, name) == std::end(kEvents)) {
    throw UsageError(fmt::format("-event: Unknown: {}, try one of: {}", name, fmt::join(kEvents, ", ")));
  }
}

void set_event(Session& session, TargetEntry& entry, const std::string& name, const std::string& body) {
  require_event(name);
  if (name == "trace-config") {  // each time it is set; seen of OpenOCD 0.12.0
    session.log().info(
        "DEPRECATED target event trace-config; use TPIU events {{pre,post}}-{{enable,disable}}");
  }
  std::erase_if(entry.events, [&](const auto& event) { return event.first == name; });
  entry.events.emplace_back(name, body);
}

}  // namespace

void configure_target(Session& session, TargetEntry& entry, std::span<const std::string> words) {
  for (std::size_t i = 0; i < words.size();) {
    const std::string& word = words[i];
    const std::size_t left = words.size() - i - 1;
    if (word == "-defer-examine") {
      entry.defer_examine = true;
      i += 1;
      continue;
    }
    if (word == "-event") {
      if (left < 2) throw UsageError("-event needs a name and a body");
      set_event(session, entry, words[i + 1], words[i + 2]);
      i += 3;
      continue;
    }
    // The other cores' own options are theirs; a word that is none will not be missed.
    if (entry.foreign && !is_option(word)) {
      const bool has_value = left > 0 && !words[i + 1].starts_with('-');
      entry.options[word] = has_value ? words[i + 1] : "";
      i += has_value ? 2 : 1;
      continue;
    }
    const OptionRow& option = option_named(word);
    if (!option.set) throw ScriptError(fmt::format("not settable: {}", word));
    if (left < 1) throw UsageError(fmt::format("{} needs a value", word));
    option.set(session, entry, words[i + 1]);
    i += 2;
  }
}

std::string target_option(Session& session, const TargetEntry& entry, std::span<const std::string> words) {
  if (words.empty()) throw UsageError("an -option is needed");
  if (words[0] == "-event") {
    args::expect(words, 2, 2);
    require_event(words[1]);
    for (const auto& [name, body] : entry.events) {
      if (name == words[1]) return body;
    }
    return {};
  }
  args::expect(words, 1, 1);
  if (words[0] == "-defer-examine") return entry.defer_examine ? "1" : "0";
  return option_named(words[0]).get(session, entry);
}

}  // namespace probity
