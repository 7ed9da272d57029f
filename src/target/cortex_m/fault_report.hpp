// What a fault was, in words. Pure: fault.cpp reads the registers.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/units.hpp"

namespace probity::cortex_m {

// What the core pushed when it took the exception (DDI 0403E B1.5.6); an FPU frame has the same in front.
struct ExceptionFrame {
  Address address = 0;
  bool on_psp = false;
  std::array<std::uint32_t, 8> words{};  // r0-r3, r12, lr, pc, xPSR
  std::uint32_t lr() const { return words[5]; }
  std::uint32_t pc() const { return words[6]; }
  std::uint32_t xpsr() const { return words[7]; }
};

struct FaultFacts {
  unsigned exception = 0;  // IPSR: 2 NMI, 3 HardFault, 4 MemManage, 5 BusFault, 6 UsageFault, 7 SecureFault
  bool locked_up = false;
  bool has_status = true;  // Armv6-M has none of the following
  std::uint32_t cfsr = 0, hfsr = 0, dfsr = 0, mmfar = 0, bfar = 0, sfsr = 0, sfar = 0;
  std::optional<ExceptionFrame> frame;
};

// True of the value that LR has on exception entry (DDI 0403E table B1-8, DDI 0553B B3.18).
bool is_exc_return(std::uint32_t value);
// EXC_RETURN.SPSEL: the frame is on PSP.
bool frame_on_psp(std::uint32_t exc_return);

// The frame within `stack`, the words from `base` up: the one that an exception with this EXC_RETURN left,
// behind what its handler pushed since. Without EXC_RETURN (the handler has called others), the saved one is
// looked for.
std::optional<ExceptionFrame> find_frame(std::optional<std::uint32_t> exc_return, std::uint32_t cfsr,
                                         Address base, const std::vector<std::uint32_t>& stack);
// The EXC_RETURN that a handler pushed, if one can be seen, and how many words lie up to and with it.
struct SavedReturn {
  std::uint32_t value;
  std::size_t words;
};
std::optional<SavedReturn> find_saved_return(const std::vector<std::uint32_t>& stack);
// Eight words that can be a frame of an exception with this EXC_RETURN.
bool plausible_frame(const std::array<std::uint32_t, 8>& words, std::uint32_t exc_return, std::uint32_t cfsr);

// Several lines, without a newline at the end.
std::string describe(const FaultFacts& facts);

}  // namespace probity::cortex_m
