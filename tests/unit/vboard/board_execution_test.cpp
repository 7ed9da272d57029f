// The core in its chip: code that drives the flash controller by itself, boots from flash, meets the
// watchdog.
#include <gtest/gtest.h>

#include "board_flash_host.hpp"

namespace probity::vboard::test::board_execution_test {
namespace {

constexpr std::uint32_t kRam = 0x20000000, kFlash = 0x08000000, kDhcsr = 0xE000EDF0, kVtor = 0xE000ED08;
constexpr std::uint32_t kHalted = 1u << 17, kLockedUp = 1u << 19;

// Unlocks, erases the sector of `control` and waits for BSY, programs two words at `target` without waiting
// (the second stalls), reads one back, BKPT. Assembled from:
//   ldr r0, =0x40023C00; ldr r1, =KEY1; str r1, [r0, #4]; ldr r1, =KEY2; str r1, [r0, #4]
//   ldr r1, =control; str r1, [r0, #0x10];  1: ldr r2, [r0, #0x0c]; lsls r2, r2, #15; bmi 1b
//   movw r1, #0x201; str r1, [r0, #0x10]; ldr r3, =target; ldr r4, =0x12345678
//   str r4, [r3]; str r4, [r3, #4]; ldr r5, [r3, #4]; bkpt 0
std::vector<std::uint32_t> eraser(std::uint32_t control, std::uint32_t target) {
  return {0x490A4809, 0x490A6041, 0x490A6041, 0x68C26101, 0xD4FC03D2, 0x2101F240, 0x4B076101, 0x601C4C07,
          0x685D605C, 0x0000BE00, 0x40023C00, 0x45670123, 0xCDEF89AB, control,    target,     0x12345678};
}
constexpr std::uint32_t kBreakpointOffset = 0x24;

struct Bench {
  explicit Bench(const std::string& name)
      : board({.chip = name, .flash_file = {}, .faults = {}}), host(board) {}

  void set_register(unsigned number, std::uint32_t value) {
    host.write_mem(0xE000EDF8, value);
    host.write_mem(0xE000EDF4, 1u << 16 | number);
  }
  std::uint32_t get_register(unsigned number) {
    host.write_mem(0xE000EDF4, number);
    return host.word(0xE000EDF8);
  }
  void load(std::uint32_t address, const std::vector<std::uint32_t>& words) {
    for (std::uint32_t word : words) {
      if (address < kRam) {
        host.program(address, word);
      } else {
        host.write_mem(address, word);
      }
      address += 4;
    }
  }
  void resume() { host.write_mem(kDhcsr, 0xA05F0001); }
  void reset() {
    board.set_nrst(true);
    host.wait(Milliseconds(1));
    board.set_nrst(false);
  }
  bool halted() { return (host.word(kDhcsr) & kHalted) != 0; }

  Board board;
  FlashHost host;
};

TEST(BoardExecution, CodeInRamErasesAndProgramsInDataSheetTime) {
  Bench b("stm32f407vg");
  b.load(kRam, eraser(0x0001022A, 0x08020000));  // sector 5, 128 KiB: 1 s
  b.set_register(15, kRam);
  b.set_register(16, 0x01000000);
  b.resume();
  b.host.wait(Milliseconds(999));
  EXPECT_FALSE(b.halted());
  b.host.wait(Milliseconds(2));
  ASSERT_TRUE(b.halted());
  EXPECT_EQ(b.get_register(15), kRam + kBreakpointOffset);
  EXPECT_EQ(b.get_register(5), 0x12345678u);
  EXPECT_EQ(b.host.word(0x08020004), 0x12345678u);
  EXPECT_EQ(b.board.stats().flash_errors, 0u);
}

TEST(BoardExecution, CodeInTheErasedBankStandsStill) {
  Bench b("stm32f407vg");
  b.host.unlock();
  b.load(kFlash, eraser(0x0001022A, 0x08020000));
  b.host.write_mem(kCr, kLock);
  b.set_register(15, kFlash);
  b.set_register(16, 0x01000000);
  b.resume();
  b.host.wait(Milliseconds(500));
  EXPECT_FALSE(b.halted());
  b.host.wait(Milliseconds(501));
  ASSERT_TRUE(b.halted());
  EXPECT_EQ(b.host.word(0x08020004), 0x12345678u);
}

TEST(BoardExecution, BootsFromFlash) {
  for (const auto& [name, vtor] : {std::pair{"stm32f407vg", 0u}, std::pair{"stm32f746zg", 0x00200000u}}) {
    Bench b(name);
    b.host.unlock();
    // Stack, reset vector; at 0x40: ldr r0, [pc, #4]; ldr r1, [pc, #8]; str r1, [r0]; 1: b 1b; 0x20000100,
    // 0x600D600D
    b.load(kFlash, {0x20001000, vtor + 0x41});
    b.load(kFlash + 0x40, {0x49024801, 0xE7FE6001, 0x20000100, 0x600D600D});
    b.host.write_mem(kDhcsr, 0xA05F0000);
    b.reset();
    b.host.wait(Milliseconds(1));
    EXPECT_EQ(b.host.word(0x20000100), 0x600D600Du) << name;
    EXPECT_EQ(b.host.word(kVtor), vtor);
    b.host.halt();
    EXPECT_EQ(b.get_register(13), 0x20001000u);
    EXPECT_EQ(b.get_register(15), vtor + 0x46);
  }
}

TEST(BoardExecution, ResetVectorCatchHaltsAtTheFirstInstruction) {
  Bench b("stm32f746zg");
  b.host.unlock();
  b.load(kFlash, {0x20001000, 0x00200041});
  b.host.write_mem(0xE000EDFC, 1);  // VC_CORERESET
  b.reset();
  ASSERT_TRUE(b.halted());
  EXPECT_EQ(b.get_register(15), 0x00200040u);
}

TEST(BoardExecution, AnErasedChipLocksUp) {
  Bench b("stm32f407vg");
  b.host.write_mem(kDhcsr, 0xA05F0000);
  b.reset();
  b.host.wait(Milliseconds(1));
  EXPECT_TRUE(b.host.word(kDhcsr) & kLockedUp);
}

TEST(BoardExecution, CodeThatSetsSysresetreqResetsTheChip) {
  Bench b("stm32f407vg");
  b.host.write_mem(0x40023874, 1u << 24);
  // ldr r0, [pc, #4]; ldr r1, [pc, #8]; str r1, [r0]; 1: b 1b; AIRCR, key | SYSRESETREQ
  b.load(kRam, {0x49024801, 0xE7FE6001, 0xE000ED0C, 0x05FA0004});
  b.set_register(15, kRam);
  b.set_register(16, 0x01000000);
  b.host.write_mem(0x40020014, 0x55);
  b.resume();
  b.host.wait(Milliseconds(1));
  EXPECT_EQ(b.host.word(0x40020014), 0u);
  EXPECT_EQ(b.host.word(0x40023874) & 1u << 28, 1u << 28);
}

TEST(BoardExecution, TheWatchdogStrikesRunningCodeAtItsTime) {
  Bench b("stm32f407vg");
  b.load(kRam, {0xE7FEE7FE});  // 1: b 1b
  b.set_register(15, kRam);
  b.set_register(16, 0x01000000);
  b.host.write_mem(0x40023874, 1u << 24);
  b.host.write_mem(0xE0042008, 1u << 12);  // frozen while halted
  b.host.write_mem(0x40003000, 0xCCCC);    // 512 ms
  b.host.wait(Milliseconds(1000));
  b.resume();
  b.host.wait(Milliseconds(500));
  EXPECT_EQ(b.host.word(0x40023874) & 1u << 29, 0u);
  b.host.wait(Milliseconds(20));
  EXPECT_EQ(b.host.word(0x40023874) & 1u << 29, 1u << 29);
}

TEST(BoardExecution, CcmHoldsNoCode) {
  Bench b("stm32f407vg");
  b.host.write_mem(0xE000EDFC, 1);  // VC_CORERESET: away from the lock-up of an erased chip
  b.reset();
  b.load(0x10000000, {0xBE00BE00});
  b.set_register(13, kRam + 0x1000);
  b.set_register(15, 0x10000000);
  b.set_register(16, 0x01000000);
  b.host.write_mem(0xE000EDFC, 1u << 10);  // VC_HARDERR
  b.resume();
  b.host.wait(Milliseconds(1));
  ASSERT_TRUE(b.halted());
  EXPECT_TRUE(b.host.word(0xE000ED28) & 1u << 8) << "CFSR.IBUSERR";
}

}  // namespace
}  // namespace probity::vboard::test::board_execution_test
