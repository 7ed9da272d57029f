#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>

#include "base/errors.hpp"
#include "vboard/probe/cmsis_dap/firmware.hpp"
#include "vboard/probe/ftdi/firmware.hpp"
#include "vboard/probe/jlink/firmware.hpp"
#include "vboard/probe/probe.hpp"
#include "vboard/probe/stlink/firmware.hpp"

namespace probity::vboard {

Bytes Probe::take_reply(std::size_t max_length) {
  Bytes& whole = replies_.front();
  if (whole.size() <= max_length) {
    Bytes all = std::move(whole);
    replies_.pop_front();
    return all;
  }
  const auto cut = whole.begin() + static_cast<std::ptrdiff_t>(max_length);
  Bytes part(whole.begin(), cut);
  whole.erase(whole.begin(), cut);
  return part;
}

std::vector<std::string> probe_kinds() {
  std::vector<std::string> names;
  for (const auto& model : stlink::models()) names.emplace_back(model.name);
  for (const auto& model : cmsis_dap::models()) names.emplace_back(model.name);
  for (const auto& model : jlink::models()) names.emplace_back(model.name);
  for (const auto& model : ftdi::models()) names.emplace_back(model.name);
  return names;
}

std::unique_ptr<Probe> make_probe(std::string_view kind, Board& board, const ProbeOptions& options) {
  for (const auto& model : stlink::models()) {
    if (model.name == kind) return std::make_unique<stlink::Firmware>(model, board, options);
  }
  for (const auto& model : cmsis_dap::models()) {
    if (model.name == kind) return std::make_unique<cmsis_dap::Firmware>(model, board, options);
  }
  for (const auto& model : jlink::models()) {
    if (model.name == kind) return std::make_unique<jlink::Firmware>(model, board, options);
  }
  for (const auto& model : ftdi::models()) {
    if (model.name == kind) return std::make_unique<ftdi::Firmware>(model, board, options);
  }
  throw ConfigError(fmt::format("unknown probe '{}'; known are: {}", kind, fmt::join(probe_kinds(), ", ")));
}

std::unique_ptr<Probe> ProbeMaker::make(const std::string& kind, Board& board, ProbeOptions options) {
  options.twin = made_[kind]++;
  return make_probe(kind, board, options);
}

std::string serial_of(const ProbeOptions& options, std::string_view own) {
  if (!options.serial.empty()) return options.serial;
  constexpr std::size_t kDigits = 4;
  const std::string_view last = own.substr(own.size() - kDigits);
  unsigned number = 0;
  std::from_chars(last.data(), last.data() + last.size(), number);
  return fmt::format("{}{:04}", own.substr(0, own.size() - kDigits), (number + options.twin) % 10000);
}

}  // namespace probity::vboard
