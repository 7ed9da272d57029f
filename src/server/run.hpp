// A whole run: the steps of the command line in order, then `init`, then serving until told to end.
#pragma once

#include "base/interrupt.hpp"
#include "base/log.hpp"
#include "commands/command_line.hpp"
#include "commands/search_path.hpp"
#include "session/session.hpp"

namespace probity {

// Returns the exit status: 0 only when all that was asked for happened. A signal ends what runs at the next
// clean point and the run; then interrupt.confirmed(). Everything is released on return. Does not throw.
int run(const CommandLine& line, const Host& host, Log& log, const SearchEnvironment& environment,
        Interrupt& interrupt);

}  // namespace probity
