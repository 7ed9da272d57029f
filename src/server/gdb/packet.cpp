#include "server/gdb/packet.hpp"

#include <fmt/format.h>

#include <charconv>

#include "server/http_request.hpp"

namespace probity::server::gdb {

namespace {

constexpr char kEscape = '}';
constexpr char kFlip = 0x20;  // what an escaped byte is XORed with

// Enough of a first line to tell a browser's from noise.
constexpr std::size_t kFirstLine = 64;

unsigned checksum_of(std::string_view text) {
  unsigned sum = 0;
  for (const char c : text) sum += static_cast<unsigned char>(c);
  return sum & 0xFF;
}

}  // namespace

std::string framed(std::string_view payload) {
  return fmt::format("${}#{:02x}", payload, checksum_of(payload));
}

std::string escaped(std::string_view binary) {
  std::string text;
  text.reserve(binary.size());
  for (const char c : binary) {
    if (c == '#' || c == '$' || c == kEscape || c == '*') {
      text += kEscape;
      text += static_cast<char>(c ^ kFlip);
    } else {
      text += c;
    }
  }
  return text;
}

void PacketReader::keep(std::string_view text) {
  const std::size_t room = kPacketSize - payload_.size();
  if (text.size() > room) too_long_ = true;
  payload_.append(text.substr(0, room));
}

// What begins or ends nothing, all at once: most of a payload, and what is no packet.
void PacketReader::take_plain(std::string_view& bytes) {
  const bool payload = state_ == State::payload;
  if (!payload && (state_ != State::between || first_line_)) return;
  const std::string_view plain =
      bytes.substr(0, bytes.find_first_of(payload ? std::string_view("#}") : std::string_view("$+-\x03")));
  bytes.remove_prefix(plain.size());
  if (!payload) return;
  for (const char c : plain) sum_ += static_cast<unsigned char>(c);
  keep(plain);
}

std::optional<Received> PacketReader::between_packets(char c) {
  const bool first = first_line_ && first_.empty();
  if (c == '$') {
    state_ = State::payload;
    payload_.clear();
    too_long_ = false;
    sum_ = 0;
    first_line_ = false;
    return {};
  }
  if (c == '+' || c == '-' || c == '\x03') {
    if (first) first_line_ = false;
    if (c == '\x03') return Received{Received::Kind::interrupt};
    return Received{c == '+' ? Received::Kind::ack : Received::Kind::nak};
  }
  if (!first_line_) return {};
  first_ += c;
  if (is_http_line(first_)) {
    state_ = State::refused;
    return Received{Received::Kind::http, first_};
  }
  if (first_.size() >= kFirstLine || c == '\n') first_line_ = false;
  return {};
}

std::optional<Received> PacketReader::end_of_packet(char second) {
  state_ = State::between;
  checksum_ += second;
  unsigned value = 0;
  const char* end = checksum_.data() + checksum_.size();
  const auto [last, error] = std::from_chars(checksum_.data(), end, value, 16);
  const bool right = error == std::errc() && last == end && value == (sum_ & 0xFF);
  if (check_ && !right) return Received{Received::Kind::bad_checksum};
  if (too_long_) return Received{Received::Kind::too_long, payload_.substr(0, 32)};
  return Received{Received::Kind::packet, std::move(payload_)};
}

std::optional<Received> PacketReader::next(std::string_view& bytes) {
  while (!bytes.empty()) {
    take_plain(bytes);
    if (bytes.empty()) break;
    const char c = bytes.front();
    bytes.remove_prefix(1);
    std::optional<Received> found;
    switch (state_) {
      case State::between:
        found = between_packets(c);
        break;
      case State::payload:
        if (c == '#') {
          state_ = State::checksum;
          checksum_.clear();
          break;
        }
        sum_ += static_cast<unsigned char>(c);
        state_ = State::escape;
        break;
      case State::escape:
        sum_ += static_cast<unsigned char>(c);
        keep(std::string(1, static_cast<char>(c ^ kFlip)));
        state_ = State::payload;
        break;
      case State::checksum:
        if (checksum_.empty()) {
          checksum_ += c;
        } else {
          found = end_of_packet(c);
        }
        break;
      case State::refused:
        break;
    }
    if (found) return found;
  }
  return {};
}

}  // namespace probity::server::gdb
