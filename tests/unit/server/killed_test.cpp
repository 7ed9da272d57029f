// A process is killed (-9) in the middle of a job: the next one does the same job without anybody touching
// the probe. And a probe that is unplugged in the middle of a job: one error, and an end.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>
#include <algorithm>

#include <cstdio>
#include <fstream>

#include "mortal_bus.hpp"
#include "unit/commands/bench.hpp"

namespace probity::killed_test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// One run of the program on a board that outlives it.
class Process {
 public:
  explicit Process(vboard::VirtualHost& board)
      : usb(board.usb(), life),
        hid(board.hid(), life),
        log(board.clock()),
        session(Host{usb, hid, *tcp, board.clock()}, log),
        interpreter(session) {
    log.set_output("/dev/null");
    log.add_listener([this](LogLevel level, std::string_view line) {
      lines += std::string(line) + "\n";
      if (level == LogLevel::error) errors.emplace_back(line);
    });
    interpreter.search_path().add(PROBITY_SOURCE_DIR);
    interpreter.search_path().add(PROBITY_SOURCE_DIR "/tcl");
  }
  // The exit status it would end with.
  int program(const std::string& interface, const std::string& image) {
    const Interpreter::Result result =
        interpreter.eval(fmt::format("source [find interface/{}.cfg]; source [find target/stm32f4x.cfg]\n"
                                     "program {} 0x08000000 verify reset exit",
                                     interface, image));
    if (session.shutdown_requested()) return *session.shutdown_requested();
    return result.outcome == Interpreter::Outcome::error ? 1 : 0;
  }

  Life life;
  MortalUsbBus usb;
  MortalHidBus hid;
  std::unique_ptr<TcpConnector> tcp = make_asio_tcp();
  Log log;
  Session session;
  Interpreter interpreter;
  std::string lines;
  std::vector<std::string> errors;
};

// An image of `size` bytes that differs with `seed`, begins with a stack and an endless loop, and has its
// file.
class ImageFile {
 public:
  ImageFile(std::size_t size, unsigned seed)
      : path_(fmt::format("{}/killed_test_{}_{}.bin", testing::TempDir(),
                          testing::UnitTest::GetInstance()->random_seed() + static_cast<int>(getpid()),
                          seed)) {
    std::string bytes = {0, 0x20, 0, 0x20, 9, 0, 0, 8, static_cast<char>(0xFE), static_cast<char>(0xE7)};
    while (bytes.size() < size) bytes += static_cast<char>(bytes.size() * 7 + bytes.size() / 251 + seed);
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  ~ImageFile() { std::remove(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct Way {
  const char* probe;
  const char* interface;
  unsigned times = 0;  // how often to kill
};
std::string name_of_way(const testing::TestParamInfo<Way>& info) {
  std::string name = fmt::format("{}_{}", info.param.probe, info.param.interface);
  std::ranges::replace(name, '-', '_');
  return name;
}

class Killed : public testing::TestWithParam<Way> {
 protected:
  std::string spec() const { return fmt::format("stm32f407vg,probe={}", GetParam().probe); }
  std::uint64_t transfers_of_a_job(const std::string& image) {
    vboard::VirtualHost board(spec());
    Process process(board);
    process.program(GetParam().interface, image);
    EXPECT_THAT(process.lines, HasSubstr("** Verified OK **"));
    return process.life.count();
  }
};

// Each time at another moment, and with another part of the last transfer delivered.
TEST_P(Killed, TheNextRunProgramsAllTheSame) {
  constexpr std::size_t kSize = 1500;
  const ImageFile a(kSize, 1), b(kSize, 2);
  const std::uint64_t whole = transfers_of_a_job(a.path());
  vboard::VirtualHost board(spec());
  for (unsigned n = 0; n < GetParam().times; ++n) {
    // The golden ratio's multiples fall everywhere in a job, in no order.
    const std::uint64_t at =
        1 + static_cast<std::uint64_t>((n + 1) * 0.6180339887 * static_cast<double>(whole)) % whole;
    const auto last = static_cast<LastTransfer>(n % 3);
    SCOPED_TRACE(fmt::format("killed at transfer {} of {}, {}", at, whole, n % 3));
    {
      Process killed(board);
      killed.life.end_after(at, last);
      killed.program(GetParam().interface, a.path());
      EXPECT_TRUE(killed.life.over());
    }
    Process next(board);
    EXPECT_EQ(next.program(GetParam().interface, b.path()), 0);
    EXPECT_THAT(next.lines, HasSubstr("** Verified OK **"));
    EXPECT_THAT(next.errors, IsEmpty());
  }
}

INSTANTIATE_TEST_SUITE_P(Probes, Killed,
                         testing::Values(Way{"stlink-v2", "stlink", 2}, Way{"stlink-v2-1", "stlink", 4},
                                         Way{"stlink-v3", "stlink-dap", 3},
                                         Way{"cmsis-dap-v1", "cmsis-dap", 2},
                                         Way{"cmsis-dap-v2", "cmsis-dap", 3}, Way{"jlink", "jlink", 2}),
                         name_of_way);

class Unplugged : public Killed {};

TEST_P(Unplugged, GivesOneErrorWhereverItHappens) {
  const ImageFile image(1500, 3);
  const std::uint64_t whole = transfers_of_a_job(image.path());
  for (std::uint64_t at = 1; at < whole; at += whole / 9) {
    SCOPED_TRACE(fmt::format("unplugged at transfer {} of {}", at, whole));
    vboard::VirtualHost board(fmt::format("{},fault=unplug@usb:{}", spec(), at));
    Process process(board);
    const Nanoseconds begin = board.clock().now();
    EXPECT_EQ(process.program(GetParam().interface, image.path()), 1);
    // One error; its context is on lines of their own, each deeper than the one before.
    const auto begins = [](const std::string& line) { return !line.starts_with("Error:   "); };
    EXPECT_EQ(std::ranges::count_if(process.errors, begins), 1) << testing::PrintToString(process.errors);
    const auto says_so = [](const std::string& line) { return line.ends_with(" was unplugged"); };
    EXPECT_EQ(std::ranges::count_if(process.errors, says_so), 1) << testing::PrintToString(process.errors);
    // Virtual seconds, so of the program's own waiting: with no time-outs added up.
    EXPECT_LT(board.clock().now() - begin, Milliseconds(3000));
  }
}

INSTANTIATE_TEST_SUITE_P(Probes, Unplugged,
                         testing::Values(Way{"stlink-v2-1", "stlink"}, Way{"stlink-v3", "stlink-dap"},
                                         Way{"cmsis-dap-v1", "cmsis-dap"}, Way{"cmsis-dap-v2", "cmsis-dap"},
                                         Way{"jlink", "jlink"}),
                         name_of_way);

}  // namespace
}  // namespace probity::killed_test
