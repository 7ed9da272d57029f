// The debug port behind both wires: registers, sticky flags, the power-up handshake and the access ports
// (ADIv5.2 chapters B2.2 and B1; ADIv6, IHI 0074, where DPIDR says version 3). SwdWire and JtagChain bring it
// their transfers.
#pragma once

#include <cstdint>
#include <vector>

#include "vboard/debug_port/dp_space.hpp"
#include "vboard/debug_port/mem_ap.hpp"
#include "vboard/fault_plan.hpp"
#include "vboard/stats.hpp"

namespace probity::vboard {

enum class Ack : unsigned { ok = 1, wait = 2, fault = 4 };

struct DebugPortFacts {
  std::uint32_t dpidr = 0;     // bits 15:12: the version of the architecture
  std::uint32_t targetid = 0;  // a DPv2 shows it
  unsigned instance = 0;       // DLPIDR.TINSTANCE
  // SWD protocol version 2: understands TARGETSEL. Without `answers_unselected` it says nothing before.
  bool multi_drop = false, answers_unselected = true;
  bool rescue = false;  // its power-up request is DebugBus's affair
  std::vector<MemApFacts> access_ports = {};
  std::uint32_t rom_table = 0;  // BASEPTR of a DPv3
};

class DebugPort {
 public:
  DebugPort(const DebugPortFacts& facts, DebugBus& bus, Stats& stats, FaultPlan& faults);
  void power_on_reset();

  // True while an access port transfer has not come to its end; tries to complete it first.
  bool access_port_busy();
  bool sticky() const;
  bool overrun_detection() const;

  // A transfer to an access port register is about to be acknowledged: what it is to be answered, faults of
  // the plan included. `corrupt_parity` is for a read's data phase.
  Ack acknowledge_access_port(bool& corrupt_parity);
  void begin_ap_read(std::uint32_t a32);
  void begin_ap_write(std::uint32_t a32, std::uint32_t value);
  std::uint32_t last_ap_result() const { return read_from_ ? read_from_->result() : result_; }

  bool multi_drop() const { return facts_.multi_drop; }
  bool answers_unselected() const { return facts_.answers_unselected; }
  // The value of TARGETSEL means this port: TINSTANCE, TPARTNO and TDESIGNER (B2.2.11).
  bool is_target(std::uint32_t targetsel) const;

  // Register 0x0: DPIDR, and on DPv3 by DPBANKSEL DPIDR1, BASEPTR0 and BASEPTR1.
  std::uint32_t read_identity() const;
  // Register 0x4, banked by DPBANKSEL: CTRL/STAT, DLCR (only SWD), on DPv2 TARGETID, DLPIDR, EVENTSTAT, and
  // on DPv3 SELECT1.
  std::uint32_t read_banked() const;
  void write_banked(std::uint32_t value);
  std::uint32_t select() const { return select_; }
  void write_select(std::uint32_t value) { select_ = value; }
  void write_abort(std::uint32_t value);
  // JTAG-DP: sticky flags are cleared through CTRL/STAT, and ABORT only aborts.
  void write_banked_jtag(std::uint32_t value);

  void line_reset();          // SWD: clears DPBANKSEL
  void set_read_ok(bool ok);  // the answer to the last AP or RDBUFF read
  void set_write_data_error();
  void set_overrun();
  void count_ack(Ack ack);

 private:
  bool powered() const;
  std::uint32_t read_banked_v2() const;
  unsigned version() const;
  std::optional<DpSpace::Register> ap_register(std::uint32_t a32) const;
  MemAp* port(const std::optional<DpSpace::Register>& place);

  const DebugPortFacts facts_;
  DebugBus& bus_;
  std::vector<MemAp> aps_;
  // The port whose access may be under way, and the one that was read from; null: one that does not exist.
  MemAp* active_ = nullptr;
  MemAp* read_from_ = nullptr;
  Stats& stats_;
  FaultPlan& faults_;
  DpSpace space_;             // of a DPv3
  std::uint32_t result_ = 0;  // of a read there that was no access port's
  std::uint32_t control_ = 0, select_ = 0, select1_ = 0;
};

}  // namespace probity::vboard
