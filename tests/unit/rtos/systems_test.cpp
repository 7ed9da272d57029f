// The other systems' structures, as their headers lay them out, in the virtual chip's RAM.
#include "bench.hpp"

namespace probity::systems_test {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr Address kVariables = kRam + 0x40, kNames = kRam + 0x400, kTasks = kRam + 0x1000;
Address task(unsigned n) { return kTasks + 0x200 * n; }
Address stack(unsigned n) { return task(n) + 0x100; }
using Words = std::vector<std::uint32_t>;

class SystemsTest : public testing::Test {
 protected:
  // A text somewhere, and where.
  Address text(std::string_view content) {
    const Address at = next_name_;
    bench.put_text(at, content);
    next_name_ += 32;
    return at;
  }
  void clear(unsigned n) { bench.put_words(task(n), Words(64, 0)); }

  RtosBench bench;

 private:
  Address next_name_ = kNames;
};

// --- ThreadX: tx_api.h ---

class ThreadXTest : public SystemsTest {
 protected:
  void create(unsigned n, std::string_view name, std::uint32_t state, unsigned next) {
    clear(n);
    bench.put_words(task(n), {0x54485244, 0, stack(n)});
    bench.put_words(task(n) + 40, {text(name), 0, state});
    bench.put(task(n) + 136, task(next));
  }
  void three() {
    create(0, "tick", 0, 1);
    create(1, "net", 12, 2);
    create(2, "", 99, 0);
    bench.put_words(kVariables, {task(0), task(0), 3});
  }
  std::unique_ptr<rtos::Rtos> make() {
    return bench.make("ThreadX", {{"_tx_thread_current_ptr", kVariables},
                                  {"_tx_thread_created_ptr", kVariables + 4},
                                  {"_tx_thread_created_count", kVariables + 8}});
  }
};

TEST_F(ThreadXTest, ThreadsAndFrames) {
  three();
  bench.put_words(stack(1), r(4, 11) + hardware());                                      // version 5
  bench.put_words(stack(2), Words{0xFFFFFFED} + s(16, 31) + r(4, 11) + hardware_fpu());  // version 6
  const auto system = make();
  system->update();
  EXPECT_THAT(described(*system),
              ElementsAre("Name: tick, State: Ready", "Name: net, State: Waiting - Network",
                          "Name: No Name, State: Unknown state"));
  EXPECT_EQ(system->current(), task(0));
  expect_core_registers(system->registers(task(1)));
  expect_stack_pointer(system->registers(task(1)), stack(1) + 64);
  const auto fpu = system->registers(task(2));
  expect_core_registers(fpu);
  expect_stack_pointer(fpu, stack(2) + 4 + 64 + 32 + 104);
  EXPECT_EQ(value(fpu, "s31"), value_of_s(31));
}

TEST_F(ThreadXTest, IdlingWithoutAThread) {
  three();
  bench.put(kVariables, 0);
  const auto system = make();
  system->update();
  EXPECT_EQ(system->threads().size(), 4u);
  EXPECT_EQ(system->current(), rtos::kCoreItself);
}

TEST_F(ThreadXTest, BrokenRings) {
  three();
  bench.put(task(1) + 136, task(1));
  const auto system = make();
  EXPECT_EQ(error_of([&] { system->update(); }),
            "ThreadX: _tx_thread_created_ptr leads to thread 0x20001200 a second time: it is a loop");
  EXPECT_EQ(system->threads().size(), 2u);
  bench.put(task(1) + 136, task(0));
  EXPECT_THAT(error_of([&] { system->update(); }),
              HasSubstr("has 2 threads, and _tx_thread_created_count is 3"));
  bench.put(task(1) + 136, task(5));
  bench.put(task(5), 0xBAD);
  EXPECT_THAT(error_of([&] { system->update(); }), HasSubstr("is no thread (tx_thread_id is 0x00000bad)"));
}

// --- Zephyr: subsys/debug/thread_info.c; the offsets are the test's own ---

class ZephyrTest : public SystemsTest {
 protected:
  static constexpr Address kTable = kRam + 0x80, kCount = kRam + 0xC0, kWidth = kRam + 0xC4,
                           kKernel = kVariables;
  // k_current 8, k_threads 0x20; in a thread: entry 0x40, next 0x50, state 13, options 12, prio 14, psp 0x38,
  // name 0x54.
  void table(const Words& words) {
    bench.put_words(kTable, words);
    bench.put(kCount, static_cast<std::uint32_t>(words.size()));
    bench.put(kWidth, 4);
  }
  void create(unsigned n, std::string_view name, std::uint32_t state, int prio, Address next) {
    clear(n);
    bench.put(task(n) + 12, 0x01 | state << 8 | static_cast<std::uint32_t>(prio & 0xFF) << 16);
    bench.put_words(task(n) + 0x18, r(4, 11) + Words{stack(n)});
    bench.put(task(n) + 0x40, 0x08000101);
    bench.put(task(n) + 0x50, next);
    bench.put_text(task(n) + 0x54, name);
  }
  void three() {
    create(0, "main", 0x80, 0, task(1));
    create(1, "", 0x02, -3, task(2));
    create(2, "late", 0x10, 7, 0);
    bench.put(kKernel + 8, task(0));
    bench.put(kKernel + 0x20, task(0));
  }
  std::unique_ptr<rtos::Rtos> make(const std::string& prefix = "_kernel_thread_info_") {
    return bench.make("Zephyr", {{"_kernel", kKernel},
                                 {prefix + "offsets", kTable},
                                 {prefix + "size_t_size", kWidth},
                                 {prefix + "num_offsets", kCount}});
  }
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  const Words kVersion0{0, 8, 0x20, 0x40, 0x50, 13, 12, 14, 0x38};
  const Words kVersion1{1, 8, 0x20, 0x40, 0x50, 13, 12, 14, 0x38, 0x54, 0x78, 8, kNone, 0x48};
};

TEST_F(ZephyrTest, ThreadsAndFrames) {
  table(kVersion1);
  three();
  bench.put_words(stack(1), hardware(kXpsr | 1 << 9));
  bench.put(task(1) + 0x78 + 0x48, 0xFD);
  bench.put_words(task(2) + 0x78 + 8, s(16, 31));
  bench.put(task(2) + 0x78 + 0x48, 0xED);
  bench.put_words(stack(2), hardware_fpu());
  const auto system = make();
  system->update();
  EXPECT_THAT(described(*system),
              ElementsAre("Name: main, State: Running, prio:0,useropts:1",
                          "Name: thr_8000101_20001200, State: Pending, prio:-3,useropts:1",
                          "Name: late, State: Suspended, prio:7,useropts:1"));
  const auto plain = system->registers(task(1));
  expect_core_registers(plain);
  expect_stack_pointer(plain, stack(1) + 36);
  const auto fpu = system->registers(task(2));
  expect_core_registers(fpu);
  expect_stack_pointer(fpu, stack(2) + 104);
  EXPECT_EQ(value(fpu, "s0"), value_of_s(0));
  EXPECT_EQ(value(fpu, "d15"), std::uint64_t{value_of_s(31)} << 32 | value_of_s(30));
}

TEST_F(ZephyrTest, OldTables) {
  table(kVersion0);
  three();
  bench.put_words(stack(1), hardware());
  const auto system = make("_kernel_openocd_");
  system->update();
  EXPECT_EQ(system->threads()[0].name, "thr_8000101_20001000");
  expect_core_registers(system->registers(task(1)));
}

TEST_F(ZephyrTest, BrokenTablesAndLists) {
  table(kVersion1);
  three();
  const auto system = make();
  bench.put(task(2) + 0x50, task(1));
  EXPECT_EQ(error_of([&] { system->update(); }),
            "Zephyr: _kernel.threads leads to thread 0x20001200 a second time: it is a loop");
  EXPECT_EQ(system->threads().size(), 3u);
  bench.put(kTable + 4 * 4, 0x12345678);
  EXPECT_THAT(error_of([&] { system->update(); }), HasSubstr("_kernel_thread_info_offsets[4] is 0x12345678"));
  bench.put(kTable, 7);
  EXPECT_THAT(error_of([&] { system->update(); }), HasSubstr("version 7"));
  bench.put(kWidth, 0xA5);
  EXPECT_THAT(error_of([&] { system->update(); }), HasSubstr("size_t_size is 165"));
}

// --- ChibiOS: chdebug_t ---

class ChibiosTest : public SystemsTest {
 protected:
  static constexpr Address kSignature = kRam + 0x80, kHead = kRam + 0x200;
  // context 0x0c, newer 0x10, older 0x14, name 0x18, state 0x20.
  void signature(unsigned size, Bytes more = {}) {
    Bytes bytes{'m',  'a',  'i',  'n',  0,    static_cast<std::uint8_t>(size),
                0,    0,    4,    4,    0x48, 8,
                0x0C, 0x10, 0x14, 0x18, 0x1C, 0x20,
                0x21, 0x22, 0x23, 0};
    append(bytes, more);
    bench.target->memory().write_bytes(kSignature, bytes);
  }
  // `links`: pointers are to the members and not to the threads.
  void create(unsigned n, std::string_view name, std::uint8_t state, Address newer, Address older) {
    clear(n);
    bench.put_words(task(n) + 0x0C, {stack(n), newer, older, text(name), 0, state});
    bench.put_words(stack(n), r(4, 11) + Words{0x08000301});
  }
};

TEST_F(ChibiosTest, Version3) {
  signature(22);
  bench.put_words(kHead + 0x10, {task(0), task(1), task(1)});
  create(0, "main", 8, task(1), kHead);
  create(1, "blinker", 1, kHead, task(0));
  const auto system = bench.make("chibios", {{"ch", kHead}, {"ch_debug", kSignature}});
  ASSERT_TRUE(system);
  system->update();
  EXPECT_THAT(described(*system),
              ElementsAre("Name: main, State: SLEEPING", "Name: blinker, State: CURRENT"));
  EXPECT_EQ(system->current(), task(1));
  const auto registers = system->registers(task(0));
  EXPECT_EQ(value(registers, "r4"), value_of_r(4));
  EXPECT_EQ(value(registers, "r11"), value_of_r(11));
  EXPECT_EQ(value(registers, "pc"), 0x08000300u);
  EXPECT_EQ(value(registers, "r0"), std::nullopt);
  expect_stack_pointer(registers, stack(0) + 36);

  bench.put(task(1) + 0x14, kHead);
  EXPECT_THAT(error_of([&] { system->update(); }),
              HasSubstr("the registry is broken: thread 0x20001200 follows"));
  EXPECT_EQ(system->threads().size(), 1u);
  bench.put(kSignature, 0);
  EXPECT_THAT(error_of([&] { system->update(); }), HasSubstr("ch_debug does not begin with 'main'"));
}

TEST_F(ChibiosTest, Version7) {
  Bytes more(21, 0);
  more[30 - 22] = 4;     // off_sys_instances
  more[37 - 22] = 0x1C;  // off_inst_rlist_current
  more[40 - 22] = 0x30;  // off_inst_reglist
  signature(43, more);
  bench.put_words(kVariables, {0, kHead});
  const auto system = bench.make("chibios", {{"ch_system", kVariables}, {"ch_debug", kSignature}});
  ASSERT_TRUE(system);
  bench.put(kHead + 0x1C, task(0));
  bench.put_words(kHead + 0x30, {task(0) + 0x10, task(1) + 0x10});
  create(0, "main", 1, task(1) + 0x10, kHead + 0x30);
  create(1, "idle", 0, kHead + 0x30, task(0) + 0x10);
  system->update();
  EXPECT_THAT(described(*system), ElementsAre("Name: main, State: CURRENT", "Name: idle, State: READY"));
  EXPECT_EQ(value(system->registers(task(1)), "pc"), 0x08000300u);
  bench.put(kVariables + 4, 0);
  system->update();
  EXPECT_THAT(described(*system), ElementsAre("Name: Current Execution"));
}

// --- NuttX: struct tcbinfo_s ---

TEST_F(SystemsTest, Nuttx) {
  constexpr Address kInfo = kRam + 0x80, kOffsets = kRam + 0xC0, kHash = kRam + 0x100;
  const rtos::SymbolTable symbols{{"g_readytorun", kVariables},
                                  {"g_pidhash", kVariables + 4},
                                  {"g_npidhash", kVariables + 8},
                                  {"g_tcbinfo", kInfo},
                                  {"g_reg_offs", kOffsets}};
  bench.put_words(kVariables, {task(0), kHash, 4});
  bench.put_words(kHash, {task(0), 0, task(1), 0});
  Bytes offsets;  // r13, r4-r11 first, then what the core pushed, as REG_… of armv7-m
  for (const unsigned word : {10, 11, 12, 13, 2, 3, 4, 5, 6, 7, 8, 9, 14, 0, 15, 16, 17}) {
    append_le16(offsets, static_cast<std::uint16_t>(4 * word));
  }
  bench.target->memory().write_bytes(kOffsets, offsets);
  for (const unsigned n : {0u, 1u}) {
    clear(n);
    bench.put(task(n) + 0x10, n + 1);
    bench.put(task(n) + 0x14, n == 0 ? 3 : 5);
    bench.put(task(n) + 0x18, stack(n));
    bench.put_text(task(n) + 0x20, n == 0 ? "nsh_main" : "hpwork");
    bench.put_words(stack(n), Words{stack(n) + 72, 0} + r(4, 11) + hardware(kXpsr | 1 << 9));
  }
  for (const bool with_stack_members : {false, true}) {
    Bytes info;
    for (const unsigned at : {0x10, 0x14, 0x16, 0x20}) append_le16(info, static_cast<std::uint16_t>(at));
    if (with_stack_members) append_le32(info, 0);
    for (const unsigned at : {0x18, 17, 17}) append_le16(info, static_cast<std::uint16_t>(at));
    append_le32(info, kOffsets);
    info.resize(24);
    bench.target->memory().write_bytes(kInfo, info);
    const auto system = bench.make("nuttx", symbols);
    ASSERT_TRUE(system);
    system->update();
    EXPECT_THAT(described(*system),
                ElementsAre("Name: nsh_main, State: RUNNING, pid:1", "Name: hpwork, State: WAIT_SEM, pid:2"));
    EXPECT_EQ(system->current(), task(0));
    expect_core_registers(system->registers(task(1)));
    expect_stack_pointer(system->registers(task(1)), stack(1) + 72 + 4);
  }
  const auto system = bench.make("nuttx", symbols);
  bench.put(kHash + 4, task(1));
  EXPECT_THAT(error_of([&] { system->update(); }),
              HasSubstr("g_pidhash leads to thread 0x20001200 a second time"));
  bench.put(kInfo, 0xFFFFFFFF);
  EXPECT_THAT(error_of([&] { system->update(); }), HasSubstr("g_tcbinfo is of no version"));
}

// --- RIOT: struct _thread ---

TEST_F(SystemsTest, Riot) {
  constexpr Address kThreads = kRam + 0x80;
  bench.put_words(kVariables, {2, 2, 3, 12});  // active pid, number, max_threads, _tcb_name_offset
  bench.put_words(kThreads, {0, task(1), task(2)});
  bench.put_words(task(1), {stack(1), 4, 0, text("idle")});
  bench.put_words(task(2), {stack(2), 11, 0, text("main")});
  bench.put_words(stack(1), r(4, 11) + Words{0xFFFFFFFD} + hardware());
  rtos::SymbolTable symbols{{"sched_threads", kThreads},
                            {"sched_active_pid", kVariables},
                            {"sched_num_threads", kVariables + 4},
                            {"max_threads", kVariables + 8},
                            {"_tcb_name_offset", kVariables + 12}};
  const auto system = bench.make("RIOT", symbols);
  ASSERT_TRUE(system);
  system->update();
  EXPECT_THAT(described(*system),
              ElementsAre("Name: idle, State: Blocked receive", "Name: main, State: Running"));
  EXPECT_EQ(system->current(), 2u);
  expect_core_registers(system->registers(1));
  bench.put_words(stack(1), Words{0xFFFFFFFD} + r(4, 11) + hardware());  // before 2020
  system->update();
  expect_core_registers(system->registers(1));
  expect_stack_pointer(system->registers(1), stack(1) + 68);
  bench.put(kVariables, 0);  // idling without an idle thread
  system->update();
  EXPECT_THAT(described(*system), ElementsAre("Name: Current Execution", "Name: idle, State: Blocked receive",
                                              "Name: main, State: Running"));
  bench.put(kVariables + 4, 100);
  EXPECT_EQ(error_of([&] { system->update(); }), "RIOT: sched_num_threads is 100, and max_threads is 3");
}

// --- RTX5: rtx_os.h ---

TEST_F(SystemsTest, Rtx5) {
  constexpr Address kInfo = kRam + 0x80;
  const auto create = [&](unsigned n, std::string_view name, std::uint32_t state, Address next,
                          Address delay_next) {
    clear(n);
    bench.put_words(task(n), {0xF1 | state << 8, text(name), next, 0, delay_next});
    bench.put(task(n) + 32, 24 | 0xED0000);
    bench.put(task(n) + 56, stack(n));
  };
  bench.put_words(kInfo, Words(14, 0));
  bench.put(kInfo + 8, 2);
  bench.put(kInfo + 20, task(0));
  bench.put(kInfo + 36, task(1));
  bench.put(kInfo + 44, task(2));
  create(0, "main", 2, 0, 0);
  create(1, "osRtxIdleThread", 1, 0, 0);
  create(2, "sensor", 0x13, 0, 0);
  bench.put_words(stack(2), s(16, 31) + r(4, 11) + hardware_fpu());
  const auto system = bench.make("RTX5", {{"osRtxInfo", kInfo}});
  ASSERT_TRUE(system);
  system->update();
  EXPECT_THAT(described(*system), ElementsAre("Name: main, State: Running, prio:24",
                                              "Name: osRtxIdleThread, State: Ready, prio:24",
                                              "Name: sensor, State: Waiting - Delay, prio:24"));
  expect_core_registers(system->registers(task(2)));
  expect_stack_pointer(system->registers(task(2)), stack(2) + 64 + 32 + 104);
  bench.put(task(2) + 16, task(2));
  EXPECT_THAT(error_of([&] { system->update(); }), HasSubstr("osRtxInfo.thread.delay_list leads to thread"));
  EXPECT_EQ(system->threads().size(), 3u);
}

}  // namespace
}  // namespace probity::systems_test
