#include "adapter/adapter.hpp"

#include <algorithm>
#include <array>

namespace probity {

namespace {

struct Row {
  Transport transport;
  std::string_view name;
};
constexpr std::array kTransports = {
    Row{Transport::swd, "swd"},
    Row{Transport::dapdirect_swd, "dapdirect_swd"},
    Row{Transport::dapdirect_jtag, "dapdirect_jtag"},
    Row{Transport::swim, "swim"},
    Row{Transport::hla_jtag, "hla_jtag"},
    Row{Transport::hla_swd, "hla_swd"},
    Row{Transport::jtag, "jtag"},
};

}  // namespace

std::string_view name_of(Transport transport) {
  return std::ranges::find(kTransports, transport, &Row::transport)->name;
}

std::optional<Transport> transport_named(std::string_view name) {
  const auto row = std::ranges::find(kTransports, name, &Row::name);
  if (row == kTransports.end()) return {};
  return row->transport;
}

std::vector<Transport> all_transports() {
  std::vector<Transport> all;
  for (const Row& row : kTransports) all.push_back(row.transport);
  return all;
}

}  // namespace probity
