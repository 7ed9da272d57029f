// What `stats=` and `--stats` leave behind at the end.
#pragma once

#include <string>
#include <vector>

#include "vboard/board.hpp"

namespace probity::vboard {

// Writes the board's counters and the probes' complaints to the file `where`, to stderr for "-", nowhere for
// "" (complaints go to stderr even then). ConfigError where the file cannot be written.
void write_report(const std::string& where, Board& board, const std::vector<std::string>& probe_errors);

}  // namespace probity::vboard
