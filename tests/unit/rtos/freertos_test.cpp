// FreeRTOS's lists and control blocks as list.h and tasks.c lay them out, written into the virtual chip's
// RAM.
#include "bench.hpp"

namespace probity::freertos_test {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr Address kVariables = kRam + 0x40, kLists = kRam + 0x100, kTasks = kRam + 0x1000;
constexpr Address kCurrent = kVariables, kCount = kVariables + 4, kRunning = kVariables + 8,
                  kTop = kVariables + 12;
constexpr Address kReady = kLists, kDelayed1 = kLists + 0x50, kDelayed2 = kLists + 0x64,
                  kPending = kLists + 0x78, kSuspended = kLists + 0x8C, kDeleted = kLists + 0xA0,
                  kEvent = kLists + 0xB4;
constexpr unsigned kPriorities = 4;

class FreeRtosTest : public testing::Test {
 protected:
  FreeRtosTest() {
    symbols = {{"pxCurrentTCB", kCurrent},
               {"pxReadyTasksLists", kReady},
               {"xDelayedTaskList1", kDelayed1},
               {"xDelayedTaskList2", kDelayed2},
               {"xPendingReadyList", kPending},
               {"xSuspendedTaskList", kSuspended},
               {"xTasksWaitingTermination", kDeleted},
               {"uxCurrentNumberOfTasks", kCount},
               {"xSchedulerRunning", kRunning},
               {"uxTopUsedPriority", kTop}};
    for (unsigned i = 0; i < kPriorities; ++i) list(kReady + 20 * i, {});
    for (const Address address : {kDelayed1, kDelayed2, kPending, kSuspended, kDeleted, kEvent})
      list(address, {});
    bench.put_words(kVariables, {0, 0, 1, kPriorities - 1});
  }

  static Address task(unsigned n) { return kTasks + 0x200 * n; }
  static Address stack(unsigned n) { return task(n) + 0x80; }

  // A list of these tasks' state items (item 4) or event items (item 24).
  void list(Address address, const std::vector<unsigned>& tasks, unsigned item = 4) {
    const Address end = address + 8;
    std::vector<Address> items;
    for (const unsigned n : tasks) items.push_back(task(n) + item);
    bench.put_words(address, {static_cast<std::uint32_t>(items.size()), end, 0xFFFFFFFF,
                              items.empty() ? end : items.front(), items.empty() ? end : items.back()});
    for (std::size_t i = 0; i < items.size(); ++i) {
      bench.put_words(items[i], {0, i + 1 < items.size() ? items[i + 1] : end, i > 0 ? items[i - 1] : end,
                                 items[i] - item, address});
    }
  }
  void create(unsigned n, std::string_view name) {
    bench.put_words(task(n), std::vector<std::uint32_t>(24, 0));
    bench.put(task(n), stack(n));
    bench.put_text(task(n) + 52, name);
    bench.put(kCount, ++created);
  }
  // blinky runs, worker is ready, sensor sleeps, logger is suspended, filter waits for ever, old is deleted.
  void six_tasks() {
    create(0, "blinky");
    create(1, "worker");
    create(2, "sensor");
    create(3, "logger");
    create(4, "filter");
    create(5, "old");
    list(kReady + 20, {1, 0});
    list(kDelayed2, {2});
    list(kSuspended, {3, 4});
    list(kEvent, {4}, 24);
    list(kDeleted, {5});
    bench.put(kCurrent, task(0));
  }
  std::unique_ptr<rtos::Rtos> make() { return bench.make("FreeRTOS", symbols); }

  RtosBench bench;
  rtos::SymbolTable symbols;
  unsigned created = 0;
};

TEST_F(FreeRtosTest, ShowsTasksInTheirStates) {
  six_tasks();
  const auto system = make();
  ASSERT_TRUE(system);
  system->update();
  EXPECT_THAT(described(*system),
              ElementsAre("Name: worker, State: Ready", "Name: blinky, State: Running",
                          "Name: sensor, State: Blocked", "Name: logger, State: Suspended",
                          "Name: filter, State: Blocked", "Name: old, State: Deleted"));
  EXPECT_EQ(system->current(), task(0));
}

TEST_F(FreeRtosTest, FindsThePrioritiesWithoutUxTopUsedPriority) {
  six_tasks();
  symbols.erase("uxTopUsedPriority");
  const auto system = make();
  ASSERT_TRUE(system);
  system->update();
  EXPECT_EQ(system->threads().size(), 6u);
}

TEST_F(FreeRtosTest, KnowsListsThatEndInAWholeItem) {  // configUSE_MINI_LIST_ITEM 0
  symbols["pxReadyTasksLists"] = kRam + 0x400;
  for (unsigned i = 0; i < kPriorities; ++i) list(kRam + 0x400 + 28 * i, {});
  create(0, "blinky");
  list(kRam + 0x400 + 28 * 2, {0});
  bench.put(kCurrent, task(0));
  for (const bool top : {true, false}) {
    if (!top) symbols.erase("uxTopUsedPriority");
    const auto system = make();
    system->update();
    EXPECT_THAT(described(*system), ElementsAre("Name: blinky, State: Running"));
  }
}

TEST_F(FreeRtosTest, FindsNamesBehindMpuSettings) {
  constexpr unsigned kSettings = 32;
  create(0, "");
  list(kReady, {0}, 4 + kSettings);
  bench.put_text(task(0) + 52 + kSettings, "guarded");
  bench.put(kCurrent, task(0));
  const auto system = make();
  system->update();
  EXPECT_THAT(described(*system), ElementsAre("Name: guarded, State: Running"));
}

TEST_F(FreeRtosTest, ATaskMadeReadyByAnInterruptIsReadyOnce) {
  six_tasks();
  list(kPending, {3}, 24);
  const auto system = make();
  system->update();
  EXPECT_THAT(described(*system), testing::Contains("Name: logger, State: Ready").Times(1));
}

TEST_F(FreeRtosTest, BeforeTheSchedulerThereIsTheCurrentExecution) {
  const auto system = make();
  system->update();
  EXPECT_THAT(described(*system), ElementsAre("Name: Current Execution"));
  EXPECT_EQ(system->current(), rtos::kCoreItself);
  bench.target->write_register("r7", 0x77);
  EXPECT_EQ(value(system->registers(rtos::kCoreItself), "r7"), 0x77u);

  six_tasks();
  bench.put(kRunning, 0);
  system->update();
  EXPECT_EQ(system->threads().size(), 7u);
  EXPECT_EQ(system->threads()[0].name, "Current Execution");
}

TEST_F(FreeRtosTest, ALongNameEndsWhereItMust) {
  create(0, std::string(100, 'x'));
  list(kReady, {0});
  bench.put(kCurrent, task(0));
  const auto system = make();
  system->update();
  EXPECT_EQ(system->threads()[0].name, std::string(64, 'x'));
}

TEST_F(FreeRtosTest, ANameShowsNoControlCharacters) {
  create(0, "a\x1b[31m\xff");
  list(kReady, {0});
  bench.put(kCurrent, task(0));
  const auto system = make();
  system->update();
  EXPECT_EQ(system->threads()[0].name, "a?[31m?");
}

// --- registers ---

TEST_F(FreeRtosTest, RegistersWithoutFpuPort) {  // ARM_CM3
  six_tasks();
  bench.put_words(stack(1), r(4, 11) + hardware());
  const auto system = make();
  system->update();
  const auto registers = system->registers(task(1));
  expect_core_registers(registers);
  expect_stack_pointer(registers, stack(1) + 64);
  EXPECT_EQ(value(registers, "s16"), std::nullopt);
}

TEST_F(FreeRtosTest, RegistersOfTheFpuPort) {  // ARM_CM4F, the task without FPU state
  six_tasks();
  bench.put_words(stack(1), r(4, 11) + std::vector<std::uint32_t>{0xFFFFFFFD} + hardware(kXpsr | 1 << 9));
  const auto system = make();
  system->update();
  const auto registers = system->registers(task(1));
  expect_core_registers(registers);
  expect_stack_pointer(registers, stack(1) + 68 + 4);  // the core had left a word free
  EXPECT_EQ(value(registers, "fpscr"), std::nullopt);
}

TEST_F(FreeRtosTest, FpuRegisters) {
  six_tasks();
  bench.put_words(stack(1), r(4, 11) + std::vector<std::uint32_t>{0xFFFFFFED} + s(16, 31) + hardware_fpu());
  const auto system = make();
  system->update();
  const auto registers = system->registers(task(1));
  expect_core_registers(registers);
  expect_stack_pointer(registers, stack(1) + 36 + 64 + 104);
  for (unsigned n = 0; n < 32; ++n) EXPECT_EQ(value(registers, "s" + std::to_string(n)), value_of_s(n));
  EXPECT_EQ(value(registers, "d8"), std::uint64_t{value_of_s(17)} << 32 | value_of_s(16));
  EXPECT_EQ(value(registers, "d0"), std::uint64_t{value_of_s(1)} << 32 | value_of_s(0));
  EXPECT_EQ(value(registers, "fpscr"), kFpscr);
}

TEST_F(FreeRtosTest, AFrameAtTheEndOfRam) {  // the longer layout, tried first, would reach beyond it
  six_tasks();
  bench.put(task(1), kRamEnd - 64);
  bench.put_words(kRamEnd - 64, r(4, 11) + hardware());
  const auto system = make();
  system->update();
  expect_core_registers(system->registers(task(1)));
}

TEST_F(FreeRtosTest, NoFrameAtTheStackPointer) {
  six_tasks();
  bench.put_words(stack(1), std::vector<std::uint32_t>(32, 0));
  const auto system = make();
  system->update();
  EXPECT_EQ(
      error_of([&] { system->registers(task(1)); }),
      "FreeRTOS: at 0x20001280, the saved stack pointer of the stack of 'worker', is no frame of a context "
      "switch");
  bench.put(task(1), 0x20001282);
  system->update();
  EXPECT_THAT(error_of([&] { system->registers(task(1)); }), HasSubstr("0x20001282"));
  bench.put(task(1), 0x30000000);
  system->update();
  EXPECT_THAT(error_of([&] { system->registers(task(1)); }),
              HasSubstr("FreeRTOS: reading the stack of 'worker' at 0x30000000"));
  EXPECT_THAT(error_of([&] { system->registers(0x1234); }), HasSubstr("FreeRTOS: there is no thread 0x1234"));
}

// --- broken lists ---

TEST_F(FreeRtosTest, ALoopEnds) {
  six_tasks();
  bench.put(kSuspended, 6);                 // more than there are, within the number of tasks
  bench.put(task(4) + 4 + 4, task(3) + 4);  // filter's item leads back to logger's
  const auto system = make();
  EXPECT_EQ(error_of([&] { system->update(); }),
            "FreeRTOS: xSuspendedTaskList leads to thread 0x20001600 a second time: it is a loop");
  EXPECT_EQ(system->threads().size(), 6u);  // old, in a list behind it, too
}

TEST_F(FreeRtosTest, CountsThatCannotBe) {
  six_tasks();
  bench.put(kDelayed2, 0x12345678);
  const auto system = make();
  EXPECT_EQ(error_of([&] { system->update(); }),
            "FreeRTOS: xDelayedTaskList2 says it has 305419896 tasks, and uxCurrentNumberOfTasks is 6");
  EXPECT_EQ(system->threads().size(), 5u);
  bench.put(kDelayed2, 3);
  EXPECT_EQ(error_of([&] { system->update(); }),
            "FreeRTOS: xDelayedTaskList2 says it has 3 tasks, and ends after 1");
  EXPECT_EQ(system->threads().size(), 6u);
  bench.put(kCount, 0xDEADBEEF);
  EXPECT_THAT(error_of([&] { system->update(); }), HasSubstr("uxCurrentNumberOfTasks is 3735928559"));
  bench.put(kCount, 6);
  bench.put(kTop, 0xA5A5A5A5);
  EXPECT_THAT(error_of([&] { system->update(); }), HasSubstr("uxTopUsedPriority is 2779096485"));
}

TEST_F(FreeRtosTest, PointersToNowhere) {
  six_tasks();
  bench.put(kDelayed2 + 12, 0x30000000);
  const auto system = make();
  EXPECT_THAT(error_of([&] { system->update(); }),
              HasSubstr("FreeRTOS: reading a task in xDelayedTaskList2"));
  EXPECT_EQ(system->threads().size(), 5u);
  bench.put(kDelayed2 + 12, 0x20001407);
  EXPECT_EQ(error_of([&] { system->update(); }),
            "FreeRTOS: an item of xDelayedTaskList2 is 0x20001407, which is no pointer");
  bench.put(kDelayed2 + 12, task(2) + 4);
  bench.put(task(2) + 4 + 12, 0x08000000);
  EXPECT_THAT(error_of([&] { system->update(); }), HasSubstr("belongs to 0x08000000, which is no task"));
}

TEST_F(FreeRtosTest, AFewTransfersAreEnough) {
  six_tasks();
  const auto system = make();
  system->update();
  const auto before = bench.virtual_host.clock().now();
  system->update();
  const auto taken = bench.virtual_host.clock().now() - before;
  // Virtual time: six control blocks and four reads of lists and variables, each some transactions of 125 us.
  EXPECT_LT(duration_cast<Microseconds>(taken).count(), 20000);
}

TEST_F(FreeRtosTest, NeedsItsSymbols) {
  symbols.erase("pxCurrentTCB");
  EXPECT_EQ(make(), nullptr);
  symbols["pxCurrentTCB"] = 0;
  EXPECT_EQ(make(), nullptr);
}

}  // namespace
}  // namespace probity::freertos_test
