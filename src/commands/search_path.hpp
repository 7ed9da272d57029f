// Where scripts are looked for.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace probity {

class SearchPath {
 public:
  // Behind those added before.
  void add(const std::filesystem::path& directory) { directories_.push_back(directory); }
  // The name as it is, if such a file exists, else the first directory that has it.
  std::optional<std::filesystem::path> find(const std::string& name) const;
  const std::vector<std::filesystem::path>& directories() const { return directories_; }

 private:
  std::vector<std::filesystem::path> directories_;
};

// What the program is given from outside: variables (nothing where unset) and its own place.
struct SearchEnvironment {
  std::optional<std::string> openocd_scripts;    // OPENOCD_SCRIPTS: directories separated by ':'
  std::optional<std::string> home, config_home;  // HOME, XDG_CONFIG_HOME
  std::filesystem::path executable;
};
SearchEnvironment search_environment();
// OpenOCD's order: OPENOCD_SCRIPTS, the user's own, then what is installed beside the program (site before
// the rest); the build tree has the same shape as an install prefix.
void add_default_directories(SearchPath& path, const SearchEnvironment& environment);

}  // namespace probity
