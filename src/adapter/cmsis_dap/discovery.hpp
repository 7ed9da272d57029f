// Finds the CMSIS-DAP probe that the settings mean and opens its packet pipe.
#pragma once

#include <memory>

#include "adapter/adapter.hpp"
#include "adapter/cmsis_dap/packet_pipe.hpp"

namespace probity::cmsis_dap {

// By "cmsis-dap backend" (auto | usb_bulk | hid | tcp; auto prefers v2), vid_pids, serial and USB location.
// AdapterError that lists what was seen where none matches, or the candidates where several do; ConfigError
// on an option that makes no sense.
std::unique_ptr<PacketPipe> open_pipe(const Host& host, const AdapterSettings& settings, Log& log);

}  // namespace probity::cmsis_dap
