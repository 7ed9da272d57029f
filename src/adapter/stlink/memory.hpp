// StlinkMemory: the target's memory by the probe's own commands; the fastest way an ST-LINK has.
#pragma once

#include "adapter/mem_port.hpp"
#include "adapter/stlink/probe.hpp"

namespace probity::stlink {

class StlinkMemory final : public MemPort {
 public:
  // `clear_after_fault`: the debug port's sticky flags are cleared after a fault, as the firmware leaves them
  // to those who can reach the registers. An `ap` other than 0 needs Feature::wide_access.
  StlinkMemory(Probe& probe, unsigned ap, bool clear_after_fault)
      : probe_(probe), ap_(ap), clear_after_fault_(clear_after_fault) {}

  // Half-words with firmware before V2J26 are made of bytes in memory (one warning), and refused
  // (AdapterError) in the regions of devices.
  void read(Address address, ByteSpan data, Width width) override;
  void write(Address address, ByteView data, Width width) override;
  void run(std::span<WordAccess> batch) override;
  // Told otherwise, it takes the memory commands for everything: those for a word and RW_MISC know no CSW.
  std::optional<std::uint32_t> csw() override;
  bool set_csw(std::uint32_t value, std::uint32_t mask) override;

 private:
  // Size of the next block of an access that has `left` bytes to go from `address`.
  std::size_t block_size(Address address, std::size_t left, Width width) const;
  Width possible_width(Address address, std::size_t size, Width wanted);
  void read_block(Address address, ByteSpan data, Width width);
  void write_block(Address address, ByteView data, Width width);
  GetLastRwStatus2::Answer last_status(std::size_t bytes);
  std::uint32_t read_word(Address address);
  void write_word(Address address, std::uint32_t value);
  // How many accesses of the batch are done: all, or those before a WAIT.
  struct MiscResult {
    std::size_t done;
    Status stopped_by;
  };
  MiscResult run_misc(std::span<WordAccess> batch);
  [[noreturn]] void fail(Status status, std::string_view verb, Address address, std::size_t size,
                         Address stopped_at);

  Probe& probe_;
  unsigned ap_;
  bool clear_after_fault_;
  std::uint32_t csw_ = 0;  // bits 31:8; 0: the firmware's own
  bool warned_ = false;
};

}  // namespace probity::stlink
