// The cross trigger interfaces of a chip with several cores: one beside each core, all at the same address of
// their own private bus, joined by four channels (CoreSight CTI: Arm DDI 0314, chapter 4). Trigger input 0 is
// the core's halt, trigger output 0 its halt request, which holds until it is acknowledged (RM0399 60.5.7).
// Not there: restarting cores, integration registers, and a power cycle that resets them.
#pragma once

#include <array>
#include <vector>

#include "vboard/chip/vendor_parts.hpp"

namespace probity::vboard {

class CrossTriggers final : public RegisterBlock {
 public:
  CrossTriggers(ChipControl& chip, unsigned cores);

  BusStatus read_register(std::uint32_t offset, std::uint32_t& value) override;
  BusStatus write_register(std::uint32_t offset, std::uint32_t value, Lanes lanes) override;
  void reset() override {}  // the debug domain has it

 private:
  static constexpr unsigned kTriggers = 8;
  struct Interface {
    bool enabled = false;
    std::uint32_t application = 0, gate = 0xF, outputs = 0;  // channels, channels, trigger outputs
    std::array<std::uint32_t, kTriggers> in = {}, out = {};  // channels of each trigger
  };
  void pulse(unsigned from, std::uint32_t channels);
  void raise(unsigned core, std::uint32_t channels);
  void acknowledge(unsigned core, std::uint32_t triggers);

  ChipControl& chip_;
  std::vector<Interface> interfaces_;  // by core
};

}  // namespace probity::vboard
