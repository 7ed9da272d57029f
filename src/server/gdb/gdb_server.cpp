#include "server/gdb/gdb_server.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "server/gdb/client.hpp"

namespace probity::server {

struct GdbServers::Shared {
  Session& session;
  Interpreter& interpreter;
  GdbSettings& settings;
  std::map<const TargetEntry*, gdb::Seats> seats = {};
};

GdbServers::GdbServers(Session& session, Interpreter& interpreter, GdbSettings& settings)
    : shared_(std::make_unique<Shared>(Shared{session, interpreter, settings})) {}

GdbServers::~GdbServers() = default;

namespace {

constexpr unsigned kMostClients = 1;

bool is_number(const std::string& port) {
  return !port.empty() && port.find_first_not_of("0123456789") == std::string::npos;
}

// What the next target gets that asks for no port of its own: there is one standard input only, and 0 is
// always free.
std::string port_behind(const std::string& port) {
  if (port == "pipe") return "disabled";
  if (!is_number(port)) return port;
  const std::uint64_t number = args::number(port, UINT16_MAX);
  return number == 0 ? port : fmt::format("{}", number + 1);
}

// `-gdb-max-connections`; -1: as many as come.
unsigned most_clients(const TargetEntry& entry) {
  const auto option = entry.options.find("-gdb-max-connections");
  if (option == entry.options.end() || option->second.empty()) return kMostClients;
  if (option->second.starts_with('-')) return 0;
  return static_cast<unsigned>(args::number(option->second, UINT16_MAX));
}

}  // namespace

std::vector<Service> GdbServers::services() {
  std::vector<Service> services;
  std::string next = shared_->settings.port;
  std::set<const TargetEntry*> served;
  for (const auto& entry : shared_->session.targets) {
    // One server for all that run together (`target smp`), as OpenOCD 0.12.0.
    if (served.contains(entry.get())) continue;
    served.insert(entry->together.begin(), entry->together.end());
    std::string port = next;
    const auto own = entry->options.find("-gdb-port");
    if (entry->type == "mem_ap") continue;  // no core, nothing for GDB
    if (own != entry->options.end() && !own->second.empty()) {
      port = own->second;
    } else {
      next = port_behind(port);
    }
    if (port == "disabled") {
      shared_->session.log().info("gdb port disabled");
      continue;
    }
    if (entry->foreign) {
      shared_->session.log().info("no gdb server for {} on {}: it is no Cortex-M", entry->name, port);
      continue;
    }
    shared_->session.log().info("starting gdb server for {} on {}", entry->name, port);
    gdb::Seats& seats = shared_->seats[entry.get()];
    seats.most = most_clients(*entry);
    const auto make = [shared = shared_.get(), target = entry.get(), &seats](Connection& connection) {
      return std::make_unique<gdb::GdbClient>(connection, shared->session, shared->interpreter,
                                              shared->settings, *target, seats);
    };
    services.push_back({"gdb", port, 0, make});  // the seats say how many
  }
  return services;
}

}  // namespace probity::server
