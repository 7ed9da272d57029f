// Commands that stand beside the daily ones: a script's own scans, what a program says through DCRDR, what is
// left out.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench.hpp"
#include "commands/debug_channel.hpp"
#include "commands/left_out.hpp"

namespace probity::surface_test {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(LeftOut, SaysSoAndWhy) {
  Bench bench;
  for (const LeftOut& command : left_out_commands()) {
    const std::string error = "error: '" + std::string(command.name) +
                              "' is left out of this program: " + std::string(command.reason);
    const bool declares = command.name.ends_with(" device");  // read over in a configuration file
    EXPECT_EQ(bench.tcl(std::string(command.name) + " a b"), declares ? "" : error);
  }
  EXPECT_THAT(bench.tcl("capture help"), Not(HasSubstr("\nsvf")));
  EXPECT_THAT(bench.tcl("capture {help svf}"), StartsWith("svf is left out of this program: "));
  EXPECT_THAT(bench.tcl("svg x"), Not(HasSubstr("did you mean")));
}

TEST(Objects, TheirWordsAreCommandsWithHelp) {
  Bench bench;
  bench.configure();
  EXPECT_EQ(bench.tcl("info commands {stm32f4x.cpu mdw}"), "{stm32f4x.cpu mdw}");
  EXPECT_EQ(bench.tcl("command mode stm32f4x.cpu mdw"), "exec");
  EXPECT_THAT(bench.tcl("capture {usage stm32f4x.cpu}"), HasSubstr("stm32f4x.cpu arm disassemble address"));
  ASSERT_EQ(bench.tcl("init; reset halt; {stm32f4x.cpu mww} 0x20000000 0x1234"), "");
  EXPECT_EQ(bench.tcl("{stm32f4x.cpu mdw} 0x20000000"), "0x20000000: 00001234 \n");
  EXPECT_EQ(bench.tcl("{stm32f4x.cpu arm core_state}"), "core state: Thumb\n");
}

struct Jtag : Bench {
  Jtag() {
    EXPECT_EQ(tcl("script interface/cmsis-dap.cfg; transport select jtag; script target/stm32f4x.cfg; init"),
              "");
  }
};

TEST(JtagScans, ReadWhatTheTapsHave) {
  Jtag bench;
  EXPECT_EQ(bench.tcl("irscan stm32f4x.cpu 0xe; drscan stm32f4x.cpu 32 0"), "4ba00477");
  EXPECT_EQ(bench.tcl("irscan stm32f4x.cpu 0xe -endstate IRPAUSE; drscan stm32f4x.cpu 8 0 24 0"),
            "77 4ba004");
  EXPECT_EQ(bench.tcl("irscan stm32f4x.bs 1; jtag drscan stm32f4x.bs 32 0 -endstate DRPAUSE"), "06413041");
  // Both TAPs in BYPASS are a bit each: what goes in comes out two bits later.
  EXPECT_EQ(bench.tcl("irscan stm32f4x.cpu 0xf; drscan stm32f4x.cpu 8 0xa5"), "94");
  EXPECT_EQ(bench.tcl("drscan stm32f4x.cpu 72 0x123456789abcdef012"), "48d159e26af37bc048");
  EXPECT_EQ(bench.tcl("runtest 5000; pathmove RUN/IDLE DRSELECT DRCAPTURE DREXIT1 DRPAUSE"), "");
  // The debug port goes on as if nothing had been.
  EXPECT_EQ(bench.tcl("mww 0x20000000 7; mdw 0x20000000"), "0x20000000: 00000007 \n");
}

TEST(JtagScans, NameTheWrongWord) {
  Jtag bench;
  EXPECT_THAT(bench.tcl("irscan nobody 1"), StartsWith("error: irscan: Tap: nobody unknown"));
  EXPECT_THAT(bench.tcl("irscan stm32f4x.cpu 1 -endstate NOWHERE"), HasSubstr("endstate: NOWHERE invalid"));
  EXPECT_THAT(bench.tcl("irscan stm32f4x.cpu 1 -endstate DRSHIFT"), HasSubstr("DRSHIFT is no stable state"));
  EXPECT_THAT(bench.tcl("pathmove RUN/IDLE DRSHIFT"),
              HasSubstr("RUN/IDLE -> DRSHIFT isn't a valid TAP transition"));
  EXPECT_THAT(bench.tcl("drscan stm32f4x.cpu 8"), HasSubstr("pairs of a number of bits and a value"));
}

TEST(JtagScans, NeedAJtagWire) {
  Bench bench;
  bench.configure();
  ASSERT_EQ(bench.tcl("init"), "");
  EXPECT_THAT(bench.tcl("runtest 1"), HasSubstr("transport hla_swd of adapter hla takes no JTAG scans"));
}

// A program in RAM that sends bytes as libdcc does: from 0x20000200 on, as far as the word at 0x20000100
// says.
//   next: ldr r5, [r4]; cmp r1, r5; beq next; ldrb r2, [r1]; adds r1, #1; lsls r2, r2, #8; adds r2, #1; strh
//   r2, [r0] wait: ldr r3, [r0]; lsls r3, r3, #31; bne wait; b next
struct Talking : Bench {
  Talking() {
    configure();
    EXPECT_EQ(tcl("init; reset halt; write_memory 0x20000000 32 {0x49084807 0x68254c08 0xd0fc42a9 0x3101780a "
                  "0x32010212 0x68036002 0xd1fc07db 0xe7f3 0xe000edf8 0x20000200 0x20000100}; "
                  "mww 0x20000100 0x20000200; reg pc 0x20000000; resume"),
              "");
    lines.clear();
  }
  void say(std::initializer_list<std::uint32_t> words) {
    for (const std::uint32_t word : words) tcl(fmt::format("mww 0x{:x} 0x{:x}", end += 4, word));
    tcl(fmt::format("mww 0x20000100 0x{:x}; sleep 20", end + 4));
  }
  Address end = 0x200001FC;
};

TEST(DebugMessages, ShowTextNumbersAndCharacters) {
  Talking bench;
  EXPECT_EQ(bench.tcl("target_request debugmsgs"), "receiving debug messages from current target disabled\n");
  EXPECT_EQ(bench.tcl("target_request debugmsgs enable"),
            "receiving debug messages from current target enabled\n");
  std::string raw;
  bench.log.add_text_listener([&](const Log::Text& text) { raw += text.ends_line ? "" : text.text; });
  bench.say({5u << 16 | 1, 0x6c6c6548, 0x0000006f});  // "Hello"
  EXPECT_EQ(std::exchange(raw, {}), "Hello");
  bench.say({3u << 16 | 2u << 8 | 1, 0x56781234, 0x00009abc});  // three half-words
  EXPECT_EQ(std::exchange(raw, {}), "1234 5678 9abc ");
  EXPECT_EQ(bench.tcl("trace point 0x77; trace history 4"), "new trace history size: 4\n");
  bench.say({0x77u << 8, 0x78u << 8});
  EXPECT_EQ(bench.tcl("trace point"), "trace point 0x00000077 (1 times hit)\n");
  EXPECT_EQ(bench.tcl("trace history"), "trace point: 0x00000077\ntrace point: 0x00000078 -not defined-\n");
  bench.say({'A' << 16 | 2});
  EXPECT_EQ(raw, "A");
  EXPECT_EQ(bench.tcl("target_request debugmsgs charmsg"),
            "receiving debug messages from current target charmsg\n");
  bench.say({'B', 'C'});
  EXPECT_EQ(raw, "ABC");
  bench.tcl("target_request debugmsgs disable");
  bench.say({'D'});
  EXPECT_EQ(raw, "ABC");
}

TEST(TracePoints, CountHitsAndKeepTheLast) {
  TracePoints trace;
  trace.points = {{5}, {6}};
  trace.hit(5);
  trace.history_size = 2;
  for (const std::uint32_t number : {6u, 5u, 7u}) trace.hit(number);
  EXPECT_EQ(trace.points[0].hits, 2u);
  EXPECT_EQ(trace.points[1].hits, 1u);
  EXPECT_EQ(trace.history, (std::deque<std::uint32_t>{5, 7}));
}

}  // namespace
}  // namespace probity::surface_test
