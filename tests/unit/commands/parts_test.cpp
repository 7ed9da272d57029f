// The pure parts: arguments, search path, wrapping.
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/help.hpp"
#include "commands/search_path.hpp"

namespace probity::parts_test {
namespace {

namespace fs = std::filesystem;

TEST(Arguments, ReadNumbersInEveryBase) {
  EXPECT_EQ(args::number("0x1F"), 31u);
  EXPECT_EQ(args::number("010"), 8u);
  EXPECT_EQ(args::number("0b101"), 5u);
  EXPECT_EQ(args::number("0"), 0u);
  EXPECT_EQ(args::number32("4294967295"), 0xFFFFFFFFu);
}

TEST(Arguments, RefuseWhatIsNoNumber) {
  for (const char* word : {"", "x", "0x", "12z", "-1", "08", " 1"}) {
    EXPECT_THROW(args::number(word), UsageError) << word;
  }
  EXPECT_THROW(args::number32("0x100000000"), UsageError);
  EXPECT_THROW(args::number("99999999999999999999"), UsageError);
}

TEST(Arguments, ListsAreReadBackByTcl) {
  const std::vector<std::string> words{"plain", "two words", "", "br{ace", "a\\b", "$x"};
  EXPECT_EQ(args::list(words), "plain {two words} {} br\\{ace a\\\\b {$x}");
}

TEST(Help, WrapsBetweenWords) {
  EXPECT_EQ(wrap("one two three", 2, 0, 9), "one two\n  three\n");
  EXPECT_EQ(wrap("", 2, 0), "\n");
}

class SearchPathTest : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::temp_directory_path() / ("probity-search-" + std::to_string(::getpid()));
    put("first/a.cfg");
    put("second/a.cfg");
    put("second/b.cfg");
  }
  void TearDown() override { fs::remove_all(root_); }
  void put(const std::string& name) {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << "x";
  }
  fs::path root_;
};

TEST_F(SearchPathTest, FirstDirectoryWins) {
  SearchPath path;
  path.add(root_ / "first");
  path.add(root_ / "second");
  EXPECT_EQ(path.find("a.cfg"), root_ / "first/a.cfg");
  EXPECT_EQ(path.find("b.cfg"), root_ / "second/b.cfg");
  EXPECT_EQ(path.find((root_ / "second/a.cfg").string()), root_ / "second/a.cfg");
  EXPECT_FALSE(path.find("c.cfg"));
  EXPECT_FALSE(path.find(""));
  EXPECT_FALSE(path.find("first"));  // a directory
}

TEST_F(SearchPathTest, DefaultsComeInOpenOcdsOrder) {
  SearchPath path;
  add_default_directories(path, {"/env1:/env2", "/home/me", std::nullopt, "/opt/bin/probity"});
  const std::vector<fs::path> expected{"/env1",
                                       "/env2",
                                       "/home/me/.config/openocd",
                                       "/home/me/.openocd",
                                       "/opt/share/probity/site",
                                       "/opt/share/probity/scripts",
                                       "/opt/share/probity/scripts/tcl",
                                       "/opt/share/openocd/site",
                                       "/opt/share/openocd/scripts",
                                       "/opt/share/openocd/scripts/tcl"};
  EXPECT_EQ(path.directories(), expected);
}

}  // namespace
}  // namespace probity::parts_test
