#include "target/cortex_m/core_facts.hpp"

#include <fmt/format.h>

#include <array>

#include "target/cortex_m/debug_registers.hpp"

namespace probity::cortex_m {

namespace {

struct Part {
  std::uint32_t implementer;
  std::uint32_t partno;
  const char* name;
  Architecture architecture;
  bool has_vectreset;
};

constexpr std::uint32_t kArm = 0x41;       // DDI 0403E B3.2.3
constexpr std::uint32_t kArmChina = 0x63;  // Arm China, Star-MC1 TRM

// Each core's TRM, "CPUID Base Register"; VECTRESET: DDI 0403E B3.2.6, absent in DDI 0489F 3.3 (Cortex-M7).
constexpr std::array kParts = {
    Part{kArm, 0xC20, "Cortex-M0", Architecture::v6m, false},             // DDI 0432C 4.3.1
    Part{kArm, 0xC21, "Cortex-M1", Architecture::v6m, false},             // DDI 0413D
    Part{kArm, 0xC60, "Cortex-M0+", Architecture::v6m, false},            // DDI 0484C
    Part{kArm, 0xC23, "Cortex-M3", Architecture::v7m, true},              // DDI 0337H
    Part{kArm, 0xC24, "Cortex-M4", Architecture::v7m, true},              // DDI 0439B
    Part{kArm, 0xC27, "Cortex-M7", Architecture::v7m, false},             // DDI 0489F
    Part{kArm, 0xD20, "Cortex-M23", Architecture::v8m_baseline, false},   // DDI 0550C
    Part{kArm, 0xD21, "Cortex-M33", Architecture::v8m_mainline, false},   // 100230
    Part{kArm, 0xD31, "Cortex-M35P", Architecture::v8m_mainline, false},  // 100883
    Part{kArm, 0xD22, "Cortex-M55", Architecture::v8m_mainline, false},   // 101051
    Part{kArmChina, 0x132, "STAR-MC1", Architecture::v8m_mainline, false},
};

// CPUID.ARCHITECTURE: 0xC Armv6-M (and v8-M baseline), 0xF Armv7-M (and v8-M mainline); DDI 0403E B3.2.3.
constexpr std::uint32_t kBaseline = 0xC, kMainline = 0xF;

}  // namespace

CoreFacts facts_of(std::uint32_t cpuid) {
  const std::uint32_t partno = CPUID::PARTNO.get(cpuid);
  CoreFacts facts;
  for (const Part& part : kParts) {
    if (part.implementer != CPUID::IMPLEMENTER.get(cpuid) || part.partno != partno) continue;
    facts = {part.name, part.architecture, true, part.has_vectreset, false};
    facts.steps_into_handlers =
        partno == 0xC27 && CPUID::VARIANT.get(cpuid) == 0 && CPUID::REVISION.get(cpuid) < 2;
    return facts;
  }
  facts.architecture = CPUID::ARCHITECTURE.get(cpuid) == kBaseline ? Architecture::v6m : Architecture::v7m;
  return facts;
}

std::string revision_of(std::uint32_t cpuid) {
  return fmt::format("r{}p{}", CPUID::VARIANT.get(cpuid), CPUID::REVISION.get(cpuid));
}

bool plausible_cpuid(std::uint32_t cpuid) {
  const std::uint32_t architecture = CPUID::ARCHITECTURE.get(cpuid);
  return cpuid != 0 && cpuid != 0xFFFFFFFF && (architecture == kBaseline || architecture == kMainline);
}

}  // namespace probity::cortex_m
