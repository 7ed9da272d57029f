// "Did you mean": the nearest of the known names by edit distance.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace probity {

// Insertions, deletions, changes and swaps of neighbours (optimal string alignment) from `a` to `b`.
unsigned edit_distance(std::string_view a, std::string_view b);
// The nearest of the names, or null where none is near.
const std::string* nearest(std::string_view word, std::span<const std::string> names);
// "; did you mean \"flash banks\"?", or nothing where no name is near. Names that begin with '_' are internal
// and never suggested.
std::string did_you_mean(std::string_view word, std::span<const std::string> names);

}  // namespace probity
