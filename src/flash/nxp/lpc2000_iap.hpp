// In-application programming: the functions in an LPC's boot ROM that write its flash, called on the target.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "flash/block_runner.hpp"

namespace probity::lpc {

namespace iap {
constexpr std::uint32_t kInit = 49, kPrepare = 50, kCopy = 51, kErase = 52, kBlankCheck = 53, kPartId = 54;
}

// The core must be halted while it lives, and nothing else may use the work area.
class Iap {
 public:
  // `entry`: the ROM's entry point; `stack`: bytes that it needs. FlashError where the work area is missing
  // or too small. `bank` is what errors call the flash.
  Iap(Target& target, Clock& clock, Address entry, std::uint32_t stack, std::string bank);

  struct Answer {
    std::uint32_t status = 0;
    std::uint32_t result = 0;  // the word behind it
  };
  // At most five parameters. TargetError and TimeoutError where the ROM does not come to its end.
  Answer call(std::uint32_t command, const std::vector<std::uint32_t>& parameters, Milliseconds limit);

  // What copying needs beside the address: sectors to be prepared before each block and what is behind them
  // in the command, the clock in kHz, the largest block.
  struct Copy {
    std::vector<std::uint32_t> prepare;
    std::uint32_t clock_khz = 0;
    std::uint32_t most = 0;
  };
  // Flash from `address` on, which is erased; `data` is a multiple of 64 bytes at least, of what the chip
  // takes. FlashError with the IAP's status.
  void write(Address address, ByteView data, const Copy& copy);

 private:
  Algorithm algorithm_of(Address entry_offset) const;
  void put(Address at, std::uint32_t command, const std::vector<std::uint32_t>& parameters);
  void copy_blocks(BlockRunner& runner, Address address, ByteView data, const Copy& copy);

  Target& target_;
  Clock& clock_;
  Address entry_;
  std::string bank_;
  std::unique_ptr<WorkArea> area_;
  Address first_command_ = 0, second_command_ = 0, result_ = 0, stack_top_ = 0;
};

}  // namespace probity::lpc
