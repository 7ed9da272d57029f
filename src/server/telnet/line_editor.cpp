#include "server/telnet/line_editor.hpp"

#include <algorithm>
#include <utility>

namespace probity::server {

namespace {

constexpr char ctrl(char letter) { return static_cast<char>(letter & 0x1F); }
constexpr char kEscape = 0x1B, kDelete = 0x7F, kBackspace = 0x08, kBell = 0x07;

bool is_printable(char c) { return c >= ' ' && c < kDelete; }

std::string common_prefix(const std::vector<std::string>& names) {
  std::string prefix = names.front();
  for (const std::string& name : names) {
    const auto [at, ignored] = std::ranges::mismatch(prefix, name);
    prefix.erase(at, prefix.end());
  }
  return prefix;
}

}  // namespace

LineEditor::LineEditor(std::deque<std::string> history, Completer completer)
    : history_(std::move(history)), recalled_(history_.size()), completer_(std::move(completer)) {}

LineEditor::Event LineEditor::feed(std::string_view& keys, std::string& screen) {
  while (!keys.empty()) {
    if (escape_ == Escape::none && is_printable(keys.front())) {
      const auto end = std::ranges::find_if_not(keys, is_printable);
      const auto count = static_cast<std::size_t>(end - keys.begin());
      insert(keys.substr(0, count), screen);
      keys.remove_prefix(count);
      continue;
    }
    const char key = keys.front();
    keys.remove_prefix(1);
    const Event event = take(key, screen);
    if (event != Event::nothing) return event;
  }
  return Event::nothing;
}

LineEditor::Event LineEditor::take(char key, std::string& screen) {
  if (escape_ == Escape::none) return control(key, screen);
  escape(key, screen);
  return Event::nothing;
}

LineEditor::Event LineEditor::control(char key, std::string& screen) {
  switch (key) {
    case '\r':
    case '\n':
      return finish(screen);
    case ctrl('C'):
      screen += "^C\n\r";
      line_.clear();
      cursor_ = 0;
      too_long_ = false;
      return Event::interrupt;
    case ctrl('D'):
      if (line_.empty()) return Event::end;
      erase(cursor_, cursor_ + 1, screen);
      break;
    case ctrl('A'):
      move_to(0, screen);
      break;
    case ctrl('E'):
      move_to(line_.size(), screen);
      break;
    case ctrl('B'):
      if (cursor_ > 0) move_to(cursor_ - 1, screen);
      break;
    case ctrl('F'):
      move_to(std::min(cursor_ + 1, line_.size()), screen);
      break;
    case ctrl('P'):
      if (recalled_ > 0) recall(recalled_ - 1, screen);
      break;
    case ctrl('N'):
      if (recalled_ < history_.size()) recall(recalled_ + 1, screen);
      break;
    case ctrl('U'):
      replace({}, screen);
      break;
    case ctrl('K'):
      erase(cursor_, line_.size(), screen);
      break;
    case ctrl('W'):
      erase(word_begin(), cursor_, screen);
      break;
    case kBackspace:
    case kDelete:
      if (cursor_ > 0) erase(cursor_ - 1, cursor_, screen);
      break;
    case '\t':
      complete(screen);
      break;
    case kEscape:
      escape_ = Escape::started;
      break;
    default:  // other control characters and bytes above 0x7F, as OpenOCD 0.12.0
      break;
  }
  return Event::nothing;
}

// ECMA-48: CSI is ESC [, then parameters 0x30-0x3F, intermediates 0x20-0x2F and a final 0x40-0x7E. Terminals
// in application mode send SS3, which is ESC O, and one character.
void LineEditor::escape(char key, std::string& screen) {
  switch (escape_) {
    case Escape::started:
      parameters_.clear();
      escape_ = key == '[' ? Escape::parameters : key == 'O' ? Escape::single : Escape::none;
      if (key == kEscape) escape_ = Escape::started;
      break;
    case Escape::parameters:
      if (key >= ' ' && key < '@') {
        constexpr std::size_t kEnough = 16;
        if (parameters_.size() < kEnough) parameters_ += key;
        break;
      }
      escape_ = Escape::none;
      function_key(key, screen);
      break;
    default:
      escape_ = Escape::none;
      function_key(key, screen);
      break;
  }
}

void LineEditor::function_key(char final, std::string& screen) {
  if (final == '~') {  // as xterm and the Linux console number them
    if (parameters_ == "1" || parameters_ == "7") final = 'H';
    if (parameters_ == "4" || parameters_ == "8") final = 'F';
    if (parameters_ == "3") erase(cursor_, cursor_ + 1, screen);
  }
  constexpr std::pair<char, char> kMeanings[] = {{'A', 'P'}, {'B', 'N'}, {'C', 'F'},
                                                 {'D', 'B'}, {'H', 'A'}, {'F', 'E'}};
  for (const auto& [key, letter] : kMeanings) {
    if (key == final) control(ctrl(letter), screen);
  }
}

void LineEditor::insert(std::string_view text, std::string& screen) {
  if (line_.size() + text.size() > kLongestLine) {
    text = text.substr(0, kLongestLine - line_.size());
    if (!std::exchange(too_long_, true)) screen += kBell;
  }
  if (text.empty()) return;
  line_.insert(cursor_, text);
  cursor_ += text.size();
  screen.append(text).append(line_, cursor_).append(line_.size() - cursor_, kBackspace);
}

void LineEditor::erase(std::size_t begin, std::size_t end, std::string& screen) {
  end = std::min(end, line_.size());
  if (begin >= end) return;
  move_to(begin, screen);
  line_.erase(begin, end - begin);
  screen.append(line_, begin).append(end - begin, ' ');
  screen.append(line_.size() - begin + (end - begin), kBackspace);
}

void LineEditor::move_to(std::size_t position, std::string& screen) {
  if (position < cursor_) screen.append(cursor_ - position, kBackspace);
  if (position > cursor_) screen.append(line_, cursor_, position - cursor_);
  cursor_ = position;
}

void LineEditor::replace(const std::string& text, std::string& screen) {
  erase(0, line_.size(), screen);
  too_long_ = false;
  insert(text, screen);
}

void LineEditor::recall(std::size_t position, std::string& screen) {
  recalled_ = position;
  replace(position < history_.size() ? history_[position] : std::string(), screen);
}

std::size_t LineEditor::word_begin() const {
  std::size_t begin = cursor_;
  while (begin > 0 && line_[begin - 1] == ' ') --begin;
  while (begin > 0 && line_[begin - 1] != ' ') --begin;
  return begin;
}

// A command's name begins with the line, or where a script's next command does; it may have blanks.
void LineEditor::complete(std::string& screen) {
  const std::string_view before = std::string_view(line_).substr(0, cursor_);
  const std::size_t separator = before.find_last_of(";[{");
  std::size_t begin = separator == std::string_view::npos ? 0 : separator + 1;
  begin = std::min(before.find_first_not_of(' ', begin), cursor_);
  const std::string word(before.substr(begin));
  const std::vector<std::string> names = completer_(word);
  if (names.empty()) {
    screen += kBell;
    return;
  }
  std::string common = common_prefix(names);
  if (names.size() == 1) common += ' ';
  if (common.size() > word.size()) {
    insert(std::string_view(common).substr(word.size()), screen);
    return;
  }
  for (const std::string& name : names) screen.append("\n\r").append(name);
  screen.append("\n\r").append(show());
}

LineEditor::Event LineEditor::finish(std::string& screen) {
  // The NUL is OpenOCD's; terminals pass over it.
  screen.append("\r\n\0", 3);
  finished_ = std::exchange(line_, {});
  cursor_ = 0;
  if (std::exchange(too_long_, false)) {
    recalled_ = history_.size();
    return Event::too_long;
  }
  if (!finished_.empty() && finished_ != "history" && (history_.empty() || history_.back() != finished_)) {
    history_.push_back(finished_);
    if (history_.size() > kHistoryLines) history_.pop_front();
  }
  recalled_ = history_.size();
  return Event::line;
}

std::string LineEditor::hide() const { return "\r" + std::string(kPrompt.size() + line_.size(), ' ') + "\r"; }

std::string LineEditor::show() const {
  return std::string(kPrompt) + line_ + std::string(line_.size() - cursor_, kBackspace);
}

}  // namespace probity::server
