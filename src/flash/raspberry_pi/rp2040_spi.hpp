// Single SPI transfers to the flash chip of an RP2040 (through its SSI) or RP2350 (QMI, direct mode), by the
// debugger. The flash must be connected and out of its execute-in-place mode. Sources: RP2040 data sheet 4.10
// (SSI) and 2.19.6.2 (IO_QSPI), RP2350 data sheet 12.14 (QMI).
#pragma once

#include "adapter/mem_port.hpp"
#include "base/clock.hpp"

namespace probity::rp {

class SpiLink {
 public:
  virtual ~SpiLink() = default;
  // Sends `out`, then returns the `count` bytes that follow, all with the chip selected. TimeoutError where
  // the controller does not get on.
  virtual Bytes transfer(ByteView out, std::size_t count) = 0;
};

// Both must outlive it.
class Ssi final : public SpiLink {
 public:
  Ssi(MemPort& memory, Clock& clock) : memory_(memory), clock_(clock) {}
  Bytes transfer(ByteView out, std::size_t count) override;

 private:
  void select(bool on);
  MemPort& memory_;
  Clock& clock_;
};

class Qmi final : public SpiLink {
 public:
  Qmi(MemPort& memory, Clock& clock) : memory_(memory), clock_(clock) {}
  Bytes transfer(ByteView out, std::size_t count) override;

 private:
  MemPort& memory_;
  Clock& clock_;
};

}  // namespace probity::rp
