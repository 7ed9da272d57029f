// The memory protection unit of PMSAv7 (B3.5), of PMSAv6 (DDI 0419, B3.5: regions from 256 bytes on, no
// aliases) and of PMSAv8 (DDI 0553, B8): regions, the default map behind them, and who may do what. Memory
// types and cache attributes have no effect.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "vboard/core/core.hpp"

namespace probity::vboard::armv7m {

enum class MpuAccess : std::uint8_t { read, write, fetch };

class Mpu {
 public:
  static constexpr std::uint32_t kBegin = 0xD90;  // its registers in the SCS

  Mpu(unsigned regions, Architecture architecture);
  void reset();
  bool owns(std::uint32_t offset) const;
  std::uint32_t read(std::uint32_t offset) const;
  void write(std::uint32_t offset, std::uint32_t value);

  bool enabled() const { return (ctrl_ & 1) != 0; }
  bool enabled_in_faults() const { return (ctrl_ & 2) != 0; }  // HFNMIENA
  // Asks the regions, the highest number first, and then the default map. The Private Peripheral Bus is not
  // subject to it: data accesses there are always allowed, fetches never.
  bool allows(std::uint32_t address, MpuAccess access, bool privileged) const;
  // The one region that has `address`.
  std::optional<unsigned> region_of(std::uint32_t address) const;

  // Never executable in the default memory map (B3.1, table B3-1).
  static bool execute_never(std::uint32_t address) {
    const std::uint32_t region = address >> 29;
    return region == 2 || region >= 5;
  }

 private:
  struct Region {
    std::uint32_t base = 0, attributes = 0;  // RBAR and RASR; of PMSAv8 RBAR and RLAR
  };
  bool contains(const Region& region, std::uint32_t address) const;
  bool permits(const Region& region, MpuAccess access, bool privileged) const;
  unsigned selected(std::uint32_t offset) const;
  void write_base(std::uint32_t offset, std::uint32_t value);
  bool v8() const { return architecture_ == Architecture::v8m; }

  unsigned count_;
  Architecture architecture_;
  std::uint32_t ctrl_ = 0, rnr_ = 0;
  std::array<std::uint32_t, 2> mair_{};
  std::array<Region, 16> regions_{};
};

}  // namespace probity::vboard::armv7m
