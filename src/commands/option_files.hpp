// Option bytes as text files: NAME=VALUE a line, # begins a comment. What `option write` saves before a
// change and takes back.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "flash/stm32/option_change.hpp"

namespace probity::option_files {

// "NAME=VALUE"; UsageError where it is something else.
stm32::OptionAssignment assignment(std::string_view word);

// UsageError with file and line, ImageError where it cannot be read.
std::vector<stm32::OptionAssignment> load(const std::string& path);

// Writes a file that is not there yet. ImageError where it is, or cannot be written.
void save_new(const std::string& path, const std::string& content);
// The same under the first free name of STEM.txt, STEM-2.txt …; returns the name.
std::string save_under_free_name(const std::string& stem, const std::string& content);

}  // namespace probity::option_files
