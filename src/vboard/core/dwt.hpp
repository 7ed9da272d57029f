// Data Watchpoint and Trace unit: cycle counter, and comparators. As the Cortex-M3, M4 and M7 have them
// (C1.8) they look at PC, data address, data value (comparator 1, linked to the addresses of others) and
// cycle count (comparator 0); Armv6-M's (DDI 0419, C1.5) at PC and data address, and it counts no cycles;
// those of the Cortex-M33 (DDI 0553, B14; dwt_v8m.cpp) link to the comparator before them. The profiling
// counters read as zero.
#pragma once

#include <array>
#include <cstdint>

#include "vboard/core/core.hpp"

namespace probity::vboard::armv7m {

class Dwt {
 public:
  Dwt(unsigned comparators, Architecture architecture);
  void reset();

  // DEMCR.TRCENA: without it nothing counts or matches.
  void set_trace_enabled(bool on, std::uint64_t now);
  // Some comparator may match: on data, or on the PC.
  bool watches_data() const { return trace_enabled_ && data_; }
  bool watches_pc() const { return trace_enabled_ && pc_; }
  // True: a comparator matches; its MATCHED bit is set.
  bool match_data(std::uint32_t address, unsigned size, bool write, std::uint32_t value);
  bool match_pc(std::uint32_t address);

  // When CYCCNT will reach the value that the cycle comparator waits for; match_cycle() is to be called then.
  static constexpr std::uint64_t kNever = ~std::uint64_t{0};
  std::uint64_t cycle_match_due() const { return cycle_due_; }
  bool match_cycle();

  // `now` counts the cycles outside Debug state; `pc_sample` is what DWT_PCSR reads.
  std::uint32_t read(std::uint32_t offset, std::uint64_t now, std::uint32_t pc_sample);
  void write(std::uint32_t offset, std::uint32_t value, std::uint64_t now);
  std::uint32_t control() const { return control_; }  // DWT_CTRL without NUMCOMP
  std::uint32_t cyccnt(std::uint64_t now) const {
    if (architecture_ == Architecture::v6m) return 0;
    return counting() ? static_cast<std::uint32_t>(now) + count_base_ : count_base_;
  }

 private:
  struct Comparator {
    std::uint32_t comp = 0, mask = 0, function = 0;  // DWT_FUNCTIONn as written
    bool matched = false;
  };
  static constexpr unsigned kMaxComparators = 15;
  // MATCH, ACTION, DATAVSIZE of Armv8-M's DWT_FUNCTIONn; what MATCH is for the cycle counter; its ID field.
  static constexpr std::uint32_t kFunctionV8 = 0xC3F, kCycleMatchV8 = 1;
  static std::uint32_t comparator_id_v8(std::uint32_t index);

  bool counting() const { return trace_enabled_ && (control_ & 1) != 0; }
  // Changes what cyccnt() depends on without a jump of its value.
  void rebase(std::uint32_t count, std::uint64_t now) {
    count_base_ = counting() ? count - static_cast<std::uint32_t>(now) : count;
  }
  void update(std::uint64_t now);
  bool on_address(const Comparator& c, std::uint32_t address, unsigned size) const;
  bool on_value(const Comparator& c, std::uint32_t address, unsigned size, std::uint32_t value) const;
  bool compares_cycles() const;
  std::uint32_t implemented(std::uint32_t index) const;
  std::uint32_t read_function(std::uint32_t index);
  void write_comparator(std::uint32_t index, std::uint32_t offset, std::uint32_t value);

  // dwt_v8m.cpp
  bool v8() const { return architecture_ == Architecture::v8m; }
  std::uint32_t match_of(unsigned index) const;
  void update_v8();
  bool match_data_v8(std::uint32_t address, unsigned size, bool write, std::uint32_t value);
  bool match_pc_v8(std::uint32_t address);
  bool address_in_v8(unsigned index, std::uint32_t address, unsigned size, bool write) const;
  bool value_in_v8(unsigned index, std::uint32_t address, unsigned size, std::uint32_t value) const;
  bool found_v8(unsigned index);

  unsigned count_;
  Architecture architecture_;
  bool trace_enabled_ = false, data_ = false, pc_ = false;
  std::uint32_t control_ = 0;
  std::uint32_t count_base_ = 0;
  std::uint64_t cycle_due_ = kNever;
  std::array<Comparator, kMaxComparators> comparators_{};
};

}  // namespace probity::vboard::armv7m
