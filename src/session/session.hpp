// Session: owns everything of one run. Configuration stage (plain data is collected) → init() (adapter, DAPs,
// targets, flash banks come to life) → execution stage. It knows no Tcl: events are run through a callback
// that commands/ installs.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapter/adapter.hpp"
#include "base/errors.hpp"
#include "base/log.hpp"
#include "dap/dap.hpp"
#include "flash/bank.hpp"
#include "flash/plan.hpp"
#include "image/image.hpp"
#include "session/rtt_service.hpp"
#include "session/tasks.hpp"
#include "session/tcp_service.hpp"
#include "session/trace_service.hpp"
#include "target/semihosting/semihosting.hpp"
#include "target/target.hpp"
#include "transport/host.hpp"

namespace probity {

enum class Stage { config, exec };

// `dap create NAME -chain-position TAP …`, and the Dap once init() made it.
struct DapEntry {
  std::string name;
  std::string tap;
  DapOptions port;                             // which port of the wire, and of what kind
  std::map<std::string, std::string> options;  // what its other words were given
  std::unique_ptr<Dap> dap;
};

// `target create NAME TYPE …` with what `configure` set, and the Target once init() made it.
struct TargetEntry {
  std::string name;
  std::string type;      // "cortex_m", or "hla_target" as old files say; "mem_ap"; "cortex_a" …
  bool foreign = false;  // a core that this program cannot debug: it is configured, and left alone by init()
  std::string dap;
  std::optional<unsigned> ap;
  std::string endian = "little";
  std::optional<std::string> chain_position;
  bool defer_examine = false;
  WorkAreaConfig work_area;
  std::map<std::string, std::string> options;  // other -words of configure, as given (-rtos, -gdb-port …)
  std::vector<std::pair<std::string, std::string>> events;  // event name → Tcl body
  std::vector<TargetEntry*> together;  // `target smp`: all that run and halt with it, itself among them
  bool quiet_halts = false;            // a debugger let it run and tells its user where it stops: no log line
  Nanoseconds halted_at{};             // when it was last seen to halt
  std::unique_ptr<Target> target;
  std::unique_ptr<Semihosting> semihosting;  // of `target`, as long as that
};

struct FlashEntry {
  FlashBankConfig config;
  std::unique_ptr<FlashBank> bank;
};

// What `jtag newtap` and `jtag configure` said of a TAP beyond what its chain needs: kept and shown.
struct TapNotes {
  std::uint32_t ir_capture = 0x01, ir_mask = 0x03;  // OpenOCD 0.12.0's defaults
  bool ignore_version = false;
  std::map<std::string, std::string> events;  // event name → Tcl body
};

// `cti create`: configuration that is kept and shown again.
struct CtiEntry {
  std::string name;
  std::map<std::string, std::string> options;
};

class Session {
 public:
  // `host` and `log` must outlive the session.
  Session(const Host& host, Log& log);
  ~Session();

  Log& log() { return log_; }
  Clock& clock() { return host_.clock; }
  Stage stage() const { return stage_; }

  // --- configuration stage: plain data, changed by commands ---
  std::string adapter_driver_name;
  AdapterSettings adapter_settings;
  std::optional<Transport> transport;
  JtagChain taps;                             // also the SWD "taps" of `swd newdap`
  std::map<std::string, TapNotes> tap_notes;  // by the TAP's name
  ResetConfig reset_config;
  std::vector<std::unique_ptr<DapEntry>> daps;
  std::vector<std::unique_ptr<TargetEntry>> targets;
  std::vector<FlashEntry> flash_banks;
  bool polling = true;
  bool speed_chosen = false;  // `adapter speed` was given; adapter_settings.speed holds it
  std::vector<CtiEntry> ctis;

  // ConfigError where there is none of the name.
  DapEntry& dap_named(std::string_view name) const;

  // The transport, chosen now if it was not yet: the driver's first one. ConfigError without a driver.
  Transport require_transport();
  void select_transport(std::string_view name);

  // Opens the adapter, connects, examines targets (unless deferred), makes the flash banks. Idempotent; after
  // a failure the session is in the configuration stage again. The steps, for callers that run scripts
  // between them:
  void init();
  void open_adapter();  // and its wire → execution stage
  void connect_daps();  // also checks the JTAG chain
  // ConfigError where the DAPs declared so far cannot share one SWD wire: all of them must be multi-drop, and
  // differ. As long as no transport is selected there is nothing to say.
  void require_daps_fit() const;
  void examine_targets();  // a target that does not answer is a warning, not an error
  void make_flash_banks();
  void abandon_init();  // back to the configuration stage, everything closed
  bool initialized() const { return stage_ == Stage::exec; }
  Adapter& adapter();  // ConfigError before init()

  // Every probe on this machine, also before init() and without any driver chosen.
  std::vector<ProbeReport> list_probes();
  // The USB devices on this machine, in words, for when there is no probe among them.
  std::string usb_devices_seen();

  // Before init() kept; after it handed to the probe; returns what is in force, nothing where the adapter has
  // no clock to set.
  std::optional<Hertz> set_speed(Hertz wanted);

  // The program is to end with this exit status once the running command is done.
  void request_shutdown(int status) { shutdown_status_ = status; }
  std::optional<int> shutdown_requested() const { return shutdown_status_; }

  // --- execution stage ---
  TargetEntry& current();  // `targets NAME` selects; TargetError where there is none
  void select(std::string_view target_name);
  TargetEntry& target_entry(std::string_view name);  // ConfigError that lists the names
  Target& target(std::string_view name = {});        // examined or not; empty: the current one
  // The TAP of the target's DAP, or what `-chain-position` named; empty: neither.
  std::string tap_of(const TargetEntry& target) const;
  // By number or name (or unique prefix of one); ConfigError that lists the banks.
  FlashBank& flash_bank(std::string_view name_or_number);
  std::vector<FlashBank*> banks_of(const Target& target);
  // Those that there is a driver for.
  std::vector<FlashBank*> usable_banks_of(const Target& target);
  // The bank whose range holds `address`, probing as needed; null where none does.
  FlashBank* bank_at(Address address);

  // Prints an error. That the probe is gone, with which everything fails from then on, is said once; then
  // probe_gone().
  void report(const Error& error);
  bool probe_gone() const { return probe_gone_; }

  // Looks at every examined target once; what cannot be reached is an error line, not an exception.
  void poll();
  // Done again and again by the server loop and sleep(). poll() is one of them from init() on, ten times a
  // second, as with OpenOCD; set_poll_period() changes that.
  Tasks& tasks() { return tasks_; }
  void set_poll_period(Milliseconds period);
  Milliseconds poll_period() const { return poll_period_; }
  // Lets the time pass, with turns for the tasks.
  void sleep(Nanoseconds duration);

  // Told of every halt, resume and reset of a target, after its events' bodies ran; returns an id for
  // remove_target_listener.
  using TargetListener = std::function<void(TargetEntry&, TargetState, HaltReason)>;
  int add_target_listener(TargetListener listener);
  void remove_target_listener(int id);

  // Told of every event that Session itself raises, before its body runs; returns an id for
  // remove_event_listener.
  using EventListener = std::function<void(TargetEntry&, std::string_view event)>;
  int add_event_listener(EventListener listener);
  void remove_event_listener(int id);
  // Raises an event of a target: its listeners are told, then its body runs.
  void fire(TargetEntry& entry, std::string_view event);
  // The target's own, between its events "resume-start" and "resume-end", "step-start" and "step-end".
  void resume(TargetEntry& entry, const ResumeOptions& options = {});
  void step(TargetEntry& entry, std::optional<Address> address = {});
  // Told of every reset by the `reset` command before it begins, with its mode: "run", "halt", "init".
  std::function<void(TargetEntry&, std::string_view mode)> on_reset;
  // Trace bytes of a target as they are captured, for tcl_trace. server/ installs it.
  std::function<void(TargetEntry&, std::span<const std::uint8_t>)> on_trace_data;
  // At the end of init(), when targets and flash banks are there, and when an init that got so far is undone.
  std::function<void()> on_init, on_abandon;

  // What `poll` and a halt print of a halted target.
  std::string describe_halt(TargetEntry& entry);
  // How many debuggers (GDB) are connected. The server counts; with none, a program that ends by itself
  // (semihosting) ends the run, with its status.
  unsigned debuggers = 0;
  // Leaves the scripts that run, by throwing; commands/ installs how. Empty: nothing.
  std::function<void()> leave_scripts;
  RttService& rtt() { return rtt_; }
  // TPIU, SWO and ITM. Its start() is the last step of init().
  TraceService& trace() { return trace_; }
  // The number of the access port that the target is behind, as configured or found.
  unsigned access_port_of(const TargetEntry& target);

  // Opens TCP ports for the target's byte streams; empty where no servers run.
  TcpServices open_tcp_service;
  // Closes all of them; for who gave open_tcp_service, before it takes it back.
  void close_tcp_services();
  // arp_examine: with the events' names as the caller's business.
  void examine(TargetEntry& entry);

  // While it lives, `target` is the current one (events, `$target mww`); `targets NAME` does not end it.
  class CurrentTargetScope {
   public:
    CurrentTargetScope(Session& session, TargetEntry& target)
        : session_(session), before_(session.override_) {
      session.override_ = &target;
    }
    ~CurrentTargetScope() { session_.override_ = before_; }
    CurrentTargetScope(const CurrentTargetScope&) = delete;
    CurrentTargetScope& operator=(const CurrentTargetScope&) = delete;

   private:
    Session& session_;
    TargetEntry* before_;
  };

  // Runs the body of `event` of `target`, if it has one. commands/ installs how.
  std::function<void(TargetEntry& target, std::string_view event)> run_event;

 private:
  Host host_;
  Log& log_;
  Stage stage_ = Stage::config;
  std::unique_ptr<Adapter> adapter_;
  DapLink* link_ = nullptr;  // owned by the adapter
  TargetEntry* current_ = nullptr;
  TargetEntry* override_ = nullptr;
  std::optional<int> shutdown_status_;
  bool probe_gone_ = false;
  bool taking_along_ = false;  // take_along() moves the others, and the listeners are told of them
  Tasks tasks_;
  std::optional<Tasks::Id> poll_task_;
  Milliseconds poll_period_{100};
  std::vector<std::pair<int, TargetListener>> target_listeners_;
  std::vector<std::pair<int, EventListener>> event_listeners_;
  int next_listener_ = 1;
  RttService rtt_{*this};
  TraceService trace_{*this};

  DapEntry& dap_entry(const TargetEntry& target);
  void require_own_target();                          // ConfigError where all targets are foreign
  void require_own(const TargetEntry& target) const;  // TargetError where it is foreign
  void make_target(TargetEntry& entry);
  void announce_speed(std::optional<Hertz> speed);
  void connect_wire(Transport wire);
  void check_chain();
  void told(TargetEntry& entry, TargetState state, HaltReason reason);
  void take_along(TargetEntry& leader, TargetState state);
  void make_semihosting(TargetEntry& entry);
  Milliseconds next_poll() const;
};

}  // namespace probity
