#include "transport/holder.hpp"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <memory>
#include <optional>

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

Look look(const fs::path& process, const struct stat& node) {
  const fs::path folder = process / "fd";
  const std::unique_ptr<DIR, int (*)(DIR*)> files(opendir(folder.c_str()), &closedir);
  if (!files) return errno == EACCES || errno == EPERM ? Look::not_allowed : Look::has_it_not;
  while (const dirent* file = readdir(files.get())) {
    struct stat opened {};
    // Follows the link to what is really open, deleted or not.
    if (stat((folder / file->d_name).c_str(), &opened) == 0 && same(opened, node)) return Look::has_it;
  }
  return Look::has_it_not;
}

std::string command_of(const fs::path& process) {
  std::string name;
  std::ifstream file(process / "comm");
  std::getline(file, name);
  return name.empty() ? "a program" : name;
}

}  // namespace

Holders find_holders(const fs::path& node, const fs::path& proc, int self) {
  Holders holders;
  struct stat wanted {};
  if (stat(node.c_str(), &wanted) != 0) return holders;
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

std::string describe(const Holders& holders, const fs::path& node) {
  std::string text;
  for (const Holder& holder : holders.found) {
    text += fmt::format("{}{} (process {})", text.empty() ? "" : " and ", holder.command, holder.process);
  }
  if (text.empty() && holders.some_unseen) {
    text =
        fmt::format("another program (its process cannot be seen without root rights; try: sudo fuser -v {})",
                    node.string());
  }
  return text;
}

std::string holder_of(const fs::path& node) { return describe(find_holders(node, "/proc", getpid()), node); }

}  // namespace probity
