// Everything a driver may reach outside the process, in one bundle that is handed down from main (real) or
// from the virtual board. All members must outlive the drivers built on them.
#pragma once

#include "base/clock.hpp"
#include "transport/gpio.hpp"
#include "transport/hid.hpp"
#include "transport/tcp.hpp"
#include "transport/usb.hpp"

namespace probity {

struct Host {
  UsbBus& usb;
  HidBus& hid;
  TcpConnector& tcp;
  Clock& clock;
  GpioChips* gpio = nullptr;  // null: this machine has none
};

std::unique_ptr<UsbBus> make_libusb_bus();      // libusb_bus.cpp
std::unique_ptr<HidBus> make_hidapi_bus();      // hidapi_bus.cpp
std::unique_ptr<TcpConnector> make_asio_tcp();  // asio_tcp.cpp

}  // namespace probity
