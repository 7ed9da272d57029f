// What configuration commands and our own files leave behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench.hpp"

namespace probity::configuration_test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(ResetConfigCommand, ShowsOnlyTheWiresThatAreThere) {
  Bench bench;
  EXPECT_EQ(bench.tcl("reset_config"), "none separate\n");
  EXPECT_EQ(bench.tcl("reset_config trst_and_srst separate srst_nogate connect_assert_srst"),
            "trst_and_srst separate srst_nogate trst_push_pull srst_open_drain connect_assert_srst\n");
  EXPECT_EQ(bench.tcl("reset_config trst_only combined trst_open_drain"),
            "trst_only combined trst_open_drain\n");
}

TEST(ResetConfigCommand, KeepsGroupsThatAreNotNamed) {
  Bench bench;
  bench.tcl("reset_config srst_only srst_nogate");
  EXPECT_EQ(bench.tcl("reset_config srst_push_pull"),
            "srst_only separate srst_nogate srst_push_pull connect_deassert_srst\n");
}

TEST(ResetConfigCommand, RefusesUnknownAndContradictingWordsWhole) {
  Bench bench;
  EXPECT_THAT(bench.tcl("reset_config srst_only srst_sometimes"),
              HasSubstr("unknown reset_config flag (srst_sometimes)"));
  EXPECT_THAT(bench.tcl("reset_config srst_only none"),
              HasSubstr("'srst_only' and 'none' exclude each other"));
  EXPECT_EQ(bench.tcl("reset_config"), "none separate\n");
}

TEST(TransportCommand, IsChosenOnce) {
  Bench bench;
  bench.tcl("adapter driver cmsis-dap");
  EXPECT_THAT(bench.tcl("transport select hla_swd"),
              HasSubstr("Debug adapter doesn't support 'hla_swd' transport"));
  EXPECT_EQ(bench.tcl("transport select"), "swd");
  EXPECT_TRUE(bench.printed("auto-selecting first available session transport \"swd\""));
  EXPECT_EQ(bench.tcl("transport select swd"), "swd");
  EXPECT_THAT(bench.tcl("transport select jtag"), HasSubstr("Can't change session's transport"));
}

TEST(DriverCommands, AreHandedToTheDriver) {
  Bench bench;
  bench.tcl("hla_stlink_backend tcp 7185; cmsis-dap tcp host example; hla_vid_pid 0x0483 0x374b 1 2");
  const AdapterSettings& settings = bench.session.adapter_settings;
  EXPECT_EQ(settings.options.at("st-link backend"), "tcp 7185");
  EXPECT_EQ(settings.options.at("cmsis-dap tcp host"), "example");
  ASSERT_EQ(settings.vid_pids.size(), 2u);
  EXPECT_EQ(settings.vid_pids[0].second, 0x374b);
  EXPECT_THAT(bench.tcl("hla_vid_pid 1"), HasSubstr("'1' has no product id"));
}

struct Files {
  const char* interface;
  const char* target;
  const char* transport;
  const char* type;
};
class OwnFiles : public testing::TestWithParam<Files> {};

TEST_P(OwnFiles, DeclareWhatOpenOcdsDo) {
  Bench bench;
  const std::string target = GetParam().target;
  bench.configure(GetParam().interface, target);
  const Session& session = bench.session;
  ASSERT_EQ(session.targets.size(), 1u);
  EXPECT_EQ(session.targets[0]->name, target + ".cpu");
  EXPECT_EQ(session.targets[0]->type, GetParam().type);
  EXPECT_EQ(name_of(*session.transport), GetParam().transport);
  EXPECT_EQ(session.targets[0]->work_area.physical, 0x20000000u);
  EXPECT_TRUE(session.reset_config.srst_nogate);
  EXPECT_EQ(session.reset_config.srst_delay, Milliseconds(100));
  ASSERT_GE(session.flash_banks.size(), 2u);
  EXPECT_EQ(session.flash_banks[0].config.name, target + ".flash");
  EXPECT_EQ(session.flash_banks[1].config.base, target == "stm32f7x" ? 0x1ff0f000u : 0x1fff7800u);
  EXPECT_NE(bench.tcl(target + ".cpu cget -event examine-end"), "");
  EXPECT_EQ(bench.tcl(target + ".tpiu cget -baseaddr"), "3758358528");  // 0xE0040000, as OpenOCD says it
}

INSTANTIATE_TEST_SUITE_P(All, OwnFiles,
                         testing::Values(Files{"stlink", "stm32f4x", "hla_swd", "hla_target"},
                                         Files{"stlink-hla", "stm32f2x", "hla_swd", "hla_target"},
                                         Files{"stlink-v2", "stm32f7x", "hla_swd", "hla_target"},
                                         Files{"stlink-v2-1", "stm32f4x", "hla_swd", "hla_target"},
                                         Files{"stlink-dap", "stm32f7x", "dapdirect_swd", "cortex_m"},
                                         Files{"cmsis-dap", "stm32f2x", "swd", "cortex_m"},
                                         Files{"remote_bitbang", "stm32f4x", "jtag", "cortex_m"}),
                         [](const auto& each) { return "case" + std::to_string(each.index); });

TEST(OwnFiles, ReadTheUsersVariables) {
  Bench bench;
  bench.tcl("set CHIPNAME mine; set CPUTAPID 0x1ba01477; set WORKAREASIZE 0x4000");
  bench.configure();
  EXPECT_EQ(bench.session.targets[0]->name, "mine.cpu");
  EXPECT_EQ(bench.session.targets[0]->work_area.size, 0x4000u);
  EXPECT_EQ(bench.session.taps.taps[0].expected_ids[0], 0x1ba01477u);
}

TEST(OwnFiles, JtagHasTheBoundaryScanTapToo) {
  Bench bench;
  bench.tcl("script interface/cmsis-dap.cfg; transport select jtag; script target/stm32f4x.cfg");
  EXPECT_EQ(bench.tcl("jtag names"), "stm32f4x.cpu stm32f4x.bs");
  EXPECT_EQ(bench.session.taps.taps[1].ir_length, 5u);
  EXPECT_EQ(bench.session.reset_config.trst_delay, Milliseconds(100));
}

TEST(TargetCommand, OldFilesNeedNoDap) {
  Bench bench;
  bench.tcl("adapter driver hla; transport select hla_swd; script target/swj-dp.tcl");
  EXPECT_EQ(bench.tcl("hla newtap chip cpu -expected-id 0x2ba01477"), "");
  EXPECT_EQ(bench.tcl("target create chip.cpu hla_target -chain-position chip.cpu"), "");
  EXPECT_EQ(bench.session.targets[0]->dap, bench.session.daps[0]->name);
}

TEST(TargetCommand, RefusesWhatItDoesNotKnow) {
  Bench bench;
  bench.configure();
  EXPECT_THAT(bench.tcl("target create x cortex_z -dap stm32f4x.dap"), HasSubstr("'cortex_z' unknown"));
  EXPECT_THAT(bench.tcl("target create x cortex_m -dap nowhere"), HasSubstr("'nowhere'"));
  EXPECT_THAT(bench.tcl("stm32f4x.cpu configure -wrong 1"), HasSubstr("Unknown param: -wrong"));
  EXPECT_THAT(bench.tcl("stm32f4x.cpu configure -event wrong {}"), HasSubstr("-event: Unknown: wrong"));
  EXPECT_THAT(bench.tcl("stm32f4x.cpu halts"), StartsWith("error: unknown command \"stm32f4x.cpu halts\""));
  EXPECT_THAT(bench.tcl("flash bank b nothing 0 0 0 0 stm32f4x.cpu"), HasSubstr("nothing"));
}

}  // namespace
}  // namespace probity::configuration_test
