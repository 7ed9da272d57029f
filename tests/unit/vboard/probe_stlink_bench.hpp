// A virtual ST-LINK opened on the virtual USB bus, and its commands in bytes.
#pragma once

#include <initializer_list>
#include <string>

#include "base/bytes.hpp"
#include "vboard/virtual_host.hpp"

namespace probity::vboard {

struct StlinkBench {
  explicit StlinkBench(const std::string& spec) : host(spec) {
    const UsbDeviceInfo info = host.usb().devices().front();
    for (const auto& endpoint : info.interfaces.front().endpoints) {
      if ((endpoint.address & 0x80) == 0) out_endpoint = endpoint.address;
    }
    device = host.usb().open(info);
    device->claim(0);
  }

  static Bytes block(std::initializer_list<unsigned> bytes) {
    Bytes b;
    for (const unsigned byte : bytes) b.push_back(static_cast<std::uint8_t>(byte));
    b.resize(16);
    return b;
  }
  void send(ByteView data) { device->bulk_out(out_endpoint, data, Milliseconds(100)); }
  Bytes receive(std::size_t length) { return device->bulk_in(0x81, length, Milliseconds(100)); }
  Bytes command(std::initializer_list<unsigned> bytes, std::size_t length) {
    send(block(bytes));
    return receive(length);
  }

  std::uint8_t enter_swd() {
    send(block({0xF3, 0x07}));  // leave DFU mode, where a V2 starts
    return command({0xF2, 0x30, 0xA3}, 2).at(0);
  }
  Bytes memory_block(unsigned code, std::uint32_t address, std::size_t length) {
    Bytes b = block({0xF2, code});
    store_le32(b, 2, address);
    store_le16(b, 6, static_cast<std::uint16_t>(length));
    return b;
  }
  Bytes read_memory(unsigned code, std::uint32_t address, std::size_t length) {
    send(memory_block(code, address, length));
    return receive(length);
  }
  void write_memory(unsigned code, std::uint32_t address, ByteView data) {
    send(memory_block(code, address, data.size()));
    send(data);
  }
  std::uint8_t last_status() { return command({0xF2, 0x3E}, 12).at(0); }

  VirtualHost host;
  std::uint8_t out_endpoint = 0;
  std::unique_ptr<UsbDevice> device;
};

}  // namespace probity::vboard
