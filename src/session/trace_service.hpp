// Trace of a run: the TPIUs and SWOs that were declared, the capture by the adapter and where its bytes go,
// and the targets' ITM ports.
#pragma once

#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapter/trace_capture.hpp"
#include "session/tasks.hpp"
#include "session/tcp_service.hpp"
#include "target/trace/itm.hpp"
#include "target/trace/tpiu.hpp"

namespace probity {

class Session;
struct TargetEntry;

// `tpiu create`, `swo create` and what `configure` set.
struct TraceUnit {
  std::string name;
  std::string dap;
  std::optional<unsigned> ap;
  bool ap_of_current_target = false;  // `ap` is a guess until the current target tells (`tpiu config`)
  Address base = kTpiuBase;
  TraceProtocol protocol = TraceProtocol::sync;
  unsigned port_width = 1;
  bool formatter = false;
  std::uint32_t trace_clock = 0, pin_frequency = 0;  // Hz; 0: not given
  std::string output;  // "" and "external": no capture; "-": to listeners only; ":PORT"; or a file
  std::vector<std::pair<std::string, std::string>> events;  // event name → Tcl body

  bool enable_at_init = false;
  bool enabled = false;
  bool captures() const { return !output.empty() && output != "external"; }
};

class TraceService {
 public:
  // `session` must outlive it.
  explicit TraceService(Session& session) : session_(session) {}
  ~TraceService();
  TraceService(const TraceService&) = delete;
  TraceService& operator=(const TraceService&) = delete;

  // Units stay where they are once they were added.
  TraceUnit& add(TraceUnit unit);
  const std::vector<std::unique_ptr<TraceUnit>>& units() const { return units_; }
  TraceUnit& unit(std::string_view name);  // ConfigError where there is none

  // Sets the target's unit and starts the capture; before init() it only notes that init() has to. Nothing
  // where it is enabled. ConfigError where the settings do not fit the target or the adapter; what it had
  // begun is undone then. Otherwise as MemPort and TraceCapture.
  void enable(TraceUnit& unit);
  // Brings what the probe still has to its place, and stops. The target goes on sending.
  void disable(TraceUnit& unit);
  // Part of init(): enables what waits for it. All are tried; then ConfigError where some failed.
  void start();
  // Disables all; errors are printed. For when the adapter or the servers go.
  void stop();

  // ITM ports of a target; they reach it at once, or before init() when it is examined.
  void set_itm_port(TargetEntry& target, unsigned port, bool on);
  void set_itm_ports(TargetEntry& target, bool on);
  void target_examined(TargetEntry& target);

  // Runs the body of a unit's event, if it has one. commands/ installs how.
  std::function<void(TraceUnit& unit, std::string_view event)> run_event;

 private:
  struct Capture {
    TraceUnit* unit;
    TraceCapture* probe;
    std::ofstream file;
    std::unique_ptr<TcpService> service;
    Tasks::Id task = 0;
    Milliseconds period{0};
    std::optional<Nanoseconds> warned_at;
  };
  struct Itm {
    ItmPorts ports;
    bool at_examine = false;
  };

  void fire(TraceUnit& unit, std::string_view event);
  void fire_trace_config();
  MemPort& memory_of(TraceUnit& unit);
  void settle_ap(TraceUnit& unit);
  void check(const TraceUnit& unit, Tpiu& tpiu);
  std::uint32_t start_capture(TraceUnit& unit);
  void open_output(Capture& capture);
  TraceRate start_probe(TraceUnit& unit, TraceCapture*& probe);
  void collect();
  bool collect_once();
  void deliver(ByteView bytes);
  void end_capture();
  void abandon_capture();
  void apply_itm(TargetEntry& target, Itm& itm);

  Session& session_;
  std::vector<std::unique_ptr<TraceUnit>> units_;
  std::optional<Capture> capture_;
  std::map<std::string, Itm> itm_;  // by target
};

}  // namespace probity
