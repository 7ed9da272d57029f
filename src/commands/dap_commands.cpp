// dap create, names, info, and the words of a DAP object ("stm32f4x.dap apreg …").
#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/interpreter.hpp"
#include "commands/table.hpp"

namespace probity {

namespace {

Dap& live_dap(Session& session, std::string_view name) {
  DapEntry& entry = session.dap_named(name);
  if (!entry.dap) throw ConfigError(fmt::format("DAP '{}' is not there before 'init'", name));
  return *entry.dap;
}

// As declared, and from init() on as found.
bool is_adiv6(const DapEntry& entry) {
  return entry.dap ? entry.dap->adiv6() : entry.port.adi == AdiVersion::v6;
}

// The number of an ADIv5 access port, or the address of one of ADIv6, which has 4 KiB for itself.
unsigned ap_number(const DapEntry& entry, const std::string& word) {
  constexpr unsigned kMostApsel = 255, kApSize = 0x1000;
  const std::uint32_t number = args::number32(word);
  const bool good = is_adiv6(entry) ? number % kApSize == 0 : number <= kMostApsel;
  if (!good) throw UsageError("Invalid AP number");
  return number;
}

// The access port that `apsel` chose; kept with the DAP's other options.
unsigned selected_ap(const DapEntry& entry) {
  const auto found = entry.options.find("apsel");
  return found == entry.options.end() ? 0 : ap_number(entry, found->second);
}

unsigned ap_word(const Call& call, std::size_t index) {
  const DapEntry& entry = call.session.dap_named(call.object);
  return call.args.size() > index ? ap_number(entry, call.args[index]) : selected_ap(entry);
}

std::string apreg(const Call& call) {
  args::expect(call.args, 2, 3);
  Dap& dap = live_dap(call.session, call.object);
  const unsigned ap = ap_word(call, 0);
  const unsigned limit = dap.adiv6() ? 4096 : 256;
  const std::uint32_t number = args::number32(call.args[1]);
  if (number >= limit || number % 4 != 0) {
    throw UsageError(fmt::format("Invalid reg value (should be less than {} and 4 bytes aligned)", limit));
  }
  const auto reg = static_cast<std::uint16_t>(number);
  if (call.args.size() == 2) return fmt::format("0x{:08x}", dap.read_ap(ap, reg));
  dap.write_ap(ap, reg, args::number32(call.args[2]));
  return {};
}

std::string dpreg(const Call& call) {
  args::expect(call.args, 1, 2);
  Dap& dap = live_dap(call.session, call.object);
  const auto reg = static_cast<std::uint8_t>(args::number(call.args[0], 0xFC));
  if (call.args.size() == 1) return fmt::format("0x{:08x}", dap.read_dp(reg));
  dap.write_dp(reg, args::number32(call.args[1]));
  return {};
}

std::string apsel(const Call& call) {
  args::expect(call.args, 0, 1);
  DapEntry& entry = call.session.dap_named(call.object);
  if (call.args.empty()) return fmt::format("0x{:x}", selected_ap(entry));
  entry.options["apsel"] = fmt::format("{}", ap_number(entry, call.args[0]));
  return {};
}

// Registers IDR and BASE of a MEM-AP (ADIv5.2, C2.6).
Handler ap_register(std::uint8_t reg) {
  return [reg](const Call& call) {
    args::expect(call.args, 0, 1);
    Dap& dap = live_dap(call.session, call.object);
    return fmt::format("0x{:08x}", dap.read_ap(ap_word(call, 0), dap.ap_register(reg)));
  };
}

// Settings that OpenOCD's files make and that change nothing here.
Handler keep(std::string_view key, std::size_t most) {
  return [key, most](const Call& call) -> std::string {
    args::expect(call.args, 0, most);
    std::string& value = call.session.dap_named(call.object).options[std::string(key)];
    if (call.args.empty()) return value;
    value.clear();
    for (const std::string& word : call.args) {
      args::number32(word);
      value += (value.empty() ? "" : " ") + word;
    }
    return {};
  };
}

// OpenOCD's default for an AHB: HPROT of a privileged debugger's data access, Secure where that exists.
constexpr std::uint32_t kDefaultCsw = 0xA2000000;
constexpr std::uint32_t kSizeAndIncrement = 0x37;  // CSW.Size, CSW.AddrInc

std::uint32_t csw_word(const std::string& word, std::string_view what) {
  try {
    return args::number32(word);
  } catch (const UsageError&) {
    throw UsageError(fmt::format("{} option value ('{}') is not valid", what, word));
  }
}

// The attributes of memory accesses through the chosen access port. Each has its own; "apcsw 1" keeps that of
// port 1.
std::string apcsw(const Call& call) {
  args::expect(call.args, 0, 2);
  DapEntry& entry = call.session.dap_named(call.object);
  const unsigned ap = selected_ap(entry);
  const auto [kept, first] =
      entry.options.try_emplace(fmt::format("apcsw {}", ap), fmt::format("{}", kDefaultCsw));
  const std::uint32_t before = args::number32(kept->second);
  if (call.args.empty()) return fmt::format("AP#0x{:x} selected, csw 0x{:08x}", ap, before);
  const bool masked = call.args.size() == 2;
  const std::uint32_t value = call.args[0] == "default" ? kDefaultCsw : csw_word(call.args[0], "csw_val");
  const std::uint32_t mask = masked ? csw_word(call.args[1], "csw_mask") : ~kSizeAndIncrement;
  if (((masked ? mask : value) & kSizeAndIncrement) != 0) {
    throw UsageError(
        fmt::format("CSW {} cannot include 'Size' and 'AddrInc' bit-fields", masked ? "mask" : "value"));
  }
  const std::uint32_t after = (before & ~mask) | (value & mask);
  kept->second = fmt::format("{}", after);
  if (entry.dap) entry.dap->memory(ap).set_csw(after, mask);
  return {};
}

// A quirk of a maker's bus; none of them is in what this program does, and it says what OpenOCD says.
Handler quirk(std::string_view key, std::string_view text) {
  return [key, text](const Call& call) -> std::string {
    args::expect(call.args, 0, 1);
    std::string& value = call.session.dap_named(call.object).options[std::string(key)];
    if (!call.args.empty()) value = args::on_off(call.args[0]) ? "on" : "";
    call.session.log().info("{} is {}", text, value.empty() ? "disabled" : "enabled");
    return {};
  };
}

std::string info(const Call& call) {
  args::expect(call.args, 0, 1);
  if (call.session.daps.empty()) throw ConfigError("there is no DAP");
  const std::string name =
      call.object.empty()
          ? call.session.targets.empty() ? call.session.daps.front()->name : call.session.current().dap
          : std::string(call.object);
  Dap& dap = live_dap(call.session, name);
  const DapEntry& entry = call.session.dap_named(name);
  if (!call.args.empty() && call.args[0] == "root") {
    if (!dap.adiv6()) throw UsageError("Option \"root\" not allowed with ADIv5 DAP");
    return describe_root_table(dap);
  }
  return describe_rom_table(dap, call.args.empty() ? selected_ap(entry) : ap_number(entry, call.args[0]));
}

// A number of -dp-id or -instance-id; OpenOCD's sentences (seen of 0.12.0).
std::uint32_t selector(const std::string& dap, const args::Option& option, std::uint32_t most) {
  const bool negative = option.value.starts_with('-');
  std::uint64_t value = 0;
  try {
    value = args::number(std::string_view(option.value).substr(negative ? 1 : 0));
  } catch (const UsageError&) {
    throw UsageError(fmt::format("create {}: bad parameter {}", dap, option.name));
  }
  if (negative || value > most) throw UsageError(fmt::format("create {}: {} out of range", dap, option.name));
  return static_cast<std::uint32_t>(value);
}

// Both together make a port of a multi-drop wire; one alone means nothing, as with OpenOCD.
class MultiDropWords {
 public:
  bool take(const std::string& dap, const args::Option& option) {
    if (option.name == "-dp-id") {
      dp_id_ = selector(dap, option, 0x0FFFFFFF);
    } else if (option.name == "-instance-id") {
      instance_ = selector(dap, option, 0xF);
    } else {
      return false;
    }
    return true;
  }
  std::optional<std::uint32_t> targetsel() const {
    if (!dp_id_ || !instance_) return {};
    return *dp_id_ | *instance_ << 28;
  }

 private:
  std::optional<std::uint32_t> dp_id_, instance_;
};

std::unique_ptr<DapEntry> declared_dap(const Call& call) {
  if (call.args.empty()) throw UsageError("a name is needed");
  auto entry = std::make_unique<DapEntry>();
  entry->name = call.args[0];
  MultiDropWords multi_drop;
  for (const auto& option :
       args::options(call.args.subspan(1), {"-ignore-syspwrupack", "-adiv5", "-adiv6"})) {
    if (option.name == "-chain-position") {
      entry->tap = option.value;
    } else if (option.name == "-ignore-syspwrupack") {
      entry->port.ignore_system_power = true;
    } else if (!multi_drop.take(entry->name, option)) {
      const auto which = args::one_of(option.name, {"-adiv5", "-adiv6", "-chain-position",
                                                    "-ignore-syspwrupack", "-dp-id", "-instance-id"});
      entry->port.adi = which == 0 ? AdiVersion::v5 : AdiVersion::v6;
    }
  }
  entry->port.targetsel = multi_drop.targetsel();
  if (entry->tap.empty()) throw UsageError("-chain-position required when creating DAP");
  const auto& taps = call.session.taps.taps;
  if (std::ranges::find(taps, entry->tap, &JtagTap::name) == taps.end()) {
    throw ConfigError(fmt::format("-chain-position is invalid: there is no TAP named '{}'", entry->tap));
  }
  return entry;
}

std::string create(Interpreter& interpreter, const Call& call, const std::vector<CommandRow>& object_rows) {
  call.session.daps.push_back(declared_dap(call));
  const std::string name = call.session.daps.back()->name;
  try {
    // Without any multi-drop port it is left to init(): files declare chips that are never on the wire at
    // once.
    const auto dropped = [](const auto& other) { return other->port.targetsel.has_value(); };
    if (std::ranges::any_of(call.session.daps, dropped)) call.session.require_daps_fit();
    interpreter.create_object(name, object_rows);
  } catch (...) {
    call.session.daps.pop_back();
    throw;
  }
  return {};
}

std::vector<CommandRow> object_rows() {
  constexpr auto kExec = CommandMode::exec;
  constexpr auto kAny = CommandMode::any;
  return {
      {"info", kExec, "[ap_num | 'root']", "Shows the ROM table behind an access port.", info},
      {"apreg", kExec, "ap_num reg [value]", "Reads or writes a register of an access port.", apreg},
      {"dpreg", kExec, "reg [value]", "Reads or writes a register of the debug port.", dpreg},
      {"apsel", kAny, "[ap_num]", "Chooses the access port that is meant where none is named.", apsel},
      {"apid", kExec, "[ap_num]", "Reads IDR of an access port.", ap_register(0xFC)},
      {"baseaddr", kExec, "[ap_num]", "Reads BASE of an access port.", ap_register(0xF8)},
      {"memaccess", kAny, "[cycles]", "Kept; waiting for the bus is left to the WAIT policy.",
       keep("memaccess", 1)},
      {"apcsw", kAny, "[value [mask]]",
       "Shows or sets the bus attributes (HPROT, HNONSEC) of memory accesses through the chosen access port.",
       apcsw},
      {"ti_be_32_quirks", CommandMode::config, "[enable]", "Kept.",
       quirk("ti_be_32_quirks", "TI BE-32 quirks mode")},
      {"nu_npcx_quirks", CommandMode::config, "[enable]", "Kept.",
       quirk("nu_npcx_quirks", "Nuvoton NPCX quirks mode")},
  };
}

}  // namespace

std::vector<CommandRow> dap_rows(Interpreter& interpreter) {
  const auto objects = std::make_shared<const std::vector<CommandRow>>(object_rows());
  return {
      {"dap create", CommandMode::any, "name '-chain-position' name ['-dp-id' id '-instance-id' id]",
       "Declares the debug port behind a TAP; its name becomes a command.",
       [&interpreter, objects](const Call& call) { return create(interpreter, call, *objects); }},
      {"dap names", CommandMode::any, "", "The names of all DAPs.",
       [](const Call& call) {
         args::expect(call.args, 0, 0);
         std::vector<std::string> names;
         for (const auto& entry : call.session.daps) names.push_back(entry->name);
         return args::list(names);
       }},
      {"dap info", CommandMode::exec, "[ap_num | 'root']",
       "Shows the ROM table behind an access port of the current target's DAP.", info},
  };
}

}  // namespace probity
