// Files that keep what survives power-off are replaced as a whole: who reads one meanwhile sees the old one
// or the new one.
#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/errors.hpp"

namespace probity::vboard {

// `write` is given the stream; ConfigError where the file cannot be written.
template <typename Write>
void replace_file(const std::string& name, Write write) {
  const std::string beside = name + ".new";
  std::ofstream out(beside, std::ios::binary | std::ios::trunc);
  write(out);
  out.close();
  std::error_code error;
  if (out) std::filesystem::rename(beside, name, error);
  if (!out || error) throw ConfigError(fmt::format("cannot write the flash file '{}'", name));
}

}  // namespace probity::vboard
