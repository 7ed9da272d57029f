#include "server/http_request.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace probity::server {

namespace {

// RFC 9110, section 9.1, and PATCH (RFC 5789).
constexpr std::array<std::string_view, 9> kMethods = {"GET",     "HEAD",    "POST",  "PUT",  "DELETE",
                                                      "CONNECT", "OPTIONS", "TRACE", "PATCH"};

bool is_host_header(std::string_view line) {
  constexpr std::string_view kHost = "host:";
  return line.size() >= kHost.size() &&
         std::ranges::equal(line.substr(0, kHost.size()), kHost, {}, [](char c) {
           return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
         });
}

}  // namespace

bool is_http_line(std::string_view line) {
  if (is_host_header(line)) return true;
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return false;
  if (std::ranges::find(kMethods, line.substr(0, space)) == kMethods.end()) return false;
  const std::string_view target = line.substr(space + 1);
  return target.starts_with('/') || target.starts_with('*') ||
         target.find(" HTTP/") != std::string_view::npos;
}

}  // namespace probity::server
