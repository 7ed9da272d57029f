#include "commands/option_files.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>

#include "base/errors.hpp"
#include "commands/args.hpp"

namespace probity::option_files {

namespace {

// 0, or errno: EEXIST where there is such a file already.
int create(const std::string& path, const std::string& content) {
  errno = 0;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "wx"), std::fclose);
  if (!file) return errno;
  const bool whole = std::fwrite(content.data(), 1, content.size(), file.get()) == content.size();
  return whole && std::fflush(file.get()) == 0 ? 0 : errno;
}

[[noreturn]] void fail(const std::string& path, int error) {
  throw ImageError(
      fmt::format("couldn't write the backup {}: {}; nothing was changed", path, std::strerror(error)), path);
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

}  // namespace

stm32::OptionAssignment assignment(std::string_view word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    throw UsageError(fmt::format("'{}' is not NAME=VALUE", word));
  }
  return {std::string(trimmed(word.substr(0, equals))), args::number32(trimmed(word.substr(equals + 1)))};
}

std::vector<stm32::OptionAssignment> load(const std::string& path) {
  errno = 0;
  std::ifstream file(path);
  if (!file.is_open())
    throw ImageError(fmt::format("couldn't open {}: {}", path, std::strerror(errno)), path);
  std::vector<stm32::OptionAssignment> found;
  unsigned number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    const std::string_view text = trimmed(std::string_view(line).substr(0, line.find('#')));
    if (text.empty()) continue;
    found.push_back(with_context(fmt::format("{} line {}", path, number), [&] { return assignment(text); }));
  }
  return found;
}

void save_new(const std::string& path, const std::string& content) {
  if (const int error = create(path, content)) fail(path, error);
}

std::string save_under_free_name(const std::string& stem, const std::string& content) {
  for (unsigned number = 1;; ++number) {
    std::string path = number == 1 ? stem + ".txt" : fmt::format("{}-{}.txt", stem, number);
    const int error = create(path, content);
    if (error == 0) return path;
    if (error != EEXIST) fail(path, error);
  }
}

}  // namespace probity::option_files
