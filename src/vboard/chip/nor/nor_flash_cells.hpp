// The cells of an external flash and the file they are kept in, in pieces of 64 KiB, of which only those that
// hold something take memory.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/units.hpp"

namespace probity::vboard {

class NorCells {
 public:
  // Erased, or what `file` (may be empty or missing) holds, byte for byte. ConfigError: unreadable, or of
  // another size.
  NorCells(std::uint32_t size, std::string file);
  // Kept by somebody else, who outlives this: all of `cells`.
  explicit NorCells(Bytes& cells);

  std::uint32_t size() const { return size_; }
  std::uint8_t read(std::uint32_t offset) const;
  // Clears bits, sets none.
  void program(std::uint32_t offset, std::uint8_t value);
  // [offset, offset + size), which must lie inside.
  void erase(std::uint32_t offset, std::uint32_t size);

  // Writes the file if anything has changed since it was read, replacing it as a whole; ConfigError where
  // that fails.
  void save();

 private:
  std::uint32_t size_;
  std::string file_;
  Bytes* elsewhere_ = nullptr;  // null: they are here, in
  std::vector<Bytes> pieces_;   // empty: erased
  bool changed_ = true;
};

}  // namespace probity::vboard
