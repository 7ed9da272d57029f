#include <set>

#include "bench.hpp"

namespace probity::registry_test {
namespace {

using namespace test;
using testing::HasSubstr;

TEST(RtosRegistry, NamesWhatItTakes) {
  EXPECT_EQ(rtos::unknown_rtos("nonsense"),
            "Unknown RTOS type nonsense, try one of: ThreadX, FreeRTOS, chibios, nuttx, RIOT, Zephyr, RTX5, "
            "hwthread, "
            "auto or none");
  EXPECT_THROW(rtos::wanted_symbols("nonsense"), ConfigError);
}

TEST(RtosRegistry, AutoAsksForAllAndNeedsNone) {
  const auto wanted = rtos::wanted_symbols("auto");
  std::set<std::string> names;
  for (const auto& symbol : wanted) {
    EXPECT_TRUE(symbol.optional) << symbol.name;
    EXPECT_TRUE(names.insert(symbol.name).second) << symbol.name;
  }
  for (const std::string_view name : rtos::rtos_names()) {
    for (const auto& symbol : rtos::wanted_symbols(name))
      EXPECT_TRUE(names.contains(symbol.name)) << symbol.name;
  }
}

TEST(RtosRegistry, AutoTakesTheSystemWhoseSymbolsAreThere) {
  RtosBench bench;
  EXPECT_EQ(bench.make("auto", {}), nullptr);
  EXPECT_EQ(bench.make("auto", {{"_kernel", kRam}}), nullptr);
  const auto system =
      bench.make("auto", {{"_kernel", kRam}, {"_kernel_openocd_offsets", kRam}, {"osRtxInfo", 0}});
  ASSERT_TRUE(system);
  EXPECT_EQ(system->name(), "Zephyr");
  EXPECT_THAT(bench.lines, testing::Contains(HasSubstr("Auto-detected RTOS: Zephyr")));
}

TEST(RtosRegistry, HwthreadIsTheCore) {
  RtosBench bench;
  const auto system = bench.make("hwthread", {});
  ASSERT_TRUE(system);
  system->update();
  ASSERT_EQ(system->threads().size(), 1u);
  EXPECT_EQ(rtos::describe(system->threads()[0]), "Name: stm32f4x.cpu, State: debug-request");
  bench.target->write_register("r3", 0x33);
  EXPECT_EQ(value(system->registers(*system->current()), "r3"), 0x33u);
}

}  // namespace
}  // namespace probity::registry_test
