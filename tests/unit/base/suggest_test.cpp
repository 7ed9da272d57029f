#include "base/suggest.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace probity::suggest_test {
namespace {

TEST(Suggestion, CountsASwapAsOne) {
  EXPECT_EQ(edit_distance("rsete", "reset"), 2u);
  EXPECT_EQ(edit_distance("hatl", "halt"), 1u);
  EXPECT_EQ(edit_distance("", "abc"), 3u);
  EXPECT_EQ(edit_distance("same", "same"), 0u);
}

TEST(Suggestion, IsMadeOnlyWhenNear) {
  const std::vector<std::string> names{"halt", "reset", "flash banks"};
  EXPECT_EQ(did_you_mean("hatl", names), "; did you mean \"halt\"?");
  EXPECT_EQ(did_you_mean("flsh bnks", names), "; did you mean \"flash banks\"?");
  EXPECT_EQ(did_you_mean("xyz", names), "");
}

}  // namespace
}  // namespace probity::suggest_test
