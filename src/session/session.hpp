// Session: owns everything of one run. Configuration stage (plain data is collected) → init() (adapter, DAPs,
// targets, flash banks come to life) → execution stage. It knows no Tcl: events are run through a callback
// that commands/ installs.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapter/adapter.hpp"
#include "base/errors.hpp"
#include "base/log.hpp"
#include "dap/dap.hpp"
#include "flash/bank.hpp"
#include "flash/plan.hpp"
#include "image/image.hpp"
#include "session/tasks.hpp"
#include "session/tcp_service.hpp"
#include "target/target.hpp"
#include "transport/host.hpp"

namespace probity {

enum class Stage { config, exec };

// `dap create NAME -chain-position TAP …`, and the Dap once init() made it.
struct DapEntry {
  std::string name;
  std::string tap;
  std::map<std::string, std::string> options;  // -ap-num and the like, as given
  std::unique_ptr<Dap> dap;
};

// `target create NAME TYPE …` with what `configure` set, and the Target once init() made it.
struct TargetEntry {
  std::string name;
  std::string type;  // "cortex_m", or "hla_target" as old files say
  std::string dap;
  std::optional<unsigned> ap;
  std::string endian = "little";
  std::optional<std::string> chain_position;
  bool defer_examine = false;
  WorkAreaConfig work_area;
  std::map<std::string, std::string> options;  // other -words of configure, as given (-rtos, -gdb-port …)
  std::vector<std::pair<std::string, std::string>> events;  // event name → Tcl body
  std::unique_ptr<Target> target;
};

struct FlashEntry {
  FlashBankConfig config;
  std::unique_ptr<FlashBank> bank;
};

// `tpiu create`, `swo create`, `cti create`: configuration that is kept and shown again.
struct TraceEntry {
  std::string name;
  std::string kind;  // "tpiu", "swo", "cti"
  std::map<std::string, std::string> options;
  std::vector<std::pair<std::string, std::string>> events;
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
  JtagChain taps;  // also the SWD "taps" of `swd newdap`
  ResetConfig reset_config;
  std::vector<std::unique_ptr<DapEntry>> daps;
  std::vector<std::unique_ptr<TargetEntry>> targets;
  std::vector<FlashEntry> flash_banks;
  bool polling = true;
  bool speed_chosen = false;  // `adapter speed` was given; adapter_settings.speed holds it
  std::vector<TraceEntry> trace;
  std::map<std::string, std::string> server_settings;  // "gdb_port" → "3333" …: kept for the servers

  // The transport, chosen now if it was not yet: the driver's first one. ConfigError without a driver.
  Transport require_transport();
  void select_transport(std::string_view name);

  // Opens the adapter, connects, examines targets (unless deferred), makes the flash banks. Idempotent; after
  // a failure the session is in the configuration stage again. The steps, for callers that run scripts
  // between them:
  void init();
  void open_adapter();     // and its wire → execution stage
  void connect_daps();     // also checks the JTAG chain
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

  // Opens TCP ports for the target's byte streams; empty where no servers run.
  TcpServices open_tcp_service;
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
  Tasks tasks_;
  std::optional<Tasks::Id> poll_task_;
  Milliseconds poll_period_{100};
  std::vector<std::pair<int, TargetListener>> target_listeners_;
  int next_listener_ = 1;

  DapEntry& dap_entry(const TargetEntry& target);
  void make_target(TargetEntry& entry);
  void announce_speed(std::optional<Hertz> speed);
  void connect_wire(Transport wire);
  void check_chain();
  void told(TargetEntry& entry, TargetState state, HaltReason reason);
  void fire(TargetEntry& entry, std::string_view event);
};

}  // namespace probity
