// The USB seam. Drivers see a UsbBus; behind it is libusb (libusb_bus.cpp) or the virtual board
// (vboard/probe). Only libusb_bus.cpp includes libusb's header.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/units.hpp"

namespace probity {

enum class UsbEndpointKind { control, isochronous, bulk, interrupt };

struct UsbEndpoint {
  std::uint8_t address = 0;  // bit 7 set: device to host
  UsbEndpointKind kind = UsbEndpointKind::bulk;
  std::uint16_t max_packet = 64;  // bytes
};

struct UsbInterface {
  std::uint8_t number = 0;
  std::uint8_t class_code = 0xFF, subclass = 0, protocol = 0;
  std::string name;  // the interface string, empty where the device has none or it could not be read
  std::vector<UsbEndpoint> endpoints;
};

// What enumeration shows. Strings are empty where they could not be read (no rights); `access_error` then
// says why.
struct UsbDeviceInfo {
  std::uint16_t vendor = 0, product = 0;
  std::uint16_t release = 0;  // bcdDevice
  unsigned bus = 0, address = 0;
  std::string location;                            // "bus-port[.port…]", as `adapter usb location` takes it
  std::string manufacturer, product_name, serial;  // UTF-8
  bool high_speed = false;
  std::vector<UsbInterface> interfaces;
  std::string access_error;
  std::string
      label;  // what messages call it, given by who opens it ("ST-LINK 0483:374b at 1-2"); empty: its ids
};

// An open device. Transfers throw DeviceGone when it was unplugged, AdapterError when it stalls, TimeoutError
// when time runs out. Closing releases every claimed interface.
class UsbDevice {
 public:
  virtual ~UsbDevice() = default;
  // DeviceBusy where another program has the interface.
  virtual void claim(unsigned interface_number) = 0;
  // Sends all bytes, in as many packets as it takes.
  virtual void bulk_out(std::uint8_t endpoint, ByteView data, Milliseconds timeout) = 0;
  // One transfer of up to `max_length` bytes; ended by a short packet. Returns what came.
  virtual Bytes bulk_in(std::uint8_t endpoint, std::size_t max_length, Milliseconds timeout) = 0;
  virtual void interrupt_out(std::uint8_t endpoint, ByteView data, Milliseconds timeout) = 0;
  virtual Bytes interrupt_in(std::uint8_t endpoint, std::size_t max_length, Milliseconds timeout) = 0;
  // A control transfer; for an IN request returns the data stage, for OUT `data` is sent and nothing is
  // returned.
  virtual Bytes control(std::uint8_t request_type, std::uint8_t request, std::uint16_t value,
                        std::uint16_t index, ByteView data, std::size_t max_length, Milliseconds timeout) = 0;
  // A USB port reset. The device may come back under another address; this object is of no use then, and the
  // caller opens it anew.
  virtual void reset() = 0;
};

class UsbBus {
 public:
  virtual ~UsbBus() = default;
  virtual std::vector<UsbDeviceInfo> devices() = 0;
  // Throws NoRights, DeviceBusy, DeviceGone or AdapterError, naming the device.
  virtual std::unique_ptr<UsbDevice> open(const UsbDeviceInfo& info) = 0;
  // Who has the device open: "openocd (process 1234)"; empty where nobody has, or it cannot be told.
  virtual std::string holder(const UsbDeviceInfo&) { return {}; }
};

}  // namespace probity
