// vboard's command line.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "vboard/board.hpp"

namespace probity::vboard {

struct ServeOption {
  std::string kind;  // stlink-server, cmsis-dap-tcp or remote-bitbang
  std::uint16_t port = 0;
};

struct Options {
  BoardOptions board;
  std::string probe = "stlink-v2-1";  // behind stlink-server
  std::vector<ServeOption> serve;
  std::string stats;
  bool help = false;
};

// Throws UsageError naming the word it does not understand.
Options parse_options(std::span<const char* const> words);
std::string help_text();

}  // namespace probity::vboard
