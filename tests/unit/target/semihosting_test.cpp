// Semihosting through real drivers: small programs that stop at BKPT 0xAB on the virtual core.
#include "target/semihosting/semihosting.hpp"

#include <cstdlib>
#include <filesystem>

#include "unit/target/bench.hpp"

namespace probity::test::semihosting_test {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr Address kBlock = kRam + 0x100, kText = kRam + 0x200, kBuffer = kRam + 0x400;
constexpr std::uint32_t kMinusOne = 0xFFFFFFFF;
// bkpt 0xab; b .
const std::vector<std::uint16_t> kOneCall = {0xBEAB, 0xE7FE};

// What a program printed, and what it can read.
class Lines final : public SemihostingConsole {
 public:
  bool write(Stream stream, ByteView bytes) override {
    (stream == Stream::out ? out : err).append(bytes.begin(), bytes.end());
    return listening;
  }
  std::optional<Bytes> read(std::size_t limit) override {
    if (in.empty()) return at_end ? std::optional<Bytes>(Bytes{}) : std::nullopt;
    const Bytes taken(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(std::min(limit, in.size())));
    in.erase(0, taken.size());
    return taken;
  }
  std::string out, err, in;
  bool listening = true, at_end = false;
};

class SemihostingTest : public testing::TestWithParam<Way> {
 protected:
  SemihostingTest()
      : bench(GetParam()),
        semihosting({*bench.target, bench.virtual_host.clock(), bench.log,
                     [this](std::string_view event) {
                       events.emplace_back(event);
                       parameters.push_back(semihosting.user_parameter().value_or("none"));
                     },
                     [this] { return debugged; }, [this](int status) { ended = status; }}),
        folder(std::filesystem::temp_directory_path() / ("semihosting-" + std::to_string(::getpid()))) {
    std::filesystem::create_directory(folder);
    bench.target->examine();
    bench.target->halt();
    auto console = std::make_unique<Lines>();
    lines = console.get();
    semihosting.redirect(std::move(console), Semihosting::Redirected::all);
    semihosting.base_folder() = folder.string();
    semihosting.enable(true);
  }
  ~SemihostingTest() override { std::filesystem::remove_all(folder); }

  void put_text(Address address, const std::string& text) {
    bench.target->memory().write_bytes(
        address, {reinterpret_cast<const std::uint8_t*>(text.c_str()), text.size() + 1});
  }
  std::string text_at(Address address, std::size_t size) {
    Bytes bytes(size);
    bench.target->memory().read_bytes(address, bytes);
    return {bytes.begin(), bytes.end()};
  }
  // The program makes one call and loops behind it; the core is left running or where it stopped.
  TargetState start(std::uint32_t operation, std::uint32_t r1) {
    bench.target->halt();
    bench.load(kRam, kOneCall);
    bench.target->write_register("r0", operation);
    bench.target->write_register("r1", r1);
    bench.target->write_register("sp", kStack);
    bench.target->resume({.address = kRam});
    return bench.target->poll();
  }
  // The same; what the program got in r0.
  std::uint32_t call(std::uint32_t operation, std::uint32_t r1) {
    EXPECT_EQ(start(operation, r1), TargetState::running);
    bench.target->halt();
    EXPECT_EQ(bench.reg("pc"), kRam + 2);
    return bench.reg("r0");
  }
  std::uint32_t call_with(std::uint32_t operation, const std::vector<std::uint32_t>& block) {
    for (std::size_t i = 0; i < block.size(); ++i) {
      bench.target->memory().write32(kBlock + 4 * static_cast<Address>(i), block[i]);
    }
    return call(operation, kBlock);
  }
  std::uint32_t open(const std::string& name, std::uint32_t mode) {
    put_text(kText, name);
    return call_with(0x01, {kText, mode, static_cast<std::uint32_t>(name.size())});
  }

  Bench bench;
  std::vector<std::string> events, parameters;
  bool debugged = false;
  std::optional<int> ended;
  Semihosting semihosting;
  std::filesystem::path folder;
  Lines* lines = nullptr;
};
INSTANTIATE_TEST_SUITE_P(Ways, SemihostingTest, testing::Values(kHla, kCmsisDap), test_name);

TEST_P(SemihostingTest, PrintsCharactersAndStrings) {
  put_text(kText, "Hello");
  call(0x03, kText);
  call(0x04, kText);
  EXPECT_EQ(lines->out, "HHello");
  EXPECT_FALSE(bench.logged("halted"));
  EXPECT_THAT(semihosting.quiet_for(), testing::Optional(testing::Gt(Nanoseconds(0))));
}

TEST_P(SemihostingTest, TwoCallsInARowAreBothMade) {
  bench.load(kRam, {0xBEAB, 0xBEAB, 0xE7FE});
  put_text(kText, "x");
  bench.target->write_register("r0", 3);
  bench.target->write_register("r1", kText);
  bench.target->resume({.address = kRam});
  bench.target->poll();
  bench.target->poll();
  EXPECT_EQ(lines->out, "xx");
}

TEST_P(SemihostingTest, FilesAreWrittenReadAndMeasured) {
  const std::uint32_t file = open("a.txt", 6);
  ASSERT_NE(file, kMinusOne);
  put_text(kBuffer, "abcdefghij");
  EXPECT_EQ(call_with(0x05, {file, kBuffer, 10}), 0u);
  EXPECT_EQ(call_with(0x0C, {file}), 10u);
  EXPECT_EQ(call_with(0x0A, {file, 4}), 0u);
  EXPECT_EQ(call_with(0x06, {file, kBuffer, 20}), 14u);
  EXPECT_EQ(text_at(kBuffer, 7), "efghijg");
  EXPECT_EQ(call_with(0x06, {file, kBuffer, 5}), 5u);
  EXPECT_EQ(call_with(0x09, {file}), 0u);
  EXPECT_EQ(call_with(0x02, {file}), 0u);
  EXPECT_EQ(call_with(0x02, {file}), kMinusOne);
  put_text(kText, "a.txt");
  put_text(kBuffer, "b.txt");
  EXPECT_EQ(call_with(0x0F, {kText, 5, kBuffer, 5}), 0u);
  EXPECT_EQ(std::filesystem::file_size(folder / "b.txt"), 10u);
  EXPECT_EQ(call_with(0x0E, {kBuffer, 5}), 0u);
  EXPECT_FALSE(std::filesystem::exists(folder / "b.txt"));
  EXPECT_EQ(call_with(0x0E, {kBuffer, 5}), kMinusOne);
  EXPECT_EQ(call(0x13, kBlock), static_cast<std::uint32_t>(ENOENT));
}

// One call a row: nothing of it may hurt the debugger, and the program is told.
TEST_P(SemihostingTest, NonsenseIsAnErrorOfTheProgram) {
  const std::uint32_t file = open("a.txt", 6);
  EXPECT_EQ(call(0x01, 0x60000000), kMinusOne);
  EXPECT_EQ(call_with(0x01, {0x60000000, 0, 5}), kMinusOne);
  EXPECT_EQ(call_with(0x01, {kText, 12, 5}), kMinusOne);
  EXPECT_EQ(call_with(0x01, {kText, 0, 0x7FFFFFFF}), kMinusOne);
  EXPECT_EQ(call(0x13, kBlock), static_cast<std::uint32_t>(ENAMETOOLONG));
  EXPECT_EQ(call_with(0x05, {4711, kText, 4}), kMinusOne);
  EXPECT_EQ(call(0x13, kBlock), static_cast<std::uint32_t>(EBADF));
  EXPECT_EQ(call_with(0x05, {file, 0x60000000, 4}), kMinusOne);
  EXPECT_EQ(call(0x13, kBlock), static_cast<std::uint32_t>(EFAULT));
  // All that there is up to the end of RAM is written, and the rest is told.
  EXPECT_EQ(call_with(0x05, {file, 0x2001F800, 0x40000000}), 0x40000000u - 0x800u);
  EXPECT_EQ(call_with(0x06, {4711, kText, 0x7FFFFFFF}), kMinusOne);
  EXPECT_EQ(call_with(0x0A, {file, 0}), 0u);
  EXPECT_EQ(call_with(0x06, {file, 0xFFFFFFF0, 0x100}), kMinusOne);
  EXPECT_EQ(call(0x04, 0x60000000), kMinusOne);
  EXPECT_EQ(call_with(0x0E, {0x60000000, 5}), kMinusOne);
  EXPECT_EQ(call_with(0x0F, {kText, 5, 0x60000000, 5}), kMinusOne);
  EXPECT_EQ(call_with(0x12, {kText, 0x10000000}), kMinusOne);
  EXPECT_EQ(call_with(0x15, {0x60000000, 100}), kMinusOne);
  EXPECT_EQ(call_with(0x16, {0x60000000}), kMinusOne);
  EXPECT_EQ(call(0x30, 0x60000000), kMinusOne);
  EXPECT_EQ(call_with(0x100, {0x60000000, 5}), kMinusOne);
  EXPECT_EQ(call(0x17, kBlock), kMinusOne);
  EXPECT_TRUE(bench.logged("semihosting: unsupported call 0x17"));
}

TEST_P(SemihostingTest, AnUnknownNumberOrAnotherBreakpointIsAStop) {
  EXPECT_EQ(start(0x99, kBlock), TargetState::halted);
  EXPECT_EQ(bench.reg("pc"), kRam);
  bench.load(kRam, {0xBE00});
  bench.target->resume({.address = kRam});
  EXPECT_EQ(bench.target->poll(), TargetState::halted);
  EXPECT_EQ(bench.target->halt_reason(), HaltReason::breakpoint);
}

TEST_P(SemihostingTest, WhenSwitchedOffTheBreakpointIsAStop) {
  semihosting.enable(false);
  EXPECT_EQ(start(0x03, kText), TargetState::halted);
  EXPECT_EQ(lines->out, "");
}

TEST_P(SemihostingTest, TellsCommandLineClocksAndNames) {
  semihosting.command_line = "prog -v";
  EXPECT_EQ(call_with(0x15, {kBuffer, 7}), kMinusOne);
  EXPECT_EQ(call_with(0x15, {kBuffer, 8}), 0u);
  EXPECT_EQ(text_at(kBuffer, 8), std::string("prog -v\0", 8));
  EXPECT_EQ(bench.target->memory().read32(kBlock + 4), 8u);
  EXPECT_GT(call(0x11, kBlock), 1'700'000'000u);
  EXPECT_EQ(call(0x31, kBlock), 1'000'000u);
  EXPECT_EQ(call_with(0x30, {0, 0}), 0u);
  const std::uint32_t before = bench.target->memory().read32(kBlock);
  bench.virtual_host.clock().sleep(Milliseconds(50));
  EXPECT_EQ(call_with(0x30, {0, 0}), 0u);
  EXPECT_GE(bench.target->memory().read32(kBlock), before + 50'000);
  EXPECT_EQ(call_with(0x16, {kBuffer}), 0u);
  EXPECT_EQ(text_at(kBuffer, 16), std::string(16, '\0'));
  EXPECT_EQ(call_with(0x0D, {kBuffer, 5, 40}), 0u);
  EXPECT_EQ(text_at(kBuffer, 3), "tmp");
  EXPECT_EQ(call_with(0x0D, {kBuffer, 5, 4}), kMinusOne);
  EXPECT_EQ(call_with(0x0D, {kBuffer, 256, 40}), kMinusOne);
  EXPECT_EQ(call_with(0x08, {0x80000000}), 1u);
  EXPECT_EQ(call_with(0x08, {5}), 0u);
}

TEST_P(SemihostingTest, TheConsoleHasItsFiles) {
  const std::uint32_t in = open(":tt", 0), out = open(":tt", 4), err = open(":tt", 8);
  put_text(kBuffer, "text");
  EXPECT_EQ(call_with(0x05, {out, kBuffer, 4}), 0u);
  EXPECT_EQ(call_with(0x05, {err, kBuffer, 2}), 0u);
  EXPECT_EQ(lines->out, "text");
  EXPECT_EQ(lines->err, "te");
  EXPECT_EQ(call_with(0x09, {out}), 1u);
  EXPECT_EQ(call_with(0x0A, {out, 0}), kMinusOne);
  EXPECT_EQ(call_with(0x05, {in, kBuffer, 4}), kMinusOne);
  EXPECT_EQ(call_with(0x06, {out, kBuffer, 4}), kMinusOne);
  lines->in = "abc";
  EXPECT_EQ(call_with(0x06, {in, kBuffer, 10}), 7u);
  EXPECT_EQ(text_at(kBuffer, 3), "abc");
  lines->at_end = true;
  EXPECT_EQ(call_with(0x06, {in, kBuffer, 10}), 10u);
  EXPECT_EQ(call(0x07, kBlock), kMinusOne);
}

TEST_P(SemihostingTest, AProgramThatWaitsForACharacterHoldsNobodyUp) {
  EXPECT_EQ(start(0x07, kBlock), TargetState::running);
  EXPECT_EQ(bench.target->poll(), TargetState::running);
  lines->in = "Q";
  EXPECT_EQ(bench.target->poll(), TargetState::running);
  bench.target->halt();
  EXPECT_EQ(bench.reg("r0"), std::uint32_t{'Q'});
  EXPECT_EQ(bench.reg("pc"), kRam + 2);
}

TEST_P(SemihostingTest, AWaitingProgramCanBeHalted) {
  start(0x07, kBlock);
  bench.target->halt();
  EXPECT_EQ(bench.target->state(), TargetState::halted);
  EXPECT_EQ(bench.reg("pc"), kRam);
}

TEST_P(SemihostingTest, NobodyAtTheRedirectedConsoleIsSaidOnce) {
  lines->listening = false;
  put_text(kText, "x");
  call(0x04, kText);
  call(0x04, kText);
  EXPECT_EQ(std::count_if(bench.lines.begin(), bench.lines.end(),
                          [](const std::string& line) {
                            return line.find("No connected TCP client") != std::string::npos;
                          }),
            1);
}

TEST_P(SemihostingTest, FeaturesSayWhatIsThere) {
  const std::uint32_t file = open(":semihosting-features", 1);
  EXPECT_EQ(call_with(0x0C, {file}), 5u);
  EXPECT_EQ(call_with(0x06, {file, kBuffer, 5}), 0u);
  EXPECT_EQ(text_at(kBuffer, 5), "SHFB\x03");
  EXPECT_EQ(open(":semihosting-features", 4), kMinusOne);
}

TEST_P(SemihostingTest, ExitEndsTheSessionWithTheProgramsStatus) {
  bench.target->memory().write32(kBlock, 0x20026);
  bench.target->memory().write32(kBlock + 4, 42);
  EXPECT_EQ(start(0x20, kBlock), TargetState::halted);
  EXPECT_EQ(ended, 42);
  EXPECT_TRUE(bench.logged("semihosting: *** application exited with 42 ***"));
  EXPECT_EQ(start(0x18, 0x20026), TargetState::halted);
  EXPECT_EQ(ended, 0);
  EXPECT_EQ(start(0x18, 0x20023), TargetState::halted);
  EXPECT_EQ(ended, 1);
}

TEST_P(SemihostingTest, ExitUnderADebuggerIsAStop) {
  debugged = true;
  EXPECT_EQ(start(0x18, 0x20026), TargetState::halted);
  EXPECT_EQ(ended, std::nullopt);
  semihosting.resumable_exit = true;
  EXPECT_EQ(start(0x18, 0x20026), TargetState::running);
}

TEST_P(SemihostingTest, AResetClosesTheProgramsFiles) {
  const std::uint32_t file = open("a.txt", 4);
  semihosting.target_reset();
  EXPECT_EQ(call_with(0x0C, {file}), kMinusOne);
  EXPECT_EQ(open("a.txt", 4), file);
}

TEST_P(SemihostingTest, UserOperationsRunTheirEvent) {
  put_text(kText, "what I want");
  EXPECT_EQ(call_with(0x103, {kText, 6}), 0u);
  EXPECT_THAT(events, ElementsAre("semihosting-user-cmd-0x103"));
  EXPECT_THAT(parameters, ElementsAre("what I"));
  EXPECT_EQ(semihosting.user_parameter(), std::nullopt);
}

class GdbFileIoTest : public SemihostingTest {
 protected:
  GdbFileIoTest() {
    semihosting.file_io = true;
    debugged = true;
  }
  std::string asked(std::uint32_t operation, const std::vector<std::uint32_t>& block) {
    for (std::size_t i = 0; i < block.size(); ++i) {
      bench.target->memory().write32(kBlock + 4 * static_cast<Address>(i), block[i]);
    }
    EXPECT_EQ(start(operation, kBlock), TargetState::halted);
    return semihosting.pending() ? semihosting.pending()->packet() : "nothing";
  }
  // r0 after GDB's answer, the program running on.
  std::uint32_t answered(std::int32_t result, std::uint32_t error = 0) {
    semihosting.finish({result, error, false});
    EXPECT_EQ(bench.target->state(), TargetState::running);
    EXPECT_EQ(semihosting.pending(), nullptr);
    bench.target->halt();
    EXPECT_EQ(bench.reg("pc"), kRam + 2);
    return bench.reg("r0");
  }
};
INSTANTIATE_TEST_SUITE_P(Ways, GdbFileIoTest, testing::Values(kHla, kCmsisDap), test_name);

TEST_P(GdbFileIoTest, CallsBecomePackets) {
  put_text(kText, "a.txt");
  EXPECT_EQ(asked(0x01, {kText, 4, 5}), "Fopen,20000200/6,601,1a4");
  EXPECT_EQ(answered(7), 7u);
  EXPECT_EQ(asked(0x01, {kText, 11, 5}), "Fopen,20000200/6,20a,1a4");
  EXPECT_EQ(answered(-1, 13), kMinusOne);
  EXPECT_EQ(call(0x13, kBlock), 13u);
  EXPECT_EQ(asked(0x05, {7, kText, 5}), "Fwrite,7,20000200,5");
  EXPECT_EQ(answered(3), 2u);
  EXPECT_EQ(asked(0x06, {7, kText, 5}), "Fread,7,20000200,5");
  EXPECT_EQ(answered(5), 0u);
  EXPECT_EQ(asked(0x06, {7, kText, 5}), "Fread,7,20000200,5");
  EXPECT_EQ(answered(0), 5u);
  EXPECT_EQ(asked(0x0A, {7, 16}), "Flseek,7,10,0");
  EXPECT_EQ(answered(16), 0u);
  EXPECT_EQ(asked(0x0E, {kText, 5}), "Funlink,20000200/6");
  EXPECT_EQ(answered(0), 0u);
  EXPECT_EQ(asked(0x0F, {kText, 5, kBuffer, 3}), "Frename,20000200/6,20000400/4");
  EXPECT_EQ(answered(0), 0u);
  EXPECT_EQ(asked(0x09, {7}), "Fisatty,7");
  EXPECT_EQ(answered(1), 1u);
  EXPECT_EQ(asked(0x12, {kText, 5}), "Fsystem,20000200/6");
  EXPECT_EQ(answered(256), 256u);
  EXPECT_EQ(asked(0x02, {7}), "Fclose,7");
  EXPECT_EQ(answered(0), 0u);
}

TEST_P(GdbFileIoTest, PrintingIsAWriteToGdbsConsole) {
  put_text(kBlock, "hello");
  EXPECT_EQ(start(0x04, kBlock), TargetState::halted);
  ASSERT_NE(semihosting.pending(), nullptr);
  EXPECT_EQ(semihosting.pending()->packet(), "Fwrite,1,20000100,5");
  answered(5);
  EXPECT_EQ(start(0x03, kBlock), TargetState::halted);
  EXPECT_EQ(semihosting.pending()->packet(), "Fwrite,1,20000100,1");
}

TEST_P(GdbFileIoTest, ALengthTakesThreeSeeks) {
  EXPECT_EQ(asked(0x0C, {5}), "Flseek,5,0,1");
  semihosting.finish({3, 0, false});
  ASSERT_NE(semihosting.pending(), nullptr);
  EXPECT_EQ(semihosting.pending()->packet(), "Flseek,5,0,2");
  semihosting.finish({100, 0, false});
  ASSERT_NE(semihosting.pending(), nullptr);
  EXPECT_EQ(semihosting.pending()->packet(), "Flseek,5,3,0");
  EXPECT_EQ(answered(3), 100u);
}

TEST_P(GdbFileIoTest, CtrlCLeavesTheCoreHaltedBehindTheCall) {
  asked(0x06, {0, kText, 5});
  semihosting.finish({-1, 4, true});
  EXPECT_EQ(bench.target->state(), TargetState::halted);
  EXPECT_EQ(bench.reg("pc"), kRam + 2);
  EXPECT_EQ(bench.reg("r0"), kMinusOne);
}

TEST_P(GdbFileIoTest, ExitIsTheEndOfTheProgram) {
  EXPECT_EQ(asked(0x20, {0x20026, 42}), "W2a");
  EXPECT_EQ(ended, std::nullopt);
}

TEST_P(GdbFileIoTest, WithoutAGdbTheUserIsTold) {
  debugged = false;
  asked(0x02, {7});
  EXPECT_TRUE(bench.logged("no GDB is connected"));
  semihosting.target_resumed();
  EXPECT_EQ(semihosting.pending(), nullptr);
}

}  // namespace

}  // namespace probity::test::semihosting_test
