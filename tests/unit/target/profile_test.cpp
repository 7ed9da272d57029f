#include "target/profile.hpp"

#include "base/errors.hpp"
#include "unit/target/bench.hpp"

namespace probity::test::profile_test {

namespace {

constexpr std::size_t kHistogramAt = 20 + 1 + 16 + 16;

TEST(Profile, TheFileIsWhatGprofReads) {
  const ProfileSamples samples{{0x08000100, 0x08000104, 0x08000104, 0x08000200}, std::chrono::seconds(2)};
  const Bytes file = gmon_file(samples, AddressRange{0x08000100, 8});
  EXPECT_EQ(std::string(file.begin(), file.begin() + 4), "gmon");
  EXPECT_EQ(load_le32(file, 4), 1u);
  EXPECT_EQ(file[20], 0);
  EXPECT_EQ(load_le32(file, 21), 0x08000100u);
  EXPECT_EQ(load_le32(file, 25), 0x08000108u);
  EXPECT_EQ(load_le32(file, 29), 4u);  // buckets
  EXPECT_EQ(load_le32(file, 33), 2u);  // samples a second
  EXPECT_EQ(std::string(file.begin() + 37, file.begin() + 44), "seconds");
  EXPECT_EQ(file[52], 's');
  ASSERT_EQ(file.size(), kHistogramAt + 8);
  EXPECT_EQ(load_le16(file, kHistogramAt), 1u);
  EXPECT_EQ(load_le16(file, kHistogramAt + 2), 0u);
  EXPECT_EQ(load_le16(file, kHistogramAt + 4), 2u);
}

TEST(Profile, WithoutARangeItHoldsAllSamples) {
  const Bytes file = gmon_file({{0x08000104, 0x08000100}, std::chrono::seconds(1)}, {});
  EXPECT_EQ(load_le32(file, 21), 0x08000100u);
  EXPECT_EQ(load_le32(file, 25), 0x08000106u);
}

TEST(Profile, RefusesNothingAndTooLittle) {
  EXPECT_THROW(gmon_file({}, {}), TargetError);
  EXPECT_THROW(gmon_file({{4}, std::chrono::seconds(1)}, AddressRange{4, 1}), ConfigError);
}

TEST(Profile, ACountDoesNotOverflow) {
  const Bytes file = gmon_file({std::vector<Address>(70000, 4), std::chrono::seconds(1)}, {});
  EXPECT_EQ(load_le16(file, kHistogramAt), 0xFFFFu);
}

class ProfileOfATarget : public testing::TestWithParam<Way> {};
INSTANTIATE_TEST_SUITE_P(Ways, ProfileOfATarget, testing::Values(kHla, kCmsisDap), test_name);

TEST_P(ProfileOfATarget, SamplesTheRunningCoreAndLeavesItAsItWas) {
  Bench bench(GetParam());
  bench.target->examine();
  bench.halt_at(kCountForEver);
  const ProfileSamples halted =
      sample_pc(*bench.target, bench.virtual_host.clock(), bench.log, Milliseconds(20));
  EXPECT_EQ(bench.target->poll(), TargetState::halted);
  EXPECT_GT(bench.reg("r0"), 0u);  // it did run
  EXPECT_GT(halted.pcs.size(), 64u);
  EXPECT_THAT(halted.pcs, testing::Each(testing::AllOf(testing::Ge(kRam), testing::Le(kRam + 4))));
  bench.target->resume();
  sample_pc(*bench.target, bench.virtual_host.clock(), bench.log, Milliseconds(20));
  EXPECT_EQ(bench.target->poll(), TargetState::running);
}

}  // namespace

}  // namespace probity::test::profile_test
