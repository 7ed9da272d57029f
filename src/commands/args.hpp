// Typed arguments: words of a command line to values. Every failure is a UsageError that names the word.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/units.hpp"

namespace probity::args {

// Between `least` and `most` words, else UsageError.
void expect(std::span<const std::string> words, std::size_t least, std::size_t most);

// Decimal, 0x hexadecimal, 0b binary or 0 octal, as OpenOCD reads numbers; not above `most`.
std::uint64_t number(std::string_view word, std::uint64_t most = UINT64_MAX);
inline std::uint32_t number32(std::string_view word) {
  return static_cast<std::uint32_t>(number(word, UINT32_MAX));
}
inline Address address(std::string_view word) { return number32(word); }
Milliseconds milliseconds(std::string_view word);

// on|off, enable|disable, yes|no, true|false, 1|0
bool on_off(std::string_view word);

// One of `choices`; the error lists them.
std::size_t one_of(std::string_view word, std::initializer_list<std::string_view> choices);

// "-word value -flag …": options in the order given. `flags` take no value.
struct Option {
  std::string name;   // with its dash
  std::string value;  // empty for flags
};
std::vector<Option> options(std::span<const std::string> words,
                            std::initializer_list<std::string_view> flags = {});

// The words with one blank between them.
std::string joined(std::span<const std::string> words);

// Words as a Tcl list: each quoted so that Tcl reads the same words back.
std::string list(std::span<const std::string> words);

}  // namespace probity::args
