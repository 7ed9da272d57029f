// Framing of the Tcl port, and HTTP requests on any port.
#include "server/tcl/request_splitter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/http_request.hpp"

namespace probity::server::request_splitter_test {
namespace {

std::vector<std::string> requests(std::initializer_list<std::string_view> pieces) {
  RequestSplitter splitter;
  std::vector<std::string> all;
  for (std::string_view piece : pieces) {
    RequestSplitter::Kind kind{};
    std::string text;
    while (splitter.next(piece, kind, text)) {
      all.push_back(kind == RequestSplitter::Kind::request    ? text
                    : kind == RequestSplitter::Kind::too_long ? "too long"
                                                              : "http");
      if (kind == RequestSplitter::Kind::http) return all;
    }
  }
  return all;
}

using testing::ElementsAre;

TEST(Requests, EndWith0x1aHoweverTheyCome) {
  EXPECT_THAT(requests({"set a 1\x1aset", " b 2",
                        "\x1a\x1a"
                        "half"}),
              ElementsAre("set a 1", "set b 2", ""));
  EXPECT_THAT(requests({"two\nlines\x1a"}), ElementsAre("two\nlines"));
}

TEST(Requests, TooLongOnesAreToldOfAndForgotten) {
  const std::string most(RequestSplitter::kLongest, 'x'), more = most + "x";
  EXPECT_THAT(requests({more, more, "\x1a", "next\x1a"}), ElementsAre("too long", "next"));
  EXPECT_EQ(requests({most + "\x1a"}).front(), most);
}

TEST(Requests, HttpIsSeenAtItsFirstLineAndBeforeItsBody) {
  EXPECT_THAT(requests({"POST / HTTP/1.1\r\n"}), ElementsAre("http"));
  EXPECT_THAT(requests({"PO", "ST /", " HTTP/1.1\r", "\nHost: x\r\n\r\nshutdown\x1a"}), ElementsAre("http"));
  EXPECT_THAT(requests({"Host: localhost:6666\r\n\x1a"}), ElementsAre("http"));
  EXPECT_THAT(requests({"GET /" + std::string(20000, 'x')}), ElementsAre("http"));
}

TEST(Http, RequestLinesAndHostHeaders) {
  for (const char* line :
       {"POST / HTTP/1.1\r", "GET /shutdown", "OPTIONS * HTTP/1.1", "PUT http://x/ HTTP/1.0",
        "Host: localhost", "HOST:x", "host: y", "CONNECT localhost:4444 HTTP/1.1"}) {
    EXPECT_TRUE(is_http_line(line)) << line;
  }
  for (const char* line :
       {"", "GET", "reset halt", "echo Host:", "POSTPONE /", "GET x", "hosts", "$g#67", "PATCH"}) {
    EXPECT_FALSE(is_http_line(line)) << line;
  }
}

}  // namespace
}  // namespace probity::server::request_splitter_test
