// BitLink: a probe at the level of clocked bits (remote_bitbang, later FTDI and GPIO probes), and the generic
// code that lifts it to a DapLink.
#pragma once

#include <memory>

#include "adapter/adapter.hpp"
#include "adapter/dap_link.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "wire/bit_vector.hpp"
#include "wire/jtag_scan.hpp"

namespace probity {

// Calls are queued in order; collect() makes sure that all of them have happened. AdapterError or
// TimeoutError from any of them when the probe fails.
class BitLink {
 public:
  virtual ~BitLink() = default;

  // One SWCLK cycle a bit, SWDIO driven by the probe.
  virtual void swd_write(const BitVector& bits) = 0;
  // SWDIO left to the target. `sample` false: clocks only (turnaround).
  virtual void swd_read(std::size_t cycles, bool sample) = 0;
  // TMS and TDI driven for each TCK cycle; TDO sampled in the cycles [sample_begin, sample_begin +
  // sample_count).
  virtual void jtag(const jtag::Stretch& stretch, std::size_t sample_begin, std::size_t sample_count) = 0;

  // Sends what is queued; returns everything sampled since the last collect(), in order.
  virtual BitVector collect() = 0;

  // How many cycles are worth queueing before they are collected; what follows a WAIT in them is in vain. The
  // default keeps remote_bitbang's characters below what a socket buffers.
  virtual std::size_t batch_cycles() const { return 12'000; }
};

// The lifts use overrun detection (CTRL/STAT.ORUNDETECT, ADIv5.2 B2.3.2): with it every transfer has the same
// length whatever its ACK, and nothing is executed behind a WAIT, so whole batches go out in one round trip.
// They set that bit by themselves in CTRL/STAT writes that pass through, and clear the overrun where it
// struck. An AP read that was accepted and then stays busy for 1 s throws DapError; any other WAIT is a
// value. Behind a read whose parity was wrong, later transfers of the batch may have happened. `bits` and
// `clock` must outlive the link.
std::unique_ptr<DapLink> lift_swd(BitLink& bits, Clock& clock);
// ConfigError where the chain has no TAP for the debug port.
std::unique_ptr<DapLink> lift_jtag(BitLink& bits, Clock& clock, Log& log, const JtagChain& chain);

}  // namespace probity
