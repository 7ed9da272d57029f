// Security attribution (DDI 0553, B8.3 "Security attribution and memory protection"): the SAU's registers and
// regions, and what they and the chip's IDAU make of an address.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "vboard/core/system_bus.hpp"

namespace probity::vboard::armv7m {

// What holds of all addresses from `begin` to `last`. Neither `secure` nor `exempt`: Non-secure memory.
struct Attribution {
  bool secure = false, callable = false;  // callable: Non-secure callable, of Secure memory
  bool exempt = false;                    // belongs to whoever asks
  std::optional<unsigned> region;         // of the SAU, for TT
  std::uint32_t begin = 0, last = 0xFFFFFFFF;
};

class Sau {
 public:
  static constexpr std::uint32_t kBegin = 0xDD0, kEnd = 0xDE4;  // its registers in the SCS

  explicit Sau(unsigned regions);
  void reset();
  bool owns(std::uint32_t offset) const { return offset >= kBegin && offset < kEnd; }
  std::uint32_t read(std::uint32_t offset) const;
  void write(std::uint32_t offset, std::uint32_t value);

  // The stricter of SAU and `idau`, for a data access or, with `fetch`, an instruction fetch.
  Attribution attribution(std::uint32_t address, bool fetch, const IdauRegion& idau) const;

 private:
  struct Region {
    std::uint32_t base = 0, limit = 0;  // RBAR and RLAR
  };
  Attribution own(std::uint32_t address) const;

  unsigned count_;
  std::uint32_t ctrl_ = 0, rnr_ = 0;
  std::array<Region, 8> regions_{};
};

}  // namespace probity::vboard::armv7m
