#include "image/text_records.hpp"

#include <fmt/format.h>

#include "base/bytes.hpp"

namespace probity {

namespace {

std::string_view trimmed(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
}

std::optional<std::uint8_t> digit_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return {};
}

}  // namespace

void for_each_record_line(ByteView content,
                          const std::function<bool(std::string_view line, unsigned number)>& each) {
  const std::string_view text(reinterpret_cast<const char*>(content.data()), content.size());
  unsigned number = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = trimmed(text.substr(begin, end - begin));
    ++number;
    begin = end + 1;
    if (line.empty() || line.front() == '#') continue;
    if (!each(line, number)) return;
  }
}

std::string_view first_record_line(ByteView content) {
  std::string_view first;
  for_each_record_line(content, [&](std::string_view line, unsigned) {
    first = line;
    return false;
  });
  return first;
}

std::optional<Bytes> parse_hex_digits(std::string_view digits) {
  if (digits.size() % 2 != 0) return {};
  Bytes bytes;
  bytes.reserve(digits.size() / 2);
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const auto high = digit_value(digits[i]);
    const auto low = digit_value(digits[i + 1]);
    if (!high || !low) return {};
    bytes.push_back(static_cast<std::uint8_t>(*high * 16 + *low));
  }
  return bytes;
}

void add_record(RawImage& image, std::uint64_t address, ByteView data, unsigned line) {
  if (data.empty()) return;
  if (image.segments.empty() ||
      image.segments.back().address + image.segments.back().data.size() != address) {
    image.segments.push_back({address, {}, fmt::format("line {}", line)});
  }
  append(image.segments.back().data, data);
}

}  // namespace probity
