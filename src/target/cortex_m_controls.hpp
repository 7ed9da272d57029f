// What only a Cortex-M lets a user choose: `cortex_m vector_catch`, `cortex_m maskisr`.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace probity {

// Exceptions at which the core can stop: bits of DEMCR (DDI 0403E C1.6.5), by OpenOCD's names, in its order.
struct VectorCatch {
  std::string_view name;
  std::uint32_t bit;
};
inline constexpr std::array kVectorCatches = {
    VectorCatch{"hard_err", 1u << 10}, VectorCatch{"int_err", 1u << 9}, VectorCatch{"bus_err", 1u << 8},
    VectorCatch{"state_err", 1u << 7}, VectorCatch{"chk_err", 1u << 6}, VectorCatch{"nocp_err", 1u << 5},
    VectorCatch{"mm_err", 1u << 4},    VectorCatch{"reset", 1u << 0},
};

// When interrupts are kept from being taken (DHCSR.C_MASKINTS).
enum class InterruptMasking {
  automatic,  // while stepping, after those that are due have run to their end
  off,        // never
  on,         // always
  steponly    // while stepping
};

class CortexMControls {
 public:
  // The catches that the core has in force; bits that this core does not have stay 0. They survive resets.
  virtual std::uint32_t vector_catch() = 0;
  virtual void set_vector_catch(std::uint32_t catches) = 0;

  virtual InterruptMasking interrupt_masking() const = 0;
  // The core must be halted (TargetError).
  virtual void set_interrupt_masking(InterruptMasking masking) = 0;

 protected:
  ~CortexMControls() = default;
};

}  // namespace probity
