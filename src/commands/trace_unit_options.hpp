// The options of a TPIU or SWO: what `tpiu create`, `tpiu config` and `$unit configure|cget` share.
#pragma once

#include <span>
#include <string>

#include "session/trace_service.hpp"

namespace probity {

// "-protocol uart -event pre-enable {…} …" into `unit`, which must not be enabled. ScriptError or UsageError
// naming what is not understood; what came before it is set then.
void configure_trace_unit(TraceUnit& unit, Session& session, std::span<const std::string> words);
// The value of one option, as `cget` shows it.
std::string trace_unit_option(const TraceUnit& unit, std::span<const std::string> words);

}  // namespace probity
