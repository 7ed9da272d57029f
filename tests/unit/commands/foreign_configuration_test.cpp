// Files for other cores, adapters and flash drivers load; where they would work on a chip, one line says why
// not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench.hpp"

namespace probity::foreign_configuration_test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(ForeignAdapter, IsConfiguredAndFailsAtInit) {
  Bench bench;
  EXPECT_EQ(bench.tcl("adapter driver ft232r; ft232r vid_pid 0x0403 0x6001; ft232r tck_num RTS"), "");
  EXPECT_EQ(bench.tcl("transport select"), "jtag");  // its only one
  EXPECT_THAT(bench.tcl("ft232r vid_pid 1"), HasSubstr("1 argument missing"));
  EXPECT_THAT(bench.tcl("jtag newtap chip cpu -irlen 4; init"),
              HasSubstr("this program has no driver for the bit-bang mode of an FT232R"));
}

TEST(ForeignAdapter, AnHlaLayoutFailsAtInit) {
  Bench bench;
  EXPECT_EQ(bench.tcl("adapter driver hla; hla_layout nulink; hla_vid_pid 0x0416 0x511c"), "");
  EXPECT_THAT(bench.tcl("hla_layout nulinc"), HasSubstr("'nulinc' is unknown"));
  EXPECT_THAT(bench.tcl("init"), HasSubstr("no driver for the Nuvoton Nu-Link"));
}

constexpr const char* kTwoCores =
    "adapter driver cmsis-dap; transport select swd; swd newdap chip cpu -expected-id 0; "
    "dap create chip.dap -chain-position chip.cpu; "
    "target create chip.m cortex_m -dap chip.dap -ap-num 0; "
    "target create chip.a cortex_a -dap chip.dap -ap-num 1 -dbgbase 0x80000000 -endian big; ";

TEST(ForeignTarget, IsConfiguredLikeAnyOther) {
  Bench bench;
  bench.tcl(kTwoCores);
  EXPECT_EQ(bench.tcl("chip.a cget -type"), "cortex_a");
  EXPECT_EQ(bench.tcl("chip.a cget -dbgbase"), "2147483648");  // in decimal, as OpenOCD shows it
  EXPECT_EQ(bench.tcl("chip.a cget -endian"), "big");
  EXPECT_EQ(bench.tcl("chip.a configure -event reset-init {x}; chip.a cget -event reset-init"), "x");
  EXPECT_EQ(bench.tcl("target names"), "chip.m chip.a");
  EXPECT_THAT(bench.tcl("target create chip.j arm926ejs"), HasSubstr("-chain-position name is needed"));
}

TEST(ForeignTarget, IsReachedAsOpenOcdDemands) {
  Bench bench;
  bench.tcl(kTwoCores);
  EXPECT_THAT(bench.tcl("target create chip.b cortex_a -chain-position chip.cpu"),
              HasSubstr("target requires -dap parameter instead of -chain-position!"));
  Bench hla;
  hla.tcl(
      "adapter driver hla; transport select hla_swd; hla newtap chip cpu; dap create d -chain-position "
      "chip.cpu");
  EXPECT_THAT(hla.tcl("target create chip.a cortex_a -dap d"), HasSubstr("doesn't support this target"));
}

TEST(ForeignTarget, LeavesTheCortexMBesideItAlone) {
  Bench bench;
  bench.tcl(std::string(kTwoCores) + "chip.a configure -event reset-init {error {it ran}}");
  EXPECT_EQ(bench.tcl("init; targets chip.m"), "");
  EXPECT_TRUE(bench.printed("[chip.a] is a cortex_a, no Cortex-M: it is not examined"));
  EXPECT_EQ(bench.tcl("reset init"), "");
  EXPECT_EQ(bench.tcl("chip.m curstate"), "halted");
  EXPECT_FALSE(bench.printed("it ran"));
  EXPECT_THAT(bench.tcl("targets chip.a; halt"), HasSubstr("target 'chip.a' is a cortex_a, no Cortex-M"));
  EXPECT_TRUE(bench.printed("[chip.m] halted") || bench.tcl("chip.m was_examined") == "1");
}

TEST(ForeignTarget, AloneIsRefusedAtInitByName) {
  Bench bench;
  bench.tcl("adapter driver remote_bitbang; jtag newtap chip cpu -irlen 4");
  EXPECT_EQ(bench.tcl("target create chip.cpu arm7tdmi -chain-position chip.cpu"), "");
  EXPECT_THAT(bench.tcl("init"), HasSubstr("no Cortex-M among the targets: chip.cpu (arm7tdmi)"));
}

constexpr const char* kForeignBank = "flash bank chip.flash atsame5 0x08000000 0x10000 1 1 stm32f4x.cpu; ";

TEST(ForeignFlash, IsDeclaredWithOpenOcdsChecks) {
  Bench bench;
  bench.configure();
  EXPECT_EQ(bench.tcl(kForeignBank), "");
  EXPECT_THAT(bench.tcl("flash list"), HasSubstr("name chip.flash driver atsame5 base 134217728"));
  EXPECT_THAT(bench.tcl("flash bank a fm4 0 0 0 0 stm32f4x.cpu"), HasSubstr("1 driver option missing"));
  EXPECT_EQ(bench.tcl("flash bank a fm4 0 0 0 0 stm32f4x.cpu mb9bfx64"), "");
  EXPECT_THAT(bench.tcl("flash bank b at91sam4 0 0 0 0 stm32f4x.cpu"), HasSubstr("begin at 0x00400000"));
  EXPECT_THAT(bench.tcl("flash bank b cfi 0 0 0 0 stm32f4x.cpu"), HasSubstr("width"));
  EXPECT_THAT(bench.tcl("flash bank b at91samx 0 0 0 0 stm32f4x.cpu"), HasSubstr("'at91samx' not found"));
}

TEST(ForeignFlash, EveryOperationNamesTheDriverAndDebuggingWorks) {
  Bench bench;
  bench.configure();
  bench.tcl(kForeignBank);
  EXPECT_EQ(bench.tcl("init; reset halt"), "");
  for (const char* command :
       {"flash probe chip.flash", "flash info chip.flash", "flash erase_sector chip.flash 0 0",
        "flash protect chip.flash 0 0 on", "flash erase_check chip.flash"}) {
    EXPECT_THAT(bench.tcl(command), HasSubstr("has no flash driver atsame5 (Microchip SAMD5x")) << command;
  }
  EXPECT_THAT(bench.tcl("atsame5 chip-erase"), HasSubstr("this program has no driver atsame5"));
  EXPECT_THAT(bench.tcl("mdw 0x08000000"), StartsWith("0x08000000:"));
  EXPECT_EQ(bench.tcl("flash probe stm32f4x.flash; tms470 plldis 1"), "");
}

TEST(Swim, IsSelectedAndFailsAtInit) {
  Bench bench;
  EXPECT_EQ(bench.tcl("adapter driver st-link; transport select swim"), "swim");
  EXPECT_THAT(bench.tcl("init"), HasSubstr("swim"));
}

TEST(ScanChain, ShowsWhatWasDeclared) {
  Bench bench;
  bench.tcl(
      "adapter driver remote_bitbang; jtag newtap a cpu -irlen 4 -ircapture 0x1 -irmask 0xf -expected-id "
      "0x4ba00477");
  bench.tcl("jtag newtap a bs -irlen 5 -expected-id 1 -disable; jtag newtap a any -irlen 5 -ignore-version");
  const std::string chain = bench.tcl("scan_chain");
  EXPECT_THAT(chain, HasSubstr(" 0 a.cpu                  Y     0x00000000 0x4ba00477     4 0x01  0x0f\n"));
  EXPECT_THAT(chain, HasSubstr(" 1 a.bs                   n     0x00000000 0x00000001     5 0x01  0x03\n"));
  EXPECT_THAT(chain, HasSubstr(" 2 a.any                  Y     0x00000000 0x*0000000     5 0x01  0x03\n"));
  EXPECT_EQ(bench.tcl("jtag configure a.cpu -event setup {echo hi}; jtag cget a.cpu -event setup"),
            "echo hi");
  EXPECT_THAT(bench.tcl("jtag configure a.cpu -event never {}"), HasSubstr("-event: Unknown: never"));
}

TEST(Cti, ReachesItsRegistersThroughMemory) {
  Bench bench;
  bench.configure("cmsis-dap");
  bench.tcl("cti create c -dap stm32f4x.dap -ap-num 0 -baseaddr 0x20001000");
  EXPECT_THAT(bench.tcl("c dump"), HasSubstr("must be used after 'init'"));
  EXPECT_EQ(bench.tcl("init; halt; c enable on; c write OUTEN8 5; c ack 3; c channel 2 pulse"), "");
  EXPECT_EQ(bench.tcl("read_memory 0x20001000 32 1"), "0x1");
  EXPECT_EQ(bench.tcl("read_memory 0x200010c0 32 1"), "0x5");
  EXPECT_EQ(bench.tcl("read_memory 0x20001010 32 1"), "0x8");
  EXPECT_EQ(bench.tcl("read_memory 0x2000101c 32 1"), "0x4");
  bench.tcl("mww 0x20001140 0xf; c channel 1 gate");
  EXPECT_EQ(bench.tcl("c read GATE"), "0x0000000d");
  EXPECT_THAT(bench.tcl("c dump"), HasSubstr("  OUTEN8 (0x00c0) 0x00000005\n"));
  EXPECT_THAT(bench.tcl("c read NOSUCH"), HasSubstr("unknown CTI register NOSUCH"));
}

TEST(TargetOptions, ShowOpenOcdsDefaults) {
  Bench bench;
  bench.configure();
  EXPECT_EQ(bench.tcl("stm32f4x.cpu cget -gdb-port"), "undefined");
  EXPECT_EQ(bench.tcl("stm32f4x.cpu cget -gdb-max-connections"), "1");
  EXPECT_EQ(bench.tcl("stm32f4x.cpu cget -coreid"), "0");
  EXPECT_EQ(bench.tcl("stm32f4x.cpu cget -ap-num"), "error: AP number not configured");
  EXPECT_THAT(bench.tcl("stm32f4x.cpu configure -type x"), HasSubstr("not settable: -type"));
  EXPECT_EQ(bench.tcl("stm32f4x.cpu configure -work-area-backup 2; stm32f4x.cpu cget -work-area-backup"),
            "1");
}

}  // namespace
}  // namespace probity::foreign_configuration_test
