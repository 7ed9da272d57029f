#include "transport/holder.hpp"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <sstream>

namespace probity {

namespace fs = std::filesystem;

namespace {

std::optional<int> process_number(const std::string& name) {
  int number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc() || end != name.data() + name.size()) return {};
  return number;
}

// A device is the same under whatever path and in whatever container it was opened.
bool same(const struct stat& a, const struct stat& b) {
  if (S_ISCHR(a.st_mode) && S_ISCHR(b.st_mode)) return a.st_rdev == b.st_rdev;
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

enum class Look { has_it, has_it_not, not_allowed };

using Wanted = std::function<bool(const struct stat&)>;

Look look(const fs::path& process, const Wanted& wanted) {
  const fs::path folder = process / "fd";
  const std::unique_ptr<DIR, int (*)(DIR*)> files(opendir(folder.c_str()), &closedir);
  if (!files) return errno == EACCES || errno == EPERM ? Look::not_allowed : Look::has_it_not;
  while (const dirent* file = readdir(files.get())) {
    struct stat opened {};
    // Follows the link to what is really open, deleted or not.
    if (stat((folder / file->d_name).c_str(), &opened) == 0 && wanted(opened)) return Look::has_it;
  }
  return Look::has_it_not;
}

std::string command_of(const fs::path& process) {
  std::string name;
  std::ifstream file(process / "comm");
  std::getline(file, name);
  return name.empty() ? "a program" : name;
}

Holders find(const Wanted& wanted, const fs::path& proc, int self) {
  Holders holders;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(proc, ignored)) {
    const std::optional<int> process = process_number(entry.path().filename());
    if (!process || *process == self) continue;
    const Look seen = look(entry.path(), wanted);
    if (seen == Look::not_allowed) holders.some_unseen = true;
    if (seen == Look::has_it) holders.found.push_back({command_of(entry.path()), *process});
  }
  return holders;
}

// Of the sockets that listen on `port`: the inodes in a table of the kernel's ("/proc/net/tcp", proc(5)). A
// line is "sl local_address rem_address st tx:rx tr:tm retrnsmt uid timeout inode …", the local address ends
// with ":PORT" in hexadecimal, and st is 0A where it listens.
void add_listening(const fs::path& table, std::uint16_t port, std::set<ino_t>& inodes) {
  std::ifstream file(table);
  std::string line;
  const std::string wanted = fmt::format(":{:04X}", port);
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::string number, local, remote, state, queues, timer, retransmits, user, timeout;
    ino_t inode = 0;
    fields >> number >> local >> remote >> state >> queues >> timer >> retransmits >> user >> timeout >>
        inode;
    if (fields && local.ends_with(wanted) && state == "0A") inodes.insert(inode);
  }
}

}  // namespace

Holders find_holders(const fs::path& node, const fs::path& proc, int self) {
  struct stat wanted {};
  if (stat(node.c_str(), &wanted) != 0) return {};
  return find([&](const struct stat& opened) { return same(opened, wanted); }, proc, self);
}

Holders find_port_holders(std::uint16_t port, const fs::path& proc, int self) {
  std::set<ino_t> inodes;
  for (const char* table : {"tcp", "tcp6"}) add_listening(proc / "net" / table, port, inodes);
  if (inodes.empty()) return {};
  return find(
      [&](const struct stat& opened) { return S_ISSOCK(opened.st_mode) && inodes.contains(opened.st_ino); },
      proc, self);
}

namespace {

std::string in_words(const Holders& holders, std::string_view fuser_words) {
  std::string text;
  for (const Holder& holder : holders.found) {
    text += fmt::format("{}{} (process {})", text.empty() ? "" : " and ", holder.command, holder.process);
  }
  if (text.empty() && holders.some_unseen) {
    text =
        fmt::format("another program (its process cannot be seen without root rights; try: sudo fuser -v {})",
                    fuser_words);
  }
  return text;
}

}  // namespace

std::string describe(const Holders& holders, const fs::path& node) {
  return in_words(holders, node.native());
}

std::string holder_of(const fs::path& node) { return describe(find_holders(node, "/proc", getpid()), node); }

std::string holder_of_port(std::uint16_t port) {
  return in_words(find_port_holders(port, "/proc", getpid()), fmt::format("{}/tcp", port));
}

}  // namespace probity
