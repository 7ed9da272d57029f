// Trace Port Interface Unit of Cortex-M (Cortex-M4 TRM 11, CoreSight SoC TRM 9): takes the ITM's bytes,
// frames them where the formatter is on, and shifts them out, by UART or Manchester code on SWO, or on a
// parallel port. TRACECLKIN is the core's clock, as on STM32F4 and F7 (RM0090 38.17.10).
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>

#include "vboard/core/itm.hpp"

namespace probity::vboard::armv7m {

enum class TraceCode : std::uint8_t { parallel = 0, manchester = 1, uart = 2 };  // TPIU_SPPR

// One byte as it leaves.
struct ShiftedByte {
  std::uint64_t start;  // the cycle at which its first bit begins
  std::uint32_t cycles_per_bit;
  TraceCode code;
  std::uint8_t value;
};

class Tpiu {
 public:
  // Start bit, data and stop bit, or for Manchester a pause of one bit.
  static constexpr unsigned kBitsPerByte = 10;

  std::uint32_t read(std::uint32_t offset) const;
  // Only power-on resets it.
  void write(std::uint32_t offset, std::uint32_t value, const Itm& itm);
  // Shifts out what begins before cycle `now`.
  void advance(Itm& itm, std::uint64_t now, const std::function<void(const ShiftedByte&)>& out);

 private:
  bool formats() const;
  void take(Itm& itm);
  void add_to_frame(unsigned id, std::uint8_t value);
  void put(std::uint8_t value);
  void end_frame();
  void send_frame();
  std::uint32_t cycles(std::uint32_t bits) const;

  std::uint32_t cspsr_ = 1, acpr_ = 0, sppr_ = 1, ffcr_ = 0x102;
  std::uint64_t free_at_ = 0;
  std::deque<Itm::Byte> ready_;  // formatted
  std::array<std::uint8_t, 16> frame_{};
  unsigned frame_size_ = 0, frame_id_ = ~0u;
  bool synchronised_ = false;
};

}  // namespace probity::vboard::armv7m
