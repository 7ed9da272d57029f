// Ordinary hard-float firmware, built by arm-none-eabi-gcc (firmware/build.sh), on the virtual core: results
// as the host computes them, with an interrupt that computes too.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include "core_bench.hpp"
#include "firmware/float_work.h"

namespace probity::vboard::test::core_float_firmware_test {
namespace {

constexpr std::uint32_t kDone = 0x600DF10A;

template <class T>
std::uint64_t bits_of(T value) {
  std::uint64_t result = 0;
  std::memcpy(&result, &value, sizeof value);
  return result;
}

void run_firmware(const std::string& name, const CoreFacts& facts) {
  std::ifstream file(std::string(PROBITY_SOURCE_DIR "/tests/unit/vboard/firmware/") + name, std::ios::binary);
  const std::string image((std::istreambuf_iterator<char>(file)), {});
  ASSERT_FALSE(image.empty()) << name;
  Bench b(facts);
  std::copy(image.begin(), image.end(), b.bus.flash.begin());
  b.core.power_on_reset();
  struct results results {};
  for (int slice = 0; slice < 200 && results.done != kDone; ++slice) {
    b.core.run(10'000);
    std::memcpy(static_cast<void*>(&results), b.bus.ram.data(), sizeof results);
  }
  ASSERT_EQ(results.done, kDone) << "stuck at " << std::hex << b.pc() << ", CFSR " << b.read(0xE000ED28);
  EXPECT_GT(results.ticks, 20u);
  EXPECT_EQ(results.disturbed, 0u);

  float single[SINGLE_RESULTS];
  double doubles[DOUBLE_RESULTS];
  work_single(single, 1.0F);
  work_double(doubles, 1.0);
  for (int i = 0; i < SINGLE_RESULTS; ++i) {
    EXPECT_EQ(bits_of(results.single[i]), bits_of(single[i])) << "single " << i << ' ' << single[i];
    EXPECT_EQ(bits_of(results.in_handler[i]), bits_of(single[i])) << "in the handler " << i;
  }
  for (int i = 0; i < DOUBLE_RESULTS; ++i)
    EXPECT_EQ(bits_of(results.doubles[i]), bits_of(doubles[i])) << "double " << i << ' ' << doubles[i];
}

TEST(CoreFloatFirmware, SinglePrecisionOnACortexM4) { run_firmware("float_m4.bin", {}); }

TEST(CoreFloatFirmware, DoublePrecisionOnACortexM7) {
  CoreFacts facts;
  facts.cpuid = 0x411FC270;
  facts.mvfr0 = 0x10110221;
  facts.mvfr1 = 0x12000011;
  facts.mvfr2 = 0x40;
  run_firmware("float_m7.bin", facts);
}

}  // namespace
}  // namespace probity::vboard::test::core_float_firmware_test
