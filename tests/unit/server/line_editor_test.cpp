// What is typed, and what the screen shows of it.
#include "server/telnet/line_editor.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/telnet/telnet_parser.hpp"

namespace probity::server::line_editor_test {
namespace {

using Event = LineEditor::Event;

// A terminal of one line: what stands there and where the cursor is.
class Screen {
 public:
  void show(std::string_view text) {
    for (const char c : text) {
      if (c == '\b') {
        if (at_ > 0) --at_;
      } else if (c == '\r') {
        at_ = 0;
      } else if (c == '\n') {
        done_.push_back(trimmed());
        line_.clear();
      } else if (c >= ' ') {
        if (line_.size() <= at_) line_.resize(at_ + 1, ' ');
        line_[at_++] = c;
      }
    }
  }
  std::string trimmed() const {
    const std::size_t end = line_.find_last_not_of(' ');
    return end == std::string::npos ? std::string() : line_.substr(0, end + 1);
  }
  std::string line_with_cursor() const {
    std::string text = line_;
    if (text.size() < at_) text.resize(at_, ' ');
    text = text.substr(0, at_) + "|" + text.substr(at_);
    return text.substr(0, text.find_last_not_of(' ') + 1);
  }
  const std::vector<std::string>& done() const { return done_; }

 private:
  std::string line_;
  std::size_t at_ = 0;
  std::vector<std::string> done_;
};

class Typing : public testing::Test {
 protected:
  Event type(std::string_view keys) {
    std::string bytes;
    const Event event = editor.feed(keys, bytes);
    screen.show(bytes);
    rest = keys;
    return event;
  }

  LineEditor editor{
      {"first", "second"}, [](std::string_view word) {
        std::vector<std::string> found;
        for (const char* name : {"flash erase_check", "flash erase_sector", "halt", "mdb", "mdw"}) {
          if (std::string_view(name).starts_with(word)) found.emplace_back(name);
        }
        return found;
      }};
  Screen screen;
  std::string rest;
};

TEST_F(Typing, CharactersAndEnter) {
  EXPECT_EQ(type("halt"), Event::nothing);
  EXPECT_EQ(screen.line_with_cursor(), "halt|");
  EXPECT_EQ(type("\rmdw"), Event::line);
  EXPECT_EQ(editor.line(), "halt");
  EXPECT_EQ(rest, "mdw");
}

struct Edit {
  const char *keys, *shown;
};
class Edits : public Typing, public testing::WithParamInterface<Edit> {};
TEST_P(Edits, AreShown) {
  EXPECT_EQ(type(GetParam().keys), Event::nothing);
  EXPECT_EQ(screen.line_with_cursor(), GetParam().shown);
}
INSTANTIATE_TEST_SUITE_P(
    All, Edits,
    testing::Values(Edit{"abc\x01X", "X|abc"}, Edit{"abc\x01\x05Y", "abcY|"}, Edit{"abc\x02\x02Z", "aZ|bc"},
                    Edit{"abc\x1b[D\x1b[DZ", "aZ|bc"}, Edit{"abc\x1b[H\x1b[CZ", "aZ|bc"},
                    Edit{"abc\x1b[1~Z\x1b[4~Y", "ZabcY|"}, Edit{"abc\x1bOHZ\x1bOFY", "ZabcY|"},
                    Edit{"abc\x7f\x08", "a|"}, Edit{"abcd\x02\x7f", "ab|d"}, Edit{"abc\x01\x1b[3~", "|bc"},
                    Edit{"abc\x01\x04", "|bc"}, Edit{"abc def\x02\x02\x0b", "abc d|"},
                    Edit{"abc def\x17", "abc |"}, Edit{"abc def  \x17", "abc |"},
                    Edit{"abc def\x02\x15", "|"}, Edit{"x\x10", "second|"}, Edit{"\x10\x10\x10", "first|"},
                    Edit{"\x1b[A\x1b[A\x1b[B", "second|"}, Edit{"\x10\x0e", "|"},
                    Edit{"a\x07\x0c\x1a\x80\xffz", "az|"}, Edit{"\x02\x06\x7f\x0b\x17\x15\x0e", "|"},
                    Edit{"a\x1b[1;5D\x1b[200~b", "b|a"}, Edit{"hal\t", "halt |"},
                    Edit{"fl\t", "flash erase_|"}, Edit{"set x [hal\t", "set x [halt |"},
                    Edit{"xyz\t", "xyz|"}));

TEST_F(Typing, TabListsWhatThereIs) {
  type("md\t");
  EXPECT_THAT(screen.done(), testing::ElementsAre("md", "mdb", "mdw"));
  EXPECT_EQ(screen.line_with_cursor(), "> md|");
}

TEST_F(Typing, InterruptDropsTheLine) {
  EXPECT_EQ(type("abc\x03"), Event::interrupt);
  EXPECT_EQ(type("\r"), Event::line);
  EXPECT_EQ(editor.line(), "");
}

TEST_F(Typing, EndOnlyOnAnEmptyLine) {
  EXPECT_EQ(type("a\x04"), Event::nothing);
  EXPECT_EQ(type("\x7f\x04"), Event::end);
}

TEST_F(Typing, HistoryKeepsWhatDiffersFromTheLineBefore) {
  for (const char* line : {"second\r", "third\r", "third\r", "\r", "history\r"})
    EXPECT_EQ(type(line), Event::line);
  EXPECT_THAT(editor.history(), testing::ElementsAre("first", "second", "third"));
}

TEST_F(Typing, ALineThatIsTooLongIsLostAndHarmless) {
  const std::string much(3 * LineEditor::kLongestLine, 'x');
  type(much);
  EXPECT_EQ(type("\r"), Event::too_long);
  EXPECT_EQ(type("halt\r"), Event::line);
  EXPECT_EQ(editor.line(), "halt");
  EXPECT_EQ(type(std::string(LineEditor::kLongestLine, 'y') + "\r"), Event::line);
}

TEST_F(Typing, WhatIsPrintedMeanwhileKeepsTheLine) {
  screen.show("> ");
  type("abc\x02");
  screen.show(editor.hide() + "a log line\r\n" + editor.show());
  EXPECT_THAT(screen.done(), testing::ElementsAre("a log line"));
  EXPECT_EQ(screen.line_with_cursor(), "> ab|c");
}

std::string parsed(std::initializer_list<std::string_view> pieces) {
  TelnetParser parser;
  std::string text;
  for (const std::string_view piece : pieces) parser.feed(piece, text);
  return text;
}

TEST(Telnet, OptionsAreTakenOut) {
  EXPECT_EQ(parsed({"a\xFF\xFD\x01\xFF\xFB\x18"
                    "b"}),
            "ab");
  EXPECT_EQ(parsed({"a\xFF", "\xFD",
                    "\x01"
                    "b"}),
            "ab");
}

TEST(Telnet, SubnegotiationsAreTakenOutHoweverTheyArePartedAndWhateverIsInThem) {
  EXPECT_EQ(parsed({"a\xFF\xFA\x18xterm\r\n\xFF\xFFz\xFF\xF0"
                    "b"}),
            "ab");
  EXPECT_EQ(parsed({"a\xFF\xFA", "\x18", "xterm\xFF", "\xF0", "b"}), "ab");
}

TEST(Telnet, DataByte255AndCommands) {
  EXPECT_EQ(parsed({"a\xFF\xFF"
                    "b"}),
            "a\xFF"
            "b");
  EXPECT_EQ(parsed({"a\xFF\xF1"
                    "b"}),
            "ab");
  EXPECT_EQ(parsed({"a\xFF\xF4"
                    "b"}),
            "a\x03"
            "b");
}

TEST(Telnet, EachEndOfLineIsOne) {
  EXPECT_EQ(parsed({"a\r\nb\r", std::string_view("\0", 1), "c\nd\re\r\r\n"}), "a\rb\rc\nd\re\r\r");
}

}  // namespace
}  // namespace probity::server::line_editor_test
