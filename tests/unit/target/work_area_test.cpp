#include "target/work_area.hpp"

#include "bench.hpp"

namespace probity::test::work_area_test {
namespace {

class WorkAreaTest : public testing::Test {
 protected:
  Bench bench{kDapDirect};
  MemPort& memory = bench.target->memory();
  WorkAreas& areas = bench.target->work_areas();
};

TEST_F(WorkAreaTest, NoneUnlessConfigured) {
  EXPECT_EQ(areas.allocate(16), nullptr);
  EXPECT_EQ(areas.largest_free(), 0u);
}

TEST_F(WorkAreaTest, PiecesDoNotOverlapAndAreFreed) {
  areas.config = {.physical = kRam, .size = 64, .backup = false};
  auto a = areas.allocate(10);  // takes 12
  auto b = areas.allocate(20);
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->address(), kRam);
  EXPECT_EQ(a->size(), 10u);
  EXPECT_EQ(b->address(), kRam + 12);
  EXPECT_EQ(areas.largest_free(), 32u);
  EXPECT_EQ(areas.allocate(33), nullptr);
  a.reset();
  auto c = areas.allocate(12);
  EXPECT_EQ(c->address(), kRam);
  b.reset();
  c.reset();
  EXPECT_EQ(areas.largest_free(), 64u);
  EXPECT_EQ(areas.allocate(0xFFFFFFFF), nullptr);
}

TEST_F(WorkAreaTest, BackupGivesTheContentBack) {
  areas.config = {.physical = kRam, .size = 64, .backup = true};
  memory.write32(kRam + 4, 0x12345678);
  {
    const auto area = areas.allocate(8);
    memory.write32(kRam + 4, 0);
  }
  EXPECT_EQ(memory.read32(kRam + 4), 0x12345678u);
}

}  // namespace
}  // namespace probity::test::work_area_test
