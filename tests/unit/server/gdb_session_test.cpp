// Whole talks with a GDB that is a string, on the virtual board.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/server/gdb_bench.hpp"

namespace probity::server::gdb::gdb_session_test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// Counts in r0 and stores the count at 0x20000100.
const std::vector<std::uint16_t> kCounter = {0x0000, 0x2002, 0x0009, 0x0800,  // stack, reset vector
                                             0x2000,                          // 08000008: movs r0, #0
                                             0x4902,                          // 0800000a: ldr r1, [pc, #8]
                                             0x3001,                          // 0800000c: adds r0, #1
                                             0x6008,                          // 0800000e: str r0, [r1]
                                             0xE7FC,                          // 08000010: b 0800000c
                                             0xBF00, 0x0100, 0x2000};
constexpr std::string_view kPcAtStore = "0f:0e000008;", kPcBehindStore = "0f:10000008;";

TEST(GdbSession, TellsWhatItCan) {
  GdbBench gdb;
  EXPECT_EQ(gdb.ask("qSupported:swbreak+;hwbreak+"),
            "PacketSize=4000;qXfer:memory-map:read+;qXfer:features:read+;qXfer:threads:read+;"
            "QStartNoAckMode+;vContSupported+");
  EXPECT_EQ(gdb.ask("vMustReplyEmpty"), "");
  EXPECT_EQ(gdb.ask("qTStatus"), "");
  EXPECT_EQ(gdb.ask("qAttached"), "1");
  EXPECT_THAT(gdb.ask("qXfer:features:read:target.xml:0,3fff"), HasSubstr("fpscr"));
  EXPECT_THAT(gdb.ask("qXfer:memory-map:read::0,3fff"), HasSubstr("0x08010000"));
  EXPECT_EQ(gdb.ask("qfThreadInfo"), "l");
}

TEST(GdbSession, AttachingHaltsUnlessTheEventIsEmptied) {
  GdbBench halting;
  EXPECT_EQ(halting.ask("?"), "S02");
  GdbBench leaving("stm32f4x.cpu configure -event gdb-attach { }");
  leaving.tcl("reset run");
  EXPECT_EQ(leaving.ask("?"), "S00");
  EXPECT_EQ(leaving.session.target().state(), TargetState::running);
  EXPECT_EQ(leaving.ask("g"), std::string(136, '0'));
}

TEST(GdbSession, BrowsersDoNotEvenHalt) {
  GdbBench gdb;
  gdb.tcl("reset run");
  receive(*gdb.client, "GET / HTTP/1.1\r\nHost: localhost:3333\r\n\r\n$vFlashErase:8000000,4000#00");
  EXPECT_TRUE(gdb.wire->closed);
  EXPECT_EQ(gdb.wire->sent, "");
  EXPECT_NE(gdb.session.target().state(), TargetState::halted);
}

TEST(GdbSession, ReadsAndWritesRegisters) {
  GdbBench gdb;
  gdb.load(kCounter);
  EXPECT_EQ(gdb.ask("pf"), "08000008");
  EXPECT_EQ(gdb.ask("P3=78563412"), "OK");
  EXPECT_EQ(gdb.ask("p3"), "78563412");
  EXPECT_THAT(gdb.ask("g"), HasSubstr("78563412"));
  EXPECT_EQ(gdb.ask("p14"), "00");
  EXPECT_EQ(gdb.ask("p2a").size(), 16U);
  EXPECT_EQ(gdb.ask("pc8"), "E01");
  EXPECT_EQ(gdb.ask("P3=1234"), "E01");
  EXPECT_TRUE(gdb.printed("gdb requested a non-existing register"));
}

TEST(GdbSession, RefusedMemoryReadsAsZeroUnlessReported) {
  GdbBench gdb;
  gdb.tcl("mww 0x2001fffc 0x11223344");
  EXPECT_EQ(gdb.ask("m2001fffc,4"), "44332211");
  EXPECT_EQ(gdb.ask("m2001fffc,8"), "4433221100000000");
  EXPECT_EQ(gdb.ask("M60000000,1:00"), "E0E");
  gdb.settings.report_data_abort = true;
  EXPECT_EQ(gdb.ask("m2001fffc,8"), "44332211");
  EXPECT_EQ(gdb.ask("m60000000,4"), "E0E");
  EXPECT_EQ(gdb.ask("m20000000,0"), "");
  EXPECT_EQ(gdb.ask("mzz,4"), "E01");
}

TEST(GdbSession, WritesBinaryDataAndFindsIt) {
  GdbBench gdb;
  EXPECT_EQ(gdb.ask("X20000200,4:" + escaped("#$}*")), "OK");
  EXPECT_EQ(gdb.ask("m20000200,4"), to_hex("#$}*"));
  EXPECT_EQ(gdb.ask("qSearch:memory:20000000;1000;" + escaped("$}")), "1,20000201");
  EXPECT_EQ(gdb.ask("qSearch:memory:20000000;100;abcd"), "0");
  EXPECT_EQ(gdb.ask("X20000200,5:ab"), "E01");
}

TEST(GdbSession, LoadsFlashThroughThePlan) {
  GdbBench gdb;
  gdb.load(kCounter);
  EXPECT_EQ(gdb.ask("m8000008,4"), "00200249");
  gdb.load(kCounter);  // again, without a reset between
  // CRC-32, most significant bit first, of the 24 bytes; GDB's compare-sections.
  EXPECT_THAT(gdb.ask("qCRC:8000000,18"), StartsWith("C"));
  EXPECT_EQ(gdb.ask("qCRC:8000000,800"), gdb.ask("qCRC:8000000,800"));
  EXPECT_EQ(gdb.ask("vFlashErase:20000000,100"), "E05");
  EXPECT_EQ(gdb.ask("vFlashErase:8004001,400"), "E05");
  EXPECT_EQ(gdb.ask("vFlashWrite:20000000:abcd"), "OK");
  EXPECT_EQ(gdb.ask("vFlashDone"), "E.memtype");
  gdb.settings.flash_program = false;
  EXPECT_EQ(gdb.ask("vFlashErase:8000000,4000"), "");
}

TEST(GdbSession, StopsAtBreakpoints) {
  GdbBench gdb;
  gdb.load(kCounter);
  EXPECT_EQ(gdb.ask("Z1,800000e,2"), "OK");
  EXPECT_THAT(gdb.ask("vCont;c"), AllOf(StartsWith("T05"), HasSubstr(kPcAtStore)));
  // GDB itself steps past a breakpoint when it means to; a call from GDB may begin on one.
  EXPECT_THAT(gdb.ask("vCont;c"), AllOf(HasSubstr("00:01000000;"), HasSubstr(kPcAtStore)));
  EXPECT_EQ(gdb.ask("z1,800000e,2"), "OK");
  EXPECT_THAT(gdb.ask("vCont;s:1"), AllOf(StartsWith("T05"), HasSubstr(kPcBehindStore)));
  EXPECT_EQ(gdb.ask("?"), "S05");
  EXPECT_FALSE(gdb.printed("halted due to breakpoint"));
}

TEST(GdbSession, BreakpointsInFlashAreComparatorsWhateverWasAskedFor) {
  GdbBench gdb;
  gdb.load(kCounter);
  EXPECT_EQ(gdb.ask("Z0,800000e,2"), "OK");
  EXPECT_EQ(gdb.session.target().breakpoints().at(0).kind, BreakpointKind::hardware);
}

TEST(GdbSession, ComparatorsThatGdbGaveBackAreFreeAgain) {
  GdbBench gdb;
  gdb.load(kCounter);
  for (int i = 0; i < 6; ++i) EXPECT_EQ(gdb.ask(fmt::format("Z1,{:x},2", 0x8000100 + 2 * i)), "OK");
  EXPECT_EQ(gdb.ask("Z1,8000200,2"), "E0E");
  EXPECT_EQ(gdb.ask("z1,8000100,2"), "OK");
  EXPECT_EQ(gdb.ask("Z1,8000200,2"), "OK");
  gdb.disconnect();
  EXPECT_TRUE(gdb.session.target().breakpoints().empty());
}

TEST(GdbSession, TellsWhichWatchpointWasHit) {
  GdbBench gdb;
  gdb.load(kCounter);
  EXPECT_EQ(gdb.ask("Z2,20000100,4"), "OK");
  EXPECT_THAT(gdb.ask("c"), StartsWith("T05watch:20000100;"));
  EXPECT_EQ(gdb.ask("z2,20000100,4"), "OK");
  EXPECT_EQ(gdb.ask("Z2,20000001,4"), "E0E");
  EXPECT_EQ(gdb.ask("Z5,0,2"), "E01");
}

TEST(GdbSession, StopsARunningProgram) {
  GdbBench gdb;
  gdb.load(kCounter);
  receive(*gdb.client, framed("vCont;c"));
  gdb.session.sleep(Milliseconds(50));
  EXPECT_EQ(gdb.wire->sent.find('$'), std::string::npos);
  receive(*gdb.client, "\x03");
  EXPECT_THAT(gdb.answer(), StartsWith("T02"));
}

TEST(GdbSession, StepsThroughARangeByItself) {
  GdbBench gdb;
  gdb.load(kCounter);
  EXPECT_THAT(gdb.ask("vCont;r8000008,800000e:1"), AllOf(StartsWith("T05"), HasSubstr(kPcAtStore)));
  EXPECT_EQ(gdb.ask("Z1,800000e,2"), "OK");
  EXPECT_THAT(gdb.ask("vCont;r8000008,8000012"), HasSubstr("0f:0e000008;"));
  EXPECT_EQ(gdb.ask("z1,800000e,2"), "OK");
  receive(*gdb.client, framed("vCont;r8000008,8000012"));  // for ever
  gdb.session.sleep(Milliseconds(20));
  receive(*gdb.client, "\x03");
  EXPECT_THAT(gdb.answer(), StartsWith("T02"));
}

TEST(GdbSession, DetachLetsTheProgramRun) {
  GdbBench gdb;
  gdb.load(kCounter);
  gdb.ask("Z1,8000200,2");
  EXPECT_EQ(gdb.ask("D"), "OK");
  gdb.disconnect();
  EXPECT_EQ(gdb.session.target().state(), TargetState::running);
  EXPECT_TRUE(gdb.session.target().breakpoints().empty());
  for (int i = 0; i < 3; ++i) {
    gdb.connect();
    EXPECT_EQ(gdb.ask("?"), "S02");
    EXPECT_EQ(gdb.ask("D;1"), "OK");
    gdb.disconnect();
  }
}

TEST(GdbSession, OneAtATimeButForThoseThatDetached) {
  GdbBench gdb;
  EXPECT_EQ(gdb.ask("?"), "S02");
  StringConnection second;
  const auto refused = gdb.servers.services().at(0).make(second);
  receive(*refused, framed("?"));
  EXPECT_TRUE(second.closed);
  EXPECT_EQ(second.sent, "");
  refused->closed();
  EXPECT_EQ(gdb.ask("?"), "S02");
  EXPECT_EQ(gdb.ask("D"), "OK");
  StringConnection third;
  const auto next = gdb.servers.services().at(0).make(third);
  receive(*next, framed("?"));
  EXPECT_EQ(third.sent, "+" + framed("S02"));
  next->closed();
}

TEST(GdbSession, IsCountedFromItsFirstWordToTheEndOfTheConnection) {
  GdbBench gdb;
  EXPECT_EQ(gdb.session.debuggers, 0u);  // nothing was said yet
  gdb.ask("?");
  EXPECT_EQ(gdb.session.debuggers, 1u);
  EXPECT_EQ(gdb.ask("D"), "OK");
  EXPECT_EQ(gdb.session.debuggers, 1u);  // it may come back
  gdb.disconnect();
  EXPECT_EQ(gdb.session.debuggers, 0u);
  gdb.connect();
  gdb.ask("?");
  gdb.client.reset();  // without closed()
  EXPECT_EQ(gdb.session.debuggers, 0u);
}

TEST(GdbSession, EventsComeInOrder) {
  GdbBench gdb(
      "foreach e {gdb-attach gdb-start gdb-end gdb-detach gdb-flash-erase-start gdb-flash-erase-end "
      "gdb-flash-write-start gdb-flash-write-end} {stm32f4x.cpu configure -event $e \"append ::seen { "
      "$e}\"}");
  gdb.tcl("reset halt");
  gdb.load(kCounter);
  gdb.ask("s");
  gdb.ask("D");
  gdb.disconnect();
  EXPECT_EQ(gdb.tcl("set ::seen"),
            " gdb-attach gdb-flash-erase-start gdb-flash-erase-end gdb-flash-write-start "
            "gdb-flash-write-end gdb-start gdb-end gdb-end gdb-detach");
  // The body decided: still halted.
  EXPECT_EQ(gdb.session.target().state(), TargetState::halted);
}

TEST(GdbSession, MonitorShowsOutputAndResult) {
  GdbBench gdb;
  EXPECT_EQ(gdb.monitor("expr 1+1"), to_hex("2\n"));
  EXPECT_EQ(gdb.monitor("reset halt"), "OK");
  EXPECT_THAT(gdb.console, HasSubstr("halted due to debug-request"));
  gdb.console.clear();
  EXPECT_EQ(gdb.monitor("error oops"), "E01");
  EXPECT_EQ(gdb.console, "oops\n");
  EXPECT_EQ(gdb.monitor(""), "OK");
  EXPECT_EQ(gdb.ask("qRcmd,zz"), "E01");
  gdb.console.clear();
  const std::string rest = text_from_hex(gdb.monitor("string repeat a 20000"));
  EXPECT_EQ(gdb.console + rest, std::string(20000, 'a') + "\n");
}

TEST(GdbSession, BadPacketsHarmNobody) {
  GdbBench gdb;
  receive(*gdb.client, "$g#00");
  EXPECT_EQ(gdb.wire->sent, "-");
  gdb.wire->sent.clear();
  receive(*gdb.client, "$" + std::string(kPacketSize + 10, 'x'));
  receive(*gdb.client, "#00$g#67");
  EXPECT_EQ(gdb.answer().size(), 136U);
  for (const char* bad : {"m", "M", "X", "P", "p", "G1", "Z", "Z0", "Z1,", "vCont;r",
                          "qCRC:", "qSearch:memory:", "vFlashErase:zz", "vFlashWrite:", "F", "C",
                          "qXfer:features:read:", "T", "qSymbol:"}) {
    EXPECT_EQ(gdb.ask(bad), "E01") << bad;
  }
}

TEST(GdbSession, ALostAnswerIsSentAgain) {
  GdbBench gdb;
  receive(*gdb.client, framed("qAttached"));
  EXPECT_EQ(gdb.answer(), "1");
  receive(*gdb.client, "-");
  EXPECT_EQ(gdb.answer(), "1");
  receive(*gdb.client, "+-");
  EXPECT_EQ(gdb.wire->sent, "");
}

}  // namespace
}  // namespace probity::server::gdb::gdb_session_test
