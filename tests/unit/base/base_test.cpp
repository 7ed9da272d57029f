#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include "base/bits.hpp"
#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/errors.hpp"
#include "base/log.hpp"

namespace probity::base_test {
namespace {

// A clock that only moves when told to.
class ManualClock final : public Clock {
 public:
  Nanoseconds now() override { return now_; }
  void sleep(Nanoseconds duration) override { now_ += duration; }

 private:
  Nanoseconds now_{0};
};

TEST(Bytes, LoadsAndStoresBothEndians) {
  const Bytes b{0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88};
  EXPECT_EQ(load_le16(b, 1), 0x3322);
  EXPECT_EQ(load_le32(b, 0), 0x44332211u);
  EXPECT_EQ(load_le64(b, 0), 0x8877665544332211u);
  EXPECT_EQ(load_be16(b, 0), 0x1122);
  EXPECT_EQ(load_be32(b, 4), 0x55667788u);
  Bytes out(8);
  store_le32(out, 0, 0x44332211u);
  store_be32(out, 4, 0x55667788u);
  EXPECT_EQ(out, b);
}

TEST(Bytes, RefusesToReadBehindTheEnd) {
  const volatile std::size_t size = 3;  // keeps the compiler from seeing, and warning of, what is tested here
  const Bytes b(size);
  EXPECT_THROW(load_le32(b, 0), std::out_of_range);
  EXPECT_THROW(load_le16(b, 2), std::out_of_range);
  EXPECT_THROW(load_u8(b, 3), std::out_of_range);
  EXPECT_THROW(load_le16(b, ~std::size_t{0}), std::out_of_range);
}

TEST(Bits, FieldTakesAndPutsItsBits) {
  constexpr Field snb{"SNB", 3, 5};
  EXPECT_EQ(snb.mask(), 0xF8u);
  EXPECT_EQ(snb.get(0xFFFFFF57u), 0x0Au);
  EXPECT_EQ(snb.set(0xFFFFFFFFu, 0x10), 0xFFFFFF87u);
  EXPECT_EQ(snb.of(0x3F), 0xF8u);
  constexpr Field all{"ALL", 0, 32};
  EXPECT_EQ(all.mask(), 0xFFFFFFFFu);
}

TEST(Ranges, ContainAndOverlap) {
  const AddressRange top{0xFFFFF000u, 0x1000};
  EXPECT_EQ(top.end(), 0x100000000u);
  EXPECT_TRUE(top.contains(0xFFFFFFFFu));
  EXPECT_FALSE(top.contains(0x100000000u));
  EXPECT_TRUE(top.overlaps({0xFFFFFFFFu, 1}));
  EXPECT_FALSE(top.overlaps({0xFFFFE000u, 0x1000}));
  EXPECT_TRUE(top.contains(AddressRange{0, 0}));
}

TEST(Errors, ContextIsPrintedOutermostFirst) {
  const auto fail = [] {
    with_context("program fw.elf failed", [] {
      with_context("erasing sector 3 at 0x0800c000", [] {
        throw FlashError("WRPRTERR (FLASH_SR=0x00000010)", "f4.flash", 0x0800C000, "FLASH_SR", 0x10);
      });
    });
  };
  try {
    fail();
    FAIL() << "nothing was thrown";
  } catch (const FlashError& e) {
    EXPECT_EQ(e.describe(),
              "program fw.elf failed\n  erasing sector 3 at 0x0800c000\n    WRPRTERR (FLASH_SR=0x00000010)");
    EXPECT_EQ(e.raw, 0x10u);
  }
}

TEST(Deadline, SaysWhatItWaitedForAndWhatItSawLast) {
  ManualClock clock;
  const Deadline deadline(clock, Milliseconds(50), "BSY to clear");
  clock.sleep(Milliseconds(49));
  EXPECT_NO_THROW(deadline.check("FLASH_SR=0x00010000"));
  clock.sleep(Milliseconds(1));
  try {
    deadline.check("FLASH_SR=0x00010000");
    FAIL() << "nothing was thrown";
  } catch (const TimeoutError& e) {
    EXPECT_EQ(e.message(), "timed out after 50 ms waiting for BSY to clear: FLASH_SR=0x00010000");
    EXPECT_EQ(e.waited, Milliseconds(50));
  }
}

class LogTest : public testing::Test {
 protected:
  LogTest() {
    log.add_listener([this](LogLevel, std::string_view line) { lines.emplace_back(line); });
  }
  ManualClock clock;
  Log log{clock};
  std::vector<std::string> lines;
};

TEST_F(LogTest, PrefixesAreOpenOcds) {
  log.error("a {}", 1);
  log.warn("b");
  log.info("c");
  log.user("d");
  log.debug("not at level 2");
  EXPECT_THAT(lines, testing::ElementsAre("Error: a 1", "Warn : b", "Info : c", "d"));
}

TEST_F(LogTest, EveryLineOfAMessageGetsThePrefix) {
  log.error("outer\n  inner");
  EXPECT_THAT(lines, testing::ElementsAre("Error: outer", "Error:   inner"));
}

TEST_F(LogTest, DebugLevelNumbersAndTimesTheLines) {
  log.set_level(LogLevel::debug);
  clock.sleep(Milliseconds(12));
  log.info("x");
  log.debug("y");
  log.user("z");
  EXPECT_THAT(lines, testing::ElementsAre("Info : 1 12 x", "Debug: 2 12 y", "z"));
}

TEST_F(LogTest, OutputGoesToTheNamedFile) {
  const std::string path = testing::TempDir() + "probity_log_test.txt";
  log.set_output(path);
  log.info("kept");
  log.set_output("default");
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), "Info : kept\n");
  std::remove(path.c_str());
  EXPECT_THROW(log.set_output("/dev/null/log"), ConfigError);
}

}  // namespace
}  // namespace probity::base_test
