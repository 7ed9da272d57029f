// What a core is, from its CPUID.
#pragma once

#include <cstdint>
#include <string>

namespace probity::cortex_m {

enum class Architecture { v6m, v7m, v8m_baseline, v8m_mainline };

struct CoreFacts {
  std::string name = "Cortex-M";  // "Cortex-M4"; "Cortex-M" where the part number is not in the table
  Architecture architecture = Architecture::v7m;
  bool known = false;
  bool has_vectreset = false;
  bool steps_into_handlers = false;  // Cortex-M7 r0p0, r0p1: erratum 702596 of Arm's notice

  // CONTROL apart, Armv6-M and v8-M baseline have neither BASEPRI nor FAULTMASK, nor the fault status
  // registers.
  bool is_mainline() const {
    return architecture == Architecture::v7m || architecture == Architecture::v8m_mainline;
  }
  bool is_v8m() const {
    return architecture == Architecture::v8m_baseline || architecture == Architecture::v8m_mainline;
  }
};

// An unknown part (a clone, a core newer than this table) gets what its ARCHITECTURE field says.
CoreFacts facts_of(std::uint32_t cpuid);
// "r0p1"
std::string revision_of(std::uint32_t cpuid);
// False for what a bus without a Cortex-M behind it answers (all zeros or ones, or no M-profile
// architecture).
bool plausible_cpuid(std::uint32_t cpuid);

}  // namespace probity::cortex_m
