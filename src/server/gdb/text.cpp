#include "server/gdb/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "server/gdb/packet.hpp"

namespace probity::server::gdb {

namespace {

unsigned digit(char c) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(&c, &c + 1, value, 16);
  if (error != std::errc()) throw BadRequest(fmt::format("'{}' is no hexadecimal digit", c));
  return value;
}

}  // namespace

std::string to_hex(ByteView bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::uint8_t b : bytes) {
    text += kDigits[b / 16];
    text += kDigits[b % 16];
  }
  return text;
}

std::string to_hex(std::string_view text) { return to_hex(bytes_of(text)); }

std::string to_hex_le(std::uint64_t value, unsigned size) {
  Bytes bytes;
  for (unsigned i = 0; i < size; ++i, value /= 256) bytes.push_back(static_cast<std::uint8_t>(value));
  return to_hex(bytes);
}

Bytes from_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) throw BadRequest("an odd number of hexadecimal digits");
  Bytes bytes;
  bytes.reserve(digits.size() / 2);
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(digit(digits[i]) * 16 + digit(digits[i + 1])));
  }
  return bytes;
}

std::string text_from_hex(std::string_view digits) {
  const Bytes bytes = from_hex(digits);
  return {bytes.begin(), bytes.end()};
}

std::uint64_t from_hex_le(std::string_view digits) {
  const Bytes bytes = from_hex(digits);
  if (bytes.size() > 8) throw BadRequest("more than 64 bits");
  std::uint64_t value = 0;
  for (auto b = bytes.rbegin(); b != bytes.rend(); ++b) value = value * 256 + *b;
  return value;
}

ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

bool Fields::skip(std::string_view word) {
  if (!rest_.starts_with(word)) return false;
  rest_.remove_prefix(word.size());
  return true;
}

void Fields::expect(char c) {
  if (!skip({&c, 1})) throw BadRequest(fmt::format("'{}' is missing", c));
}

std::uint64_t Fields::number() {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value, 16);
  if (error != std::errc()) throw BadRequest("a hexadecimal number is missing");
  rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
  return value;
}

Address Fields::address() {
  const std::uint64_t value = number();
  if (value > UINT32_MAX) throw BadRequest(fmt::format("address {:#x} is beyond 32 bits", value));
  return static_cast<Address>(value);
}

std::uint32_t Fields::length() {
  const std::uint64_t value = number();
  if (value > UINT32_MAX) throw BadRequest(fmt::format("length {:#x} is beyond 32 bits", value));
  return static_cast<std::uint32_t>(value);
}

std::string_view Fields::until(char end) {
  const std::size_t at = rest_.find(end);
  if (at == std::string_view::npos) throw BadRequest(fmt::format("'{}' is missing", end));
  const std::string_view before = rest_.substr(0, at);
  rest_.remove_prefix(at + 1);
  return before;
}

std::string chunk(std::string_view document, std::uint64_t offset, std::uint64_t length) {
  if (offset >= document.size()) return "l";
  // Escapes make at most two bytes of one.
  const std::size_t most = std::min<std::uint64_t>(length, kPacketSize / 2 - 1);
  const std::string_view piece = document.substr(offset, most);
  const bool last = offset + piece.size() == document.size();
  return (last ? "l" : "m") + escaped(piece);
}

}  // namespace probity::server::gdb
