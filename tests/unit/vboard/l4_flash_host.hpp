// The flash sequences of RM0351, RM0444 and RM0440, done through the debug port one register write at a time.
#pragma once

#include <string>

#include "board_swd_host.hpp"

namespace probity::vboard::test::l4 {

inline constexpr std::uint32_t kFlash = 0x08000000, kOtp = 0x1FFF7000;
// FLASH registers, as offsets of its base.
enum : std::uint32_t {
  KEYR = 0x08,
  OPTKEYR = 0x0C,
  SR = 0x10,
  CR = 0x14,
  OPTR = 0x20,
  PCROP1SR = 0x24,
  PCROP1ER = 0x28,
  WRP1AR = 0x2C,
  WRP1BR = 0x30,
  WRP2AR = 0x4C,
  G4_SEC1R = 0x70,
  G0_SECR = 0x80
};
inline constexpr std::uint32_t kPg = 1, kPer = 2, kMer1 = 4, kBker = 1u << 11, kBkerG0 = 1u << 13,
                               kMer2 = 1u << 15, kStrt = 1u << 16, kOptStrt = 1u << 17, kFstpg = 1u << 18,
                               kEopie = 1u << 24, kErrie = 1u << 25, kOblLaunch = 1u << 27,
                               kSecProt = 1u << 28, kOptLock = 1u << 30, kLock = 1u << 31;
inline constexpr std::uint32_t kEop = 1, kOperr = 2, kProgerr = 1u << 3, kWrperr = 1u << 4, kPgaerr = 1u << 5,
                               kSizerr = 1u << 6, kPgserr = 1u << 7, kMisserr = 1u << 8, kFasterr = 1u << 9,
                               kRderr = 1u << 14, kBsy = 1u << 16, kBsy2 = 1u << 17, kCfgbsy = 1u << 18;

constexpr std::uint32_t page(unsigned number) { return number << 3; }

class Host : public SwdHost {
 public:
  Host(Board& board, std::uint32_t base) : SwdHost(board), base_(base) {
    dpidr = connect();
    halt();
  }
  std::uint32_t get(std::uint32_t offset) { return word(base_ + offset); }
  bool put(std::uint32_t offset, std::uint32_t value) { return write_mem(base_ + offset, value); }
  void unlock() {
    put(KEYR, 0x45670123);
    put(KEYR, 0xCDEF89AB);
  }
  void unlock_options() {
    if ((get(CR) & kOptLock) == 0) return;
    put(OPTKEYR, 0x08192A3B);
    put(OPTKEYR, 0x4C5D6E7F);
  }
  // Waits in virtual time; returns SR's flags, and clears them.
  std::uint32_t finish() {
    while (get(SR) & (kBsy | kBsy2)) wait(Milliseconds(1));
    const std::uint32_t flags = get(SR);
    put(SR, flags);
    return flags;
  }
  std::uint32_t erase(std::uint32_t selection) {
    put(CR, selection);
    put(CR, selection | kStrt);
    const std::uint32_t flags = finish();
    put(CR, 0);
    return flags;
  }
  std::uint32_t program(std::uint32_t address, std::uint32_t low, std::uint32_t high) {
    put(CR, kPg);
    write_mem(address, low);
    write_mem(address + 4, high);
    const std::uint32_t flags = finish();
    put(CR, 0);
    return flags;
  }
  // Option registers, then OPTSTRT; not in force yet.
  void program_option(std::uint32_t offset, std::uint32_t value) {
    unlock_options();
    put(offset, value);
    put(CR, kOptStrt);
    finish();
  }
  // In force through the reset that OBL_LAUNCH brings; unlocks again.
  void launch() {
    write_mem(base_ + CR, kOblLaunch);
    wait(Milliseconds(1));
    connect();
    halt();
    unlock();
  }
  void set_option(std::uint32_t offset, std::uint32_t value) {
    program_option(offset, value);
    launch();
  }

  std::uint32_t dpidr = 0;

 private:
  std::uint32_t base_;
};

struct Bench {
  explicit Bench(const std::string& chip, std::uint32_t base = 0x40022000)
      : board(options(chip)), host(board, base) {
    host.unlock();
  }
  static BoardOptions options(const std::string& chip) {
    BoardOptions options;
    options.chip = chip;
    return options;
  }
  Board board;
  Host host;
};

}  // namespace probity::vboard::test::l4
