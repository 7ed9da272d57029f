#include "wire/swj_sequence.hpp"

namespace probity::swj {

namespace {

constexpr std::size_t kResetOnes = 56;  // at least 50; whole bytes suit every probe
constexpr std::size_t kIdleZeros = 8;

// B5.2.2 and B5.2.3, least significant bit first.
constexpr std::uint16_t kJtagToSwd = 0xE79E;
constexpr std::uint16_t kSwdToJtag = 0xE73C;
// B5.3.2: JTAG to dormant, 31 bits.
constexpr std::uint32_t kJtagToDormant = 0x33BBBBBA;
// B5.3.4: the 128-bit selection alert, as two halves in wire order.
constexpr std::uint64_t kAlertFirst = 0x86852D956209F392;
constexpr std::uint64_t kAlertSecond = 0x19BC0EA2E3DDAFE9;
// Activation code, behind four clocks low.
constexpr std::uint8_t kActivateSwd = 0x1A;

BitVector high() { return BitVector::repeat(true, kResetOnes); }

}  // namespace

BitVector line_reset() {
  BitVector bits = high();
  bits.push(0, kIdleZeros);
  return bits;
}

BitVector jtag_to_swd() {
  BitVector bits = high();
  bits.push(kJtagToSwd, 16);
  bits.append(line_reset());
  return bits;
}

BitVector swd_to_jtag() {
  BitVector bits = high();
  bits.push(kSwdToJtag, 16);
  // TMS high for at least 5 clocks is Test-Logic-Reset, one low is Run-Test/Idle.
  bits.push(0xFF, 8);
  bits.push(0, kIdleZeros);
  return bits;
}

BitVector dormant_to_swd() {
  BitVector bits = BitVector::repeat(true, 8);
  bits.push(kAlertFirst, 64);
  bits.push(kAlertSecond, 64);
  bits.push(0, 4);
  bits.push(kActivateSwd, 8);
  bits.append(line_reset());
  return bits;
}

BitVector multi_drop_to_swd() {
  BitVector bits = high();
  bits.push(kJtagToDormant, 31);
  bits.append(dormant_to_swd());
  return bits;
}

}  // namespace probity::swj
