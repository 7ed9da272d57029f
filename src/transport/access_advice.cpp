#include "transport/access_advice.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace probity {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kRuleFile = "60-probity.rules";
// The order in which udev reads them (man 7 udev).
constexpr std::array kRuleFolders = {"etc/udev/rules.d", "usr/lib/udev/rules.d", "lib/udev/rules.d"};

bool rule_is_installed(const fs::path& root) {
  std::error_code ignored;
  return std::ranges::any_of(kRuleFolders, [&](const char* folder) {
    return fs::is_regular_file(root / folder / kRuleFile, ignored);
  });
}

std::string install_command(const std::optional<fs::path>& rule) {
  const std::string file = rule ? rule->string() : fmt::format("contrib/{}", kRuleFile);
  return fmt::format(
      "sudo install -m 644 {} /etc/udev/rules.d/ && sudo udevadm control --reload && sudo udevadm trigger{}",
      file, rule ? "" : " (in Probity's source tree)");
}

bool is_own_group(gid_t group) {
  if (getegid() == group) return true;
  std::vector<gid_t> groups(static_cast<std::size_t>(std::max(getgroups(0, nullptr), 0)));
  const int count = getgroups(static_cast<int>(groups.size()), groups.data());
  groups.resize(static_cast<std::size_t>(std::max(count, 0)));
  return std::ranges::find(groups, group) != groups.end();
}

AccessFacts facts_of(const fs::path& node) {
  AccessFacts facts;
  std::error_code ignored;
  facts.executable = fs::read_symlink("/proc/self/exe", ignored);
  struct stat status {};
  if (stat(node.c_str(), &status) != 0) return facts;
  if (const group* entry = getgrgid(status.st_gid)) facts.node_group = entry->gr_name;
  facts.group_may = (status.st_mode & (S_IRGRP | S_IWGRP)) == (S_IRGRP | S_IWGRP);
  facts.in_group = is_own_group(status.st_gid);
  return facts;
}

}  // namespace

std::optional<fs::path> find_rule_file(const fs::path& executable) {
  std::error_code ignored;
  const fs::path share = (executable.parent_path() / "../share/probity").lexically_normal();
  // A build tree has links into the source tree there.
  const fs::path scripts = fs::weakly_canonical(share / "scripts/interface", ignored);
  for (const fs::path& file : {share / kRuleFile, scripts.parent_path() / "contrib" / kRuleFile}) {
    if (fs::is_regular_file(file, ignored)) return file;
  }
  return {};
}

std::string access_advice(const AccessFacts& facts) {
  if (!rule_is_installed(facts.root)) {
    return fmt::format("install the udev rule: {}", install_command(find_rule_file(facts.executable)));
  }
  // Rights by group are for those who do not sit at the machine; root's own group would give away everything.
  const bool by_group = facts.group_may && !facts.node_group.empty() && facts.node_group != "root";
  if (by_group && !facts.in_group) {
    return fmt::format(
        "the udev rule is installed and gives the probe to the group {0}, in which you are not: sudo usermod "
        "-aG {0} "
        "$USER, then log in again",
        facts.node_group);
  }
  return "the udev rule is installed, but was not when the probe was plugged in: unplug it and plug it in "
         "again (or: "
         "sudo udevadm control --reload && sudo udevadm trigger)";
}

std::string no_rights_message(const std::string& name, const fs::path& node) {
  return fmt::format("no rights to open {} ({}): {}", name, node.string(), access_advice(facts_of(node)));
}

}  // namespace probity
