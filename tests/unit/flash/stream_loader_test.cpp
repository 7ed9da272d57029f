// The loader itself, on the virtual core; words in RAM stand for a controller's registers and for its flash.
#include "flash/stream.hpp"

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "flash/crc32.hpp"
#include "flash_bench.hpp"

namespace probity::test::stream_loader_test {
namespace {

constexpr Address kCells = kRam + 0x10000, kControl = kRam + 0x18000, kStatus = kRam + 0x18004;
constexpr Address kOtherControl = kRam + 0x18010, kOtherStatus = kRam + 0x18014;
constexpr std::uint32_t kBusy = 0x1, kError = 0x10;
constexpr LoaderRegisters kFirst{kControl, kStatus, kBusy, kError};
constexpr LoaderRegisters kSecond{kOtherControl, kOtherStatus, kBusy << 1, kError << 1};
constexpr LoaderPace kPace{Nanoseconds(100), Milliseconds(500)};

class Loader : public testing::TestWithParam<std::uint32_t> {
 protected:
  Loader() : bench("stm32f407vg", {kHla, GetParam(), {}}) {
    memory().write(kControl, Bytes(0x20), Width::word);
    memory().write(kCells, Bytes(0x2000, 0xEE), Width::word);
    loader = StreamLoader::load(*bench.target, {kFirst, {}});
  }
  MemPort& memory() { return bench.target->memory(); }
  Bytes cells(Address at, std::size_t size) {
    Bytes content(size);
    memory().read_bytes(at, content);
    return content;
  }
  void carry_out(const LoaderScript& script) {
    loader->start();
    loader->feed(script.bytes(), kPace, bench.virtual_host.clock());
    loader->finish(kPace, bench.virtual_host.clock());
  }
  Bench bench;
  std::unique_ptr<StreamLoader> loader;
};
// The work areas of the smallest chips, of small ones, and enough.
INSTANTIATE_TEST_SUITE_P(WorkAreas, Loader, testing::Values(0x800, 0x1000, 0x2000, 0x8000));

TEST_P(Loader, ProgramsAtEveryWidthAndBurst) {
  ASSERT_TRUE(loader);
  LoaderScript script;
  std::vector<std::pair<Address, Bytes>> expected;
  Address at = kCells;
  for (const unsigned width : {1u, 2u, 4u}) {
    for (const unsigned burst : {1u, 2u, 4u, 8u, 16u, 32u, 64u, 128u, 256u}) {
      if (burst < width) continue;
      for (const unsigned bursts : {1u, 3u}) {
        const Bytes data = pattern(std::size_t{burst} * bursts, burst + width);
        script.program(0x100 + burst, at, width, burst, data);
        expected.push_back({at, data});
        at += (burst * bursts + 3) / 4 * 4 + 4;
      }
    }
  }
  carry_out(script);
  for (const auto& [address, data] : expected) {
    EXPECT_EQ(cells(address, data.size()), data);
    EXPECT_EQ(memory().read8(address + static_cast<Address>(data.size())), 0xEE) << "nothing behind it";
  }
  EXPECT_EQ(memory().read32(kControl), 0x200u) << "control of the last command";
}

TEST_P(Loader, SumsUpAsTheHostDoes) {
  ASSERT_TRUE(loader);
  const Bytes data = pattern(5000);
  memory().write_bytes(kCells, data);
  const std::vector<AddressRange> ranges{{kCells, 5000},  {kCells + 1, 4999}, {kCells, 3},
                                         {kCells + 3, 1}, {kCells, 0},        {kCells + 4094, 6}};
  loader->start();
  for (int round = 0; round < 30; ++round) {  // more results in all than there is room for
    LoaderScript script;
    for (const AddressRange& range : ranges) script.crc(range);
    loader->feed(script.bytes(), kPace, bench.virtual_host.clock());
    const auto sums = loader->results(ranges.size(), kPace, bench.virtual_host.clock());
    for (std::size_t i = 0; i < ranges.size(); ++i) {
      EXPECT_EQ(sums[i], crc32(ByteView(data).subspan(ranges[i].begin - kCells, ranges[i].size))) << i;
    }
  }
  loader->finish(kPace, bench.virtual_host.clock());
}

TEST_P(Loader, SelectsAnotherController) {
  ASSERT_TRUE(loader);
  memory().write32(kOtherStatus, kBusy | kError);  // bits that mean nothing there
  LoaderScript script;
  script.program(0x11, kCells, 4, 4, pattern(4));
  script.select(kSecond);
  script.crc({kCells, 4});
  script.program(0x22, kCells + 4, 4, 4, pattern(4));
  carry_out(script);
  EXPECT_EQ(memory().read32(kControl), 0x11u);
  EXPECT_EQ(memory().read32(kOtherControl), 0x22u);
}

TEST_P(Loader, AnErrorIsToldWithWhatWasWorkedOn) {
  ASSERT_TRUE(loader);
  struct Case {
    LoaderStore raises;
    Address about;
  };
  for (const Case& c : {Case{{kStatus, kError | 0x100}, 0x08001000}, Case{{kStatus, kError}, 0x08002000}}) {
    memory().write32(kStatus, 0);
    LoaderScript script;
    const LoaderStore harmless[] = {{kCells, 1}};
    script.store(0x08000000, harmless);
    script.program(1, kCells, 4, 8, pattern(32));
    const LoaderStore stores[] = {{kControl, 5}, c.raises};
    script.store(c.about, stores);
    script.store(0x08009000, harmless);
    try {
      carry_out(script);
      FAIL();
    } catch (const LoaderFault& fault) {
      EXPECT_EQ(fault.address, c.about);
      EXPECT_EQ(fault.status, c.raises.value);
    }
  }
}

TEST_P(Loader, AnErrorOfProgrammingIsToldWithItsBurst) {
  ASSERT_TRUE(loader);
  // The third burst writes the status register itself.
  Bytes data(32, 0);
  data[16] = kError;
  LoaderScript script;
  script.program(1, kStatus - 16, 4, 8, data);
  try {
    carry_out(script);
    FAIL();
  } catch (const LoaderFault& fault) {
    EXPECT_EQ(fault.address, kStatus);
  }
}

TEST_P(Loader, ABusyControllerIsWaitedForAndNotForEver) {
  ASSERT_TRUE(loader);
  memory().write32(kStatus, kBusy);
  LoaderScript script;
  script.program(1, kCells, 4, 4, pattern(4));
  EXPECT_THROW(carry_out(script), TimeoutError);
  EXPECT_EQ(memory().read32(kControl), 0u);
}

TEST(LoaderArea, IsRefusedWhereItIsTooSmall) {
  Bench bench("stm32f407vg", {kHla, 0x400, {}});
  EXPECT_FALSE(StreamLoader::load(*bench.target, {kFirst, {}}));
}

}  // namespace
}  // namespace probity::test::stream_loader_test
