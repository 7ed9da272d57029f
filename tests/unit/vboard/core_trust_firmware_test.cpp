// A Secure and a Non-secure image, built by arm-none-eabi-gcc -mcmse (firmware/build.sh), on the virtual
// core: gates, calls back, both SysTicks over both states' code, and a theft that fails.
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include "core_trust_bench.hpp"
#include "firmware/trust.h"

namespace probity::vboard::test::core_trust_firmware_test {
namespace {

void load(TrustBus& bus, std::uint32_t address, const std::string& name) {
  std::ifstream file(std::string(PROBITY_SOURCE_DIR "/tests/unit/vboard/firmware/") + name, std::ios::binary);
  const std::string image((std::istreambuf_iterator<char>(file)), {});
  ASSERT_FALSE(image.empty()) << name;
  std::copy(image.begin(), image.end(), bus.place(address));
}

template <class T>
T results_at(TrustBus& bus, std::uint32_t address) {
  T results;
  std::memcpy(&results, bus.place(address), sizeof results);
  return results;
}

TEST(CoreTrustFirmware, GatesCallsInterruptsAndASecureFault) {
  TrustBench b;
  load(b.bus, kSecureFlash, "trust_secure.bin");
  load(b.bus, kFlash, "trust_non_secure.bin");
  b.core.power_on_reset();
  trust_results seen{};
  for (int slice = 0; slice < 100 && seen.done != DONE; ++slice) {
    b.core.run(2'000);
    seen = results_at<trust_results>(b.bus, kRam);
  }
  ASSERT_EQ(seen.done, DONE) << "stuck at " << std::hex << b.pc() << ", exception " << b.exception()
                             << ", SFSR " << b.read(kSfsr) << ", CFSR " << b.read(kTrustCfsr)
                             << ", of Non-secure " << b.read(kTrustCfsr + kAlias);
  EXPECT_EQ(seen.added, 42u);
  EXPECT_EQ(seen.called_back, 203u);
  EXPECT_EQ(seen.echoed, 0xECC0u);  // its own, and nothing of the secret
  EXPECT_EQ(seen.digest, trust_digest(WORK_ROUNDS));
  EXPECT_EQ(seen.secure_digest, trust_digest(WORK_ROUNDS));
  EXPECT_EQ(seen.scaled, 0x41340000u);     // 4.5 * 1.5 + 4.5
  EXPECT_EQ(seen.stolen, SECRET_ADDRESS);  // the load never took place
  EXPECT_GT(seen.ticks, 10u);
  EXPECT_GT(seen.ticks_over_secure, 5u);
  EXPECT_EQ(seen.seen_of_secure, 0u);
  const auto secure = results_at<trust_secure_results>(b.bus, kSecureRam);
  EXPECT_GT(secure.ticks, 10u);
  EXPECT_GT(secure.ticks_over_non_secure, 5u);
  EXPECT_LT(secure.ticks_over_non_secure, secure.ticks);
  EXPECT_EQ(secure.faults, 1u);
  EXPECT_EQ(secure.sfsr, 0x48u);  // AUVIOL, SFARVALID
  EXPECT_EQ(secure.sfar, SECRET_ADDRESS);
  EXPECT_EQ(b.bus.refused, 0u);  // the core never asked the bus for what it must not have
}

}  // namespace
}  // namespace probity::vboard::test::core_trust_firmware_test
