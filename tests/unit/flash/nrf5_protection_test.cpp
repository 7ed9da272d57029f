// Code region 0 of nRF51 with the driver: what it protects, the chip refuses too, and a mass erase opens it.
#include "flash_bench.hpp"

#include "base/errors.hpp"

namespace probity::test::nrf5_protection_test {
namespace {

BenchOptions nrf51() {
  BenchOptions options;
  options.driver = "nrf51";
  return options;
}

constexpr Address kErasePage = 0x4001E508, kConfig = 0x4001E504;

TEST(Nrf5Protection, Region0IsClosedByTheChipFromTheNextResetOn) {
  Bench b("nrf51822xxaa", nrf51());
  b.bank->probe();
  const Bytes image = pattern(2048);
  b.bank->run(job({}, {{0, image}}));
  b.bank->protect({0, 1}, true);
  b.reset_halt();
  b.bank->check_protection();
  EXPECT_EQ(b.bank->sectors()[1].is_protected, true);
  EXPECT_EQ(b.bank->sectors()[2].is_protected, false);
  EXPECT_THROW(b.bank->erase({0, 0}), FlashError);
  b.target->memory().write32(kConfig, 2);
  b.target->memory().write32(kErasePage, 0);
  EXPECT_EQ(b.content(0, 2048), image) << "it is no word of the driver's alone";
}

TEST(Nrf5Protection, AMassEraseOpensIt) {
  Bench b("nrf51822xxaa", nrf51());
  b.bank->probe();
  b.bank->run(job({}, {{0, pattern(2048)}}));
  b.bank->protect({0, 1}, true);
  b.reset_halt();
  b.bank->mass_erase();
  b.reset_halt();
  b.bank->check_protection();
  EXPECT_EQ(b.bank->sectors()[0].is_protected, false);
  EXPECT_EQ(b.content(0, 2048), Bytes(2048, 0xFF));
  b.bank->run(job({}, {{0, pattern(2048, 2)}}));
  EXPECT_EQ(b.content(0, 2048), pattern(2048, 2));
}

}  // namespace
}  // namespace probity::test::nrf5_protection_test
