// Dap: a debug port on a DapLink, of ADIv5 or ADIv6, alone or one of several on a multi-drop wire. Does the
// banking through SELECT, power-up, sticky-error recovery and the WAIT policy. Sources: Arm IHI 0031
// (ADIv5.2), chapters B2 (DP registers) and C1-C2 (AP, MEM-AP); Arm IHI 0074 (ADIv6.0) for the version 3 of a
// debug port.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "adapter/dap_link.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"

namespace probity {

enum class AdiVersion { by_dpidr, v5, v6 };  // by_dpidr: v6 from DPIDR.VERSION 3 on

struct DapOptions {
  // Multi-drop SWD: the port that TARGETSEL with this value means. Nothing: the wire's only port.
  std::optional<std::uint32_t> targetsel;
  AdiVersion adi = AdiVersion::by_dpidr;
  bool ignore_system_power = false;  // do not wait for CSYSPWRUPACK, which some chips never give
};

// A register access in a batch at Dap level: `ap` is nothing for the DP, else APSEL or, with ADIv6, the
// access port's address; `reg` is the full address (AP 0x00-0xFC, ADIv6: 0x000-0xFFC; DP 0x0-0xF with the
// bank in bits 7:4). A read fills `value`.
struct DapAccess {
  std::optional<unsigned> ap;
  std::uint16_t reg = 0;
  bool read = false;
  std::uint32_t value = 0;
};

class Dap {
 public:
  // `name` as in `dap create NAME`. All references must outlive the Dap. Several Daps may share a link whose
  // wire is multi-drop: each has its own TARGETSEL then, and whoever runs a batch is switched to.
  Dap(std::string name, DapLink& link, Clock& clock, Log& log, DapOptions options = {});
  ~Dap();

  const std::string& name() const { return name_; }
  DapLink& link() { return link_; }

  // Wakes the port, reads DPIDR, clears sticky errors, powers up debug and system domains (CTRL/STAT acks
  // within 1 s). On an hla link, which hides all that, only wakes the link. A port on a multi-drop wire is
  // called for up to 500 ms, and must say by DLPIDR that it is the one meant. Throws DapError or TimeoutError
  // with what was read.
  void connect();
  std::uint32_t dpidr() const { return dpidr_; }
  // From connect() on, where it depends on DPIDR; `adi` said otherwise before.
  bool adiv6() const { return adiv6_; }

  std::uint32_t read_dp(std::uint8_t reg);
  void write_dp(std::uint8_t reg, std::uint32_t value);
  std::uint32_t read_ap(unsigned ap, std::uint16_t reg);
  void write_ap(unsigned ap, std::uint16_t reg, std::uint32_t value);
  // Where an access port of this Dap has the register that ADIv5 numbers so (IDR, BASE, and a MEM-AP's).
  std::uint16_t ap_register(std::uint8_t reg) const;
  // "AP 1"; "AP 0x2000" with ADIv6.
  std::string ap_text(unsigned ap) const;

  // In order. WAIT: retried until a deadline of 1 s, then ABORT.DAPABORT and DapError. FAULT: sticky flags
  // are read and cleared, then DapError (so the port is usable again). No answer: one line reset and one more
  // try where the transfer had no effect yet, then DapError.
  void run(std::span<DapAccess> batch);

  // Memory through AP `ap`: the link's native port where it has one, else a MemAp. Owned by the Dap, made on
  // first use.
  MemPort& memory(unsigned ap);

 private:
  struct Impl;
  std::string port_text(const DapAccess& access) const;

  std::string name_;
  DapLink& link_;
  Clock& clock_;
  Log& log_;
  DapOptions options_;
  bool adiv6_;
  std::uint32_t dpidr_ = 0;
  std::unique_ptr<Impl> impl_;
};

// What `dap info` prints: AP IDR, BASE, and the ROM tables walked with each component's CIDR, PIDR and known
// name.
std::string describe_rom_table(Dap& dap, unsigned ap);
// ADIv6: the same of the tables that BASEPTR leads to, and of all access ports in them. Throws DapError where
// BASEPTR leads nowhere.
std::string describe_root_table(Dap& dap);
// The first AHB/AXI/APB memory AP that has a Cortex-M SCS behind it; 0 where nothing better is found. With
// ADIv6 those in the root table are looked at.
unsigned find_memory_ap(Dap& dap);

}  // namespace probity
