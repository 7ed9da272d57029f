// CMSIS-DAP probes: v1 (HID), v2 (USB bulk) and OpenOCD's TCP carrier.
#pragma once

#include <memory>

#include "adapter/adapter.hpp"

namespace probity {

// Options: "cmsis-dap backend" (auto | usb_bulk | hid | tcp), "cmsis-dap usb interface", "cmsis-dap tcp
// host", "cmsis-dap tcp port". Transports swd and jtag.
std::unique_ptr<Adapter> make_cmsis_dap(const Host& host, const AdapterSettings& settings, Log& log);

// The CMSIS-DAP probes on the bus, for AdapterDriver::list.
std::vector<ProbeReport> list_cmsis_daps(const Host& host, const std::optional<ProbeReport>& mine, Log& log);

}  // namespace probity
