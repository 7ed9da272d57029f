#include "server/tcl/request_splitter.hpp"

#include <utility>

#include "server/http_request.hpp"

namespace probity::server {

namespace {
constexpr std::size_t kLongestFirstLine = 8 * 1024;  // what browsers keep a request line to
}

bool RequestSplitter::next(std::string_view& bytes, Kind& kind, std::string& text) {
  const std::size_t end = bytes.find(kEndOfMessage);
  const std::string_view piece = bytes.substr(0, end);
  bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
  if (!too_long_ && pending_.size() + piece.size() > kLongest) {
    too_long_ = true;
    pending_ = {};
  }
  if (!too_long_) pending_.append(piece);
  // A request line is told by its first line, however long the rest takes to come.
  const bool line_complete = end != std::string_view::npos || piece.find('\n') != std::string_view::npos;
  if (!first_line_seen_ && (line_complete || pending_.size() > kLongestFirstLine)) {
    first_line_seen_ = true;
    const std::string_view start = std::string_view(pending_).substr(0, kLongestFirstLine);
    if (is_http_line(start.substr(0, start.find('\n')))) {
      kind = Kind::http;
      return true;
    }
  }
  if (end == std::string_view::npos) return false;
  kind = std::exchange(too_long_, false) ? Kind::too_long : Kind::request;
  text = std::exchange(pending_, {});
  first_line_seen_ = false;
  return true;
}

}  // namespace probity::server
