// The probes that USB/IP offers, each at a bus id of its own that it keeps, plugged or not.
#pragma once

#include <deque>
#include <string>
#include <string_view>

#include "vboard/board.hpp"
#include "vboard/probe/usb_pipe.hpp"
#include "vboard/serve/connection.hpp"
#include "vboard/serve/usbip_protocol.hpp"

namespace probity::vboard {

struct ExportedDevice {
  std::string busid;    // "1-1"
  unsigned number = 0;  // on its bus, from 1
  std::string kind;     // "stlink-v2-1"
  UsbPipe& pipe;
  Board& board;
  HangUp client = {};  // ends the connection of the client that imported it; empty: nobody did

  bool imported() const { return client != nullptr; }
  bool available() const { return pipe.plugged() && !imported(); }
  usbip::DeviceRecord record() const;
  std::uint32_t devid() const;  // as the commands of a client name it

  // The cable is pulled: a client that imported it loses its connection.
  void unplug();
};

class Exports {
 public:
  // `pipe` and `board` must outlive it. Bus ids are given in the order of the calls.
  void add(std::string kind, UsbPipe& pipe, Board& board);
  ExportedDevice* find(std::string_view busid);
  std::deque<ExportedDevice>& devices() { return devices_; }

 private:
  std::deque<ExportedDevice> devices_;  // sessions keep references
};

// A device in a client's hands, for this object's lifetime. At its end the device is reset, as Linux's
// usbip-host does when a connection ends, and free.
class Import {
 public:
  // Requires device.available(); `client` is not empty.
  Import(ExportedDevice& device, HangUp client) : device_(device) { device_.client = std::move(client); }
  ~Import();
  Import(const Import&) = delete;
  Import& operator=(const Import&) = delete;

  ExportedDevice& device() { return device_; }

 private:
  ExportedDevice& device_;
};

}  // namespace probity::vboard
