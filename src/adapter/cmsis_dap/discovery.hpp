// Finds the CMSIS-DAP probe that the settings mean and opens its packet pipe.
#pragma once

#include <memory>
#include <optional>

#include "adapter/adapter.hpp"
#include "adapter/cmsis_dap/packet_pipe.hpp"
#include "adapter/usb_selection.hpp"

namespace probity::cmsis_dap {

// A probe on the bus: v2 (`usb`, with the interface and its endpoints) or v1 (`hid`).
struct Candidate {
  SeenDevice seen;
  std::optional<UsbDeviceInfo> usb;
  std::optional<HidDeviceInfo> hid;
  std::uint8_t interface_number = 0;
  BulkEndpoints endpoints;
};

// All that say of themselves that they are one; a probe that speaks both versions once, as v2.
std::vector<Candidate> all_probes(const Host& host);
// DeviceBusy, NoRights, DeviceGone or AdapterError.
std::unique_ptr<PacketPipe> open_candidate(const Host& host, Candidate chosen);

// `probe` is nothing behind TCP.
struct OpenPipe {
  std::unique_ptr<PacketPipe> pipe;
  std::optional<Candidate> probe;
};
// By "cmsis-dap backend" (auto | usb_bulk | hid | tcp), vid_pids, serial and USB location. AdapterError that
// lists what was seen where none matches, or the candidates where several do; ConfigError on an option that
// makes no sense.
OpenPipe open_pipe(const Host& host, const AdapterSettings& settings, Log& log);

}  // namespace probity::cmsis_dap
