// The messages of USB/IP 1.1.1 as bytes, all numbers big-endian (Linux,
// Documentation/usb/usbip_protocol.rst). A connection begins with one request: the list of devices, or the
// import of one. After a successful import it carries commands: SUBMIT (a USB transfer) and UNLINK (take one
// back).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/units.hpp"

namespace probity::vboard::usbip {

inline constexpr std::size_t kHeaderSize = 48;  // of every command and its reply

enum class Speed : std::uint32_t { full = 2, high = 3 };  // Linux, enum usb_device_speed

struct InterfaceClass {
  std::uint8_t class_code = 0, subclass = 0, protocol = 0;
};

struct DeviceRecord {
  std::string path, busid;  // at most 255 and 31 bytes
  std::uint32_t bus = 0, device = 0;
  Speed speed = Speed::full;
  std::uint16_t vendor = 0, product = 0, release = 0;
  std::uint8_t class_code = 0, subclass = 0, protocol = 0;
  std::uint8_t configuration = 1, configurations = 1;
  std::vector<InterfaceClass> interfaces;
};

struct ListRequest {};
struct ImportRequest {
  std::string busid;
};
using Request = std::variant<ListRequest, ImportRequest>;

struct ListReply {
  std::vector<DeviceRecord> devices;
  void append_to(Bytes& output) const;
};

struct ImportReply {
  std::optional<DeviceRecord> device;  // nothing: it cannot be had (status 1)
  void append_to(Bytes& output) const;
};

struct SubmitCommand {
  std::uint32_t seqnum = 0, devid = 0;
  bool to_host = false;
  std::uint8_t endpoint = 0;  // its number, without the direction
  bool short_is_error = false;
  std::uint32_t length = 0;       // of the buffer, bytes
  std::uint32_t start_frame = 0;  // of no meaning here; the reply gives it back
  std::uint32_t packets = 0;      // isochronous only
  std::array<std::uint8_t, 8> setup{};
  Bytes data;  // to the device

  bool isochronous() const { return packets != 0; }
  std::uint8_t address() const { return static_cast<std::uint8_t>(endpoint | (to_host ? 0x80 : 0)); }
};

struct UnlinkCommand {
  std::uint32_t seqnum = 0, devid = 0;
  std::uint32_t target = 0;  // seqnum of the SUBMIT
};
using Command = std::variant<SubmitCommand, UnlinkCommand>;

// A transfer's end, in Linux's error numbers whatever this host's are.
enum class Status : std::int32_t {
  ok = 0,
  invalid = -22,      // EINVAL
  stall = -32,        // EPIPE
  unlinked = -104,    // ECONNRESET
  short_read = -121,  // EREMOTEIO
};

struct SubmitReply {
  std::uint32_t seqnum = 0;
  Status status = Status::ok;
  std::uint32_t actual_length = 0;
  std::uint32_t start_frame = 0;
  Bytes data;  // to the host; then `actual_length` is its size
  void append_to(Bytes& output) const;
};

struct UnlinkReply {
  std::uint32_t seqnum = 0;
  Status status = Status::ok;  // `unlinked`, or `ok` where the transfer had ended before
  void append_to(Bytes& output) const;
};

// Take the message from the front of `input`; nothing, and `input` as it was, while bytes of it are missing.
// ProtocolError names what no client sends.
std::optional<Request> take_request(ByteView& input);
std::optional<Command> take_command(ByteView& input);

}  // namespace probity::vboard::usbip
