// The flash sequences of RM0091 3.2 and PM0075 2, done through the debug port one register write at a time.
#pragma once

#include "board_swd_host.hpp"

namespace probity::vboard::test {

class F1FlashHost : public SwdHost {
 public:
  static constexpr std::uint32_t kRegisters = 0x40022000, kOptions = 0x1FFFF800;
  static constexpr std::uint32_t kAcr = kRegisters, kKeyr = kRegisters + 0x04, kOptKeyr = kRegisters + 0x08,
                                 kSr = kRegisters + 0x0C, kCr = kRegisters + 0x10, kAr = kRegisters + 0x14,
                                 kObr = kRegisters + 0x1C, kWrpr = kRegisters + 0x20, kSecondSet = 0x40;
  static constexpr std::uint32_t kPg = 1, kPer = 2, kMer = 4, kOptPg = 0x10, kOptEr = 0x20, kStrt = 0x40,
                                 kLock = 0x80, kOptWre = 0x200, kErrie = 0x400, kEopie = 0x1000,
                                 kOblLaunch = 0x2000;
  static constexpr std::uint32_t kBsy = 1, kPgerr = 4, kWrprterr = 0x10, kEop = 0x20;

  explicit F1FlashHost(Board& board) : SwdHost(board) {
    connect();
    halt();
  }
  // `set`: 0, or kSecondSet for the registers of bank 2.
  void unlock(std::uint32_t set = 0) {
    write_mem(kKeyr + set, 0x45670123);
    write_mem(kKeyr + set, 0xCDEF89AB);
  }
  void unlock_options() {
    unlock();
    write_mem(kOptKeyr, 0x45670123);
    write_mem(kOptKeyr, 0xCDEF89AB);
  }
  // Waits in virtual time; returns SR without BSY, and clears its flags.
  std::uint32_t finish(std::uint32_t set = 0) {
    while (word(kSr + set) & kBsy) wait(Microseconds(100));
    const std::uint32_t flags = word(kSr + set);
    write_mem(kSr + set, flags);
    return flags;
  }
  bool write_sized(std::uint32_t address, std::uint32_t value, unsigned size) {
    set_size(size);
    const bool ok = write_mem(address, value << 8 * (address & 3));
    set_size(4);
    return ok;
  }
  std::uint32_t program(std::uint32_t address, std::uint16_t value, std::uint32_t set = 0) {
    write_mem(kCr + set, kPg);
    write_sized(address, value, 2);
    const std::uint32_t flags = finish(set);
    write_mem(kCr + set, 0);
    return flags;
  }
  std::uint32_t erase(std::uint32_t address, std::uint32_t set = 0) {
    write_mem(kCr + set, kPer);
    write_mem(kAr + set, address);
    write_mem(kCr + set, kPer | kStrt);
    return finish(set);
  }
  std::uint32_t mass_erase(std::uint32_t set = 0) {
    write_mem(kCr + set, kMer);
    write_mem(kCr + set, kMer | kStrt);
    return finish(set);
  }
  std::uint32_t erase_options() {
    unlock_options();
    write_mem(kCr, kOptEr | kOptWre);
    write_mem(kCr, kOptEr | kOptWre | kStrt);
    return finish();
  }
  // After erase_options().
  std::uint32_t program_option(std::uint32_t offset, std::uint8_t value) {
    write_mem(kCr, kOptPg | kOptWre);
    write_sized(kOptions + offset, value, 2);
    return finish();
  }
  void reset_chip() {
    write_mem(0xE000ED0C, 0x05FA0004);  // SYSRESETREQ
    wait(Milliseconds(1));
  }
  void power_cycle() {
    board().power_cycle();
    connect();
    halt();
  }
};

}  // namespace probity::vboard::test
