// Against Unicorn's Cortex-M4: random instructions in random states, one at a time and in IT blocks.
#include "core_oracle.hpp"

namespace probity::vboard::test::core_oracle_test {
namespace {

class OracleM4 : public Oracle {
 protected:
  // An IT block of one to four instructions that are no branches and use no base register.
  void run_it_block() {
    constexpr std::string_view kLeftOut[] = {"B", "BL", "CBZ"};
    const std::uint32_t mask = 1 + random() % 15, condition = random() % 14;
    std::vector<const Encoding*> block(4 - __builtin_ctz(mask));
    for (const Encoding*& encoding : block) {
      do {
        encoding = (random() & 1) != 0 ? &kThumb16[random() % std::size(kThumb16)]
                                       : &kThumb32[random() % std::size(kThumb32)];
      } while (encoding->bits.find('b') != std::string_view::npos || encoding->name.starts_with("B<c>") ||
               encoding->name.ends_with(" back") || encoding->name == "B.W" ||
               std::find(std::begin(kLeftOut), std::end(kLeftOut), encoding->name) != std::end(kLeftOut));
    }
    randomise();
    const Instruction it{0xBF00 | condition << 4 | mask, 2};
    std::string what = describe({"IT", ""}, it);
    write_code(next_, it);
    std::uint32_t at = next_ + 2;
    for (const Encoding* encoding : block) {
      Instruction i = fill(*encoding);
      while (!usable(*encoding, i)) i = fill(*encoding);
      write_code(at, i);
      at += i.size;
      what += "; " + describe(*encoding, i);
    }
    compare(next_, static_cast<unsigned>(block.size()) + 1, what, at);
    next_ += 24;
  }
};

TEST_F(OracleM4, Thumb16) { run_all(kThumb16, 100); }
TEST_F(OracleM4, Thumb32) { run_all(kThumb32, 50); }
TEST_F(OracleM4, ItBlocks) {
  for (int i = 0; i < 2000 && !HasFatalFailure(); ++i) run_it_block();
}

}  // namespace
}  // namespace probity::vboard::test::core_oracle_test
