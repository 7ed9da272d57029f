#include "commands/reference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/errors.hpp"

namespace probity::reference_test {

namespace {

using testing::HasSubstr;

TEST(FillMarks, ReplacesMarksAndLeavesOtherAtSignsAlone) {
  EXPECT_EQ(fill_marks("a @ONE@ b@c @(x|y) @", {{"ONE", "1\n"}}), "a 1 b@c @(x|y) @");
  EXPECT_EQ(fill_marks("@ONE@TWO@", {{"ONE", "1"}}), "1TWO@");
}

TEST(FillMarks, NamesAnUnknownMark) {
  try {
    fill_marks("text @NOBODY@", {{"ONE", "1"}});
    FAIL() << "no error";
  } catch (const ConfigError& e) {
    EXPECT_THAT(e.describe(), HasSubstr("@NOBODY@"));
  }
}

TEST(Roff, EscapesWhatTheFormatterWouldChange) {
  EXPECT_EQ(roff::literal(R"(a-b 'c' "d" \e ~^`)"), R"(a\-b \(aqc\(aq \(dqd\(dq \ee \(ti\(ha\(ga)");
  EXPECT_EQ(roff::prose("read-only, with -d<n>"), "read-only, with \\-d<n>");
  EXPECT_EQ(roff::prose(".cfg files"), "\\&.cfg files");
}

TEST(Roff, TakesOptionsOutOfHelp) {
  EXPECT_EQ(roff::help_options("vboard: a board\n\n"
                               "  --flash FILE   keep it\n"
                               "                 there\n"
                               "  --dual-bank    two banks\n"
                               "\nThe end.\n"),
            ".TP\n\\fB\\-\\-flash\\fR \\fIFILE\\fR\nkeep it there\n"
            ".TP\n\\fB\\-\\-dual\\-bank\\fR\ntwo banks\n");
  EXPECT_THROW(roff::help_options("no options here\n"), ConfigError);
}

TEST(Shell, QuotesHelpForZsh) {
  using Takes = OptionRow::Takes;
  const OptionRow rows[] = {{'d', "debug", Takes::maybe, "N", "it's [optional]: a level"},
                            {0, "virtual", Takes::value, "SPEC", "a board"}};
  EXPECT_EQ(shell::zsh_specs(rows),
            "    '*-d-[it'\\''s \\[optional\\]\\: a level]::N:_probity_value_debug'\n"
            "    '*--debug=-[it'\\''s \\[optional\\]\\: a level]::N:_probity_value_debug'\n"
            "    '*--virtual=[a board]:SPEC:_probity_value_virtual'\n");
  EXPECT_EQ(shell::option_words(rows), "-d --debug --virtual");
  EXPECT_EQ(shell::bash_cases(rows),
            "    --debug) _probity_value_debug ;;\n"
            "    --virtual) _probity_value_virtual ;;\n");
}

TEST(Shell, MarksCommandsThatTakeArguments) {
  EXPECT_EQ(shell::command_names({{"dap names", {}}, {"mdw", {"address", "", CommandMode::exec}}}),
            "    'dap names'\n    'mdw '\n");
}

constexpr LeftOut kLeftOut[] = {
    {"svf", "it plays <vectors>"}, {"xsvf", "it plays <vectors>"}, {"nand", "no chip has one"}};

TEST(Roff, PutsCommandsOfOneReasonTogether) {
  EXPECT_EQ(roff::left_out(kLeftOut),
            ".TP\n\\fBsvf\\fR, \\fBxsvf\\fR\nit plays <vectors>.\n.TP\n\\fBnand\\fR\nno chip has one.\n");
}

TEST(Html, EscapesAndAnchors) {
  EXPECT_EQ(html::escape("a<b> & \"c\""), "a&lt;b&gt; &amp; &quot;c&quot;");
  const std::map<std::string, Topic> topics = {{"flash info", {"<bank>", "Shows it.", CommandMode::exec}},
                                               {"flash list", {"", "Lists.", CommandMode::any}},
                                               {"mdw", {"", "", CommandMode::config}}};
  EXPECT_EQ(html::commands(topics, "x-").substr(0, 111),
            "<dt id=\"x-flash-info\"><code><b>flash info</b> &lt;bank&gt;</code></dt>\n<dd>Shows it. "
            "<i>(exec)</i></dd>\n<dt id=");
  EXPECT_EQ(html::index(topics), "<a href=\"#flash-info\">flash</a>\n<a href=\"#mdw\">mdw</a>\n");
  EXPECT_THAT(html::left_out(kLeftOut),
              HasSubstr("<dt id=\"xsvf\"><code>xsvf</code></dt>\n<dd>it plays &lt;vectors&gt;</dd>\n"));
}

}  // namespace

}  // namespace probity::reference_test
