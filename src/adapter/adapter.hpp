// Adapter: a debug probe. The narrow waist every cable goes through; one row per driver in registry.cpp.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapter/dap_link.hpp"
#include "adapter/probe_report.hpp"
#include "adapter/trace_capture.hpp"
#include "base/log.hpp"
#include "base/units.hpp"
#include "transport/host.hpp"

namespace probity {

// Names as `transport select` takes them. `swd` on an ST-LINK is dapdirect_swd. `swim` is the wire of STM8:
// files may select it, no driver connects it.
enum class Transport { swd, jtag, hla_swd, hla_jtag, dapdirect_swd, dapdirect_jtag, swim };
std::string_view name_of(Transport transport);
std::optional<Transport> transport_named(std::string_view name);
std::vector<Transport> all_transports();  // in the order of OpenOCD's `transport list`
constexpr bool is_jtag(Transport t) {
  return t == Transport::jtag || t == Transport::hla_jtag || t == Transport::dapdirect_jtag;
}
constexpr bool is_hla(Transport t) { return t == Transport::hla_swd || t == Transport::hla_jtag; }

// Reset wires; true drives the line active (low), false releases it, nothing leaves it as it is.
struct ResetLines {
  std::optional<bool> srst;  // nRST, the system reset
  std::optional<bool> trst;  // nTRST, the JTAG TAP reset
};

// One TAP of a declared scan chain, in the order of `jtag newtap` (nearest TDO first).
struct JtagTap {
  std::string name;  // "stm32f4x.cpu"
  unsigned ir_length = 4;
  std::vector<std::uint32_t> expected_ids;
  bool enabled = true;
};
struct JtagChain {
  std::vector<JtagTap> taps;
  std::size_t dap = 0;  // index of the TAP that is the debug port
};

// What the configuration says about the probe. Driver-specific words (`hla_layout`, `st-link backend tcp
// 7184`, `cmsis-dap backend`, `remote_bitbang port` …) are put into `options` under "driver-word word":
// "st-link backend" → "tcp 7184".
struct AdapterSettings {
  std::string serial;                                             // adapter serial; empty: any
  std::string usb_location;                                       // adapter usb location; empty: any
  std::vector<std::pair<std::uint16_t, std::uint16_t>> vid_pids;  // empty: the driver's own list
  Hertz speed = kilohertz(100);
  bool connect_under_reset = false;  // reset_config … connect_assert_srst
  bool srst_push_pull = false;       // reset_config … srst_push_pull: a released nRST is driven high
  bool trst_open_drain = false;      // reset_config … trst_open_drain: a released nTRST is left alone
  std::map<std::string, std::string> options;
};

// Lifetime: built from settings, open(), then connect() gives the one DapLink, owned by the adapter. The
// destructor leaves debug mode and releases the interface; it does not throw. All calls may throw
// AdapterError or TimeoutError.
class Adapter {
 public:
  virtual ~Adapter() = default;

  // Finds and opens the probe. With none, the error lists what was seen; with several and no choice, it lists
  // them.
  virtual void open() = 0;
  // Sets the wire's clock to the nearest the probe has that is not above `wanted` (its slowest, if all are
  // above). Allowed before and after connect(). Returns what was set; nothing where the driver has no clock
  // to set.
  virtual std::optional<Hertz> set_speed(Hertz wanted) = 0;
  virtual void set_reset(ResetLines lines) = 0;
  // Brings up the wire. Nothing on the target is changed beyond what the protocol needs. `chain` counts for
  // JTAG only. Does not throw when no target answers: DapLink::reconnect() tells.
  virtual DapLink& connect(Transport transport, const JtagChain& chain) = 0;
  // Millivolts measured at the target's VDD pin; nothing where the probe cannot measure.
  virtual std::optional<unsigned> target_voltage() = 0;
  // "STLINK V2J37M26 (API v2) VID:PID 0483:374B", "CMSIS-DAP: FW Version = 2.0.0 …": lines for the Info log
  // after open().
  virtual std::vector<std::string> describe() = 0;
  // True where the nRST wire can be driven.
  virtual bool has_srst() const { return true; }
  // Receives the target's trace; null where the probe cannot. Owned by the adapter, works from connect() on.
  virtual TraceCapture* trace_capture() { return nullptr; }
  // The open probe as a line of `adapter list-probes`; nothing where it is not on this machine's bus.
  virtual std::optional<ProbeReport> report() { return {}; }
};

// One driver a row: name as `adapter driver` takes it, transports in order of preference, and the
// constructor. The driver's own command words, which set AdapterSettings::options, are rows in commands/.
struct AdapterDriver {
  std::string_view name;
  std::vector<Transport> transports;
  std::function<std::unique_ptr<Adapter>(const Host&, const AdapterSettings&, Log&)> make;
  // All probes of the driver's kind, on this machine's bus, whatever the settings say. Each that is free is
  // opened for a moment to ask for its version and voltage; the target is left alone. `mine` is taken as it
  // is instead of being looked at. Empty where another row's function lists the same kind, or there is no bus
  // to look at.
  std::function<std::vector<ProbeReport>(const Host&, const std::optional<ProbeReport>& mine, Log&)> list =
      nullptr;
};
const std::vector<AdapterDriver>& adapter_drivers();
// What all drivers' `list` see.
std::vector<ProbeReport> list_probes(const Host& host, const std::optional<ProbeReport>& mine, Log& log);
// Throws ConfigError that lists the known names.
const AdapterDriver& adapter_driver(std::string_view name);

}  // namespace probity
