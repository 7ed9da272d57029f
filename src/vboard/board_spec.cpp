#include "vboard/board_spec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

#include "base/errors.hpp"

namespace probity::vboard {

namespace {

unsigned parse_millivolts(std::string_view text) {
  unsigned value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) {
    throw ConfigError(fmt::format("voltage={}: millivolts are wanted", text));
  }
  return value;
}

int nibble(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  return digit >= 'A' && digit <= 'F' ? digit - 'A' + 10 : -1;
}

// UTF-8, one code point a byte of "hex:50FF…"; other text as it is.
std::string parse_serial(std::string_view text) {
  constexpr std::string_view kHex = "hex:";
  if (!text.starts_with(kHex)) return std::string(text);
  const std::string_view digits = text.substr(kHex.size());
  std::string serial;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    const int high = nibble(digits[i]), low = i + 1 < digits.size() ? nibble(digits[i + 1]) : -1;
    if (high < 0 || low < 0) {
      throw ConfigError(fmt::format("serial={}: pairs of hexadecimal digits follow hex:", text));
    }
    const auto unit = static_cast<unsigned>(high * 16 + low);
    if (unit < 0x80) {
      serial += static_cast<char>(unit);
    } else {
      serial += static_cast<char>(0xC0 | unit >> 6);
      serial += static_cast<char>(0x80 | (unit & 0x3F));
    }
  }
  if (serial.empty()) throw ConfigError(fmt::format("serial={}: bytes follow hex:", text));
  return serial;
}

void apply_word(BoardSpec& spec, std::string_view word) {
  const std::size_t equals = word.find('=');
  const std::string_view key = word.substr(0, equals);
  const bool has_value = equals != std::string_view::npos && equals + 1 < word.size();
  const std::string_view value = has_value ? word.substr(equals + 1) : std::string_view();
  constexpr std::string_view kOption = "option:";
  const std::size_t colon = word.find(':');
  const std::string_view where = word.substr(0, colon);
  if (word == "dual-bank") {
    spec.board.dual_bank = true;
  } else if (word.starts_with(kOption)) {
    spec.board.option_words.push_back(parse_option_word(word.substr(kOption.size())));
  } else if ((where == "qspi" || where == "qspi2") && colon + 1 < word.size()) {
    spec.board.external_flash.emplace_back(where, word.substr(colon + 1));
  } else if (key == "probe" && has_value) {
    spec.probes = {std::string(value)};
  } else if (key == "serial" && has_value) {
    spec.probe.serial = parse_serial(value);
  } else if (key == "firmware" && has_value) {
    spec.probe.firmware = value;
  } else if (key == "flash" && has_value) {
    spec.board.flash_file = value;
  } else if (key == "fault" && has_value) {
    spec.board.faults = FaultPlan::parse(value);
  } else if (key == "voltage" && has_value) {
    spec.board.millivolts = parse_millivolts(value);
  } else if (key == "stats" && has_value) {
    spec.stats = value;
  } else {
    throw ConfigError(
        fmt::format("virtual board: '{}' is not understood; after the chip come probe=KIND, "
                    "serial=TEXT, firmware=VERSION, flash=FILE, fault=PLAN, voltage=MV, dual-bank, "
                    "option:NAME=HEX, qspi:PART[+PART], qspi2:PART[+PART], stats=FILE",
                    word));
  }
}

}  // namespace

std::pair<std::string, std::uint32_t> parse_option_word(std::string_view text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  std::string_view digits = text.substr(std::min(equals + 1, text.size()));
  if (digits.starts_with("0x")) digits.remove_prefix(2);
  std::uint32_t value = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (equals == 0 || problem != std::errc() || end != digits.data() + digits.size()) {
    throw ConfigError(fmt::format("option:{}: NAME=HEX is wanted, as in option:OPTCR=0FFFAAEC", text));
  }
  return {std::string(text.substr(0, equals)), value};
}

BoardSpec parse_board_spec(std::string_view text) {
  BoardSpec spec;
  std::size_t comma = text.find(',');
  spec.board.chip = text.substr(0, comma);
  if (spec.board.chip.empty() || spec.board.chip.find('=') != std::string::npos) {
    throw ConfigError(fmt::format("virtual board: '{}' does not begin with a chip, as in stm32f407vg", text));
  }
  while (comma != std::string_view::npos) {
    text.remove_prefix(comma + 1);
    comma = text.find(',');
    apply_word(spec, text.substr(0, comma));
  }
  if (spec.probes.size() != 1 && !(spec.probe.serial.empty() && spec.probe.firmware.empty())) {
    throw ConfigError("virtual board: serial= and firmware= need probe=KIND, to say whose they are");
  }
  return spec;
}

std::vector<BoardSpec> parse_board_specs(std::string_view text) {
  std::vector<BoardSpec> specs;
  for (std::size_t semicolon = 0; semicolon != std::string_view::npos;) {
    semicolon = text.find(';');
    specs.push_back(parse_board_spec(text.substr(0, semicolon)));
    if (semicolon != std::string_view::npos) text.remove_prefix(semicolon + 1);
  }
  require_own_flash_files(specs);
  return specs;
}

void require_own_flash_files(const std::vector<BoardSpec>& specs) {
  std::set<std::string> files;
  for (const auto& spec : specs) {
    const std::string& file = spec.board.flash_file;
    if (!file.empty() && !files.insert(file).second) {
      throw ConfigError(fmt::format("virtual board: flash={} is two boards' file", file));
    }
  }
}

}  // namespace probity::vboard
