#include "adapter/cmsis_dap/packet_pipe.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity::cmsis_dap {

namespace {

// The smallest that the CMSIS-DAP specification's "DAP_Info, Packet Size" allows for full speed.
constexpr std::size_t kMinimumPacket = 64;
constexpr Milliseconds kSendTimeout(1000);

void require_fits(ByteView packet, std::size_t size) {
  if (packet.size() > size) {
    throw AdapterError(
        fmt::format("CMSIS-DAP: a packet of {} bytes does not fit the probe's {}", packet.size(), size));
  }
}

class HidPipe final : public PacketPipe {
 public:
  explicit HidPipe(std::unique_ptr<HidDevice> device) : device_(std::move(device)) {}

  void send(ByteView packet) override {
    require_fits(packet, size_);
    Bytes report(packet.begin(), packet.end());
    report.resize(size_, 0);
    device_->write(report);
  }
  Bytes receive(Milliseconds timeout) override { return device_->read(size_, timeout); }
  std::size_t packet_size() const override { return size_; }
  void set_packet_size(std::size_t size) override { size_ = size; }
  bool exact_length() const override { return false; }
  // An interrupt endpoint of a slow device is asked every 10 ms (USB 2.0, 9.6.6: bInterval).
  Milliseconds quiet_time() const override { return Milliseconds(25); }

 private:
  std::unique_ptr<HidDevice> device_;
  std::size_t size_ = kMinimumPacket;
};

class BulkPipe final : public PacketPipe {
 public:
  BulkPipe(std::unique_ptr<UsbDevice> device, BulkEndpoints endpoints)
      : device_(std::move(device)), endpoints_(endpoints) {}

  void send(ByteView packet) override {
    require_fits(packet, size_);
    if (packet.size() < size_ && packet.size() % endpoints_.max_packet == 0) {
      // Whole USB packets would not end the transfer; the probe ignores one byte more.
      Bytes longer(packet.begin(), packet.end());
      longer.push_back(0);
      device_->bulk_out(endpoints_.out, longer, kSendTimeout);
      return;
    }
    device_->bulk_out(endpoints_.out, packet, kSendTimeout);
  }
  // Never asks for less than one USB packet: the host controller could not put it anywhere.
  Bytes receive(Milliseconds timeout) override {
    return device_->bulk_in(endpoints_.in, std::max<std::size_t>(size_, endpoints_.max_packet), timeout);
  }
  std::size_t packet_size() const override { return size_; }
  void set_packet_size(std::size_t size) override { size_ = size; }
  bool exact_length() const override { return true; }

 private:
  std::unique_ptr<UsbDevice> device_;
  BulkEndpoints endpoints_;
  std::size_t size_ = kMinimumPacket;
};

// Header of each packet, little endian: "DAP\0", u16 length of what follows, u8 type, u8 reserved (seen in
// OpenOCD master's cmsis_dap_tcp.c).
class TcpPipe final : public PacketPipe {
 public:
  explicit TcpPipe(std::unique_ptr<TcpStream> stream) : stream_(std::move(stream)) {}

  void send(ByteView packet) override {
    require_fits(packet, size_);
    Bytes message;
    append_le32(message, kSignature);
    append_le16(message, static_cast<std::uint16_t>(packet.size()));
    append_u8(message, kRequest);
    append_u8(message, 0);
    append(message, packet);
    stream_->write(message);
  }

  Bytes receive(Milliseconds timeout) override {
    const Bytes header = stream_->read(kHeaderSize, timeout);
    const std::uint32_t signature = load_le32(header);
    if (signature != kSignature) {
      throw AdapterError(fmt::format("CMSIS-DAP: Unrecognized packet signature 0x{:08x}", signature));
    }
    if (header[6] != kResponse) {
      throw AdapterError(fmt::format("CMSIS-DAP: Unrecognized packet type 0x{:02x}", header[6]));
    }
    const std::size_t length = load_le16(header, 4);
    return length == 0 ? Bytes() : stream_->read(length, timeout);
  }
  std::size_t packet_size() const override { return size_; }
  void set_packet_size(std::size_t size) override { size_ = size; }
  bool exact_length() const override { return true; }
  Milliseconds quiet_time() const override { return Milliseconds(150); }
  bool may_hold_stale() const override { return false; }

 private:
  static constexpr std::uint32_t kSignature = 0x00504144;
  static constexpr std::uint8_t kRequest = 1, kResponse = 2;
  static constexpr std::size_t kHeaderSize = 8;

  std::unique_ptr<TcpStream> stream_;
  std::size_t size_ = kMinimumPacket;
};

}  // namespace

std::unique_ptr<PacketPipe> make_hid_pipe(std::unique_ptr<HidDevice> device) {
  return std::make_unique<HidPipe>(std::move(device));
}
std::unique_ptr<PacketPipe> make_bulk_pipe(std::unique_ptr<UsbDevice> device, BulkEndpoints endpoints) {
  return std::make_unique<BulkPipe>(std::move(device), endpoints);
}
std::unique_ptr<PacketPipe> make_tcp_pipe(std::unique_ptr<TcpStream> stream) {
  return std::make_unique<TcpPipe>(std::move(stream));
}

}  // namespace probity::cmsis_dap
