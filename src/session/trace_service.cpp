#include "session/trace_service.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/errors.hpp"
#include "session/session.hpp"

namespace probity {

namespace {

// The probes hold 4 KiB and more: 20 ms at the 2 MBd of the slow ones.
constexpr Milliseconds kIdlePeriod{10}, kBusyPeriod{1};
constexpr Nanoseconds kWarnEvery = Milliseconds(1000);
constexpr unsigned kMostRounds = 64;  // of a target that sends faster than it is read
// As OpenOCD names it in "Listening on port 3344 for tpiu_swo_trace connections".
constexpr std::string_view kServiceName = "tpiu_swo_trace";
constexpr std::string_view kDeprecated = "DEPRECATED 'tpiu config' command: ";

}  // namespace

TraceService::~TraceService() { stop(); }

TraceUnit& TraceService::add(TraceUnit unit) {
  return *units_.emplace_back(std::make_unique<TraceUnit>(std::move(unit)));
}

TraceUnit& TraceService::unit(std::string_view name) {
  for (const auto& unit : units_) {
    if (unit->name == name) return *unit;
  }
  throw ConfigError(fmt::format("there is no TPIU or SWO named '{}'", name));
}

void TraceService::fire(TraceUnit& unit, std::string_view event) {
  if (run_event) run_event(unit, event);
}

// An event of the current target that old files use for what are the unit's own events now.
void TraceService::fire_trace_config() {
  if (!session_.targets.empty()) session_.fire(session_.current(), "trace-config");
}

// --- enable and disable ----------------------------------------------------------------------------------

void TraceService::enable(TraceUnit& unit) {
  if (!session_.initialized()) {
    unit.enable_at_init = true;
    return;
  }
  if (unit.enabled) return;
  if (is_hla(*session_.transport) && unit.ap.value_or(0) > 0) {
    throw ConfigError(fmt::format("Invalid access port {}. Only AP#0 allowed with hla transport", *unit.ap));
  }
  if (unit.trace_clock == 0) throw ConfigError("Trace clock-in frequency not set");
  settle_ap(unit);
  fire(unit, "pre-enable");
  Tpiu tpiu(memory_of(unit), unit.base);
  check(unit, tpiu);
  TpiuSettings settings{unit.protocol, unit.port_width, 1, unit.formatter};
  const bool serial = unit.protocol != TraceProtocol::sync;
  if (unit.captures()) {
    settings.divisor = start_capture(unit);
  } else if (serial) {
    settings.divisor = trace_divisor(Hertz{unit.trace_clock}, Hertz{unit.pin_frequency});
    const std::uint32_t made = unit.trace_clock / settings.divisor;
    if (made != unit.pin_frequency) session_.log().info("SWO pin data rate adjusted to {} Hz", made);
    unit.pin_frequency = made;
  }
  try {
    tpiu.set(settings);
  } catch (...) {
    if (unit.captures()) abandon_capture();
    throw;
  }
  fire(unit, "post-enable");
  fire_trace_config();
  unit.enabled = true;
}

// `tpiu config` guessed the access port before the target was examined.
void TraceService::settle_ap(TraceUnit& unit) {
  if (!unit.ap_of_current_target) return;
  const TargetEntry& target = session_.current();
  if (!target.target || !target.target->examined()) {
    throw ConfigError(fmt::format("{}Current target not examined yet", kDeprecated));
  }
  unit.ap_of_current_target = false;
  unit.ap = session_.access_port_of(target);
  if (*unit.ap == 0) {
    session_.log().info("{}Confirmed TPIU {} is on AP 0", kDeprecated, unit.name);
  } else {
    session_.log().info(
        "{}Target {} is on AP#0x{:x}. Revised command is 'tpiu create {} -dap {} -ap-num 0x{:x}'",
        kDeprecated, target.name, *unit.ap, unit.name, unit.dap, *unit.ap);
  }
}

MemPort& TraceService::memory_of(TraceUnit& unit) {
  for (const auto& entry : session_.daps) {
    if (entry->name == unit.dap && entry->dap) return entry->dap->memory(unit.ap.value_or(0));
  }
  throw ConfigError(fmt::format("{}: there is no DAP '{}' ('dap create')", unit.name, unit.dap));
}

void TraceService::check(const TraceUnit& unit, Tpiu& tpiu) {
  with_context(fmt::format("Unable to read {}", unit.name), [&] {
    if (!tpiu.has_protocol(unit.protocol)) {
      throw ConfigError(fmt::format("{} does not support protocol {}", unit.name, name_of(unit.protocol)));
    }
  });
  if (unit.protocol == TraceProtocol::sync && !tpiu.has_port_width(unit.port_width)) {
    throw ConfigError(fmt::format("TPIU does not support port-width of {} bits", unit.port_width));
  }
  const bool serial = unit.protocol != TraceProtocol::sync;
  if (serial && !unit.captures() && unit.pin_frequency == 0) {
    throw ConfigError(
        fmt::format("SWO pin frequency not set; set it with: {} configure -pin-freq HZ", unit.name));
  }
}

void TraceService::disable(TraceUnit& unit) {
  if (!unit.enabled) return;
  unit.enabled = false;
  fire(unit, "pre-disable");
  if (capture_ && capture_->unit == &unit) end_capture();
  fire(unit, "post-disable");
  fire_trace_config();
}

void TraceService::start() {
  std::string failed;
  for (const auto& unit : units_) {
    if (!unit->enable_at_init) continue;
    try {
      enable(*unit);
    } catch (const DeviceGone&) {
      throw;
    } catch (const Error& e) {
      session_.report(e);
      failed += (failed.empty() ? "" : ", ") + unit->name;
    }
  }
  if (!failed.empty()) throw ConfigError(fmt::format("enabling {} failed", failed));
}

void TraceService::stop() {
  const UninterruptedScope to_the_end(session_.clock());
  for (const auto& unit : units_) {
    try {
      disable(*unit);
    } catch (const Error& e) {
      session_.report(e);
    }
  }
  capture_.reset();
}

// --- capture ---------------------------------------------------------------------------------------------

std::uint32_t TraceService::start_capture(TraceUnit& unit) {
  if (capture_) {
    throw ConfigError(fmt::format("the adapter's trace is in use by {}; there is one", capture_->unit->name));
  }
  Capture capture{.unit = &unit, .probe = nullptr, .file = {}, .service = {}, .warned_at = {}};
  open_output(capture);
  TraceRate rate;
  try {
    rate = start_probe(unit, capture.probe);
  } catch (const DeviceGone&) {
    throw;
  } catch (const Error& e) {
    session_.log().line(LogLevel::error, e.describe());
    throw ConfigError("Failed to start adapter's trace");
  }
  if (rate.pin_frequency.value != unit.pin_frequency) {
    session_.log().info("SWO pin data rate adjusted by adapter to {} Hz", rate.pin_frequency.value);
  }
  unit.pin_frequency = rate.pin_frequency.value;
  capture.period = kIdlePeriod;
  capture.task = session_.tasks().add(kIdlePeriod, [this] { collect(); });
  capture_ = std::move(capture);
  return rate.divisor;
}

void TraceService::open_output(Capture& capture) {
  const TraceUnit& unit = *capture.unit;
  if (unit.output == "-") return;
  if (!unit.output.starts_with(':')) {
    capture.file.open(unit.output, std::ios::binary | std::ios::app);
    if (capture.file) return;
    throw ConfigError(fmt::format("Can't open trace destination file \"{}\"", unit.output));
  }
  const std::string port = unit.output.substr(1);
  session_.log().info("starting trace server for {} on {}", unit.name, port);
  if (!session_.open_tcp_service) throw ConfigError(fmt::format("Can't configure trace TCP port {}", port));
  with_context(fmt::format("Can't configure trace TCP port {}", port), [&] {
    capture.service =
        session_.open_tcp_service({.name = std::string(kServiceName), .port = port, .greeting = {}});
  });
}

TraceRate TraceService::start_probe(TraceUnit& unit, TraceCapture*& probe) {
  probe = session_.adapter().trace_capture();
  if (probe == nullptr) throw ConfigError("The selected interface does not support tracing");
  return probe->start({.protocol = unit.protocol,
                       .port_width = unit.port_width,
                       .trace_clock = Hertz{unit.trace_clock},
                       .pin_frequency = Hertz{unit.pin_frequency}});
}

// The session's turn: more often while bytes come. A probe that fails once would fail in every turn: it ends.
void TraceService::collect() {
  bool came = false;
  try {
    came = collect_once();
  } catch (Error& e) {
    e.add_context(fmt::format("capturing the trace of {}; it ends here", capture_->unit->name));
    abandon_capture();
    throw;
  }
  const Milliseconds period = came ? kBusyPeriod : kIdlePeriod;
  if (period != std::exchange(capture_->period, period)) session_.tasks().set_period(capture_->task, period);
}

bool TraceService::collect_once() {
  const Bytes bytes = capture_->probe->read();
  if (capture_->probe->lost()) {
    const Nanoseconds now = session_.clock().now();
    if (!capture_->warned_at || now - *capture_->warned_at >= kWarnEvery) {
      session_.log().warn("{}: the probe's trace buffer overran; bytes are lost", capture_->unit->name);
      capture_->warned_at = now;
    }
  }
  if (!bytes.empty()) deliver(bytes);
  return !bytes.empty();
}

void TraceService::deliver(ByteView bytes) {
  Capture& capture = *capture_;
  if (session_.on_trace_data && !session_.targets.empty()) session_.on_trace_data(session_.current(), bytes);
  if (capture.service) capture.service->send(bytes);
  if (!capture.file.is_open()) return;
  capture.file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  capture.file.flush();
  if (!capture.file) {
    throw ConfigError(
        fmt::format("Error writing to the SWO trace destination file \"{}\"", capture.unit->output));
  }
}

// Brings what the probe still has to its place. Ends it in any case; throws what failed.
void TraceService::end_capture() {
  try {
    for (unsigned round = 0; round < kMostRounds && collect_once(); ++round) continue;
  } catch (...) {
    abandon_capture();
    throw;
  }
  TraceCapture& probe = *capture_->probe;
  session_.tasks().remove(capture_->task);
  capture_.reset();
  with_context("Failed to stop adapter's trace", [&] { probe.stop(); });
}

// After a failure, which is the one to tell of: that the probe cannot be stopped either is only noted.
void TraceService::abandon_capture() {
  TraceCapture& probe = *capture_->probe;
  session_.tasks().remove(capture_->task);
  capture_.reset();
  try {
    probe.stop();
  } catch (const Error& e) {
    session_.log().debug("Failed to stop adapter's trace: {}", e.describe());
  }
}

// --- ITM -------------------------------------------------------------------------------------------------

void TraceService::set_itm_port(TargetEntry& target, unsigned port, bool on) {
  Itm& itm = itm_[target.name];
  itm.ports.set(port, on);
  apply_itm(target, itm);
}

void TraceService::set_itm_ports(TargetEntry& target, bool on) {
  Itm& itm = itm_[target.name];
  itm.ports.set_all(on);
  apply_itm(target, itm);
}

void TraceService::apply_itm(TargetEntry& target, Itm& itm) {
  if (!session_.initialized()) {
    itm.at_examine = true;
    return;
  }
  enable_itm(session_.target(target.name).memory(), session_.clock(), itm.ports);
}

void TraceService::target_examined(TargetEntry& target) {
  const auto found = itm_.find(target.name);
  if (found == itm_.end() || !found->second.at_examine) return;
  enable_itm(target.target->memory(), session_.clock(), found->second.ports);
}

}  // namespace probity
