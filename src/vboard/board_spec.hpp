// One board and its probes as a user words them: the SPEC of `--virtual SPEC`, PROBITY_VIRTUAL and vboard's
// `--board SPEC`.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "vboard/board.hpp"
#include "vboard/probe/probe.hpp"

namespace probity::vboard {

struct BoardSpec {
  BoardOptions board;
  std::vector<std::string> probes = {"stlink-v2-1", "cmsis-dap-v2"};  // kinds, see probe_kinds()
  ProbeOptions probe = {};                                            // of its one probe
  std::string stats;                                                  // file, "-" (stderr), or empty
};

// "CHIP[,probe=KIND[,serial=TEXT|hex:BYTES][,firmware=VERSION]][,flash=FILE][,fault=PLAN][,voltage=MV]
// [,dual-bank][,option:NAME=HEX][,qspi:PART[+PART]][,qspi2:PART[+PART]][,stats=FILE|-]"; after hex:, each
// byte is one UTF-16 unit of the serial number, as old ST-LINK/V2 have it; option: may come more than once;
// qspi: connects a SPI flash (or two, dual-flash mode) to QUADSPI or OCTOSPI1, qspi2: to OCTOSPI2.
// ConfigError names the part that is not understood; chip, option names, kinds and versions are only looked
// up when the board is made.
BoardSpec parse_board_spec(std::string_view text);

// "NAME=HEX", an option word to start with; ConfigError where it is not that.
std::pair<std::string, std::uint32_t> parse_option_word(std::string_view text);

// Several of them, joined by ";", each with a flash file of its own.
std::vector<BoardSpec> parse_board_specs(std::string_view text);

// ConfigError where two boards would keep their flash in the same file.
void require_own_flash_files(const std::vector<BoardSpec>& specs);

}  // namespace probity::vboard
