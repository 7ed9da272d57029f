// init and reset on the virtual board: which events run, in which order, with what state.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "bench.hpp"

namespace probity::reset_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kTrace =
    "set trace {}\n"
    "foreach event {reset-start reset-assert-pre reset-assert-post reset-deassert-pre reset-deassert-post "
    "reset-init "
    "reset-end examine-start examine-end examine-fail} {\n"
    "  stm32f4x.cpu configure -event $event \"lappend ::trace $event\"\n"
    "}";

TEST(Reset, RunsItsEventsInOpenOcdsOrder) {
  Bench bench;
  bench.configure();
  bench.tcl(kTrace);
  ASSERT_EQ(bench.tcl("init"), "");
  EXPECT_EQ(bench.tcl("set trace"), "examine-start examine-end");
  ASSERT_EQ(bench.tcl("set trace {}; reset init"), "");
  EXPECT_EQ(bench.tcl("set trace"),
            "reset-start examine-start examine-end reset-assert-pre reset-assert-post reset-deassert-pre "
            "reset-deassert-post reset-init reset-end");
  EXPECT_EQ(bench.tcl("stm32f4x.cpu curstate"), "halted");
  EXPECT_THAT(bench.errors, IsEmpty());
}

// OpenOCD 0.12.0: the speed comes after the adapter has been brought up, but for the hla drivers.
TEST(Init, AnnouncesTheSpeedWhereOpenOcdDoes) {
  const auto place = [](const Bench& bench, std::string_view text) {
    return std::ranges::find_if(bench.lines, [&](const auto& l) { return l.find(text) != l.npos; }) -
           bench.lines.begin();
  };
  Bench dap("stm32f407vg,probe=cmsis-dap-v2");
  dap.configure("cmsis-dap");
  ASSERT_EQ(dap.tcl("transport select swd; adapter speed 500; init"), "");
  EXPECT_LT(place(dap, "CMSIS-DAP: Interface ready"), place(dap, "clock speed 500 kHz"));
  EXPECT_LT(place(dap, "clock speed 500 kHz"), place(dap, "SWD DPIDR"));
  Bench hla;
  hla.configure("stlink");
  ASSERT_EQ(hla.tcl("adapter speed 500; init"), "");
  EXPECT_LT(place(hla, "clock speed 500 kHz"), place(hla, "STLINK V2"));
  EXPECT_LT(place(hla, "STLINK V2"), std::ssize(hla.lines));
}

TEST(Reset, HaltDoesNotRunResetInit) {
  Bench bench;
  bench.configure();
  bench.tcl(kTrace);
  ASSERT_EQ(bench.tcl("init; set trace {}; reset halt"), "");
  EXPECT_THAT(bench.tcl("set trace"), testing::Not(HasSubstr("reset-init")));
}

TEST(Reset, RefusesUnknownModesAndRecursion) {
  Bench bench;
  bench.configure();
  EXPECT_EQ(bench.tcl("reset halt"), "error: The 'reset' command must be used after 'init'.");
  bench.tcl("init");
  EXPECT_EQ(bench.tcl("reset later"), "error: Invalid mode: later, must be one of: halt, init, or run");
  bench.tcl("stm32f4x.cpu configure -event reset-end {reset run}");
  bench.tcl("reset halt");
  EXPECT_TRUE(bench.printed("'reset' can not be invoked recursively"));
  bench.tcl("stm32f4x.cpu configure -event reset-end {}");
  EXPECT_EQ(bench.tcl("reset halt"), "");
}

TEST(Reset, AnEventsErrorIsPrintedAndTheResetGoesOn) {
  Bench bench;
  bench.configure();
  bench.tcl("init; stm32f4x.cpu configure -event reset-assert-pre {error broken}");
  EXPECT_EQ(bench.tcl("reset halt"), "");
  EXPECT_THAT(
      bench.errors,
      ElementsAre("Error: Error executing event reset-assert-pre on target stm32f4x.cpu:", "Error: broken"));
}

TEST(Init, RunsTheUsersHooksFirst) {
  Bench bench;
  bench.configure();
  bench.tcl(
      "proc init_targets {} {lappend ::hooks targets [command mode]}; proc init_board {} {lappend ::hooks "
      "board};"
      "lappend post_init_commands {lappend ::hooks post [command mode]}");
  ASSERT_EQ(bench.tcl("init"), "");
  EXPECT_EQ(bench.tcl("set hooks"), "targets config board post exec");
  EXPECT_EQ(bench.tcl("stm32f4x.cpu cget -event gdb-attach"), "halt 1000");
}

TEST(Init, WithoutAnAdapterSaysSoAndCanBeTriedAgain) {
  Bench bench;
  EXPECT_EQ(bench.tcl("init"), "error: Debug Adapter has to be specified, see \"adapter driver\" command");
  EXPECT_EQ(bench.tcl("command mode"), "config");
  bench.configure();
  EXPECT_EQ(bench.tcl("init"), "");
  EXPECT_EQ(bench.tcl("init"), "");
}

TEST(Init, AFailedConnectionLeavesTheConfigurationStage) {
  Bench bench("stm32f407vg,fault=no-target");
  bench.configure("cmsis-dap");
  EXPECT_THAT(bench.tcl("init"), HasSubstr("error: connecting to the target"));
  EXPECT_EQ(bench.tcl("command mode"), "config");
}

TEST(Init, ReadsTheConfigurationInTheFolderWhereNoAdapterIsNamed) {
  Bench bench;
  bench.interpreter.search_path().add(PROBITY_SOURCE_DIR "/interface");
  bench.interpreter.fallback_script = "cmsis-dap.cfg";
  EXPECT_EQ(bench.tcl("init"), "");
  EXPECT_EQ(bench.session.adapter_driver_name, "cmsis-dap");
}

TEST(TargetObject, RunsGlobalCommandsOnItsTarget) {
  Bench bench;
  bench.configure();
  bench.tcl("init; reset halt");
  EXPECT_EQ(bench.tcl("stm32f4x.cpu mww 0x20000000 0x12345678; stm32f4x.cpu read_memory 0x20000000 32 1"),
            "0x12345678");
  EXPECT_EQ(bench.tcl("string range [mdw 0x20000000] 12 19"), "12345678");
  EXPECT_EQ(bench.tcl("source [find mem_helper.tcl]; mmw 0x20000000 0x1 0x8; mrw 0x20000000"), "0x12345671");
}

TEST(Program, TellsWhenInitFailed) {
  Bench bench("stm32f407vg,fault=no-target");
  bench.configure("cmsis-dap");
  bench.tcl("program missing.elf verify reset exit");
  EXPECT_TRUE(bench.printed("** OpenOCD init failed **"));
  EXPECT_EQ(bench.session.shutdown_requested(), 1);
}

TEST(Program, AMissingFileEndsWithStatusOne) {
  Bench bench;
  bench.configure();
  bench.tcl("program {no such file.elf} verify reset exit");
  EXPECT_TRUE(bench.printed("** Programming Started **"));
  EXPECT_TRUE(bench.printed("** Programming Failed **"));
  EXPECT_FALSE(bench.printed("** Programming Finished **"));
  EXPECT_EQ(bench.session.shutdown_requested(), 1);
  EXPECT_EQ(bench.board.board().flash_content(), Bytes(bench.board.board().flash_content().size(), 0xFF));
}

}  // namespace
}  // namespace probity::reset_test
