#include "vboard/chip/nonvolatile.hpp"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/errors.hpp"

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

}  // namespace

NonVolatile::NonVolatile(const ChipFacts& facts, std::string flash_file)
    : cells(facts.flash_kib * 1024u, 0xFF),
      optcr(facts.line->optcr_reset),
      optcr1(facts.line->optcr1_reset),
      otp(facts.line->generation->otp_size, 0xFF),
      otp_locks(kOtpBlocks, 0xFF),
      file_(std::move(flash_file)) {
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
    const bool understood = name == "OPTCR"       ? parse_hex(value, optcr)
                            : name == "OPTCR1"    ? parse_hex(value, optcr1)
                            : name == "OTP"       ? parse_hex_bytes(value, otp)
                            : name == "OTP_LOCKS" ? parse_hex_bytes(value, otp_locks)
                                                  : false;
    if (!understood)
      throw ConfigError(fmt::format("options file '{}': '{} {}' is not understood", path, name, value));
  }
}

void NonVolatile::save() const {
  if (file_.empty()) return;
  std::ofstream out(file_, std::ios::binary | std::ios::trunc);
  out.write(reinterpret_cast<const char*>(cells.data()), static_cast<std::streamsize>(cells.size()));
  out.close();
  std::ofstream options(file_ + ".options", std::ios::trunc);
  options << fmt::format("OPTCR {:08x}\nOPTCR1 {:08x}\nOTP {}\nOTP_LOCKS {}\n", optcr, optcr1, hex(otp),
                         hex(otp_locks));
  options.close();
  if (!out || !options) throw ConfigError(fmt::format("cannot write the flash file '{}'", file_));
}

}  // namespace probity::vboard
