// What each processor is, whatever chip it is in: Arm's technical reference manuals. `irq_count` is the CMSIS
// header's last IRQn + 1.
#pragma once

#include "vboard/core/core.hpp"

namespace probity::vboard {

CoreFacts cortex_m0plus(unsigned irq_count);                                // DDI 0484, r0p1
CoreFacts cortex_m3(unsigned irq_count, std::uint32_t cpuid = 0x412FC230);  // DDI 0337, r2p0
CoreFacts cortex_m4(unsigned irq_count);                                    // DDI 0439, r0p1
// DDI 0489. `cache_kib`: each of I and D.
CoreFacts cortex_m7(std::uint32_t cpuid, unsigned irq_count, bool double_precision, unsigned cache_kib = 16);
CoreFacts cortex_m33(unsigned irq_count);  // 100230, r0p4

inline constexpr std::uint32_t kCortexM7r0p1 = 0x410FC271, kCortexM7r1p0 = 0x411FC270;

CoreFacts without_fpu(CoreFacts facts);

}  // namespace probity::vboard
