#include "wire/swj_sequence.hpp"

namespace probity::swj {

namespace {

constexpr std::size_t kResetOnes = 56;  // at least 50; whole bytes suit every probe
constexpr std::size_t kIdleZeros = 8;

// B5.2.2 and B5.2.3, least significant bit first.
constexpr std::uint16_t kJtagToSwd = 0xE79E;
constexpr std::uint16_t kSwdToJtag = 0xE73C;
// B5.3.2: from SWD 16 bits, from JTAG 31 bits after at least 5 clocks high.
constexpr std::uint16_t kSwdToDormant = 0xE3BC;
constexpr std::uint32_t kJtagToDormant = 0x33BBBBBA;
// B5.3.4: the 128-bit selection alert, as two halves in wire order.
constexpr std::uint64_t kAlertFirst = 0x86852D956209F392;
constexpr std::uint64_t kAlertSecond = 0x19BC0EA2E3DDAFE9;
// Activation codes, behind four clocks low.
constexpr std::uint8_t kActivateSwd = 0x1A;
constexpr std::uint8_t kActivateJtag = 0x0A;

BitVector high() { return BitVector::repeat(true, kResetOnes); }

BitVector selection_alert(std::uint8_t activation) {
  BitVector bits = BitVector::repeat(true, 8);
  bits.push(kAlertFirst, 64);
  bits.push(kAlertSecond, 64);
  bits.push(0, 4);
  bits.push(activation, 8);
  return bits;
}

// TMS high for at least 5 clocks is Test-Logic-Reset, one low is Run-Test/Idle.
void append_tap_reset(BitVector& bits) {
  bits.push(0xFF, 8);
  bits.push(0, kIdleZeros);
}

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
  append_tap_reset(bits);
  return bits;
}

BitVector jtag_to_dormant() {
  BitVector bits = BitVector::repeat(true, 8);
  bits.push(kJtagToDormant, 31);
  return bits;
}

BitVector swd_to_dormant() {
  BitVector bits = high();
  bits.push(kSwdToDormant, 16);
  return bits;
}

BitVector dormant_to_swd() {
  BitVector bits = selection_alert(kActivateSwd);
  bits.append(line_reset());
  return bits;
}

BitVector dormant_to_jtag() {
  BitVector bits = selection_alert(kActivateJtag);
  append_tap_reset(bits);
  return bits;
}

}  // namespace probity::swj
