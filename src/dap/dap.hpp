// Dap: an ADIv5 debug access port on a DapLink. Does the banking through SELECT, power-up, sticky-error
// recovery and the WAIT policy. Sources: Arm IHI 0031 (ADIv5.2), chapters B2 (DP registers) and C1-C2 (AP,
// MEM-AP).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "adapter/dap_link.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"

namespace probity {

// A register access in a batch at Dap level: `ap` is nothing for the DP; `reg` is the full address (AP
// 0x00-0xFC, DP 0x0-0xF with the bank in bits 7:4). A read fills `value`.
struct DapAccess {
  std::optional<unsigned> ap;
  std::uint8_t reg = 0;
  bool read = false;
  std::uint32_t value = 0;
};

class Dap {
 public:
  // `name` as in `dap create NAME`. All references must outlive the Dap.
  Dap(std::string name, DapLink& link, Clock& clock, Log& log);
  ~Dap();

  const std::string& name() const { return name_; }
  DapLink& link() { return link_; }

  // Wakes the port, reads DPIDR, clears sticky errors, powers up debug and system domains (CTRL/STAT acks
  // within 1 s). On an hla link, which hides all that, only wakes the link. Throws DapError or TimeoutError
  // with what was read.
  void connect();
  std::uint32_t dpidr() const { return dpidr_; }

  std::uint32_t read_dp(std::uint8_t reg);
  void write_dp(std::uint8_t reg, std::uint32_t value);
  std::uint32_t read_ap(unsigned ap, std::uint8_t reg);
  void write_ap(unsigned ap, std::uint8_t reg, std::uint32_t value);

  // In order. WAIT: retried until a deadline of 1 s, then ABORT.DAPABORT and DapError. FAULT: sticky flags
  // are read and cleared, then DapError (so the port is usable again). No answer: one line reset and one more
  // try where the transfer had no effect yet, then DapError.
  void run(std::span<DapAccess> batch);

  // Memory through AP `ap`: the link's native port where it has one, else a MemAp. Owned by the Dap, made on
  // first use.
  MemPort& memory(unsigned ap);

 private:
  struct Impl;
  std::string name_;
  DapLink& link_;
  Clock& clock_;
  Log& log_;
  std::uint32_t dpidr_ = 0;
  std::unique_ptr<Impl> impl_;
};

// What `dap info` prints: AP IDR, BASE, and the ROM tables walked with each component's CIDR, PIDR and known
// name.
std::string describe_rom_table(Dap& dap, unsigned ap);
// The first AHB/AXI/APB memory AP that has a Cortex-M SCS behind it; 0 where nothing better is found.
unsigned find_memory_ap(Dap& dap);

}  // namespace probity
