#include "vboard/chip/facts/cores.hpp"

namespace probity::vboard {

CoreFacts without_fpu(CoreFacts facts) {
  facts.has_fpu = false;
  facts.mvfr0 = facts.mvfr1 = facts.mvfr2 = 0;
  return facts;
}

CoreFacts cortex_m0plus(unsigned irq_count) {
  CoreFacts facts;
  facts.architecture = Architecture::v6m;
  facts.cpuid = 0x410CC601;
  facts.irq_count = irq_count;
  facts.priority_bits = 2;
  facts.fpb_code_comparators = 4;
  facts.fpb_literal_comparators = 0;
  facts.dwt_comparators = 2;
  facts.has_bit_band = false;
  return without_fpu(facts);
}

CoreFacts cortex_m3(unsigned irq_count, std::uint32_t cpuid) {
  CoreFacts facts;
  facts.architecture = Architecture::v7m;
  facts.cpuid = cpuid;
  facts.irq_count = irq_count;
  return without_fpu(facts);
}

CoreFacts cortex_m4(unsigned irq_count) {
  CoreFacts facts;
  facts.cpuid = 0x410FC241;
  facts.irq_count = irq_count;
  return facts;
}

// 8 code comparators of FPB version 2; MVFR0.DPrecision is 2 with double precision.
CoreFacts cortex_m7(std::uint32_t cpuid, unsigned irq_count, bool double_precision, unsigned cache_kib) {
  CoreFacts facts;
  facts.cpuid = cpuid;
  facts.irq_count = irq_count;
  facts.has_bit_band = false;
  facts.fpb_code_comparators = 8;
  facts.fpb_literal_comparators = 0;
  facts.fpb_revision = 1;
  facts.has_caches = true;
  facts.cache_kib = cache_kib;
  facts.mvfr0 = double_precision ? 0x10110221 : 0x10110021;
  facts.mvfr1 = double_precision ? 0x12000011 : 0x11000011;
  facts.mvfr2 = 0x00000040;
  return facts;
}

// 8 code comparators of FPB version 2; FPv5 with single precision.
CoreFacts cortex_m33(unsigned irq_count) {
  CoreFacts facts;
  facts.architecture = Architecture::v8m;
  facts.cpuid = 0x410FD214;
  facts.irq_count = irq_count;
  facts.fpb_code_comparators = 8;
  facts.fpb_literal_comparators = 0;
  facts.fpb_revision = 1;
  facts.has_bit_band = false;
  facts.mvfr2 = 0x00000040;
  return facts;
}

}  // namespace probity::vboard
