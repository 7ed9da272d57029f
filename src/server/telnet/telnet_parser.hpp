// The telnet protocol below the text (RFC 854): takes the commands out of what comes.
#pragma once

#include <string>
#include <string_view>

namespace probity::server {

class TelnetParser {
 public:
  // What OpenOCD 0.12.0 sends first: we suppress go-ahead and echo, the client suppresses go-ahead and does
  // not echo. So each key comes as it is pressed.
  static constexpr std::string_view kGreeting = "\xFF\xFB\x03\xFF\xFB\x01\xFF\xFD\x03\xFF\xFE\x01";
  // As which IAC IP and IAC BRK come, the client's keys for interrupting.
  static constexpr char kInterrupt = 0x03;

  // The text within `bytes`: options, subnegotiations and other commands are left out, wherever their bytes
  // were parted. A carriage return takes the line feed or NUL behind it along.
  void feed(std::string_view bytes, std::string& text);

 private:
  enum class State { text, after_return, command, option, subnegotiation, subnegotiation_command };
  State take(char byte, std::string& text) const;
  State state_ = State::text;
};

}  // namespace probity::server
