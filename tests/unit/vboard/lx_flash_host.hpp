// The flash sequences of RM0367 3.3 (L0) and RM0038 3.3 (L1), done through the debug port one write at a
// time.
#pragma once

#include "board_swd_host.hpp"

namespace probity::vboard::test {

class LxFlashHost : public SwdHost {
 public:
  static constexpr std::uint32_t kProg = 8, kData = 0x10, kErase = 0x200, kFprg = 0x400, kOblLaunch = 0x40000;
  static constexpr std::uint32_t kBsy = 1, kEop = 2, kWrperr = 0x100, kPgaerr = 0x200, kSizerr = 0x400,
                                 kOptverr = 0x800, kNotZeroErr = 0x10000, kRderr = 0x2000, kIdle = 0xC;
  static constexpr std::uint32_t kOptions = 0x1FF80000, kEeprom = 0x08080000;

  // `registers`: 0x40022000 on L0, 0x40023C00 on L1.
  LxFlashHost(Board& board, std::uint32_t registers) : SwdHost(board), base(registers) {
    connect();
    halt();
  }
  std::uint32_t pecr() const { return base + 0x04; }
  std::uint32_t pekeyr() const { return base + 0x0C; }
  std::uint32_t prgkeyr() const { return base + 0x10; }
  std::uint32_t optkeyr() const { return base + 0x14; }
  std::uint32_t sr() const { return base + 0x18; }
  std::uint32_t obr() const { return base + 0x1C; }
  std::uint32_t wrpr() const { return base + 0x20; }

  void unlock_control() {
    write_mem(pekeyr(), 0x89ABCDEF);
    write_mem(pekeyr(), 0x02030405);
  }
  void unlock() {
    unlock_control();
    write_mem(prgkeyr(), 0x8C9DAEBF);
    write_mem(prgkeyr(), 0x13141516);
  }
  void unlock_options() {
    unlock_control();
    write_mem(optkeyr(), 0xFBEAD9C8);
    write_mem(optkeyr(), 0x24252627);
  }
  // Waits in virtual time; returns SR's flags (without ENDHV and READY), and clears them.
  std::uint32_t finish() {
    while (word(sr()) & kBsy) wait(Microseconds(100));
    const std::uint32_t flags = word(sr()) & ~kIdle;
    write_mem(sr(), flags);
    return flags;
  }
  std::uint32_t write_word(std::uint32_t address, std::uint32_t value) {
    write_mem(address, value);
    return finish();
  }
  std::uint32_t erase(std::uint32_t address) {
    write_mem(pecr(), kErase | kProg);
    const std::uint32_t flags = write_word(address, 0);
    write_mem(pecr(), 0);
    return flags;
  }
  bool write_sized(std::uint32_t address, std::uint32_t value, unsigned size) {
    set_size(size);
    const bool ok = write_mem(address, value << 8 * (address & 3));
    set_size(4);
    return ok;
  }
  void power_cycle() {
    board().power_cycle();
    connect();
    halt();
  }

  const std::uint32_t base;
};

}  // namespace probity::vboard::test
