// A browser's request that reaches one of our ports: a web page can make the browser send one to localhost,
// with commands for us in its body (CVE-2018-5704). No client of ours begins a talk like that.
#pragma once

#include <string_view>

namespace probity::server {

// Whether a line is an HTTP request line ("POST / HTTP/1.1", "GET /x") or a Host header. The line may be
// incomplete at its end.
bool is_http_line(std::string_view line);

// The log line for it; `service` and `peer` as in the log: "telnet", "127.0.0.1:50123".
inline constexpr std::string_view kHttpRefused =
    "{}: {} sent an HTTP request, as a web page does that wants to drive this program (cross-protocol "
    "scripting): nothing was run, connection closed";

}  // namespace probity::server
