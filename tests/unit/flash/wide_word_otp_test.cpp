// One-time programmable areas of STM32 H7A/B, H7R/S and H5, through a probe against the virtual board.
#include "flash/stm32/wide_word_otp.hpp"

#include "base/errors.hpp"
#include "flash_bench.hpp"

namespace probity::test::wide_word_otp_test {
namespace {

using namespace stm32;
using testing::HasSubstr;

struct OtpCase {
  std::string chip, driver;
  unsigned ap;
  std::uint32_t size;
};
void PrintTo(const OtpCase& c, std::ostream* out) { *out << c.chip; }
class EveryOtp : public testing::TestWithParam<OtpCase> {
 protected:
  EveryOtp() : bench(GetParam().chip, options()), otp(bench.make_bank(kOtpBase, "otp")) {}
  static BenchOptions options() {
    BenchOptions options{kDapDirect, 0, {}, GetParam().driver};
    options.ap = GetParam().ap;
    return options;
  }
  void enable() { dynamic_cast<WideWordOtpBank&>(*otp).enable_writes(true); }
  Bytes content(std::uint32_t offset, std::size_t size) {
    Bytes data(size);
    otp->read(offset, data);
    return data;
  }

  Bench bench;
  std::unique_ptr<FlashBank> otp;
};
INSTANTIATE_TEST_SUITE_P(Chips, EveryOtp,
                         testing::Values(OtpCase{"stm32h7b0vb", "stm32h7x", 0, 1024},
                                         OtpCase{"stm32h7s3l8", "stm32h7x", 1, 1024},
                                         OtpCase{"stm32h503rb", "stm32h5x", 1, 2048}));

TEST_P(EveryOtp, IsWrittenOnceWhereThatIsAllowed) {
  otp->probe();
  EXPECT_EQ(otp->size(), GetParam().size);
  EXPECT_THAT(otp->describe(), HasSubstr("OTP-bank"));
  const Bytes data = pattern(10);
  EXPECT_THAT([&] { otp->write(64, data); },
              testing::ThrowsMessage<FlashError>(HasSubstr(GetParam().driver + " otp otp enable")));
  enable();
  otp->write(64, data);
  EXPECT_EQ(content(64, data.size()), data);
  EXPECT_EQ(content(62, 2), Bytes(2, 0xFF));
  EXPECT_EQ(content(74, 2), Bytes(2, 0xFF));
  otp->write(64, data);  // what is there already
  EXPECT_THAT([&] { otp->write(70, pattern(8, 5)); },
              testing::ThrowsMessage<FlashError>(HasSubstr("can be written only once; nothing was written")));
  EXPECT_EQ(content(74, 2), Bytes(2, 0xFF));
  otp->write(GetParam().size - 2, pattern(2));
  EXPECT_EQ(content(GetParam().size - 2, 2), pattern(2));
  EXPECT_EQ(bench.stats().flash_errors, 0u);
}

TEST_P(EveryOtp, ABlockIsLockedForEver) {
  otp->probe();
  const unsigned last = static_cast<unsigned>(otp->sectors().size()) - 1;
  EXPECT_THROW(otp->protect({last, last}, true), FlashError);  // not enabled
  enable();
  otp->protect({last, last}, true);
  EXPECT_EQ(otp->sectors()[last].is_protected, true);
  EXPECT_EQ(otp->sectors()[last - 1].is_protected, false);
  EXPECT_THAT([&] { otp->write(GetParam().size - 64, pattern(2)); },
              testing::ThrowsMessage<FlashError>(HasSubstr("locked for ever; nothing was written")));
  otp->write(GetParam().size - 66, pattern(2));
  EXPECT_EQ(content(GetParam().size - 66, 2), pattern(2));
  EXPECT_THROW(otp->protect({last, last}, false), FlashError);
}

TEST_P(EveryOtp, TakesWholeHalfWordsAndNoErase) {
  otp->probe();
  enable();
  EXPECT_THROW(otp->write(1, pattern(2)), FlashError);
  EXPECT_THROW(otp->write(0, pattern(3)), FlashError);
  EXPECT_THROW(otp->write(GetParam().size - 2, pattern(4)), FlashError);
  EXPECT_THROW(otp->erase({0, 0}), FlashError);
  EXPECT_THROW(otp->mass_erase(), FlashError);
}

TEST(WideWordOtp, NotOnEveryH7) {
  Bench bench("stm32h723zg", {kDapDirect, 0, {}, "stm32h7x"});
  const auto otp = bench.make_bank(kOtpBase, "otp");
  EXPECT_THAT([&] { otp->probe(); },
              testing::ThrowsMessage<FlashError>(HasSubstr("has no one-time programmable area")));
}

}  // namespace
}  // namespace probity::test::wide_word_otp_test
