#include "vboard/chip/nonvolatile.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "vboard/chip/replace_file.hpp"

namespace probity::vboard {

namespace {

constexpr unsigned kOtpBlocks = 16;

std::string hex(ByteView bytes) {
  std::string text;
  for (std::uint8_t b : bytes) text += fmt::format("{:02x}", b);
  return text;
}

template <typename Number>
bool parse_hex(std::string_view text, Number& value) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  return error == std::errc() && end == text.data() + text.size();
}

bool parse_hex_bytes(std::string_view text, Bytes& bytes) {
  if (text.size() != 2 * bytes.size()) return false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (!parse_hex(text.substr(2 * i, 2), bytes[i])) return false;
  }
  return true;
}

std::uint8_t erased(const ChipFacts& facts) {
  return static_cast<std::uint8_t>(facts.line->generation->erased_value);
}

}  // namespace

std::uint32_t load_sized(ByteView bytes, std::uint32_t offset, unsigned size) {
  return size == 4 ? load_le32(bytes, offset) : size == 2 ? load_le16(bytes, offset) : load_u8(bytes, offset);
}

NonVolatile::NonVolatile(const ChipFacts& facts, std::string flash_file)
    : cells(facts.flash_kib * 1024u, erased(facts)),
      otp(facts.line->generation->otp_size, erased(facts)),
      otp_locks(facts.line->generation->otp_locks != 0 ? kOtpBlocks : 0, 0xFF),
      file_(std::move(flash_file)) {
  for (const OptionWord& word : facts.line->options) options_.emplace(word.name, word.factory);
  const auto& content = facts.line->generation->otp_content;
  std::copy(content.begin(), content.end(), otp.begin());
  for (const FactoryByte& byte : facts.line->generation->factory_bytes) cells[byte.offset] = byte.value;
  if (file_.empty() || !std::filesystem::exists(file_)) return;
  load_cells();
  load_options();
}

void NonVolatile::load_cells() {
  std::ifstream in(file_, std::ios::binary);
  Bytes content{std::istreambuf_iterator<char>(in), {}};
  if (!in) throw ConfigError(fmt::format("cannot read the flash file '{}'", file_));
  if (content.size() != cells.size()) {
    throw ConfigError(fmt::format("the flash file '{}' has {} bytes, the chip's flash has {}", file_,
                                  content.size(), cells.size()));
  }
  cells = std::move(content);
}

void NonVolatile::load_options() {
  const std::string path = file_ + ".options";
  if (!std::filesystem::exists(path)) return;
  std::ifstream in(path);
  std::string name, value;
  while (in >> name >> value) {
    const auto word = options_.find(name);
    const bool understood = word != options_.end() ? parse_hex(value, word->second)
                            : name == "OTP"        ? parse_hex_bytes(value, otp)
                            : name == "OTP_LOCKS"  ? parse_hex_bytes(value, otp_locks)
                                                   : false;
    if (!understood)
      throw ConfigError(fmt::format("options file '{}': '{} {}' is not understood", path, name, value));
  }
}

std::uint32_t NonVolatile::option(std::string_view name) const {
  const auto word = options_.find(name);
  if (word == options_.end()) throw std::out_of_range(fmt::format("no option word '{}'", name));
  return word->second;
}

void NonVolatile::set_option(std::string_view name, std::uint32_t value) {
  const auto word = options_.find(name);
  if (word == options_.end()) throw std::out_of_range(fmt::format("no option word '{}'", name));
  word->second = value;
}

void NonVolatile::save() const {
  if (file_.empty()) return;
  replace_file(file_, [&](std::ofstream& out) {
    out.write(reinterpret_cast<const char*>(cells.data()), static_cast<std::streamsize>(cells.size()));
  });
  replace_file(file_ + ".options", [&](std::ofstream& out) {
    for (const auto& [name, value] : options_) out << fmt::format("{} {:08x}\n", name, value);
    if (!otp.empty()) out << fmt::format("OTP {}\n", hex(otp));
    if (!otp_locks.empty()) out << fmt::format("OTP_LOCKS {}\n", hex(otp_locks));
  });
}

}  // namespace probity::vboard
