#include "base/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace probity {

unsigned edit_distance(std::string_view a, std::string_view b) {
  // Three rows of the distance matrix: a swap looks two back.
  std::vector<unsigned> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = static_cast<unsigned>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = static_cast<unsigned>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

const std::string* nearest(std::string_view word, std::span<const std::string> names) {
  const std::string* best = nullptr;
  unsigned best_distance = std::max(1u, static_cast<unsigned>(word.size() / 3));
  for (const std::string& name : names) {
    if (name.starts_with('_')) continue;
    const unsigned distance = edit_distance(word, name);
    if (distance < best_distance || (distance == best_distance && best == nullptr)) {
      best = &name;
      best_distance = distance;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> names) {
  const std::string* best = nearest(word, names);
  return best ? fmt::format("; did you mean \"{}\"?", *best) : std::string();
}

}  // namespace probity
