#include "server/gdb/link.hpp"

#include "server/gdb/packet.hpp"
#include "server/gdb/text.hpp"

namespace probity::server::gdb {

namespace {
constexpr unsigned kMostRepeats = 3;
}

void Link::send(std::string_view payload) {
  std::string packet = framed(payload);
  connection_.send(packet);
  if (!acknowledging_) return;
  last_ = std::move(packet);
  repeats_ = 0;
}

void Link::acknowledge(bool good) {
  if (acknowledging_) connection_.send(good ? "+" : "-");
}

void Link::acknowledged(bool good) {
  if (good) {
    last_.clear();
  } else if (!last_.empty() && repeats_++ < kMostRepeats) {
    connection_.send(last_);
  }
}

void Link::console(std::string_view text) {
  constexpr std::size_t kPiece = kPacketSize / 2 - 1;
  for (std::size_t at = 0; at < text.size(); at += kPiece) {
    connection_.send(framed("O" + to_hex(text.substr(at, kPiece))));
  }
  connection_.flush();
}

LogToConsole::LogToConsole(Log& log, Link& link)
    : log_(log), id_(log.add_text_listener([&link](const Log::Text& line) {
        if (line.level > LogLevel::info) return;  // too much for a console, as OpenOCD finds
        link.console(std::string(line.text) + (line.ends_line ? "\n" : ""));
      })) {}

LogToConsole::~LogToConsole() { log_.remove_listener(id_); }

}  // namespace probity::server::gdb
