// The F2/F4/F7 flash interface by itself: what it tells of errors, by register writes and through the loader.
#include "flash/stm32/f2_interface.hpp"

#include "base/errors.hpp"
#include "flash/stm32/f2_registers.hpp"
#include "flash_bench.hpp"

namespace probity::test::f2_interface_test {
namespace {

using testing::HasSubstr;

constexpr Address kProtected = kFlash + 0x8000;  // sector 2

class F2Controller : public testing::Test {
 protected:
  F2Controller() : bench("stm32f407vg"), flash(*bench.target, bench.virtual_host.clock(), bench.log, "bank") {
    bench.bank->probe();
    bench.bank->protect({2, 2}, true);
    bench.reset_halt();
    flash.set_geometry(stm32::f2_geometry(*stm32::find_f2_part(0x413), 1024, 0), kFlash);
  }
  Bench bench;
  stm32::F2Interface flash;
};

TEST_F(F2Controller, AreThrownWithTheFlagsNames) {
  flash.open();
  try {
    flash.program(kProtected + 8, pattern(8));
    FAIL();
  } catch (const FlashError& e) {
    EXPECT_THAT(e.message(), HasSubstr("WRPERR"));
    EXPECT_THAT(e.message(), HasSubstr("write-protected"));
    EXPECT_EQ(e.address, kProtected + 8);
    EXPECT_EQ(e.register_name, "FLASH_SR");
  }
  flash.close();
  flash.open();  // what the error left behind is no hindrance
  EXPECT_THROW(flash.erase(2), FlashError);
  flash.close();
  flash.open();
  flash.erase(1);
  flash.close();
}

TEST_F(F2Controller, StopTheLoaderWithTheAddress) {
  const LoaderPace pace{Nanoseconds(1000), Milliseconds(2000)};
  Clock& clock = bench.virtual_host.clock();
  for (const bool erase : {true, false}) {
    flash.open();
    LoaderScript script;
    flash.add_program(script, kFlash, pattern(11));
    if (erase) {
      flash.add_erase(script, 2);
    } else {
      flash.add_program(script, kProtected + 4, pattern(12));
    }
    flash.add_erase(script, 3);
    const auto loader = StreamLoader::load(*bench.target, flash.loader_chip());
    loader->start();
    try {
      loader->feed(script.bytes(), pace, clock);
      loader->finish(pace, clock);
      ADD_FAILURE();
    } catch (const LoaderFault& fault) {
      EXPECT_EQ(fault.address, erase ? kProtected : kProtected + 4);
      EXPECT_THROW(flash.check(fault.status, fault.address), FlashError);
    }
    flash.close();
  }
  EXPECT_EQ(bench.content(0, 11), pattern(11));
}

TEST_F(F2Controller, WhatReturnsIsOver) {
  MemPort& memory = bench.target->memory();
  flash.open();
  flash.erase(1);
  EXPECT_FALSE(stm32::SR::BSY.is_set(memory.read32(stm32::kFlashSr)));
  flash.program(kFlash, pattern(64));
  EXPECT_FALSE(stm32::SR::BSY.is_set(memory.read32(stm32::kFlashSr)));
  flash.close();
}

TEST_F(F2Controller, CachesAreOffWhileOpenAndBackAfterwards) {
  MemPort& memory = bench.target->memory();
  const std::uint32_t caches = stm32::ACR::ICEN.mask() | stm32::ACR::DCEN.mask();
  memory.write32(stm32::kFlashAcr, caches | 5);
  flash.open();
  EXPECT_EQ(memory.read32(stm32::kFlashAcr), 5u);
  flash.erase(1);
  flash.close();
  EXPECT_EQ(memory.read32(stm32::kFlashAcr), caches | 5);
}

}  // namespace
}  // namespace probity::test::f2_interface_test
