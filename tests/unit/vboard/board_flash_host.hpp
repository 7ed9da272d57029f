// The flash sequences of the reference manuals, done through the debug port one register write at a time.
#pragma once

#include "board_swd_host.hpp"

namespace probity::vboard::test {

inline constexpr std::uint32_t kKeyr = 0x40023C04, kOptKeyr = 0x40023C08, kSr = 0x40023C0C, kCr = 0x40023C10,
                               kOptcr = 0x40023C14, kOptcr1 = 0x40023C18, kOptcr2 = 0x40023C1C;
inline constexpr std::uint32_t kPg = 1, kSer = 2, kMer = 4, kMer1 = 1u << 15, kStrt = 1u << 16,
                               kLock = 1u << 31;
inline constexpr std::uint32_t kX8 = 0, kX16 = 1u << 8, kX32 = 2u << 8, kX64 = 3u << 8;
inline constexpr std::uint32_t kEop = 1, kOperr = 2, kWrperr = 1u << 4, kPgaerr = 1u << 5, kPgperr = 1u << 6,
                               kPgserr = 1u << 7, kRderr = 1u << 8, kBsy = 1u << 16;

class FlashHost : public SwdHost {
 public:
  explicit FlashHost(Board& board) : SwdHost(board) {
    connect();
    halt();
  }
  void unlock() {
    write_mem(kKeyr, 0x45670123);
    write_mem(kKeyr, 0xCDEF89AB);
  }
  void unlock_options() {
    write_mem(kOptKeyr, 0x08192A3B);
    write_mem(kOptKeyr, 0x4C5D6E7F);
  }
  // Waits in virtual time; returns SR without BSY, and clears its flags.
  std::uint32_t finish() {
    while (word(kSr) & kBsy) wait(Milliseconds(1));
    const std::uint32_t flags = word(kSr);
    write_mem(kSr, flags);
    return flags;
  }
  std::uint32_t erase(unsigned snb, std::uint32_t psize = kX32) {
    write_mem(kCr, kSer | psize | snb << 3);
    write_mem(kCr, kSer | psize | snb << 3 | kStrt);
    return finish();
  }
  std::uint32_t program(std::uint32_t address, std::uint32_t value, std::uint32_t psize = kX32,
                        unsigned size = 4) {
    write_mem(kCr, kPg | psize);
    set_size(size);
    write_mem(address, value << 8 * (address & 3));
    set_size(4);
    const std::uint32_t flags = finish();
    write_mem(kCr, 0);
    return flags;
  }
  // Sets options: OPTCR, then OPTSTRT.
  void set_options(std::uint32_t optcr) {
    unlock_options();
    write_mem(kOptcr, optcr & ~3u);
    write_mem(kOptcr, (optcr & ~3u) | 2);
    finish();
    write_mem(kOptcr, word(kOptcr) | 1);
  }
};

}  // namespace probity::vboard::test
