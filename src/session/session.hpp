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
#include "base/log.hpp"
#include "dap/dap.hpp"
#include "flash/bank.hpp"
#include "flash/plan.hpp"
#include "image/image.hpp"
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

  // Opens the adapter, connects, examines targets (unless deferred), makes the flash banks. Idempotent.
  void init();
  bool initialized() const { return stage_ == Stage::exec; }
  Adapter& adapter();  // ConfigError before init()

  // --- execution stage ---
  TargetEntry& current();  // `targets NAME` selects; TargetError where there is none
  void select(std::string_view target_name);
  TargetEntry& target_entry(std::string_view name);  // ConfigError that lists the names
  Target& target(std::string_view name = {});        // examined or not; empty: the current one
  // By number or name (or unique prefix of one); ConfigError that lists the banks.
  FlashBank& flash_bank(std::string_view name_or_number);
  std::vector<FlashBank*> banks_of(const Target& target);
  // The bank whose range holds `address`, probing as needed; null where none does.
  FlashBank* bank_at(Address address);

  // Runs the body of `event` of `target`, if it has one. commands/ installs how.
  std::function<void(TargetEntry& target, std::string_view event)> run_event;

 private:
  Host host_;
  Log& log_;
  Stage stage_ = Stage::config;
  std::unique_ptr<Adapter> adapter_;
  TargetEntry* current_ = nullptr;
};

}  // namespace probity
