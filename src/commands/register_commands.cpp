// reg, get_reg, set_reg.
#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/run_control_commands.hpp"
#include "commands/table.hpp"

namespace probity {

namespace {

// As OpenOCD prints values: whole bytes.
std::string hex(RegisterValue value, unsigned bits) {
  return fmt::format("0x{:0{}x}", value, (bits + 7) / 8 * 2);
}

Target& looked_at(const Call& call) {
  Target& target = target_of(call);
  if (target.state() == TargetState::unknown) target.poll();
  return target;
}

std::string list_all(Target& target) {
  const bool halted = target.state() == TargetState::halted;
  if (halted) target.fetch_registers();
  std::string text, group;
  for (const CoreRegister& r : target.registers()) {
    if (r.group != group) text += fmt::format("===== {}\n", group = r.group);
    if (!r.exists || r.hidden) continue;
    text += fmt::format("({}) {} (/{})", r.number, r.name, r.bits);
    if (halted) {
      const RegisterValue value = target.read_register(r.name);
      text += fmt::format(": {}{}", hex(value, r.bits), target.register_dirty(r.name) ? " (dirty)" : "");
    }
    text += "\n";
  }
  return text;
}

const CoreRegister& find(const Target& target, const std::string& word) {
  const auto& all = target.registers();
  const bool numeric =
      !word.empty() && std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (numeric) {
    const auto number = args::number32(word);
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const CoreRegister& r) { return r.exists && r.number == number; });
    if (found != all.end()) return *found;
    throw UsageError(fmt::format("register number {} not found in current target; 'reg' lists them", word));
  }
  const auto same = [&](const CoreRegister& r) {
    return r.exists && std::equal(r.name.begin(), r.name.end(), word.begin(), word.end(), [](char a, char b) {
             return std::tolower(static_cast<unsigned char>(a)) ==
                    std::tolower(static_cast<unsigned char>(b));
           });
  };
  const auto found = std::find_if(all.begin(), all.end(), same);
  if (found == all.end()) throw UsageError(fmt::format("register {} not found in current target", word));
  return *found;
}

std::string reg(const Call& call) {
  args::expect(call.args, 0, 2);
  Target& target = looked_at(call);
  if (call.args.empty()) return list_all(target);
  const CoreRegister& r = find(target, call.args[0]);
  if (call.args.size() == 2) {
    if (call.args[1] == "force") {
      target.refresh_register(r.name);
    } else {
      target.write_register(r.name, args::number(call.args[1]));
    }
  }
  return fmt::format("{} (/{}): {}\n", r.name, r.bits, hex(target.read_register(r.name), r.bits));
}

// Words of a Tcl list whose elements need no quoting: register names and numbers.
std::vector<std::string> words_of(const std::string& list) {
  constexpr const char* kBlank = " \t\r\n";
  std::vector<std::string> words;
  for (std::size_t at = list.find_first_not_of(kBlank); at != std::string::npos;) {
    const std::size_t end = list.find_first_of(kBlank, at);
    words.push_back(list.substr(at, end - at));
    at = list.find_first_not_of(kBlank, end);
  }
  return words;
}

// `get_reg [-force] {pc sp}` → "pc 0x08000188 sp 0x20020000", a Tcl dictionary.
std::string get_registers(const Call& call) {
  args::expect(call.args, 1, 2);
  const bool force = call.args.size() == 2;
  if (force && call.args[0] != "-force") throw UsageError(fmt::format("invalid option '{}'", call.args[0]));
  Target& target = looked_at(call);
  std::string dictionary;
  for (const std::string& word : words_of(call.args.back())) {
    const CoreRegister& r = find(target, word);
    if (force) target.refresh_register(r.name);
    dictionary += fmt::format("{}{} {}", dictionary.empty() ? "" : " ", word,
                              hex(target.read_register(r.name), r.bits));
  }
  return dictionary;
}

std::string set_registers(const Call& call) {
  args::expect(call.args, 1, 1);
  Target& target = looked_at(call);
  const std::vector<std::string> words = words_of(call.args[0]);
  if (words.size() % 2 != 0) throw UsageError(fmt::format("register {} has no value", words.back()));
  for (std::size_t i = 0; i < words.size(); i += 2) {
    target.write_register(find(target, words[i]).name, args::number(words[i + 1]));
  }
  return {};
}

}  // namespace

std::vector<CommandRow> register_rows() {
  constexpr auto kExec = CommandMode::exec;
  return {
      {"reg", kExec, "[(register_number|register_name) [(value|'force')]]",
       "Shows all registers, or one; 'force' reads it again; with a value sets it.", reg},
      {"get_reg", kExec, "[-force] list", "Values of the registers in a list, as a Tcl dictionary.",
       get_registers},
      {"set_reg", kExec, "dict", "Sets registers from a Tcl dictionary of names and values.", set_registers},
  };
}

}  // namespace probity
