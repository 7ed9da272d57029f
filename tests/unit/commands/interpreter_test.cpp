#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench.hpp"

namespace probity::interpreter_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

TEST(Interpreter, FindsNamesWithSpaces) {
  Bench bench;
  EXPECT_EQ(bench.tcl("adapter srst delay 7"), "adapter srst delay: 7\n");
  EXPECT_EQ(bench.session.reset_config.srst_delay, Milliseconds(7));
  EXPECT_EQ(bench.tcl("adapter srst delay"), "adapter srst delay: 7\n");
}

TEST(Interpreter, ProcNamedWithASpaceReplacesASubcommand) {
  Bench bench;
  bench.tcl("proc {adapter srst delay} {args} {return mine$args}");
  EXPECT_EQ(bench.tcl("adapter srst delay 3"), "mine3");
}

TEST(Interpreter, UnknownSubcommandNamesTheNearestAndTheUsage) {
  Bench bench;
  const std::string text = bench.tcl("adapter sped 100");
  EXPECT_THAT(text, StartsWith("error: unknown command \"adapter sped\"; did you mean \"adapter speed\"?"));
  EXPECT_THAT(text, HasSubstr("adapter speed [khz]"));
}

TEST(Interpreter, UnknownCommandNamesTheNearest) {
  Bench bench;
  EXPECT_EQ(bench.tcl("reset_confg none"),
            "error: invalid command name \"reset_confg\"; did you mean \"reset_config\"?");
  EXPECT_EQ(bench.tcl("progam x.elf"), "error: invalid command name \"progam\"; did you mean \"program\"?");
  EXPECT_EQ(bench.tcl("qqqqqqqq"), "error: invalid command name \"qqqqqqqq\"");
}

TEST(Interpreter, ChecksModes) {
  Bench bench;
  EXPECT_EQ(bench.tcl("halt"), "error: The 'halt' command must be used after 'init'.");
  bench.configure();
  ASSERT_EQ(bench.tcl("init"), "");
  EXPECT_EQ(bench.tcl("adapter driver hla"),
            "error: The 'adapter driver' command must be used before 'init'.");
  EXPECT_EQ(bench.tcl("command mode"), "exec");
  EXPECT_EQ(bench.tcl("command mode flash bank"), "config");
  EXPECT_EQ(bench.tcl("command mode adapter speed"), "any");
  EXPECT_EQ(bench.tcl("command mode nothing like it"), "unknown");
}

TEST(Interpreter, ErrorsAreTclErrorsAndPrintedOnce) {
  Bench bench;
  EXPECT_EQ(bench.tcl("catch {halt} text; set text"), "The 'halt' command must be used after 'init'.");
  EXPECT_EQ(bench.errors.size(), 1u);
  EXPECT_EQ(bench.interpreter.run("halt"), Interpreter::Outcome::error);
  EXPECT_EQ(bench.errors.size(), 2u);
}

TEST(Interpreter, PlainTclErrorsArePrintedWhereNobodyCatchesThem) {
  Bench bench;
  bench.tcl("catch {find no-such-file}");
  EXPECT_THAT(bench.errors, IsEmpty());
  bench.interpreter.run("error {my words}");
  EXPECT_THAT(bench.errors, ElementsAre("Error: my words"));
}

TEST(Interpreter, UsageErrorsShowTheUsage) {
  Bench bench;
  EXPECT_EQ(bench.tcl("sleep soon"),
            "error: sleep: 'soon' is not a number\nusage: sleep milliseconds ['busy']");
}

TEST(Interpreter, ShutdownLeavesTheScriptsPastCatch) {
  Bench bench;
  EXPECT_EQ(bench.tcl("catch shutdown; echo not-here"), "leave");
  EXPECT_FALSE(bench.printed("not-here"));
  EXPECT_EQ(bench.session.shutdown_requested(), 0);
}

TEST(Interpreter, ShutdownErrorIsAnError) {
  Bench bench;
  EXPECT_EQ(bench.tcl("shutdown error"), "error: ");
  EXPECT_EQ(bench.session.shutdown_requested(), 1);
  EXPECT_THAT(bench.errors, IsEmpty());
}

TEST(Interpreter, ResultsAreTclValues) {
  Bench bench;
  bench.configure();
  EXPECT_EQ(bench.tcl("string range [adapter speed] 15 18"), "2000");
  EXPECT_EQ(bench.tcl("llength [target names]"), "1");
  EXPECT_EQ(bench.tcl("ocd_adapter name"), "hla");
}

TEST(Interpreter, RunPrintsResults) {
  Bench bench;
  bench.interpreter.run("reset_config srst_only");
  EXPECT_THAT(bench.lines,
              ElementsAre("srst_only separate srst_gates_jtag srst_open_drain connect_deassert_srst"));
}

TEST(Interpreter, CaptureReturnsWhatWasPrintedOrTheResult) {
  Bench bench;
  EXPECT_EQ(bench.tcl("capture {echo one; echo two}"), "one\ntwo\n");
  EXPECT_EQ(bench.tcl("capture {adapter name}"), "undefined");
}

TEST(Interpreter, OldExpressionsOfSeveralWordsWork) {
  Bench bench;
  EXPECT_EQ(bench.tcl("set a 3; expr $a + 4"), "7");
  EXPECT_EQ(bench.tcl("proc f {x} {expr {$x * 2}}; f 4"), "8");
  EXPECT_TRUE(bench.printed("DEPRECATED! use 'expr { 3 + 4 }'"));
}

TEST(Interpreter, RenamedInitIsStillOurs) {
  Bench bench;
  bench.configure();
  bench.tcl("rename init old_init; proc init {} {echo before; old_init; echo after}");
  EXPECT_EQ(bench.tcl("init"), "");
  EXPECT_TRUE(bench.session.initialized());
  EXPECT_EQ(bench.lines.front().substr(0, 4), "Info");  // of the configuration
  EXPECT_EQ(bench.lines.back(), "after");
}

TEST(Interpreter, HelpComesFromRowsAndFromScripts) {
  Bench bench;
  EXPECT_THAT(bench.tcl("capture {help adapter speed}"), HasSubstr("  adapter speed [khz]\n"));
  bench.tcl("add_usage_text mine {a b}; add_help_text mine {Does things.}");
  EXPECT_EQ(bench.tcl("capture {help mine}"), "mine a b\n      Does things. (command valid any time)\n");
  EXPECT_EQ(bench.tcl("capture {usage mine}"), "mine a b\n");
}

TEST(Interpreter, OldSpellingsWork) {
  Bench bench;
  bench.tcl("interface cmsis-dap; adapter_khz 500; adapter_nsrst_delay 9; cmsis_dap_serial 42");
  EXPECT_EQ(bench.session.adapter_driver_name, "cmsis-dap");
  EXPECT_EQ(bench.session.adapter_settings.speed, kilohertz(500));
  EXPECT_EQ(bench.session.reset_config.srst_delay, Milliseconds(9));
  EXPECT_EQ(bench.session.adapter_settings.serial, "42");
  for (const char* old : {"hla_serial", "st-link serial", "st-link_serial", "cmsis-dap serial"}) {
    bench.tcl(std::string(old) + " \"" + old + "\"");
    EXPECT_EQ(bench.session.adapter_settings.serial, old);
  }
  EXPECT_TRUE(bench.printed("DEPRECATED! use 'adapter speed' not 'adapter_khz'"));
}

}  // namespace
}  // namespace probity::interpreter_test
