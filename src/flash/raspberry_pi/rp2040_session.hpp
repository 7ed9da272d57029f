// While a RomSession lives, the flash chip of an RP2040 or RP2350 takes commands instead of being memory, and
// the boot ROM's flash functions can be called.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "flash/block_runner.hpp"
#include "flash/raspberry_pi/rp2040_rom.hpp"

namespace probity::rp {

enum class Chip { rp2040, rp2350 };

// The core must be halted, and nothing else may use the work area or run on the target meanwhile.
class RomSession {
 public:
  // FlashError where the work area is missing or too small; TargetError and TimeoutError where the ROM's code
  // does not come to its end. `bank` is what errors call the flash.
  RomSession(Target& target, Clock& clock, Log& log, Chip chip, const RomFunctions& rom,
             const std::string& bank);
  // The flash is memory again at every way out.
  ~RomSession();
  RomSession(const RomSession&) = delete;
  RomSession& operator=(const RomSession&) = delete;
  // The same, with its errors told.
  void close();

  // From `offset` on, both multiples of 4096. Whole blocks of `block_size` go by the flash chip's opcode
  // `block_erase`, the rest in pieces of 4096.
  void erase(std::uint32_t offset, std::uint32_t size, std::uint32_t block_size, std::uint8_t block_erase);
  // `offset` and the size of `pages` are multiples of 256.
  void program(std::uint32_t offset, ByteView pages);
  // A function of the ROM, with at most four arguments.
  void call(Address function, const std::vector<std::uint32_t>& arguments = {});

 private:
  Algorithm call_of(Address function, const std::vector<std::uint32_t>& arguments) const;
  void call(Address function, const std::vector<std::uint32_t>& arguments, Milliseconds limit);
  void prepare_rp2350();
  void quicken_ssi();
  void open_access();
  void restore();

  Target& target_;
  Clock& clock_;
  Log& log_;
  Chip chip_;
  RomFunctions rom_;
  std::unique_ptr<BlockRunner> runner_;
  Bytes access_;  // of RP2350's ACCESSCTRL, as it was
  bool closed_ = false;
};

}  // namespace probity::rp
