// RP2040's single-cycle IO block (RP2040 data sheet 2.3.1), which has no aliases: CPUID, GPIO with nothing
// connected, FIFOs between the cores, spin locks, divider. The interpolators keep what is written; a FIFO
// that is written to raises no event and no interrupt.
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <vector>

#include "vboard/chip/register_block.hpp"

namespace probity::vboard {

class RpSio final : public RegisterBlock {
 public:
  // `core`: whose access it is.
  explicit RpSio(std::function<unsigned()> core);
  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  void reset() override;

 private:
  struct PerCore {
    std::deque<std::uint32_t> fifo;  // to this core
    bool overflowed = false, underflowed = false;
    std::uint32_t dividend = 0, divisor = 0, quotient = 0, remainder = 0;
    bool dirty = false;
  };
  PerCore& own() { return cores_[core_() & 1]; }
  PerCore& other() { return cores_[~core_() & 1]; }
  std::uint32_t fifo_status();
  std::uint32_t pop();
  std::uint32_t claim(unsigned lock);
  void gpio(std::uint32_t offset, std::uint32_t value);
  void divide(bool is_signed);

  std::function<unsigned()> core_;
  std::array<PerCore, 2> cores_;
  std::vector<std::uint32_t> words_;
  std::uint32_t locks_ = 0;  // taken
};

}  // namespace probity::vboard
