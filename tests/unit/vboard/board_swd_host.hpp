// A small SWD host on the board's pins, written from the ADIv5 manual (IHI 0031) for the tests of the board
// alone.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>

#include "vboard/board.hpp"

namespace probity::vboard::test {

inline constexpr unsigned kAckOk = 1, kAckWait = 2, kAckFault = 4, kNoAnswer = 7;

class SwdHost {
 public:
  explicit SwdHost(Board& board, Nanoseconds period = Nanoseconds(250)) : board_(board), period_(period) {}

  bool cycle(std::optional<bool> drive) {
    const bool level = board_.clock(drive, true).swdio;
    board_.timeline().advance(period_);
    return level;
  }
  void send(std::uint64_t bits, unsigned count) {
    for (unsigned i = 0; i < count; ++i) cycle((bits >> i & 1) != 0);
  }
  std::uint64_t receive(unsigned count) {
    std::uint64_t bits = 0;
    for (unsigned i = 0; i < count; ++i) bits |= std::uint64_t{cycle({})} << i;
    return bits;
  }

  void line_reset() {
    send(~0ull, 56);
    send(0, 8);
  }
  void select_swd() {
    send(~0ull, 56);
    send(0xE79E, 16);
    line_reset();
  }

  struct Answer {
    unsigned ack = 0;
    std::uint32_t value = 0;
    bool parity_ok = true;
  };
  static unsigned request(bool ap, bool read, unsigned address) {
    const unsigned fields = unsigned{ap} | unsigned{read} << 1 | (address >> 2 & 3) << 2;
    return 0x81 | fields << 1 | (std::popcount(fields) & 1u) << 5;
  }
  Answer read(bool ap, unsigned address) {
    send(request(ap, true, address), 8);
    cycle({});
    Answer answer;
    answer.ack = static_cast<unsigned>(receive(3));
    if (answer.ack == kAckOk || data_phase_always) {
      answer.value = static_cast<std::uint32_t>(receive(32));
      answer.parity_ok = (std::popcount(answer.value) & 1u) == receive(1);
    }
    cycle({});
    send(0, idle);
    return answer;
  }
  unsigned write(bool ap, unsigned address, std::uint32_t value, bool wrong_parity = false) {
    send(request(ap, false, address), 8);
    cycle({});
    const auto ack = static_cast<unsigned>(receive(3));
    cycle({});
    if (ack == kAckOk || data_phase_always) {
      send(value, 32);
      cycle(((std::popcount(value) & 1u) != 0) != wrong_parity);
    }
    send(0, idle);
    return ack;
  }

  // What must be answered OK; WAIT is asked again.
  std::uint32_t must_read(bool ap, unsigned address) {
    Answer answer = read(ap, address);
    for (unsigned i = 0; answer.ack == kAckWait && i < 1'000'000; ++i) answer = read(ap, address);
    if (answer.ack != kAckOk) throw std::runtime_error("read: ack " + std::to_string(answer.ack));
    if (!answer.parity_ok) throw std::runtime_error("read: parity");
    return answer.value;
  }
  void must_write(bool ap, unsigned address, std::uint32_t value) {
    unsigned ack = write(ap, address, value);
    for (unsigned i = 0; ack == kAckWait && i < 1'000'000; ++i) ack = write(ap, address, value);
    if (ack != kAckOk) throw std::runtime_error("write: ack " + std::to_string(ack));
  }

  // Selects SWD, powers the debug domain up, and prepares word accesses with auto-increment.
  std::uint32_t connect() {
    select_swd();
    const std::uint32_t dpidr = must_read(false, 0x0);
    must_write(false, 0x0, 0x1E);
    must_write(false, 0x8, 0);
    must_write(false, 0x4, 0x50000000);
    set_size(4);
    return dpidr;
  }
  void set_size(unsigned size) { must_write(true, 0x0, 0x23000010u | (size == 4 ? 2 : size == 2 ? 1 : 0)); }

  // Memory, by the access size in force; nothing where the access faulted (and the fault is then cleared).
  std::optional<std::uint32_t> read_mem(std::uint32_t address) {
    must_write(true, 0x4, address);
    must_read(true, 0xC);
    return fetch_result();
  }
  bool write_mem(std::uint32_t address, std::uint32_t value) {
    must_write(true, 0x4, address);
    must_write(true, 0xC, value);
    return fetch_result().has_value();
  }
  std::optional<std::uint32_t> fetch_result() {
    Answer answer = read(false, 0xC);
    for (unsigned i = 0; answer.ack == kAckWait && i < 1'000'000; ++i) answer = read(false, 0xC);
    if (answer.ack == kAckFault) {
      must_write(false, 0x0, 0x1E);
      return {};
    }
    if (answer.ack != kAckOk) throw std::runtime_error("RDBUFF: ack " + std::to_string(answer.ack));
    return answer.value;
  }
  std::uint32_t word(std::uint32_t address) {
    const auto value = read_mem(address);
    if (!value) throw std::runtime_error("bus fault reading " + std::to_string(address));
    return *value;
  }

  void halt() {
    if (!write_mem(0xE000EDF0, 0xA05F0003)) throw std::runtime_error("DHCSR write fault");
  }
  void wait(Nanoseconds time) { board_.timeline().advance(time); }
  Board& board() { return board_; }

  bool data_phase_always = false;  // ORUNDETECT is set
  unsigned idle = 8;               // cycles after each packet

 private:
  Board& board_;
  Nanoseconds period_;
};

}  // namespace probity::vboard::test
