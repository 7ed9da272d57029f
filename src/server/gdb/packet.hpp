// The packets of GDB's remote protocol (GDB manual, appendix E.1): bytes to packets and back. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace probity::server::gdb {

// What we announce (qSupported PacketSize): the most that may be between '$' and '#', as OpenOCD 0.12.0.
constexpr std::size_t kPacketSize = 0x4000;

// "$payload#cs". The payload is sent as it is: hexadecimal, or escaped() where it may be binary.
std::string framed(std::string_view payload);
// With }-escapes for what has a meaning in packets: # $ } and *.
std::string escaped(std::string_view binary);

struct Received {
  enum class Kind {
    packet,        // text: its payload, without escapes
    ack,           // '+'
    nak,           // '-'
    interrupt,     // 0x03
    bad_checksum,  // to be answered with '-'
    too_long,      // more than kPacketSize; its content is lost. text: its beginning
    http           // a browser talks to us: nothing that follows is to be believed. text: what it began with
  };
  Kind kind;
  std::string text = {};
};

// Keeps at most one packet. What is between packets is dropped.
class PacketReader {
 public:
  // Takes bytes out of the front of `bytes` until there is something to tell; nothing: all were taken.
  std::optional<Received> next(std::string_view& bytes);
  // After QStartNoAckMode checksums are not looked at any more.
  void ignore_checksums() { check_ = false; }

 private:
  enum class State { between, payload, escape, checksum, refused };
  std::optional<Received> between_packets(char c);
  std::optional<Received> end_of_packet(char second);
  void keep(std::string_view text);
  void take_plain(std::string_view& bytes);

  State state_ = State::between;
  bool check_ = true;
  std::string payload_;
  bool too_long_ = false;
  unsigned sum_ = 0;
  std::string checksum_;  // digits so far
  std::string first_;     // of the connection, until it is clear who talks
  bool first_line_ = true;
};

}  // namespace probity::server::gdb
