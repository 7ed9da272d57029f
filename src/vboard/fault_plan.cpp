#include "vboard/fault_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/errors.hpp"

namespace probity::vboard {

namespace {

// One row per kind, as in the header's table. `counter` empty: holds all the time.
struct KindRow {
  std::string_view kind, counter;
  enum class Argument { none, number, optional_number } argument;
};
constexpr std::array kKinds{
    KindRow{"wait", "ap", KindRow::Argument::none},
    KindRow{"fault", "ap", KindRow::Argument::none},
    KindRow{"parity", "ap", KindRow::Argument::none},
    KindRow{"usb-short", "usb", KindRow::Argument::none},
    KindRow{"usb-lost", "usb", KindRow::Argument::none},
    KindRow{"unplug", "usb", KindRow::Argument::optional_number},
    KindRow{"bsy-stuck", "flash", KindRow::Argument::none},
    KindRow{"brownout", "flash", KindRow::Argument::none},
    KindRow{"bit-stuck", "flash", KindRow::Argument::number},
    KindRow{"nrst-open", "", KindRow::Argument::none},
    KindRow{"nrst-stretched", "", KindRow::Argument::number},
    KindRow{"no-target", "", KindRow::Argument::none},
    KindRow{"firmware-asleep", "", KindRow::Argument::none},
    KindRow{"voltage", "", KindRow::Argument::number},
};

[[noreturn]] void reject(std::string_view part, const std::string& why) {
  throw ConfigError(fmt::format("fault plan: '{}': {}", part, why));
}

bool is_number(std::string_view text) {
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  if (hex) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
  return error == std::errc() && end == text.data() + text.size();
}

std::uint64_t parse_count(std::string_view part, std::string_view text, std::string_view what) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value == 0) {
    reject(part, fmt::format("'{}' is no {} (a number from 1)", text, what));
  }
  return value;
}

const KindRow& find_kind(std::string_view part, std::string_view kind) {
  const auto row =
      std::find_if(kKinds.begin(), kKinds.end(), [&](const KindRow& r) { return r.kind == kind; });
  if (row != kKinds.end()) return *row;
  std::string known;
  for (const KindRow& r : kKinds) known += fmt::format("{}{}", known.empty() ? "" : ", ", r.kind);
  reject(part, fmt::format("unknown kind of fault; known are {}", known));
}

// "ap:100x5" into the fault's counter, at and count.
void parse_point(Fault& fault, std::string_view part, std::string_view point, const KindRow& row) {
  const std::size_t colon = point.find(':');
  fault.counter = point.substr(0, colon);
  if (fault.counter != row.counter) {
    reject(part, fmt::format("{} counts on '{}', not on '{}'", row.kind, row.counter, fault.counter));
  }
  if (colon == std::string_view::npos) reject(part, "the point is COUNTER:N");
  std::string_view number = point.substr(colon + 1);
  if (const std::size_t x = number.find('x'); x != std::string_view::npos) {
    fault.count = parse_count(part, number.substr(x + 1), "count");
    number = number.substr(0, x);
  }
  fault.at = parse_count(part, number, "event number");
}

Fault parse_part(std::string_view part) {
  const std::size_t at = part.find('@');
  const std::string_view left = part.substr(0, at);
  const std::size_t equals = left.find('=');
  Fault fault;
  fault.kind = left.substr(0, equals);
  const KindRow& row = find_kind(part, fault.kind);
  if (equals != std::string_view::npos) fault.argument = left.substr(equals + 1);
  const bool wanted =
      row.argument == KindRow::Argument::number ||
      (row.argument == KindRow::Argument::optional_number && equals != std::string_view::npos);
  if (wanted && !is_number(fault.argument)) {
    reject(part, fmt::format("{} needs a number: {}=N", row.kind, row.kind));
  }
  if (row.argument == KindRow::Argument::none && equals != std::string_view::npos) {
    reject(part, fmt::format("{} takes no argument", row.kind));
  }
  if (row.counter.empty() != (at == std::string_view::npos)) {
    reject(part, row.counter.empty() ? fmt::format("{} holds all the time and has no point", row.kind)
                                     : fmt::format("{} needs a point: @{}:N", row.kind, row.counter));
  }
  if (at != std::string_view::npos) parse_point(fault, part, part.substr(at + 1), row);
  return fault;
}

}  // namespace

FaultPlan FaultPlan::parse(std::string_view text) {
  FaultPlan plan;
  while (!text.empty()) {
    const std::size_t plus = text.find('+');
    const std::string_view part = text.substr(0, plus);
    plan.faults_.push_back(parse_part(part));
    if (plus == std::string_view::npos) break;
    text.remove_prefix(plus + 1);
    if (text.empty()) reject(part, "nothing follows the '+'");
  }
  return plan;
}

const Fault* FaultPlan::strike(std::string_view counter) {
  if (faults_.empty()) return nullptr;
  auto found =
      std::find_if(counters_.begin(), counters_.end(), [&](const auto& c) { return c.first == counter; });
  if (found == counters_.end()) found = counters_.insert(counters_.end(), {std::string(counter), 0});
  const std::uint64_t event = ++found->second;
  for (const Fault& fault : faults_) {
    if (fault.counter == counter && event >= fault.at && event - fault.at < fault.count) return &fault;
  }
  return nullptr;
}

const Fault* FaultPlan::standing(std::string_view kind) const {
  for (const Fault& fault : faults_) {
    if (fault.counter.empty() && fault.kind == kind) return &fault;
  }
  return nullptr;
}

}  // namespace probity::vboard
