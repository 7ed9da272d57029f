// Tables in which each part is a chip with facts of its own.
#pragma once

#include <vector>

#include "vboard/chip/facts/facts.hpp"

namespace probity::vboard {

// The rows of `all`, whose facts are made once for each place that calls it (its `row` is a type of its own)
// and live on: `generation`, and the line that points at it. `row` gets the part and its line.
template <typename Part, typename Generation, typename Line, typename Row>
std::vector<OrderingRow> rows_of_parts(std::vector<Part> all, Generation generation, Line line, Row row) {
  static const std::vector<Part> parts = std::move(all);
  static const std::vector<GenerationFacts> generations = [&] {
    std::vector<GenerationFacts> made;
    for (const Part& part : parts) made.push_back(generation(part));
    return made;
  }();
  static const std::vector<ChipLine> lines = [&] {
    std::vector<ChipLine> made;
    for (std::size_t i = 0; i < parts.size(); ++i) made.push_back(line(parts[i], generations[i]));
    return made;
  }();
  std::vector<OrderingRow> rows;
  for (std::size_t i = 0; i < parts.size(); ++i) rows.push_back(row(parts[i], &lines[i]));
  return rows;
}

}  // namespace probity::vboard
