// vboard's command line.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "vboard/board_spec.hpp"

namespace probity::vboard {

struct ServeOption {
  std::string kind;  // stlink-server, cmsis-dap-tcp, remote-bitbang, usbip or control
  std::uint16_t port = 0;
};

struct Options {
  std::vector<BoardSpec> boards;  // the one of --chip first
  std::vector<ServeOption> serve;
  std::string bind = "127.0.0.1";  // the address to listen on
  bool help = false;
};

// Throws UsageError naming the word it does not understand, ConfigError where a board's SPEC is wrong.
Options parse_options(std::span<const char* const> words);
std::string help_text();

}  // namespace probity::vboard
