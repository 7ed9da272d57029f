// cti: cross-trigger interfaces, declared by target files; their registers are reached through the access
// port's memory (CoreSight SoC-400 TRM, DDI 0480, chapter "Embedded Cross Trigger").
#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/interpreter.hpp"
#include "commands/table.hpp"

namespace probity {

namespace {

using ObjectRows = std::shared_ptr<const std::vector<CommandRow>>;

CtiEntry& cti_named(Session& session, std::string_view name) {
  const auto found = std::ranges::find(session.ctis, name, &CtiEntry::name);
  if (found == session.ctis.end()) throw ConfigError(fmt::format("there is no CTI named '{}'", name));
  return *found;
}

void configure_cti(CtiEntry& entry, std::span<const std::string> words) {
  for (const auto& option : args::options(words)) {
    if (!entry.options.contains(option.name))
      throw UsageError(fmt::format("unknown option '{}'", option.name));
    entry.options[option.name] = option.value;
  }
}

struct CtiRegister {
  std::string name;  // as OpenOCD 0.12.0 names it
  Address offset;
};

const std::vector<CtiRegister>& cti_registers() {
  static const std::vector<CtiRegister> kRegisters = [] {
    constexpr unsigned kTriggers = 9;
    std::vector<CtiRegister> all = {{"CTR", 0x000}, {"GATE", 0x140}};
    for (unsigned n = 0; n < kTriggers; ++n) all.push_back({fmt::format("INEN{}", n), 0x020 + 4 * n});
    for (unsigned n = 0; n < kTriggers; ++n) all.push_back({fmt::format("OUTEN{}", n), 0x0A0 + 4 * n});
    for (const CtiRegister& last : {CtiRegister{"TRIN", 0x130},
                                    {"TROUT", 0x134},
                                    {"CHIN", 0x138},
                                    {"CHOUT", 0x13C},
                                    {"APPSET", 0x014},
                                    {"APPCLR", 0x018},
                                    {"APPPULSE", 0x01C},
                                    {"INACK", 0x010}})
      all.push_back(last);
    return all;
  }();
  return kRegisters;
}

// One register of a CTI. ConfigError before init() and where its DAP is none.
class CtiWord {
 public:
  CtiWord(const Call& call, Address offset) : memory_(memory_of(call)), address_(base_of(call) + offset) {}
  std::uint32_t read() const { return memory_.read32(address_); }
  void write(std::uint32_t value) const { memory_.write32(address_, value); }

 private:
  static MemPort& memory_of(const Call& call) {
    const auto& options = cti_named(call.session, call.object).options;
    const DapEntry& entry = call.session.dap_named(options.at("-dap"));
    if (!entry.dap) throw ConfigError(fmt::format("DAP '{}' is not there before 'init'", entry.name));
    return entry.dap->memory(args::number32(options.at("-ap-num")));
  }
  static Address base_of(const Call& call) {
    return args::address(cti_named(call.session, call.object).options.at("-baseaddr"));
  }
  MemPort& memory_;
  Address address_;
};

CtiWord cti_word(const Call& call, std::string_view name) {
  const auto& all = cti_registers();
  const auto found = std::ranges::find(all, name, &CtiRegister::name);
  if (found == all.end()) throw UsageError(fmt::format("unknown CTI register {}", name));
  return {call, found->offset};
}

std::string dump_cti(const Call& call) {
  args::expect(call.args, 0, 0);
  std::string text;
  for (const CtiRegister& reg : cti_registers()) {
    text +=
        fmt::format("{:>8} (0x{:04x}) 0x{:08x}\n", reg.name, reg.offset, CtiWord(call, reg.offset).read());
  }
  return text;
}

// A channel's gate is open where its bit is set; the other three take a bit each.
std::string cti_channel(const Call& call) {
  args::expect(call.args, 2, 2);
  const std::uint32_t bit = std::uint32_t{1} << args::number(call.args[0], 31);
  const std::size_t operation = args::one_of(call.args[1], {"gate", "ungate", "set", "clear", "pulse"});
  if (operation < 2) {
    const CtiWord gate = cti_word(call, "GATE");
    gate.write(operation == 0 ? gate.read() & ~bit : gate.read() | bit);
  } else {
    cti_word(call, operation == 2 ? "APPSET" : operation == 3 ? "APPCLR" : "APPPULSE").write(bit);
  }
  return {};
}

// Sets or clears bit 0 of a register: CTR.GLBEN, ITCTRL.IME.
Handler cti_switch(Address offset) {
  return [offset](const Call& call) -> std::string {
    args::expect(call.args, 1, 1);
    CtiWord(call, offset).write(args::on_off(call.args[0]) ? 1 : 0);
    return {};
  };
}

constexpr Address kCtiControl = 0x000, kIntegrationMode = 0xF00;

std::vector<CommandRow> cti_object_rows() {
  constexpr auto kAny = CommandMode::any;
  constexpr auto kExec = CommandMode::exec;
  return {
      {"configure", kAny, "[attribute value ...]", "Sets options.",
       [](const Call& call) -> std::string {
         configure_cti(cti_named(call.session, call.object), call.args);
         return {};
       }},
      {"cget", kAny, "attribute", "The value of an option.",
       [](const Call& call) -> std::string {
         args::expect(call.args, 1, 1);
         const auto& options = cti_named(call.session, call.object).options;
         const auto found = options.find(call.args[0]);
         if (found == options.end()) throw UsageError(fmt::format("unknown option '{}'", call.args[0]));
         return found->second;
       }},
      {"dump", kExec, "", "Shows the registers.", dump_cti},
      {"enable", kExec, "'on'|'off'", "Turns the CTI on or off.", cti_switch(kCtiControl)},
      {"testmode", kExec, "'on'|'off'", "Turns its integration test mode on or off.",
       cti_switch(kIntegrationMode)},
      {"read", kExec, "register_name", "Reads a register.",
       [](const Call& call) {
         args::expect(call.args, 1, 1);
         return fmt::format("0x{:08x}", cti_word(call, call.args[0]).read());
       }},
      {"write", kExec, "register_name value", "Writes a register.",
       [](const Call& call) -> std::string {
         args::expect(call.args, 2, 2);
         cti_word(call, call.args[0]).write(args::number32(call.args[1]));
         return {};
       }},
      {"ack", kExec, "event", "Acknowledges a trigger output.",
       [](const Call& call) -> std::string {
         args::expect(call.args, 1, 1);
         cti_word(call, "INACK").write(std::uint32_t{1} << args::number(call.args[0], 31));
         return {};
       }},
      {"channel", kExec, "channel_number ('gate'|'ungate'|'set'|'clear'|'pulse')",
       "One operation on a channel.", cti_channel},
  };
}

std::string create_cti(Interpreter& interpreter, const Call& call, const ObjectRows& objects) {
  if (call.args.empty()) throw UsageError("a name is needed");
  CtiEntry entry{call.args[0], {{"-dap", ""}, {"-ap-num", "0"}, {"-baseaddr", "0"}}};
  configure_cti(entry, call.args.subspan(1));
  if (entry.options["-dap"].empty()) throw UsageError("-dap is needed");
  interpreter.create_object(entry.name, *objects);
  call.session.ctis.push_back(std::move(entry));
  return {};
}

std::string cti_names(const Call& call) {
  args::expect(call.args, 0, 0);
  std::vector<std::string> names;
  for (const CtiEntry& entry : call.session.ctis) names.push_back(entry.name);
  return args::list(names);
}

}  // namespace

std::vector<CommandRow> cti_rows(Interpreter& interpreter) {
  constexpr auto kAny = CommandMode::any;
  const auto ctis = std::make_shared<const std::vector<CommandRow>>(cti_object_rows());
  return {
      {"cti create", kAny, "name [-dap dap] [-ap-num num] [-baseaddr baseaddr]",
       "Declares a CTI; its name becomes a command.",
       [&interpreter, ctis](const Call& call) { return create_cti(interpreter, call, ctis); }},
      {"cti names", kAny, "", "The names of all CTIs.", cti_names},
  };
}

}  // namespace probity
