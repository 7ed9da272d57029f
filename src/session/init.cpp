// From configuration to life: adapter, debug ports, targets, flash banks, in OpenOCD's order and with its
// lines.
#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "session/session.hpp"
#include "target/mem_ap_target.hpp"

namespace probity {

namespace {

// IDCODE: version 31:28, part 27:12, manufacturer 11:1 (IEEE 1149.1, 12.1).
std::string describe_idcode(std::uint32_t id) {
  const std::uint32_t manufacturer = id >> 1 & 0x7FF;
  std::string_view maker = "<unknown>";
  if (manufacturer == 0x23B) maker = "ARM Ltd";  // JEP106: bank 5, 0x3B
  if (manufacturer == 0x020) maker = "STMicroelectronics";
  return fmt::format("0x{:08x} (mfg: 0x{:03x} ({}), part: 0x{:04x}, ver: 0x{:x})", id, manufacturer, maker,
                     id >> 12 & 0xFFFF, id >> 28);
}

constexpr std::uint32_t kWithoutVersion = 0x0FFFFFFF;

// nRST is low for so long before the chip is asked again; `adapter srst pulse_width` may say more.
constexpr Milliseconds kResetTime{10};

// The debug port answered, an access port's transfer never ended: WAIT until the time was over.
bool waits_for_ever(const Error& e) {
  constexpr unsigned kWait = 2;
  if (const auto* dap = dynamic_cast<const DapError*>(&e)) return dap->ack == kWait;
  return dynamic_cast<const TimeoutError*>(&e) != nullptr;
}

constexpr std::string_view kClocksStandStill =
    "the debug port answers, the bus behind it does not: its clocks seem to stand still, as in "
    "Stop or Standby mode";
constexpr std::string_view kHowToReach =
    "wake or reset the chip; or connect nRST and use: reset_config srst_only srst_nogate connect_assert_srst";

// A reset gives a chip back the clocks that it has stopped; the core is halted before it can do so again.
void examine_under_reset(Target& target, Dap& dap, Adapter& adapter, Clock& clock, Milliseconds reset_time) {
  adapter.set_reset({.srst = true, .trst = {}});
  try {
    clock.sleep(reset_time);
    dap.connect();
    target.examine();
    target.assert_reset(true);
  } catch (...) {
    adapter.set_reset({.srst = false, .trst = {}});
    throw;
  }
  target.deassert_reset(true);
}

// Room for them is made beforehand: whoever goes through the banks goes on undisturbed when one is added.
constexpr std::size_t kMostFoundBanks = 16;

// What a bank may do when its chip turns out to have more of them than were declared.
void offer_bank_list(Session& session, std::size_t number) {
  Target& target = session.flash_banks[number].bank->target();
  const auto add = [&session, &target](FlashBankConfig config) {
    if (session.flash_banks.size() == session.flash_banks.capacity())
      throw ConfigError(fmt::format("too many flash banks were found beside those declared (more than {})",
                                    kMostFoundBanks));
    auto bank = flash_driver(config.driver).make(config, target, session.clock(), session.log());
    session.flash_banks.push_back({std::move(config), std::move(bank)});
    for (FlashBank* member : session.banks_of(target)) member->meet(session.banks_of(target));
  };
  const auto rename = [&session, number](std::string name) {
    session.flash_banks[number].config.name = std::move(name);
  };
  session.flash_banks[number].bank->offer({add, rename});
}

}  // namespace

void Session::init() {
  if (initialized()) return;
  try {
    open_adapter();
    connect_daps();
    examine_targets();
    make_flash_banks();
    trace_.start();
  } catch (...) {
    abandon_init();
    throw;
  }
}

// A board of other cores alone is nothing that this program can do anything for.
void Session::require_own_target() {
  if (targets.empty() || !std::ranges::all_of(targets, [](const auto& t) { return t->foreign; })) return;
  std::string names;
  for (const auto& entry : targets)
    names += fmt::format("{}{} ({})", names.empty() ? "" : ", ", entry->name, entry->type);
  throw ConfigError(
      fmt::format("no Cortex-M among the targets: {}; this program debugs nothing else", names));
}

void Session::abandon_init() {
  trace_.stop();
  rtt_.forget_target();
  for (FlashEntry& entry : flash_banks) entry.bank.reset();
  for (const auto& entry : targets) {
    entry->semihosting.reset();
    entry->target.reset();
  }
  for (const auto& entry : daps) entry->dap.reset();
  link_ = nullptr;
  adapter_.reset();
  if (poll_task_) tasks_.remove(*std::exchange(poll_task_, {}));
  stage_ = Stage::config;
}

// In OpenOCD's order: the adapter is brought up to its wire, then the speed is announced. Only the hla
// drivers announce it before they have looked at the probe.
void Session::open_adapter() {
  if (adapter_driver_name.empty()) {
    throw ConfigError("Debug Adapter has to be specified, see \"adapter driver\" command");
  }
  const Transport wire = require_transport();
  require_own_target();
  if (wire == Transport::swim)
    throw ConfigError("transport swim reaches STM8, no Cortex-M: it is not in this program");
  adapter_settings.connect_under_reset = reset_config.connect_assert_srst;
  adapter_settings.srst_push_pull = !reset_config.srst_open_drain;
  adapter_settings.trst_open_drain = !reset_config.trst_push_pull;
  probe_gone_ = false;
  adapter_ = adapter_driver(adapter_driver_name).make(host_, adapter_settings, log_);
  if (is_hla(wire)) announce_speed(adapter_settings.speed);
  adapter_->open();
  for (const std::string& line : adapter_->describe()) log_.info("{}", line);
  connect_wire(wire);
  if (!is_hla(wire)) announce_speed(adapter_->set_speed(adapter_settings.speed));
  stage_ = Stage::exec;
}

void Session::announce_speed(std::optional<Hertz> speed) {
  if (!speed) {
    log_.info("This adapter doesn't support configurable speed");
    return;
  }
  if (!speed_chosen) {
    log_.warn(
        "An adapter speed is not selected in the init scripts. OpenOCD will try to run the adapter at the "
        "low speed "
        "({} kHz)",
        adapter_settings.speed.value / 1000);
    log_.warn(
        "To remove this warnings and achieve reasonable communication speed with the target, set \"adapter "
        "speed\" or "
        "\"jtag_rclk\" in the init scripts.");
  }
  if (speed->value == 0) {
    log_.info("RCLK (adaptive clock speed)");
  } else {
    log_.info("clock speed {} kHz", speed->value / 1000);
  }
}

void Session::connect_wire(Transport wire) {
  for (std::size_t i = 0; i < taps.taps.size() && !daps.empty(); ++i) {
    if (taps.taps[i].name == daps.front()->tap) taps.dap = i;
  }
  if (reset_config.connect_assert_srst) {
    if (!reset_config.srst_nogate) log_.warn("'srst_nogate' reset_config option is required");
    if (reset_config.has_srst) adapter_->set_reset({.srst = true, .trst = {}});
  }
  link_ = &adapter_->connect(wire, taps);
}

void Session::require_daps_fit() const {
  if (!transport || is_jtag(*transport) || is_hla(*transport)) return;
  std::size_t alone = 0;
  for (auto entry = daps.begin(); entry != daps.end(); ++entry) {
    const auto targetsel = (*entry)->port.targetsel;
    if (!targetsel) ++alone;
    const auto same = [&](const auto& other) { return targetsel && other->port.targetsel == targetsel; };
    const auto twin = std::find_if(daps.begin(), entry, same);
    if (twin == entry) continue;
    throw ConfigError(
        fmt::format("{} and {} have the same multidrop selectors -dp-id 0x{:08x} and -instance-id 0x{:x}",
                    (*twin)->name, (*entry)->name, *targetsel & 0x0FFFFFFFu, *targetsel >> 28));
  }
  if (alone > 1) throw ConfigError("Two or more SWD non multidrop DAPs are not supported");
  // As OpenOCD 0.12.0 says also of several that are all multi-drop, where the probe addresses one alone.
  const bool one_alone = transport == Transport::dapdirect_swd && daps.size() > 1;
  if (one_alone || (alone > 0 && alone < daps.size())) {
    throw ConfigError(fmt::format("Mixing of SWD multidrop DAPs and non multidrop DAPs is not supported{}",
                                  one_alone ? ": with dapdirect_swd every DAP is one of the latter" : ""));
  }
}

void Session::connect_daps() {
  require_daps_fit();
  const bool multi_drop = !is_jtag(*transport) && !is_hla(*transport);
  for (const auto& entry : daps) {
    DapOptions options = entry->port;
    if (!multi_drop) options.targetsel.reset();
    entry->dap = std::make_unique<Dap>(entry->name, *link_, host_.clock, log_, options);
    with_context("connecting to the target", [&] { entry->dap->connect(); });
  }
  if (is_jtag(*transport)) check_chain();
}

// What is on the chain against what was declared. As OpenOCD, an id that differs is an error line and no end:
// a clone may carry another one.
void Session::check_chain() {
  const std::vector<std::uint32_t> found = link_->idcodes();
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (i >= taps.taps.size()) {
      log_.warn("JTAG tap: there is one more on the chain than declared: {}", describe_idcode(found[i]));
      continue;
    }
    const JtagTap& tap = taps.taps[i];
    log_.info("JTAG tap: {} tap/device found: {}", tap.name, describe_idcode(found[i]));
    const auto same = [&](std::uint32_t id) {
      return (id & kWithoutVersion) == (found[i] & kWithoutVersion);
    };
    if (tap.expected_ids.empty() || std::ranges::any_of(tap.expected_ids, same)) continue;
    log_.warn("JTAG tap: {}       UNEXPECTED: {}", tap.name, describe_idcode(found[i]));
    for (std::size_t n = 0; n < tap.expected_ids.size(); ++n) {
      log_.error("JTAG tap: {}  expected {} of {}: {}", tap.name, n + 1, tap.expected_ids.size(),
                 describe_idcode(tap.expected_ids[n]));
    }
  }
}

DapEntry& Session::dap_entry(const TargetEntry& target) {
  for (const auto& entry : daps) {
    if (entry->name == target.dap) return *entry;
  }
  throw ConfigError(fmt::format("target '{}': there is no DAP '{}' ('dap create')", target.name, target.dap));
}

unsigned Session::access_port_of(const TargetEntry& target) {
  Dap& dap = *dap_entry(target).dap;
  if (target.ap && *target.ap > 0xFF && !dap.adiv6()) {  // of ADIv6, where it is an address
    throw ConfigError(
        fmt::format("target '{}': access port {:#x} is none of ADIv5 (0 to 255)", target.name, *target.ap));
  }
  if (target.ap) return *target.ap;
  return dap.link().reaches_registers() ? find_memory_ap(dap) : 0;
}

void Session::make_target(TargetEntry& entry) {
  Dap& dap = *dap_entry(entry).dap;
  const unsigned ap = access_port_of(entry);
  const TargetEnvironment environment{dap, dap.memory(ap), *adapter_, reset_config, host_.clock, log_};
  entry.target =
      entry.type == "mem_ap" ? make_mem_ap(entry.name, environment) : make_cortex_m(entry.name, environment);
  entry.target->work_areas().config = entry.work_area;
  entry.target->set_state_listener(
      [this, &entry](TargetState state, HaltReason reason) { told(entry, state, reason); });
  make_semihosting(entry);
}

void Session::make_semihosting(TargetEntry& entry) {
  entry.semihosting = std::make_unique<Semihosting>(SemihostingEnvironment{
      *entry.target, clock(), log_, [this, &entry](std::string_view event) { fire(entry, event); },
      [this] { return debuggers > 0; },
      [this](int status) {
        request_shutdown(status);
        if (leave_scripts) leave_scripts();
      }});
}

void Session::examine(TargetEntry& entry) {
  require_own(entry);
  if (!entry.target) make_target(entry);
  try {
    entry.target->examine();
  } catch (const Error& e) {
    if (!waits_for_ever(e) || entry.type == "mem_ap") throw;
    log_.warn("[{}] {} ({})", entry.name, kClocksStandStill, e.message());
    if (!reset_config.has_srst || !adapter_->has_srst()) {
      log_.warn("[{}] {}", entry.name, kHowToReach);
      throw;
    }
    log_.warn(
        "[{}] pulling nRST: connected under reset, the chip is halted before its firmware stops it again",
        entry.name);
    examine_under_reset(*entry.target, *dap_entry(entry).dap, *adapter_, clock(),
                        std::max(reset_config.srst_pulse_width, kResetTime));
  }
  trace_.target_examined(entry);
}

void Session::examine_targets() {
  for (const auto& entry : targets) {
    if (entry->foreign) {
      log_.warn("[{}] is a {}, no Cortex-M: it is not examined", entry->name, entry->type);
      continue;
    }
    if (entry->defer_examine) continue;
    fire(*entry, "examine-start");
    try {
      examine(*entry);
    } catch (const Error& e) {
      report(e);
      log_.warn("target {} examination failed", entry->name);
      fire(*entry, "examine-fail");
      continue;
    }
    fire(*entry, "examine-end");
  }
}

void Session::make_flash_banks() {
  for (FlashEntry& entry : flash_banks) {
    TargetEntry& owner = target_entry(entry.config.target);
    if (owner.foreign) continue;
    if (!owner.target) make_target(owner);
    entry.bank = flash_driver(entry.config.driver).make(entry.config, *owner.target, host_.clock, log_);
  }
  for (FlashEntry& entry : flash_banks) {
    if (!entry.bank) continue;
    entry.bank->resolve([this](std::string_view name) -> FlashBank& { return flash_bank(name); });
    entry.bank->meet(banks_of(entry.bank->target()));
  }
  flash_banks.reserve(flash_banks.size() + kMostFoundBanks);
  for (std::size_t i = 0; i < flash_banks.size(); ++i) {
    if (flash_banks[i].bank) offer_bank_list(*this, i);
  }
  if (!poll_task_) poll_task_ = tasks_.add(poll_period_, [this] { poll(); });
}

}  // namespace probity
