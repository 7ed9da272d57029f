// FTDI's chips with an MPSSE as debug probes, wired as the configuration's layout says.
#pragma once

#include <memory>

#include "adapter/adapter.hpp"
#include "adapter/ftdi/layout.hpp"

namespace probity {

namespace ftdi {

// What the `ftdi` commands reach of the open probe, beside Adapter; AdapterError.
class SignalControl {
 public:
  virtual ~SignalControl() = default;
  // Adds a signal, or gives it another wiring.
  virtual void define_signal(const std::string& name, const Signal& signal) = 0;
  // AdapterError as well where there is no such signal.
  virtual void set_signal(const std::string& name, Level level) = 0;
  virtual std::uint16_t get_signal(const std::string& name) = 0;
  virtual void sample_tdo_on_falling_edge(bool falling) = 0;
};

}  // namespace ftdi

// Options: "ftdi device_desc", "ftdi channel", "ftdi layout_init" (two numbers), "ftdi layout_signal NAME"
// (ftdi::text_of) and "ftdi tdo_sample_edge" (rising, falling). open() throws ConfigError without vid_pids.
// The adapter is an ftdi::SignalControl, too.
std::unique_ptr<Adapter> make_ftdi(const Host& host, const AdapterSettings& settings, Log& log);

// The chips with an MPSSE on the bus that bear FTDI's vendor id, for AdapterDriver::list.
std::vector<ProbeReport> list_ftdis(const Host& host, const std::optional<ProbeReport>& mine, Log& log);

}  // namespace probity
