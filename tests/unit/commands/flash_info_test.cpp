// What the flash commands print, on a virtual chip.
#include <gtest/gtest.h>

#include "bench.hpp"

namespace probity::flash_info_test {
namespace {

TEST(FlashEraseCheck, NamesTheSectorsThatAreNotErased) {
  Bench bench;
  bench.configure();
  ASSERT_EQ(bench.tcl("init; reset halt"), "");
  EXPECT_EQ(bench.tcl("flash erase_check 0"), "successfully checked erase state\n\tBank is erased\n");
  bench.tcl("flash fillw 0x08004000 0x12345678 4; flash fillw 0x080E0000 0 1");
  EXPECT_EQ(bench.tcl("flash erase_check 0"),
            "successfully checked erase state\n"
            "\t#  1: 0x00004000 (0x4000 16kB) not erased\n"
            "\t# 11: 0x000e0000 (0x20000 128kB) not erased\n");
}

}  // namespace
}  // namespace probity::flash_info_test
