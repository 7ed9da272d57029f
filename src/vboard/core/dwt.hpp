// Data Watchpoint and Trace unit (C1.8): cycle counter, and comparators on PC and data address. The profiling
// counters read as zero; data value matching (DATAVMATCH) and cycle matching (CYCMATCH) are not implemented
// and read as zero.
#pragma once

#include <array>
#include <cstdint>

namespace probity::vboard::armv7m {

class Dwt {
 public:
  explicit Dwt(unsigned comparators);
  void reset();

  // DEMCR.TRCENA: without it nothing counts or matches.
  void set_trace_enabled(bool on, std::uint64_t now);
  // Some comparator may match: on data, or on the PC.
  bool watches_data() const { return trace_enabled_ && data_; }
  bool watches_pc() const { return trace_enabled_ && pc_; }
  // True: a comparator matches; its MATCHED bit is set.
  bool match_data(std::uint32_t address, unsigned size, bool write);
  bool match_pc(std::uint32_t address);

  // `now` counts the cycles outside Debug state; `pc_sample` is what DWT_PCSR reads.
  std::uint32_t read(std::uint32_t offset, std::uint64_t now, std::uint32_t pc_sample);
  void write(std::uint32_t offset, std::uint32_t value, std::uint64_t now);

 private:
  struct Comparator {
    std::uint32_t comp = 0, mask = 0, function = 0;
    bool matched = false;
  };
  static constexpr unsigned kMaxComparators = 15;

  bool counting() const { return trace_enabled_ && (control_ & 1) != 0; }
  std::uint32_t cyccnt(std::uint64_t now) const {
    return counting() ? static_cast<std::uint32_t>(now) + count_base_ : count_base_;
  }
  // Changes what cyccnt() depends on without a jump of its value.
  void rebase(std::uint32_t count, std::uint64_t now) {
    count_base_ = counting() ? count - static_cast<std::uint32_t>(now) : count;
  }
  void update();

  unsigned count_;
  bool trace_enabled_ = false, data_ = false, pc_ = false;
  std::uint32_t control_ = 0;
  std::uint32_t count_base_ = 0;
  std::array<Comparator, kMaxComparators> comparators_{};
};

}  // namespace probity::vboard::armv7m
