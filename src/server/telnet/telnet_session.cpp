#include "server/telnet/telnet_session.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "server/http_request.hpp"
#include "server/telnet/completion.hpp"
#include "server/telnet/history_file.hpp"

namespace probity::server {

TelnetSession::TelnetSession(Connection& connection, Console& console, const std::filesystem::path& history)
    : connection_(connection),
      console_(console),
      history_path_(history),
      editor_(read_history(history, LineEditor::kHistoryLines),
              [&console](std::string_view word) { return completions(console.interpreter(), word); }) {
  connection_.send(TelnetParser::kGreeting);
  connection_.send("Open On-Chip Debugger\r\n");
  prompt();
  log_listener_ = console_.interpreter().session().log().add_text_listener(
      [this](const Log::Text& text) { logged(text); });
}

TelnetSession::~TelnetSession() {
  console_.interpreter().session().log().remove_listener(log_listener_);
  write_history(history_path_, editor_.history());
}

void TelnetSession::received(std::string_view& bytes) {
  const std::size_t line = std::min(bytes.find_first_of("\r\n"), bytes.size() - 1) + 1;
  std::string text, screen;
  parser_.feed(bytes.substr(0, line), text);
  bytes.remove_prefix(line);
  std::string_view keys = text;
  while (!left_ && !console_.over()) {
    const LineEditor::Event event = editor_.feed(keys, screen);
    connection_.send(screen);
    screen.clear();
    switch (event) {
      case LineEditor::Event::nothing:
        return;
      case LineEditor::Event::line:
        run(editor_.line());
        break;
      case LineEditor::Event::too_long:
        print(
            fmt::format("the line has more than {} characters: it was not run\n", LineEditor::kLongestLine));
        prompt();
        break;
      case LineEditor::Event::interrupt:
        prompt();
        break;
      case LineEditor::Event::end:
        return leave();
    }
  }
}

void TelnetSession::run(const std::string& line) {
  if (is_http_line(line)) return refuse_http();
  if (line == "history") {
    show_history();
  } else if (!line.empty()) {
    running_ = true;
    console_.run(source_, line, [this](std::string_view result) {
      print(std::string(result) + "\n");
      console_.interpreter().session().log().keep(result);
    });
    running_ = false;
    if (source_.leaves) return leave();
  }
  if (!console_.over()) prompt();
}

void TelnetSession::show_history() {
  for (const std::string& line : editor_.history()) connection_.send(line + std::string("\r\n\0", 3));
}

// Of others' doings; OpenOCD does not show debugging lines here, either.
void TelnetSession::logged(const Log::Text& text) {
  if (text.level > LogLevel::info || left_) return;
  const std::string line = std::string(text.text) + (text.ends_line || !running_ ? "\n" : "");
  if (running_) {
    print(line);
    return;
  }
  connection_.send(editor_.hide());
  print(line);
  connection_.send(editor_.show());
}

void TelnetSession::print(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    out += c;
  }
  connection_.send(out);
}

void TelnetSession::prompt() { connection_.send(fmt::format("\r{}", kPrompt)); }

void TelnetSession::refuse_http() {
  left_ = true;
  console_.interpreter().session().log().warn(kHttpRefused, "telnet", connection_.peer());
  connection_.close();
}

void TelnetSession::leave() {
  left_ = true;
  connection_.close();
}

}  // namespace probity::server
