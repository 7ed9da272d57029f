// GPIO lines of this machine as a debug adapter, under the names of all drivers that OpenOCD has for them.
// They all go through the kernel's GPIO chips; what configures a driver's own way to the pins is accepted and
// said to mean nothing.
#pragma once

#include <memory>

#include "adapter/adapter.hpp"

namespace probity {

// Options: "adapter gpio NAME" (gpio/signals.hpp). open() throws ConfigError on a machine without GPIO,
// connect() where a line that the transport needs is not given.
std::unique_ptr<Adapter> make_linuxgpiod(const Host& host, const AdapterSettings& settings, Log& log);
std::unique_ptr<Adapter> make_bcm2835gpio(const Host& host, const AdapterSettings& settings, Log& log);
std::unique_ptr<Adapter> make_am335xgpio(const Host& host, const AdapterSettings& settings, Log& log);
// Options: "sysfsgpio NAME", numbers of lines of chip 0.
std::unique_ptr<Adapter> make_sysfsgpio(const Host& host, const AdapterSettings& settings, Log& log);
// Options: "imx_gpio NAME", numbers over all chips of 32 lines each.
std::unique_ptr<Adapter> make_imx_gpio(const Host& host, const AdapterSettings& settings, Log& log);

}  // namespace probity
