// A debugger on a virtual RP2040, through its multi-drop SWD wire: the boot ROM's functions are called as
// tools call them (RP2040 data sheet 2.8.3).
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "board_swd_host.hpp"

namespace probity::vboard::test {

class Rp2040Host : public SwdHost {
 public:
  static constexpr std::uint32_t kFlash = 0x10000000, kRam = 0x20000000, kStack = 0x20041000,
                                 kSsi = 0x18000000, kSsCtrl = 0x4001800C, kSio = 0xD0000000;
  enum Register : unsigned { r0 = 0, r7 = 7, sp = 13, pc = 15, xpsr = 16 };

  Rp2040Host() : Rp2040Host(std::make_unique<Board>(options())) {}

  // `instance` of the three ports; power-up requested, word accesses.
  void connect(unsigned instance) {
    must_wake();
    line_reset();
    send(request(false, false, 0xC), 8);
    receive(5);
    const std::uint32_t target = instance << 28 | 0x01002927;
    send(target, 32);
    cycle((std::popcount(target) & 1u) != 0);
    EXPECT_EQ(must_read(false, 0x0), 0x0BC12477u);
    must_write(false, 0x0, 0x1E);
    must_write(false, 0x8, 0);
    must_write(false, 0x4, 0x50000000);
  }
  void connect_core(unsigned core) {
    connect(core);
    set_size(4);
  }

  std::uint32_t reg(unsigned number) {
    write_mem(0xE000EDF4, number);
    return word(0xE000EDF8);
  }
  void set_reg(unsigned number, std::uint32_t value) {
    write_mem(0xE000EDF8, value);
    write_mem(0xE000EDF4, 1u << 16 | number);
  }
  bool halted() { return (word(0xE000EDF0) & 1u << 17) != 0; }
  void resume() { write_mem(0xE000EDF0, 0xA05F0001); }
  void store(std::uint32_t address, std::span<const std::uint32_t> words) {
    for (const std::uint32_t value : words) {
      EXPECT_TRUE(write_mem(address, value)) << std::hex << address;
      address += 4;
    }
  }

  // By the function table, as 2.8.3 describes it; 0: not there.
  std::uint32_t rom(std::string_view code) {
    EXPECT_EQ(word(0x10) & 0xFFFFFF, 0x01754Du);
    std::uint32_t place = word(0x14) & 0xFFFF;
    for (; place % 4 == 0; place += 4) {
      const std::uint32_t entry = word(place), tag = entry & 0xFFFF;
      if (tag == 0) return 0;
      if (tag == static_cast<std::uint32_t>(code[0] | code[1] << 8)) return entry >> 16;
    }
    return 0;
  }
  // Runs the halted core from `address`, with sp at the end of SRAM4, until it halts.
  void run(std::uint32_t address) {
    set_reg(sp, kStack);
    set_reg(pc, address & ~1u);
    set_reg(xpsr, 1u << 24);
    resume();
    for (unsigned i = 0; i < 5000 && !halted(); ++i) wait(Milliseconds(1));
    ASSERT_TRUE(halted());
  }
  std::uint32_t call(std::string_view code, const std::vector<std::uint32_t>& arguments = {}) {
    for (unsigned i = 0; i < arguments.size(); ++i) set_reg(i, arguments[i]);
    const std::uint32_t function = rom(code);
    EXPECT_NE(function & 1, 0u) << code;
    set_reg(r7, function);
    run(rom("DT"));
    EXPECT_EQ(reg(pc), rom("DE") & ~1u) << code;
    return reg(r0);
  }
  // The flash listens to commands.
  void command_mode() {
    call("IF");
    call("EX");
  }
  void read_mode() {
    call("FC");
    call("CX");
  }
  std::vector<std::uint32_t> words(std::uint32_t address, unsigned count) {
    std::vector<std::uint32_t> found;
    for (unsigned i = 0; i < count; ++i) found.push_back(word(address + 4 * i));
    return found;
  }
  // One page of `words` (64) from RAM into the flash.
  void program_page(std::uint32_t offset, std::span<const std::uint32_t> words) {
    store(kRam, words);
    call("RP", {offset, kRam, 256});
  }
  bool is_erased() {
    const Bytes content = board().flash_content();
    return std::all_of(content.begin(), content.end(), [](std::uint8_t byte) { return byte == 0xFF; });
  }

 private:
  explicit Rp2040Host(std::unique_ptr<Board> board) : SwdHost(*board), board_(std::move(board)) {}
  static BoardOptions options() {
    BoardOptions options;
    options.chip = "rp2040";
    return options;
  }
  void must_wake() {
    if (awake_) return;
    send(0xFF, 8);
    send(0x86852D956209F392, 64);
    send(0x19BC0EA2E3DDAFE9, 64);
    send(0x1A0, 12);
    awake_ = true;
  }
  std::unique_ptr<Board> board_;
  bool awake_ = false;
};

}  // namespace probity::vboard::test
