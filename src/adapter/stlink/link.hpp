// StlinkLink: the way to an ST-LINK's firmware, a pipe for one command at a time. USB (usb_link.cpp) or
// stlink-server (tcp_link.cpp) behind it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapter/adapter.hpp"
#include "adapter/stlink/codec.hpp"

namespace probity::stlink {

// AdapterError when the probe is gone or answers with another number of bytes than asked; TimeoutError when
// it is silent.
class StlinkLink {
 public:
  virtual ~StlinkLink() = default;

  // A command with data from the probe: exactly `size` bytes.
  virtual Bytes read(const Command& command, std::size_t size, Milliseconds timeout) = 0;
  // A command with data to the probe, or alone where `data` is empty. The firmware may still be at work
  // afterwards.
  virtual void write(const Command& command, ByteView data, Milliseconds timeout) = 0;

  // `size` bytes from the trace endpoint, which the firmware has told of.
  virtual Bytes read_trace(std::size_t size, Milliseconds timeout) = 0;

  // The most bytes that may go with one command.
  virtual std::size_t max_block() const { return kMaxBlock; }
  // False where another program may use the probe between two commands.
  virtual bool exclusive() const { return true; }
  // Lines for the Info log about the way itself.
  virtual std::vector<std::string> describe() const { return {}; }
  // The device on this machine's bus; nothing behind a server.
  virtual std::optional<UsbDeviceInfo> usb_device() const { return {}; }
  // Brings a confused firmware back, where there is a way; false where there is none.
  virtual bool recover() { return false; }
};

// What messages call it.
inline constexpr std::string_view kName = "ST-LINK";

// Picks the probe by settings.serial, usb_location and vid_pids, and claims it. AdapterError as
// select_usb_probe, and for an ST-LINK/V1.
std::unique_ptr<StlinkLink> open_usb_link(const Host& host, const AdapterSettings& settings);
// Opens and claims this one.
std::unique_ptr<StlinkLink> open_usb_link(const Host& host, UsbDeviceInfo info);
// Picks and opens a probe of the stlink-server at 127.0.0.1:`port` by settings.serial and vid_pids.
std::unique_ptr<StlinkLink> open_tcp_link(const Host& host, const AdapterSettings& settings,
                                          std::uint16_t port);

// True where (vendor, product) is in settings.vid_pids, or in kModels where the list is empty.
bool is_wanted(const AdapterSettings& settings, std::uint16_t vendor, std::uint16_t product);

// "ST-LINK/V2-1": the kind of probe by its product id.
std::string kind_of(const UsbDeviceInfo& device);

// Old V2 give their serial as 12 binary characters instead of 24 hexadecimal digits; this returns the digits
// in both cases. `serial` is UTF-8.
std::string printable_serial(const std::string& serial);

}  // namespace probity::stlink
