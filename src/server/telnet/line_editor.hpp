// A line as it is typed: keys in, what the screen is to be sent and finished lines out. Knows no socket. The
// screen is told as OpenOCD 0.12.0 tells it: by backspaces and blanks alone, so that any terminal will do.
#pragma once

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace probity::server {

inline constexpr std::string_view kPrompt = "> ";

class LineEditor {
 public:
  // As OpenOCD 0.12.0's limits, in characters and lines.
  static constexpr std::size_t kLongestLine = 10 * 1024;
  static constexpr std::size_t kHistoryLines = 128;

  // The names that begin with a word, sorted.
  using Completer = std::function<std::vector<std::string>(std::string_view word)>;
  LineEditor(std::deque<std::string> history, Completer completer);

  enum class Event {
    nothing,    // all keys were taken
    line,       // a line was finished: line()
    too_long,   // the same, but it had more characters than kLongestLine: it is lost
    interrupt,  // ^C; the line is dropped
    end         // ^D on an empty line
  };
  // Takes keys up to the next event and removes them from `keys`; appends what the screen gets.
  Event feed(std::string_view& keys, std::string& screen);

  // The line that was finished last.
  const std::string& line() const { return finished_; }
  const std::deque<std::string>& history() const { return history_; }

  // Takes the prompt and the unfinished line off the screen, and puts them there again: for what is printed
  // meanwhile.
  std::string hide() const;
  std::string show() const;

 private:
  Event take(char key, std::string& screen);
  Event control(char key, std::string& screen);
  void escape(char key, std::string& screen);
  void function_key(char final, std::string& screen);
  void insert(std::string_view text, std::string& screen);
  void erase(std::size_t begin, std::size_t end, std::string& screen);
  void move_to(std::size_t position, std::string& screen);
  void replace(const std::string& text, std::string& screen);
  void recall(std::size_t position, std::string& screen);
  void complete(std::string& screen);
  std::size_t word_begin() const;
  Event finish(std::string& screen);

  std::string line_, finished_;
  std::size_t cursor_ = 0;
  bool too_long_ = false;
  std::deque<std::string> history_;
  std::size_t recalled_;  // which line of the history is shown; its size: none
  Completer completer_;
  enum class Escape { none, started, parameters, single } escape_ = Escape::none;
  std::string parameters_;
};

}  // namespace probity::server
