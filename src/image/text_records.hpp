// What Intel HEX and S-record share: lines of hexadecimal digits, and data records that continue each other.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "image/readers.hpp"

namespace probity {

// Calls `each` for every line that holds more than blanks and is no comment ("#", as OpenOCD skips it), with
// its number from 1; stops where `each` returns false. Lines end with LF or CR LF.
void for_each_record_line(ByteView content,
                          const std::function<bool(std::string_view line, unsigned number)>& each);

// The first such line, or empty.
std::string_view first_record_line(ByteView content);

// "0A1b" → {0x0A, 0x1B}; nothing where a character is no digit or one is left over.
std::optional<Bytes> parse_hex_digits(std::string_view digits);

// Appends `data` to the last segment if it continues it, else begins a new one named after its line.
void add_record(RawImage& image, std::uint64_t address, ByteView data, unsigned line);

}  // namespace probity
