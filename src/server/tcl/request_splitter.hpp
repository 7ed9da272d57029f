// The Tcl port's framing: a request ends with the byte 0x1a, and so does its reply.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace probity::server {

inline constexpr char kEndOfMessage = 0x1a;

class RequestSplitter {
 public:
  // As OpenOCD 0.12.0's limit.
  static constexpr std::size_t kLongest = 4 * 1024 * 1024;

  enum class Kind {
    request,
    too_long,  // one longer than kLongest has ended; its text is not kept
    http       // what comes is an HTTP request
  };
  // Takes bytes up to the end of the next event and removes them from `bytes`. False: the bytes are used up.
  // After `http` it is of no more use.
  bool next(std::string_view& bytes, Kind& kind, std::string& text);

 private:
  std::string pending_;
  bool first_line_seen_ = false;  // of the request that is pending
  bool too_long_ = false;
};

}  // namespace probity::server
