// The J-Link's pins: HW_JTAG2 and HW_JTAG3 clock two vectors of bits, TMS and TDI on JTAG, direction (1: the
// probe drives) and level of SWDIO on SWD, and bring back what TDO or SWDIO showed.
#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "vboard/probe/jlink/firmware.hpp"
#include "vboard/probe/jlink/protocol.hpp"

namespace probity::vboard::jlink {

namespace {

bool bit_of(ByteView bits, std::size_t i) { return (bits[i / 8] >> (i % 8) & 1) != 0; }

}  // namespace

// u16 millivolts, then the levels of TCK, TDI, TDO, TMS, TRES (nRST) and TRST.
void Firmware::get_state(ByteView) {
  Bytes bytes;
  append_le16(bytes, static_cast<std::uint16_t>(board_.target_millivolts()));
  for (const bool level : {tck_, tdi_, tdo_, tms_, !board_.nrst(), ntrst_}) append_u8(bytes, level ? 1 : 0);
  reply(std::move(bytes));
}

void Firmware::get_speeds(ByteView) {
  Bytes bytes;
  append_le32(bytes, model_.base_clock.value);
  append_le16(bytes, model_.least_divisor);
  reply(std::move(bytes));
}

void Firmware::set_speed(ByteView command) {
  const std::uint16_t khz = load_le16(command, 1);
  if (khz == 0 || khz == kAdaptive) {
    error(khz == 0 ? "SET_SPEED 0" : "SET_SPEED asks for adaptive clocking, which the probe does not have");
    return;
  }
  const std::uint32_t base = model_.base_clock.value, wanted = khz * 1000u;
  pins_.set_frequency(
      Hertz{base / std::max<std::uint32_t>(model_.least_divisor, (base + wanted - 1) / wanted)});
}

void Firmware::set_ks_power(ByteView command) {
  if (command[1] > 1) error(fmt::format("SET_KS_POWER {}", command[1]));
  power_ = command[1] != 0;
}

// Answers what was selected before, or a mask of what there is.
void Firmware::select_if(ByteView command) {
  const std::uint8_t wanted = command[1];
  if (wanted == kWhichAreThere) return reply_le32(model_.interfaces);
  const std::uint32_t before = interface_;
  if (wanted != kWhichIsSelected) {
    if (wanted < 32 && (model_.interfaces >> wanted & 1) != 0) {
      interface_ = wanted;
    } else {
      error(fmt::format("SELECT_IF {}, which the probe does not have", wanted));
    }
  }
  reply_le32(before);
}

void Firmware::reset_line(ByteView command) { pins_.set_nrst(command[0] == command::kHwReset0); }

void Firmware::trst_line(ByteView command) {
  ntrst_ = command[0] == command::kHwTrst1;
  pins_.set_ntrst(!ntrst_);
}

// TMS and TDI, or direction and level. TDO is sampled before the clock's rising edge, SWDIO behind it: in the
// turnaround's bit the acknowledge is there already (seen of OpenOCD 0.12.0, which looks for it there).
bool Firmware::clock_pins(bool first, bool second) {
  if (interface_ == kSwd) {
    pins_.swd_cycle(first ? std::optional(second) : std::nullopt);
    tms_ = first ? second : board_.pins().swdio;
    return tms_;
  }
  tms_ = first;
  tdi_ = second;
  tdo_ = pins_.jtag_cycle(first, second);
  return tdo_;
}

// Only HW_JTAG3 says how it went; it is also the one for SWD. What does not fit is refused as a whole.
void Firmware::hw_jtag(ByteView command) {
  constexpr std::size_t kHeader = 4;
  constexpr std::uint32_t kOwnNeeds = 16;
  const bool says_status = command[0] == command::kHwJtag3;
  const std::size_t count = load_le16(command, 2), bytes = (count + 7) / 8;
  const ByteView first = command.subspan(kHeader, bytes), second = command.subspan(kHeader + bytes, bytes);
  Bytes sampled(bytes);
  const bool fits = 2 * bytes + kOwnNeeds <= free_memory();
  if (count == 0) error("HW_JTAG of no bits");
  if (!fits && !says_status) error(fmt::format("HW_JTAG2 of {} bits, for which there is no room", count));
  if (interface_ == kSwd && !says_status) error("HW_JTAG2 on SWD");
  for (std::size_t i = 0; i < count && fits; ++i) {
    const bool level = clock_pins(bit_of(first, i), bit_of(second, i));
    sampled[i / 8] = static_cast<std::uint8_t>(sampled[i / 8] | (level ? 1 : 0) << (i % 8));
  }
  if (says_status) append_u8(sampled, fits ? kDone : kNoMemory);
  reply(std::move(sampled));
}

}  // namespace probity::vboard::jlink
