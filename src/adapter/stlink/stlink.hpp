// The ST-LINK driver: V2, V2-1 and V3, over USB or an stlink-server, for the driver names "hla" and
// "st-link".
#pragma once

#include <memory>

#include "adapter/adapter.hpp"

namespace probity {

// Options: "hla_stlink_backend" or "st-link backend": "usb" (the default) or "tcp [PORT]"; "hla_layout":
// "stlink"; "hla_device_desc" is taken and means nothing. ConfigError for anything else.
std::unique_ptr<Adapter> make_stlink(const Host& host, const AdapterSettings& settings, Log& log);

// The ST-LINKs on the bus, for AdapterDriver::list.
std::vector<ProbeReport> list_stlinks(const Host& host, const std::optional<ProbeReport>& mine, Log& log);

}  // namespace probity
