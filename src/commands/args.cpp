#include "commands/args.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "base/errors.hpp"

namespace probity::args {

void expect(std::span<const std::string> words, std::size_t least, std::size_t most) {
  if (words.size() < least) {
    throw UsageError(
        fmt::format("{} argument{} missing", least - words.size(), least - words.size() == 1 ? "" : "s"));
  }
  if (words.size() > most) throw UsageError(fmt::format("unexpected argument '{}'", words[most]));
}

std::uint64_t number(std::string_view word, std::uint64_t most) {
  std::string_view digits = word;
  int base = 10;
  const auto prefixed = [&](std::string_view lower, std::string_view upper) {
    return digits.size() > 2 && (digits.starts_with(lower) || digits.starts_with(upper));
  };
  if (prefixed("0x", "0X")) {
    base = 16;
    digits.remove_prefix(2);
  } else if (prefixed("0b", "0B")) {
    base = 2;
    digits.remove_prefix(2);
  } else if (digits.size() > 1 && digits.front() == '0') {
    base = 8;
    digits.remove_prefix(1);
  }
  std::uint64_t value = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (failed == std::errc::invalid_argument || end != digits.data() + digits.size()) {
    throw UsageError(fmt::format("'{}' is not a number", word));
  }
  if (failed == std::errc::result_out_of_range || value > most) {
    throw UsageError(fmt::format("'{}' is too large (at most {:#x})", word, most));
  }
  return value;
}

Milliseconds milliseconds(std::string_view word) { return Milliseconds(number(word, INT32_MAX)); }

bool on_off(std::string_view word) {
  static constexpr std::string_view kOn[] = {"on", "enable", "yes", "true", "1"};
  static constexpr std::string_view kOff[] = {"off", "disable", "no", "false", "0"};
  if (std::ranges::find(kOn, word) != std::end(kOn)) return true;
  if (std::ranges::find(kOff, word) != std::end(kOff)) return false;
  throw UsageError(fmt::format("'{}' is neither on nor off", word));
}

std::size_t one_of(std::string_view word, std::initializer_list<std::string_view> choices) {
  const auto found = std::ranges::find(choices, word);
  if (found == choices.end()) {
    throw UsageError(fmt::format("'{}' is not one of: {}", word, fmt::join(choices, ", ")));
  }
  return static_cast<std::size_t>(found - choices.begin());
}

std::vector<Option> options(std::span<const std::string> words,
                            std::initializer_list<std::string_view> flags) {
  std::vector<Option> found;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (!words[i].starts_with('-')) throw UsageError(fmt::format("expected an -option, not '{}'", words[i]));
    Option option{words[i], {}};
    if (std::ranges::find(flags, words[i]) == flags.end()) {
      if (++i == words.size()) throw UsageError(fmt::format("{} needs a value", option.name));
      option.value = words[i];
    }
    found.push_back(std::move(option));
  }
  return found;
}

namespace {
std::string quoted(std::string_view word) {
  if (!word.empty() && word.find_first_of(" \t\n\r\"\\{}[]$;#") == std::string_view::npos) {
    return std::string(word);
  }
  // Braces keep everything as it is, unless braces in the word are unbalanced or a backslash touches them.
  int depth = 0;
  bool plain = word.find('\\') == std::string_view::npos;
  for (const char c : word) {
    depth += c == '{' ? 1 : c == '}' ? -1 : 0;
    plain = plain && depth >= 0;
  }
  if (plain && depth == 0) return fmt::format("{{{}}}", word);
  std::string escaped;
  for (const char c : word) {
    if (c == '\n') {
      escaped += "\\n";
      continue;
    }
    if (std::string_view(" \t\r\"\\{}[]$;#").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}
}  // namespace

std::string joined(std::span<const std::string> words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

std::string list(std::span<const std::string> words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + quoted(word);
  return text;
}

}  // namespace probity::args
