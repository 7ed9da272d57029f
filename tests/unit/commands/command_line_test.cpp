#include "commands/command_line.hpp"

#include <gtest/gtest.h>

#include "base/errors.hpp"

namespace probity::command_line_test {
namespace {

using Kind = CommandLine::Step::Kind;

CommandLine parse(std::vector<std::string> words) { return parse_command_line(words); }

std::string refused(std::vector<std::string> words) {
  try {
    parse_command_line(words);
  } catch (const UsageError& e) {
    return e.message();
  }
  return "accepted";
}

TEST(CommandLine, KeepsTheOrder) {
  const CommandLine line = parse({"-f", "a.cfg", "-c", "one", "--file=b.cfg", "--command", "two"});
  ASSERT_EQ(line.steps.size(), 4u);
  EXPECT_EQ(line.steps[0].text, "a.cfg");
  EXPECT_EQ(line.steps[1].kind, Kind::command);
  EXPECT_EQ(line.steps[2].text, "b.cfg");
  EXPECT_EQ(line.steps[3].text, "two");
}

TEST(CommandLine, TakesTheValueInTheSameWord) {
  EXPECT_EQ(parse({"-c set X 1"}).steps[0].text, " set X 1");
  EXPECT_EQ(parse({"-fboard.cfg"}).steps[0].text, "board.cfg");
}

TEST(CommandLine, DebugTakesALevelOnlyInTheSameWord) {
  EXPECT_EQ(parse({"-d"}).steps[0].text, "3");
  EXPECT_EQ(parse({"-d2"}).steps[0].text, "2");
  EXPECT_EQ(parse({"-d-3"}).steps[0].text, "-3");
  EXPECT_EQ(parse({"--debug=1"}).steps[0].text, "1");
  EXPECT_EQ(refused({"-d", "2"}), "Unexpected command line argument: 2");
}

TEST(CommandLine, AbbreviatesLongNamesAndPlacesTheVirtualBoard) {
  EXPECT_EQ(parse({"--comm", "x"}).steps[0].kind, Kind::command);
  EXPECT_EQ(parse({"--virtual", "stm32f407vg"}).virtual_board, "stm32f407vg");
  EXPECT_TRUE(parse({"--ver"}).version);
  EXPECT_EQ(refused({"--v"}), "option '--v' is ambiguous");
}

TEST(CommandLine, RefusesByName) {
  EXPECT_EQ(refused({"-x"}), "invalid option -- 'x'");
  EXPECT_EQ(refused({"--bogus"}), "unrecognized option '--bogus'");
  EXPECT_EQ(refused({"-f"}), "option requires an argument -- 'f'");
  EXPECT_EQ(refused({"--help=me"}), "option '--help' doesn't allow an argument");
  EXPECT_EQ(refused({"firmware.elf"}), "Unexpected command line argument: firmware.elf");
  EXPECT_EQ(refused({"-"}), "Unexpected command line argument: -");
}

TEST(CommandLine, NothingFollowsTheEndOfTheOptions) {
  EXPECT_EQ(parse({"-f", "a.cfg", "--"}).steps.size(), 1u);
  EXPECT_EQ(refused({"--", "-f", "a.cfg"}), "Unexpected command line argument: -f");
}

}  // namespace
}  // namespace probity::command_line_test
