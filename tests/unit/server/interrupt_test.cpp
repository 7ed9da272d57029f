// A signal while a script runs: everything is left, and nothing of the probe is held or asserted afterwards.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "base/interrupt.hpp"
#include "server/run.hpp"
#include "unit/commands/bench.hpp"

namespace probity::interrupt_test {
namespace {

using testing::HasSubstr;

// A whole run on a virtual board; the signal comes when the log prints `at`, or before everything.
class WholeRun {
 public:
  explicit WholeRun(vboard::VirtualHost& on) : board(on) {
    log.set_output("/dev/null");
    log.add_listener([this](LogLevel, std::string_view line) {
      lines += std::string(line) + "\n";
      if (!signal_at.empty() && line.find(signal_at) != line.npos) interrupt.raise(SIGTERM);
    });
  }
  int run(const std::string& script) {
    const std::vector<std::string> words = {
        "-c", "gdb_port disabled; telnet_port disabled; tcl_port disabled",
        "-s", PROBITY_SOURCE_DIR,
        "-s", PROBITY_SOURCE_DIR "/tcl",
        "-f", "interface/" + interface + ".cfg",
        "-f", "target/stm32f4x.cfg",
        "-c", script};
    return probity::run(parse_command_line(words), Host{board.usb(), board.hid(), *tcp, clock}, log, {},
                        interrupt);
  }

  vboard::VirtualHost& board;
  Interrupt interrupt;
  InterruptibleClock clock{board.clock(), interrupt};
  std::unique_ptr<TcpConnector> tcp = make_asio_tcp();
  Log log{clock};
  std::string signal_at, lines, interface = "stlink";
};

TEST(InterruptedScript, IsLeftThroughEveryCatch) {
  vboard::VirtualHost board("stm32f407vg,probe=stlink-v2-1");
  WholeRun run(board);
  run.signal_at = "now";
  run.run("init; echo now; catch {sleep 100000}; echo after; while 1 {catch {mdw 0x20000000}}");
  EXPECT_TRUE(run.interrupt.confirmed());
  EXPECT_THAT(run.lines, HasSubstr("SIGTERM came"));
  EXPECT_THAT(run.lines, HasSubstr("shutdown command invoked"));
  EXPECT_THAT(run.lines, testing::Not(HasSubstr("after")));
  EXPECT_LT(run.board.clock().now(), Milliseconds(1000));
}

TEST(InterruptedScript, RunsTheUsersShutdown) {
  vboard::VirtualHost board("stm32f407vg,probe=stlink-v2-1");
  WholeRun run(board);
  run.signal_at = "now";
  run.run(
      "lappend ::pre_shutdown_commands {echo \"voltage word [mdw 0x20000000]\"}\n"
      "rename shutdown old_shutdown; proc shutdown {args} {echo mine; old_shutdown}\n"
      "init; echo now; sleep 10");
  EXPECT_THAT(run.lines, HasSubstr("mine\nshutdown command invoked\nvoltage word 0x20000000"));
}

TEST(InterruptedScript, ASecondSignalLeavesAShutdownThatDoesNotEnd) {
  vboard::VirtualHost board("stm32f407vg,probe=stlink-v2-1");
  WholeRun run(board);
  run.signal_at = "now";
  run.run(
      "rename shutdown old_shutdown; proc shutdown {args} {while 1 {echo now; sleep 1}}\n"
      "init; echo now; sleep 10");
  EXPECT_TRUE(run.interrupt.confirmed());
}

TEST(InterruptedScript, ThatHasEndedByItselfIsNotInterrupted) {
  vboard::VirtualHost board("stm32f407vg,probe=stlink-v2-1");
  WholeRun run(board);
  run.signal_at = "shutdown command invoked";
  EXPECT_EQ(run.run("init; shutdown"), 0);
  EXPECT_FALSE(run.interrupt.confirmed());
}

// Wherever it comes: nRST is released, the probe is out of debug mode and free, and the next run works.
TEST(InterruptedScript, GivesTheProbeBack) {
  struct Case {
    const char *probe, *interface, *signal_at;
  };
  for (const Case& c :
       {Case{"stlink-v2-1", "stlink", "Info : Target voltage"},
        Case{"stlink-v2-1", "stlink", "processor detected"}, Case{"stlink-v2-1", "stlink-dap", "low"},
        Case{"cmsis-dap-v1", "cmsis-dap", "low"}, Case{"cmsis-dap-v2", "cmsis-dap", "low"}}) {
    SCOPED_TRACE(testing::Message() << c.probe << ", " << c.signal_at);
    vboard::VirtualHost board(std::string("stm32f407vg,probe=") + c.probe);
    WholeRun run(board);
    run.interface = c.interface;
    run.signal_at = c.signal_at;
    run.run("init; adapter assert srst; echo low; sleep 100000");
    EXPECT_TRUE(run.interrupt.confirmed());
    EXPECT_FALSE(board.board().nrst());
    WholeRun next(board);
    next.interface = c.interface;
    EXPECT_EQ(next.run("init; halt; mww 0x20000000 0x12345678; echo [mdw 0x20000000]; shutdown"), 0);
    EXPECT_THAT(next.lines, HasSubstr("0x20000000: 12345678"));
    EXPECT_THAT(board.probe_errors(), testing::IsEmpty());
  }
}

TEST(ListProbes, SaysWhatIsThereInsteadOfAProbe) {
  struct Usb final : UsbBus {
    std::vector<UsbDeviceInfo> devices() override { return all; }
    std::unique_ptr<UsbDevice> open(const UsbDeviceInfo&) override { throw AdapterError("not to be opened"); }
    std::vector<UsbDeviceInfo> all;
  } usb;
  struct Hid final : HidBus {
    std::vector<HidDeviceInfo> devices() override { return {}; }
    std::unique_ptr<HidDevice> open(const HidDeviceInfo&) override { throw AdapterError("not to be opened"); }
  } hid;
  vboard::VirtualHost board("stm32f407vg");
  const auto tcp = make_asio_tcp();
  Log log(board.clock());
  Session session(Host{usb, hid, *tcp, board.clock()}, log);
  Interpreter interpreter(session);
  EXPECT_EQ(interpreter.eval("adapter list-probes").text, "no probes found; USB devices seen: none at all\n");
  UsbDeviceInfo mouse;
  mouse.vendor = 0x046D;
  mouse.product = 0xC077;
  mouse.location = "1-3";
  mouse.product_name = "Mouse";
  usb.all = {mouse};
  EXPECT_EQ(interpreter.eval("adapter list-probes").text,
            "no probes found; USB devices seen:\n  046d:c077 at 1-3, Mouse\n");
}

TEST(ListProbes, WorksBeforeAndAfterInit) {
  Bench bench;
  const std::string before = bench.tcl("adapter list-probes");
  EXPECT_THAT(before, HasSubstr("ST-LINK/V2-1"));
  EXPECT_THAT(before, HasSubstr("CMSIS-DAP/v2"));
  EXPECT_THAT(before, testing::Not(HasSubstr("held")));
  bench.configure();
  ASSERT_EQ(bench.tcl("init"), "");
  EXPECT_THAT(bench.tcl("adapter list-probes"),
              testing::ContainsRegex("ST-LINK/V2-1 .* held by this process\n.* free"));
  EXPECT_THAT(bench.board.probe_errors(), testing::IsEmpty());
}

}  // namespace
}  // namespace probity::interrupt_test
