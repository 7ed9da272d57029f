// Units and byte containers used by every layer. A number that crosses a waist carries its unit in its type.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <span>
#include <vector>

namespace probity {

using Address = std::uint32_t;  // an address in the 32-bit memory map of an Arm Cortex-M
using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;
using ByteSpan = std::span<std::uint8_t>;

using std::chrono::duration_cast;
using Nanoseconds = std::chrono::nanoseconds;
using Microseconds = std::chrono::microseconds;
using Milliseconds = std::chrono::milliseconds;

struct Hertz {
  std::uint32_t value = 0;
  constexpr auto operator<=>(const Hertz&) const = default;
};
constexpr Hertz kilohertz(std::uint32_t n) { return Hertz{n * 1000}; }

// [begin, begin + size): an address range; `size` in bytes. An empty range contains nothing.
struct AddressRange {
  Address begin = 0;
  std::uint64_t size = 0;
  constexpr std::uint64_t end() const { return std::uint64_t{begin} + size; }
  constexpr bool contains(std::uint64_t address) const { return address >= begin && address < end(); }
  constexpr bool contains(const AddressRange& other) const {
    return other.size == 0 || (other.begin >= begin && other.end() <= end());
  }
  constexpr bool overlaps(const AddressRange& other) const {
    return begin < other.end() && other.begin < end();
  }
  constexpr auto operator<=>(const AddressRange&) const = default;
};

}  // namespace probity
