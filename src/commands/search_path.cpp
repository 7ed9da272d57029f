#include "commands/search_path.hpp"

#include <cstdlib>
#include <sstream>

namespace probity {

namespace fs = std::filesystem;

std::optional<fs::path> SearchPath::find(const std::string& name) const {
  std::error_code ignored;
  if (fs::is_regular_file(name, ignored)) return fs::path(name);
  if (name.empty() || fs::path(name).is_absolute()) return {};
  for (const fs::path& directory : directories_) {
    if (fs::is_regular_file(directory / name, ignored)) return directory / name;
  }
  return {};
}

SearchEnvironment search_environment() {
  const auto variable = [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    return value && *value ? std::optional<std::string>(value) : std::nullopt;
  };
  std::error_code ignored;
  return {variable("OPENOCD_SCRIPTS"), variable("HOME"), variable("XDG_CONFIG_HOME"),
          fs::read_symlink("/proc/self/exe", ignored)};
}

void add_default_directories(SearchPath& path, const SearchEnvironment& environment) {
  if (environment.openocd_scripts) {
    std::istringstream directories(*environment.openocd_scripts);
    for (std::string directory; std::getline(directories, directory, ':');) {
      if (!directory.empty()) path.add(directory);
    }
  }
  if (environment.config_home) path.add(fs::path(*environment.config_home) / "openocd");
  if (environment.home) {
    path.add(fs::path(*environment.home) / ".config/openocd");
    path.add(fs::path(*environment.home) / ".openocd");
  }
  const fs::path share = (environment.executable.parent_path() / "../share").lexically_normal();
  // Our own files first; then an OpenOCD's in the same prefix, for the boards we have no file for.
  for (const char* package : {"probity", "openocd"}) {
    path.add(share / package / "site");
    path.add(share / package / "scripts");
    path.add(share / package / "scripts/tcl");
  }
}

}  // namespace probity
