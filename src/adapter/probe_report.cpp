#include "adapter/probe_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace probity {

namespace {

constexpr std::size_t kColumns = 7;
using ReportLine = std::array<std::string, kColumns>;

std::string named(std::string_view name, const std::string& value) {
  return fmt::format("{} {}", name, value.empty() ? "-" : value);
}

ReportLine row_of(const ProbeReport& r) {
  return {r.kind,
          fmt::format("{:04x}:{:04x}", r.vendor, r.product),
          named("usb", r.location),
          named("serial", r.serial),
          named("firmware", r.firmware),
          r.millivolts ? fmt::format("{}.{:02} V", *r.millivolts / 1000, *r.millivolts % 1000 / 10) : "- V",
          r.state};
}

}  // namespace

bool is_same_probe(const ProbeReport& a, const ProbeReport& b) {
  return a.vendor == b.vendor && a.product == b.product && a.location == b.location && a.serial == b.serial;
}

std::string table_of(const std::vector<ProbeReport>& reports) {
  std::vector<ReportLine> rows;
  std::array<std::size_t, kColumns> widths{};
  for (const ProbeReport& report : reports) {
    rows.push_back(row_of(report));
    for (std::size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], rows.back()[i].size());
  }
  std::string text;
  for (const ReportLine& row : rows) {
    if (!text.empty()) text += '\n';
    for (std::size_t i = 0; i + 1 < kColumns; ++i) text += fmt::format("{:<{}}  ", row[i], widths[i]);
    text += row.back();
  }
  return text;
}

}  // namespace probity
