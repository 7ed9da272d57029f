// Who has a device node open, or listens on a TCP port: looked up in /proc.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace probity {

struct Holder {
  std::string command;  // as `ps` shows it
  int process = 0;
};

struct Holders {
  std::vector<Holder> found;  // without this process
  bool some_unseen = false;   // there are processes whose files this user may not see
};

// `proc` is where the processes are listed, `self` the process that is left out.
Holders find_holders(const std::filesystem::path& node, const std::filesystem::path& proc, int self);

// The same for who listens on a TCP port of this machine, on whatever address.
Holders find_port_holders(std::uint16_t port, const std::filesystem::path& proc, int self);

// "openocd (process 1234)", several joined by "and"; where none was found but some could not be looked into,
// "another program (its process cannot be seen …)"; empty: nobody.
std::string describe(const Holders& holders, const std::filesystem::path& node);

// Both, for this machine and this process.
std::string holder_of(const std::filesystem::path& node);
std::string holder_of_port(std::uint16_t port);

}  // namespace probity
