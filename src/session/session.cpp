#include "session/session.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "adapter/usb_selection.hpp"
#include "base/errors.hpp"

namespace probity {

namespace {

template <typename Entries, typename Name>
std::string names_of(const Entries& entries, Name&& name) {
  std::string names;
  for (const auto& entry : entries) names += (names.empty() ? "" : ", ") + std::string(name(entry));
  return names.empty() ? "none" : names;
}

}  // namespace

Session::Session(const Host& host, Log& log)
    : host_(host), log_(log), tasks_(host.clock, [this](const Error& e) { report(e); }) {}

// What refers goes before what it refers to.
Session::~Session() {
  trace_.stop();
  flash_banks.clear();
  targets.clear();
  daps.clear();
  adapter_.reset();
}

Transport Session::require_transport() {
  if (transport) return *transport;
  // OpenOCD's sentences, as seen of 0.12.0.
  if (adapter_driver_name.empty()) {
    throw ConfigError("Debug adapter does not support any transports? Check config file order.");
  }
  const AdapterDriver& driver = adapter_driver(adapter_driver_name);
  select_transport(name_of(driver.transports.front()));
  if (driver.transports.size() == 1) {
    log_.info("only one transport option; autoselect '{}'", name_of(*transport));
  } else {
    log_.info(
        "auto-selecting first available session transport \"{}\". To override use 'transport select "
        "<transport>'.",
        name_of(*transport));
  }
  return *transport;
}

void Session::select_transport(std::string_view name) {
  const std::optional<Transport> wanted = transport_named(name);
  if (!wanted) throw ConfigError(fmt::format("unknown transport '{}'", name));
  if (transport == wanted) return;
  if (transport) throw ConfigError("Can't change session's transport after the initial selection was made");
  if (adapter_driver_name.empty()) {
    throw ConfigError("Debug adapter does not support any transports? Check config file order.");
  }
  const AdapterDriver& driver = adapter_driver(adapter_driver_name);
  if (std::ranges::find(driver.transports, *wanted) == driver.transports.end()) {
    throw ConfigError(fmt::format("Debug adapter doesn't support '{}' transport; {} has: {}", name,
                                  driver.name,
                                  names_of(driver.transports, [](Transport t) { return name_of(t); })));
  }
  transport = wanted;
}

Adapter& Session::adapter() {
  if (!adapter_) throw ConfigError("the debug adapter is not open yet: 'init' comes first");
  return *adapter_;
}

std::vector<ProbeReport> Session::list_probes() {
  return probity::list_probes(host_, adapter_ ? adapter_->report() : std::nullopt, log_);
}

std::string Session::usb_devices_seen() {
  std::vector<SeenDevice> devices;
  for (const UsbDeviceInfo& device : host_.usb.devices()) devices.push_back(seen(device));
  return devices.empty() ? " none at all" : list_text(devices);
}

std::optional<Hertz> Session::set_speed(Hertz wanted) {
  adapter_settings.speed = wanted;
  speed_chosen = true;
  if (!adapter_) return wanted;
  return adapter_->set_speed(wanted);
}

TargetEntry& Session::current() {
  if (override_) return *override_;
  if (!current_) {
    if (targets.empty())
      throw TargetError("no target is configured ('target create', or a target/*.cfg file)");
    current_ = targets.back().get();  // `target create` selects what it makes
  }
  return *current_;
}

void Session::select(std::string_view target_name) { current_ = &target_entry(target_name); }

TargetEntry& Session::target_entry(std::string_view name) {
  for (const auto& entry : targets) {
    if (entry->name == name) return *entry;
  }
  // By number, as the oldest files do.
  if (name.size() == 1 && name[0] >= '0' && static_cast<std::size_t>(name[0] - '0') < targets.size()) {
    return *targets[static_cast<std::size_t>(name[0] - '0')];
  }
  throw ConfigError(fmt::format("target '{}' not defined; there is: {}", name,
                                names_of(targets, [](const auto& t) { return t->name; })));
}

Target& Session::target(std::string_view name) {
  TargetEntry& entry = name.empty() ? current() : target_entry(name);
  require_own(entry);
  if (!entry.target) throw TargetError(fmt::format("target '{}' is not there before 'init'", entry.name));
  return *entry.target;
}

void Session::require_own(const TargetEntry& entry) const {
  if (!entry.foreign) return;
  throw TargetError(
      fmt::format("target '{}' is a {}, no Cortex-M: this program cannot debug it", entry.name, entry.type));
}

DapEntry& Session::dap_named(std::string_view name) const {
  for (const auto& entry : daps) {
    if (entry->name == name) return *entry;
  }
  throw ConfigError(fmt::format("there is no DAP named '{}'", name));
}

std::string Session::tap_of(const TargetEntry& target) const {
  for (const auto& entry : daps) {
    if (entry->name == target.dap) return entry->tap;
  }
  return target.chain_position.value_or("");
}

FlashBank& Session::flash_bank(std::string_view word) {
  FlashEntry* found = nullptr;
  if (!word.empty() && word.find_first_not_of("0123456789") == std::string_view::npos && word.size() < 5) {
    const auto number = static_cast<std::size_t>(std::stoul(std::string(word)));
    if (number < flash_banks.size()) found = &flash_banks[number];
  } else {
    for (FlashEntry& entry : flash_banks) {
      if (entry.config.name == word) found = &entry;
    }
    // A prefix of one name alone will do.
    const auto matches = [&](const FlashEntry& e) { return e.config.name.starts_with(word); };
    if (!found && !word.empty() && std::ranges::count_if(flash_banks, matches) == 1) {
      found = &*std::ranges::find_if(flash_banks, matches);
    }
  }
  if (!found) {
    throw ConfigError(fmt::format("flash bank '{}' not found; there is: {}", word,
                                  names_of(flash_banks, [](const FlashEntry& e) { return e.config.name; })));
  }
  require_own(target_entry(found->config.target));
  if (!found->bank) throw ConfigError(fmt::format("flash bank '{}' is not there before 'init'", word));
  return *found->bank;
}

std::vector<FlashBank*> Session::banks_of(const Target& target) {
  std::vector<FlashBank*> banks;
  for (FlashEntry& entry : flash_banks) {
    if (entry.bank && &entry.bank->target() == &target) banks.push_back(entry.bank.get());
  }
  return banks;
}

std::vector<FlashBank*> Session::usable_banks_of(const Target& target) {
  std::vector<FlashBank*> banks = banks_of(target);
  std::erase_if(banks, [](const FlashBank* bank) { return !bank->usable(); });
  return banks;
}

FlashBank* Session::bank_at(Address address) {
  for (FlashEntry& entry : flash_banks) {
    if (!entry.bank) continue;
    entry.bank->probe();
    if (AddressRange{entry.bank->base(), entry.bank->size()}.contains(address)) return entry.bank.get();
  }
  return nullptr;
}

void Session::report(const Error& error) {
  if (dynamic_cast<const DeviceGone*>(&error) != nullptr && std::exchange(probe_gone_, true)) {
    log_.debug("{}", error.message());
    return;
  }
  log_.line(LogLevel::error, error.describe());
}

void Session::fire(TargetEntry& entry, std::string_view event) {
  const auto listeners = event_listeners_;  // a listener may remove itself
  for (const auto& [id, listener] : listeners) listener(entry, event);
  if (run_event) run_event(entry, event);
}

void Session::resume(TargetEntry& entry, const ResumeOptions& options) {
  fire(entry, "resume-start");
  entry.target->resume(options);
  fire(entry, "resume-end");
}

void Session::step(TargetEntry& entry, std::optional<Address> address) {
  fire(entry, "step-start");
  entry.target->step(address);
  fire(entry, "step-end");
}

int Session::add_event_listener(EventListener listener) {
  event_listeners_.emplace_back(next_listener_, std::move(listener));
  return next_listener_++;
}

void Session::remove_event_listener(int id) {
  std::erase_if(event_listeners_, [id](const auto& entry) { return entry.first == id; });
}

// The others of `target smp` halt and run on with the one that did. One that cannot is told of, and the rest
// go along.
void Session::take_along(TargetEntry& leader, TargetState state) {
  if (taking_along_) return;
  if (leader.target->state() != state) return;  // a step says that it runs: the others stand meanwhile
  struct Scope {
    bool& flag;
    ~Scope() { flag = false; }
  } scope{taking_along_};
  taking_along_ = true;
  for (TargetEntry* other : leader.together) {
    if (other == &leader || !other->target || !other->target->examined()) continue;
    try {
      const TargetState now = other->target->poll();
      if (state == TargetState::halted && now == TargetState::running) other->target->halt();
      if (state == TargetState::running && now == TargetState::halted) other->target->resume();
    } catch (const Error& e) {
      report(e);
    }
  }
}

void Session::told(TargetEntry& entry, TargetState state, HaltReason reason) {
  if (state == TargetState::halted || state == TargetState::running) take_along(entry, state);
  if (state == TargetState::halted) {
    entry.halted_at = clock().now();
    fire(entry, "gdb-halt");
    fire(entry, "halted");
    if (!entry.quiet_halts && !taking_along_) log_.user("{}", describe_halt(entry));
  } else if (state == TargetState::running) {
    if (entry.semihosting) entry.semihosting->target_resumed();
    fire(entry, "resumed");
  } else if (state == TargetState::reset && entry.semihosting) {
    entry.semihosting->target_reset();
  }
  const auto listeners = target_listeners_;  // a listener may remove itself
  for (const auto& [id, listener] : listeners) listener(entry, state, reason);
}

int Session::add_target_listener(TargetListener listener) {
  target_listeners_.emplace_back(next_listener_, std::move(listener));
  return next_listener_++;
}

void Session::remove_target_listener(int id) {
  std::erase_if(target_listeners_, [id](const auto& entry) { return entry.first == id; });
}

std::string Session::describe_halt(TargetEntry& entry) {
  std::string text = entry.target->describe_halt();
  if (!entry.semihosting || !entry.semihosting->enabled()) return text;
  return text + (entry.semihosting->file_io ? ", semihosting fileio" : ", semihosting");
}

void Session::close_tcp_services() {
  trace_.stop();
  rtt_.close_servers();
  for (const auto& entry : targets) {
    if (entry->semihosting) entry->semihosting->end_redirection();
  }
}

void Session::set_poll_period(Milliseconds period) {
  poll_period_ = period;
  if (poll_task_) tasks_.set_period(*poll_task_, period);
}

void Session::sleep(Nanoseconds duration) {
  const Nanoseconds end = clock().now() + duration;
  for (Nanoseconds now = clock().now(); now < end; now = clock().now()) {
    clock().sleep(std::min(end - now, tasks_.next_due().value_or(end - now)));
    tasks_.run_due();
  }
}

void Session::poll() {
  if (!polling) return;
  for (const auto& entry : targets) {
    if (!entry->target || !entry->target->examined()) continue;
    // Whoever waited for a halt asks much right behind it, and should not wait for this as well.
    const bool halted = entry->target->state() == TargetState::halted;
    if (halted && clock().now() - entry->halted_at < poll_period_) continue;
    try {
      entry->target->poll();
    } catch (Error& e) {
      e.add_context(fmt::format("polling {}", entry->name));
      report(e);
    }
  }
  if (poll_task_) tasks_.set_period(*poll_task_, next_poll());
}

// While a program makes semihosting calls, nothing but the probe holds it up; when it falls silent, looking
// gets rarer again: after an eighth of the silence.
Milliseconds Session::next_poll() const {
  Milliseconds next = poll_period_;
  for (const auto& entry : targets) {
    if (!entry->semihosting || !entry->semihosting->enabled()) continue;
    const auto quiet = entry->semihosting->quiet_for();
    if (quiet) next = std::min(next, duration_cast<Milliseconds>(*quiet / 8));
  }
  return next;
}

}  // namespace probity
