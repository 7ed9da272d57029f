// The notation inside packets: hexadecimal numbers and byte strings.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/errors.hpp"
#include "base/units.hpp"

namespace probity::server::gdb {

// A packet that is not what its first letters promise. It is answered with an error and told of in the log.
struct BadRequest : Error {
  using Error::Error;
};

std::string to_hex(ByteView bytes);
std::string to_hex(std::string_view text);
// `size` bytes, the least first.
std::string to_hex_le(std::uint64_t value, unsigned size);
// BadRequest: an odd number of digits, or others.
Bytes from_hex(std::string_view digits);
std::string text_from_hex(std::string_view digits);
std::uint64_t from_hex_le(std::string_view digits);

ByteView bytes_of(std::string_view text);

// Reads a packet from its front. BadRequest names what is missing.
class Fields {
 public:
  explicit Fields(std::string_view text) : rest_(text) {}
  bool empty() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  bool skip(std::string_view word);  // false: something else is there
  void expect(char c);
  std::uint64_t number();  // hexadecimal
  Address address();       // one that 32 bits hold
  std::uint32_t length();
  std::string_view until(char end);  // what is before it; `end` is taken, too

 private:
  std::string_view rest_;
};

// A piece of a document as qXfer wants it: 'm' and the piece, or 'l' and the last one.
std::string chunk(std::string_view document, std::uint64_t offset, std::uint64_t length);

}  // namespace probity::server::gdb
