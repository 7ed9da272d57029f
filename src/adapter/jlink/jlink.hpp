// The driver for SEGGER J-Link, on USB.
#pragma once

#include <memory>

#include "adapter/adapter.hpp"
#include "adapter/jlink/device_config.hpp"
#include "adapter/jlink/messages.hpp"

namespace probity {

// What `jlink` commands reach beside an Adapter. Requires that it is open; AdapterError or TimeoutError from
// all that ask the probe.
class JlinkAdapter : public Adapter {
 public:
  virtual bool has(jlink::Capability capability) = 0;
  virtual jlink::HardwareStatus hardware_status() = 0;
  virtual std::uint32_t free_memory() = 0;  // requires Capability::free_memory
  virtual void set_target_power(bool on) = 0;
  // The message that clocks JTAG, 2 or 3.
  virtual unsigned jtag_version() = 0;
  virtual void set_jtag_version(unsigned version) = 0;
  // The probe's own settings, and an edited copy of them, which write_config() stores; they count from the
  // probe's next power-up on. AdapterError where it reads back something else. Requires
  // Capability::read_config, to write also write_config.
  virtual const jlink::DeviceConfig& stored_config() = 0;
  virtual jlink::DeviceConfig& edited_config() = 0;
  virtual void write_config() = 0;
};

// Options: "jlink usb" (0 to 3, of probes whose USB address was changed).
std::unique_ptr<Adapter> make_jlink(const Host& host, const AdapterSettings& settings, Log& log);
std::vector<ProbeReport> list_jlinks(const Host& host, const std::optional<ProbeReport>& mine, Log& log);

}  // namespace probity
