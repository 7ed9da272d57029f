// One SWD transfer in bits (ADIv5.2, IHI 0031, B4.1-B4.2):
//   write   request 8 · Trn 1 · ACK 3 · Trn 1 · data 32 · parity 1
//   read    request 8 · Trn 1 · ACK 3 · data 32 · parity 1 · Trn 1
// The host drives requests and write data, the target ACK and read data; nobody drives a turnaround.
#pragma once

#include <cstdint>
#include <optional>

#include "wire/bit_vector.hpp"

namespace probity::swd {

inline constexpr std::size_t kRequestBits = 8;
inline constexpr std::size_t kTurnaroundBits = 1;  // DLCR.TURNROUND as after reset
inline constexpr std::size_t kAckBits = 3;
inline constexpr std::size_t kDataBits = 33;  // 32 and parity
// After the last transfer the line must be clocked on, or an AP write may not start (B4.1.1: 8 cycles).
inline constexpr std::size_t kIdleBits = 8;

// The ACK as sampled, first bit least significant.
enum class Acknowledge : std::uint8_t { ok = 1, wait = 2, fault = 4 };

// Even parity: true when the number of ones is odd.
bool parity(std::uint32_t value);

// The request byte, first bit least significant: Start, APnDP, RnW, A2, A3, parity, Stop, Park. `a` is the
// register's address (0, 4, 8 or 0xC).
std::uint8_t request(bool ap, bool read, std::uint8_t a);
// A write of TARGETSEL, which no port acknowledges (B4.3.4): SWDIO is left alone for so many cycles between
// request and data, the turnarounds included.
inline constexpr std::uint8_t kTargetSel = 0xC;
inline constexpr std::size_t kNoAckBits = kTurnaroundBits + kAckBits + kTurnaroundBits;
// The host's part of the data phase of a write.
BitVector write_data(std::uint32_t value);
// The target's part of the data phase of a read; nothing where the parity is wrong.
std::optional<std::uint32_t> read_data(const BitVector& bits, std::size_t offset);

}  // namespace probity::swd
