#include "transport/access_advice.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "places.hpp"

namespace probity::access_advice_test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(AccessAdvice, InstallsTheRuleThatIsBesideTheProgram) {
  const Place root;
  const auto rule = root.file("opt/probity/share/probity/60-probity.rules");
  const AccessFacts facts{
      .root = root.path(), .executable = root.path() / "opt/probity/bin/probity", .node_group = {}};
  EXPECT_EQ(access_advice(facts),
            "install the udev rule: sudo install -m 644 " + rule.string() +
                " /etc/udev/rules.d/ && sudo udevadm control --reload && sudo udevadm trigger");
}

TEST(AccessAdvice, FindsTheRuleOfASourceTree) {
  const Place root;
  const auto rule = root.file("home/me/probity/contrib/60-probity.rules");
  root.file("home/me/probity/interface/stlink.cfg");
  root.link("tmp/build/share/probity/scripts/interface", root.path() / "home/me/probity/interface");
  EXPECT_EQ(find_rule_file(root.path() / "tmp/build/bin/probity"), rule);
  EXPECT_EQ(find_rule_file(root.path() / "home/me/elsewhere/bin/probity"), std::nullopt);
  EXPECT_THAT(access_advice({.root = root.path(), .executable = "/nowhere/probity", .node_group = {}}),
              HasSubstr("contrib/60-probity.rules"));
}

TEST(AccessAdvice, AfterTheRuleIsInstalled) {
  for (const char* folder : {"etc/udev/rules.d", "usr/lib/udev/rules.d", "lib/udev/rules.d"}) {
    const Place root;
    root.file(std::string(folder) + "/60-probity.rules");
    AccessFacts facts{.root = root.path(), .executable = {}, .node_group = "root", .group_may = true};
    EXPECT_THAT(access_advice(facts), HasSubstr("unplug it and plug it in again"));  // still as it was before
    facts.node_group = "plugdev";
    EXPECT_THAT(access_advice(facts), HasSubstr("sudo usermod -aG plugdev $USER"));
    facts.in_group = true;  // and yet no rights: an old node
    EXPECT_THAT(access_advice(facts), HasSubstr("plug it in again"));
    facts = {.root = root.path(), .executable = {}, .node_group = "plugdev", .group_may = false};
    EXPECT_THAT(access_advice(facts), Not(HasSubstr("usermod")));
  }
}

TEST(AccessAdvice, NamesProbeAndNode) {
  EXPECT_THAT(no_rights_message("ST-LINK 0483:374b at 1-2", "/dev/bus/usb/001/005"),
              testing::StartsWith("no rights to open ST-LINK 0483:374b at 1-2 (/dev/bus/usb/001/005): "));
}

}  // namespace
}  // namespace probity::access_advice_test
