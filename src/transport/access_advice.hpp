// What a user without rights on a device node is told to do.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace probity {

// What the advice depends on.
struct AccessFacts {
  std::filesystem::path root = "/";  // where etc/udev and lib/udev are looked for
  std::filesystem::path executable;  // the rule's file is looked for around it
  std::string node_group;            // the group that owns the node, as a name; empty: it cannot be told
  bool group_may = false;            // that group may read and write the node
  bool in_group = false;             // this process has that group
};

// The file with our udev rule: in share/probity/ of the executable's install prefix; or in contrib/ of the
// source tree whose configuration files a build tree links there. Nothing where neither is there.
std::optional<std::filesystem::path> find_rule_file(const std::filesystem::path& executable);

// One or more sentences, without a line feed at the end: how to install the rule; or where it is installed,
// to replug, or to join the node's group.
std::string access_advice(const AccessFacts& facts);

// "no rights to open NAME (/dev/bus/usb/001/005): …" for this machine, process and program.
std::string no_rights_message(const std::string& name, const std::filesystem::path& node);

}  // namespace probity
