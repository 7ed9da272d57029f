#include "vboard/debug_port/debug_port.hpp"

#include "base/bits.hpp"

namespace probity::vboard {

namespace {

// CTRL/STAT (ADIv5.2 B2.2.2). Pushed compare and transfer counters are not implemented, as TRNMODE reading 0
// shows.
constexpr Field ORUNDETECT{"ORUNDETECT", 0}, STICKYORUN{"STICKYORUN", 1}, STICKYCMP{"STICKYCMP", 4},
    STICKYERR{"STICKYERR", 5}, READOK{"READOK", 6}, WDATAERR{"WDATAERR", 7}, CDBGPWRUPREQ{"CDBGPWRUPREQ", 28},
    CDBGPWRUPACK{"CDBGPWRUPACK", 29}, CSYSPWRUPREQ{"CSYSPWRUPREQ", 30}, CSYSPWRUPACK{"CSYSPWRUPACK", 31};
constexpr std::uint32_t kControlWritable = ORUNDETECT.mask() | CDBGPWRUPREQ.mask() | CSYSPWRUPREQ.mask();
constexpr std::uint32_t kSticky = STICKYORUN.mask() | STICKYCMP.mask() | STICKYERR.mask() | WDATAERR.mask();

// ABORT (B2.2.1)
constexpr Field DAPABORT{"DAPABORT", 0}, STKCMPCLR{"STKCMPCLR", 1}, STKERRCLR{"STKERRCLR", 2},
    WDERRCLR{"WDERRCLR", 3}, ORUNERRCLR{"ORUNERRCLR", 4};

// SELECT (B2.2.9)
constexpr Field DPBANKSEL{"DPBANKSEL", 0, 4}, APBANKSEL{"APBANKSEL", 4, 4}, APSEL{"APSEL", 24, 8};

constexpr Field VERSION{"VERSION", 12, 4};  // DPIDR (B2.2.5)

}  // namespace

DebugPort::DebugPort(const DebugPortFacts& facts, DebugBus& bus, Stats& stats, FaultPlan& faults)
    : dpidr_(facts.dpidr), targetid_(facts.targetid), stats_(stats), faults_(faults) {
  for (const MemApFacts& port : facts.access_ports) aps_.emplace_back(port, bus);
}

void DebugPort::power_on_reset() {
  control_ = select_ = 0;
  for (MemAp& ap : aps_) ap.reset();
  active_ = read_from_ = nullptr;
}

bool DebugPort::powered() const { return CDBGPWRUPREQ.is_set(control_); }

bool DebugPort::sticky() const { return (control_ & kSticky) != 0; }

bool DebugPort::overrun_detection() const { return ORUNDETECT.is_set(control_); }

bool DebugPort::access_port_busy() {
  if (active_ == nullptr) return false;
  switch (active_->poll()) {
    case MemAp::Progress::stalled:
      return true;
    case MemAp::Progress::fault:
      control_ |= STICKYERR.mask();
      return false;
    case MemAp::Progress::done:
      return false;
  }
  return false;
}

// Without CDBGPWRUPACK the access port is not there: FAULT and STICKYERR (B2.4.3).
Ack DebugPort::acknowledge_access_port(bool& corrupt_parity) {
  corrupt_parity = false;
  const Fault* fault = faults_.strike("ap");
  if (access_port_busy()) return Ack::wait;
  if (sticky()) return Ack::fault;
  if (fault != nullptr && fault->kind == "wait") return Ack::wait;
  if (!powered() || (fault != nullptr && fault->kind == "fault")) {
    control_ |= STICKYERR.mask();
    return Ack::fault;
  }
  corrupt_parity = fault != nullptr && fault->kind == "parity";
  ++stats_.ap_transfers;
  return Ack::ok;
}

std::uint32_t DebugPort::ap_register(std::uint32_t a32) const { return APBANKSEL.get(select_) * 0x10 + a32; }

// Access ports that do not exist read as zero and ignore writes (B1.2.2).
MemAp* DebugPort::selected() {
  for (MemAp& ap : aps_) {
    if (ap.number() == APSEL.get(select_)) return &ap;
  }
  return nullptr;
}

void DebugPort::begin_ap_read(std::uint32_t a32) {
  active_ = read_from_ = selected();
  if (active_ != nullptr) active_->begin_read(ap_register(a32));
  access_port_busy();
}

void DebugPort::begin_ap_write(std::uint32_t a32, std::uint32_t value) {
  active_ = selected();
  if (active_ != nullptr) active_->begin_write(ap_register(a32), value);
  access_port_busy();
}

std::uint32_t DebugPort::read_banked() const {
  switch (DPBANKSEL.get(select_)) {
    case 0: {
      std::uint32_t value = control_;
      value = CDBGPWRUPACK.set(value, CDBGPWRUPREQ.get(value));
      return CSYSPWRUPACK.set(value, CSYSPWRUPREQ.get(value));
    }
    case 1:
      return 0x00000040;  // DLCR: WIREMODE synchronous, TURNROUND 1 cycle (B2.2.4)
    default:
      return VERSION.get(dpidr_) >= 2 ? read_banked_v2() : 0;
  }
}

// What DPv2 adds: TARGETID (B2.2.10), DLPIDR with PROTVSN 1 (B2.2.3), EVENTSTAT with no event (B2.2.6).
std::uint32_t DebugPort::read_banked_v2() const {
  switch (DPBANKSEL.get(select_)) {
    case 2:
      return targetid_;
    case 3:
    case 4:
      return 1;
    default:
      return 0;
  }
}

// TURNROUND other than 1 is not taken up: DLCR reads back unchanged.
void DebugPort::write_banked(std::uint32_t value) {
  if (DPBANKSEL.get(select_) != 0) return;
  control_ = (control_ & ~kControlWritable) | (value & kControlWritable);
}

void DebugPort::write_banked_jtag(std::uint32_t value) {
  control_ &= ~(value & kSticky);
  write_banked(value);
}

void DebugPort::write_abort(std::uint32_t value) {
  if (DAPABORT.is_set(value) && active_ != nullptr) active_->abort();
  if (STKCMPCLR.is_set(value)) control_ &= ~STICKYCMP.mask();
  if (STKERRCLR.is_set(value)) control_ &= ~STICKYERR.mask();
  if (WDERRCLR.is_set(value)) control_ &= ~WDATAERR.mask();
  if (ORUNERRCLR.is_set(value)) control_ &= ~STICKYORUN.mask();
}

void DebugPort::line_reset() { select_ = DPBANKSEL.set(select_, 0); }

void DebugPort::set_read_ok(bool ok) { control_ = READOK.set(control_, ok); }

void DebugPort::set_write_data_error() { control_ |= WDATAERR.mask(); }

void DebugPort::set_overrun() { control_ |= STICKYORUN.mask(); }

void DebugPort::count_ack(Ack ack) {
  if (ack == Ack::wait) ++stats_.wait_acks;
  if (ack == Ack::fault) ++stats_.fault_acks;
}

}  // namespace probity::vboard
