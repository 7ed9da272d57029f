#include "server/telnet/telnet_parser.hpp"

#include <algorithm>

namespace probity::server {

namespace {

// RFC 854, "TELNET COMMAND STRUCTURE"; the names are the RFC's.
constexpr char kSE = '\xF0', kBRK = '\xF3', kIP = '\xF4', kSB = '\xFA', kWILL = '\xFB', kDONT = '\xFE',
               kIAC = '\xFF';

}  // namespace

void TelnetParser::feed(std::string_view bytes, std::string& text) {
  while (!bytes.empty()) {
    if (state_ == State::text) {  // most of it, and quickly
      const std::size_t plain = std::min(bytes.find_first_of("\xFF\r"), bytes.size());
      text.append(bytes.substr(0, plain));
      bytes.remove_prefix(plain);
      if (bytes.empty()) return;
    }
    state_ = take(bytes.front(), text);
    bytes.remove_prefix(1);
  }
}

TelnetParser::State TelnetParser::take(char byte, std::string& text) const {
  switch (state_) {
    case State::after_return:
      if (byte == '\n' || byte == '\0') return State::text;
      [[fallthrough]];
    case State::text:
      if (byte == kIAC) return State::command;
      text += byte;
      return byte == '\r' ? State::after_return : State::text;
    case State::command:
      if (byte == kIAC) text += byte;  // a data byte 255
      if (byte == kIP || byte == kBRK) text += kInterrupt;
      if (byte == kSB) return State::subnegotiation;
      return byte >= kWILL && byte <= kDONT ? State::option : State::text;
    case State::option:
      return State::text;
    case State::subnegotiation:
      return byte == kIAC ? State::subnegotiation_command : State::subnegotiation;
    case State::subnegotiation_command:
      return byte == kSE ? State::text : State::subnegotiation;
  }
  return State::text;
}

}  // namespace probity::server
