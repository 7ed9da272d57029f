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
constexpr Field ADDR{"ADDR", 4, 28};  // of a DPv3: bits 31:4 of the address; SELECT1 has those above

constexpr Field VERSION{"VERSION", 12, 4};      // DPIDR (B2.2.5)
constexpr Field TINSTANCE{"TINSTANCE", 28, 4};  // DLPIDR (B2.2.3), TARGETSEL (B2.2.11)

}  // namespace

DebugPort::DebugPort(const DebugPortFacts& facts, DebugBus& bus, Stats& stats, FaultPlan& faults)
    : facts_(facts),
      bus_(bus),
      stats_(stats),
      faults_(faults),
      space_(facts.rom_table, facts.targetid, facts.access_ports) {
  for (const MemApFacts& port : facts.access_ports) aps_.emplace_back(port, bus);
}

void DebugPort::power_on_reset() {
  control_ = select_ = select1_ = result_ = 0;
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

unsigned DebugPort::version() const { return VERSION.get(facts_.dpidr); }

// What SELECT and A[3:2] address: an access port's register, or on DPv3 another word of its address space.
std::optional<DpSpace::Register> DebugPort::ap_register(std::uint32_t a32) const {
  if (version() < 3) return DpSpace::Register{APSEL.get(select_), APBANKSEL.get(select_) * 0x10 + a32};
  if (select1_ != 0) return {};  // nothing is above 4 GiB
  return DpSpace::port_register(ADDR.of(ADDR.get(select_)) | a32);
}

// Access ports that do not exist read as zero and ignore writes (B1.2.2).
MemAp* DebugPort::port(const std::optional<DpSpace::Register>& place) {
  if (!place) return nullptr;
  for (MemAp& ap : aps_) {
    if (ap.number() == place->port) return &ap;
  }
  return nullptr;
}

void DebugPort::begin_ap_read(std::uint32_t a32) {
  const auto place = ap_register(a32);
  active_ = read_from_ = port(place);
  if (active_ != nullptr) {
    active_->begin_read(place->offset);
  } else {
    result_ = version() < 3 || select1_ != 0 ? 0 : space_.read(ADDR.of(ADDR.get(select_)) | a32);
  }
  access_port_busy();
}

void DebugPort::begin_ap_write(std::uint32_t a32, std::uint32_t value) {
  const auto place = ap_register(a32);
  active_ = port(place);
  if (active_ != nullptr) active_->begin_write(place->offset, value);
  access_port_busy();
}

// ADIv6 B2.2: DPIDR1 says addresses of 32 bits (ASIZE), BASEPTR0 that BASEPTR is valid.
std::uint32_t DebugPort::read_identity() const {
  constexpr std::uint32_t kAddressBits = 32, kValid = 1;
  if (version() < 3) return facts_.dpidr;
  switch (DPBANKSEL.get(select_)) {
    case 0:
      return facts_.dpidr;
    case 1:
      return kAddressBits;
    case 2:
      return facts_.rom_table | kValid;
    default:
      return 0;
  }
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
      return version() >= 2 ? read_banked_v2() : 0;
  }
}

// What DPv2 adds: TARGETID (B2.2.10), DLPIDR with PROTVSN 1 (B2.2.3), EVENTSTAT with no event (B2.2.6).
std::uint32_t DebugPort::read_banked_v2() const {
  switch (DPBANKSEL.get(select_)) {
    case 2:
      return facts_.targetid;
    case 3:
      return TINSTANCE.set(1, facts_.instance);
    case 4:
      return 1;
    case 5:
      return version() >= 3 ? select1_ : 0;
    default:
      return 0;
  }
}

// TURNROUND other than 1 is not taken up: DLCR reads back unchanged.
void DebugPort::write_banked(std::uint32_t value) {
  constexpr unsigned kSelect1 = 5;
  if (DPBANKSEL.get(select_) == kSelect1 && version() >= 3) select1_ = value;
  if (DPBANKSEL.get(select_) != 0) return;
  const bool was_powered = powered();
  control_ = (control_ & ~kControlWritable) | (value & kControlWritable);
  if (facts_.rescue && powered() != was_powered) bus_.rescue(powered());
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

bool DebugPort::is_target(std::uint32_t targetsel) const {
  return targetsel == TINSTANCE.set(facts_.targetid, facts_.instance);
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
