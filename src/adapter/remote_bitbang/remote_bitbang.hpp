// remote_bitbang: pins of a remote program, one ASCII character each. Protocol: OpenOCD's
// doc/manual/jtag/drivers/remote_bitbang.txt.
#pragma once

#include <memory>

#include "adapter/adapter.hpp"

namespace probity {

// Options: "remote_bitbang host" (a name, or with port 0 the path of a Unix-domain socket; default localhost)
// and "remote_bitbang port" (0 or none: Unix-domain socket). open() throws ConfigError on a bad port.
std::unique_ptr<Adapter> make_remote_bitbang(const Host& host, const AdapterSettings& settings, Log& log);

}  // namespace probity
