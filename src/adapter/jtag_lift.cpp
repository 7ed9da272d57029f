// lift_jtag(): DAP transfers in scans of a JTAG-DP. Sources: ADIv5.2 (IHI 0031) B3.4 (DPACC, APACC and ABORT
// scan chains, ACK), B2.3.2 (CTRL/STAT: sticky flags of a JTAG-DP are cleared by writing 1).
#include <fmt/format.h>

#include <algorithm>

#include "adapter/bit_link.hpp"
#include "adapter/jtag_pins.hpp"
#include "adapter/wire_chain.hpp"
#include "base/errors.hpp"
#include "wire/jtag_scan.hpp"
#include "wire/swj_sequence.hpp"

namespace probity {

namespace {

constexpr std::uint8_t kAbort = 0x0, kCtrlStat = 0x4, kSelect = 0x8, kRdbuff = 0xC;
constexpr std::uint32_t kORUNDETECT = 1u << 0, kSTICKYORUN = 1u << 1;
constexpr std::uint32_t kPowerRequests = 1u << 30 | 1u << 28;  // CSYSPWRUPREQ, CDBGPWRUPREQ
constexpr std::uint32_t kDPBANKSEL = 0xF;
constexpr std::size_t kIdleCycles = 8;       // in Run-Test/Idle, for the access to get on its way
constexpr std::size_t kRecognizedTaps = 32;  // more than any board has
constexpr Nanoseconds kBusyLimit = std::chrono::seconds(1);

struct Access {
  Port port;
  std::uint8_t a;
  bool read;
  std::uint32_t value;
};
constexpr Access kReadBack = {Port::dp, kRdbuff, true, 0};

bool is_wait(const jtag::AccessResult& result) {
  return result.ack == static_cast<unsigned>(jtag::AccessAck::wait);
}

// The value of an answer that is no WAIT.
std::uint32_t checked(const jtag::AccessResult& result, std::uint8_t a) {
  if (result.ack == static_cast<unsigned>(jtag::AccessAck::ok_fault)) return result.value;
  throw DapError(fmt::format("JTAG-DP answers with ACK {}: is the scan chain declared as it is?", result.ack),
                 static_cast<unsigned>(Ack::none), "DP", a);
}

class JtagLift final : public DapLink, public JtagPins {
 public:
  JtagLift(BitLink& bits, Clock& clock, Log& log, jtag::Chain chain)
      : bits_(bits), clock_(clock), log_(log), chain_(std::move(chain)) {}

  std::size_t run(std::span<DapTransfer> transfers) override;
  std::uint32_t reconnect() override;
  std::vector<std::uint32_t> idcodes() override { return idcodes_; }

  BitVector clock_pins(const jtag::Stretch& stretch, std::size_t sample_begin,
                       std::size_t sample_count) override {
    instruction_.reset();
    bits_.jtag(stretch, sample_begin, sample_count);
    return round_trip();
  }
  std::size_t round_trips() const override { return round_trips_; }

 private:
  BitVector round_trip() {
    ++round_trips_;
    return bits_.collect();
  }
  // An access with all that goes with it.
  std::size_t scan_cycles() const {
    return jtag::scan_dr(chain_.dr(jtag::access(true, 0, 0))).stretch.size() + kIdleCycles;
  }
  void select(jtag::DpInstruction instruction);
  void send(const Access& access);
  std::vector<jtag::AccessResult> collect(std::size_t count);
  void abort(std::uint32_t value);
  std::uint32_t wait_until_done(std::uint8_t a);
  void clear_overrun(std::uint8_t a);
  void recall_overrun_detection();
  std::size_t run_stream(std::span<DapTransfer> transfers);
  void completed(DapTransfer& transfer, std::uint32_t value);
  bool is_ctrl_stat_write(const DapTransfer& t) const {
    return t.port == Port::dp && !t.read && t.a == kCtrlStat && (select_ & kDPBANKSEL) == 0;
  }

  BitLink& bits_;
  Clock& clock_;
  Log& log_;
  jtag::Chain chain_;
  std::vector<std::uint32_t> idcodes_;
  std::optional<jtag::DpInstruction> instruction_;
  std::size_t round_trips_ = 0;
  std::uint32_t select_ = 0;
  std::uint32_t ctrl_stat_ = 0;  // as last written; 0 before
};

void JtagLift::select(jtag::DpInstruction instruction) {
  if (instruction_ == instruction) return;
  bits_.jtag(jtag::scan_ir(chain_.ir(static_cast<std::uint8_t>(instruction))).stretch, 0, 0);
  instruction_ = instruction;
}

void JtagLift::send(const Access& access) {
  select(access.port == Port::ap ? jtag::DpInstruction::apacc : jtag::DpInstruction::dpacc);
  jtag::Scan scan = jtag::scan_dr(chain_.dr(jtag::access(access.read, access.a, access.value)));
  scan.stretch.append({BitVector::repeat(false, kIdleCycles), BitVector::repeat(true, kIdleCycles)});
  bits_.jtag(scan.stretch, scan.first_shift + chain_.dr_offset(), jtag::kAccessBits);
}

std::vector<jtag::AccessResult> JtagLift::collect(std::size_t count) {
  const BitVector tdo = round_trip();
  std::vector<jtag::AccessResult> results;
  for (std::size_t i = 0; i < count; ++i) results.push_back(jtag::access_result(tdo, i * jtag::kAccessBits));
  return results;
}

void JtagLift::abort(std::uint32_t value) {
  select(jtag::DpInstruction::abort);
  bits_.jtag(jtag::scan_dr(chain_.dr(jtag::access(false, kAbort, value))).stretch, 0, 0);
  round_trip();
}

// Scans RDBUFF until the access before it is done, and returns that one's value.
std::uint32_t JtagLift::wait_until_done(std::uint8_t a) {
  const Nanoseconds begin = clock_.now();
  while (true) {
    send(kReadBack);
    const jtag::AccessResult result = collect(1)[0];
    if (!is_wait(result)) return checked(result, a);
    if (clock_.now() - begin >= kBusyLimit) {
      throw DapError("the access port is still busy after 1 s (WAIT)", static_cast<unsigned>(Ack::wait), "AP",
                     a);
    }
  }
}

// Accesses behind the WAIT were refused, except those to the DP itself: SELECT is put back.
void JtagLift::clear_overrun(std::uint8_t a) {
  send({Port::dp, kSelect, false, select_ & ~kDPBANKSEL});
  send({Port::dp, kCtrlStat, true, 0});
  send({Port::dp, kCtrlStat, false, ctrl_stat_ | kSTICKYORUN});
  send({Port::dp, kSelect, false, select_});
  send(kReadBack);
  if ((collect(5)[2].value & kSTICKYORUN) != 0) return;
  throw DapError("the access port was busy (WAIT), and the debug port did not hold back what followed",
                 static_cast<unsigned>(Ack::wait), "AP", a);
}

// The TAP's reset leaves CTRL/STAT as it is: overrun detection that was switched on before goes on.
void JtagLift::recall_overrun_detection() {
  if ((select_ & kDPBANKSEL) != 0) return;
  send({Port::dp, kCtrlStat, true, 0});
  send(kReadBack);
  const jtag::AccessResult now = collect(2)[1];
  const bool answered = now.ack == static_cast<unsigned>(jtag::AccessAck::ok_fault);
  if (answered && (now.value & kORUNDETECT) != 0) {
    ctrl_stat_ = now.value & (kPowerRequests | kORUNDETECT);
  }
}

void JtagLift::completed(DapTransfer& transfer, std::uint32_t value) {
  if (is_ctrl_stat_write(transfer)) ctrl_stat_ = transfer.value | kORUNDETECT;
  if (transfer.port == Port::dp && !transfer.read && transfer.a == kSelect) select_ = transfer.value;
  if (transfer.read) transfer.value = value;
  transfer.ack = Ack::ok;
}

// Scans all of `transfers` and one more; scan i brings the answer to transfer i-1. Returns how many are done;
// 0 where the port was still busy, so that the first was not accepted.
std::size_t JtagLift::run_stream(std::span<DapTransfer> transfers) {
  for (const DapTransfer& t : transfers) {
    send({t.port, t.a, t.read, is_ctrl_stat_write(t) ? t.value | kORUNDETECT : t.value});
  }
  send(kReadBack);
  const auto results = collect(transfers.size() + 1);
  const auto busy = std::find_if(results.begin(), results.end(), is_wait);
  const auto accepted = static_cast<std::size_t>(busy - results.begin());
  for (std::size_t i = 0; i + 1 < accepted; ++i)
    completed(transfers[i], checked(results[i + 1], transfers[i].a));
  if (busy == results.end()) return transfers.size();
  if (accepted > 0) {
    // The next answer that is no WAIT is that of the last access accepted, whatever was scanned since.
    const auto late = std::find_if_not(busy, results.end(), is_wait);
    DapTransfer& last = transfers[accepted - 1];
    completed(last, late != results.end() ? checked(*late, last.a) : wait_until_done(last.a));
  }
  if (ctrl_stat_ != 0) clear_overrun(transfers[accepted == 0 ? 0 : accepted - 1].a);
  return accepted;
}

std::size_t JtagLift::run(std::span<DapTransfer> transfers) {
  for (DapTransfer& t : transfers) t.ack = Ack::not_run;
  const std::size_t stream_length = std::max<std::size_t>(bits_.batch_cycles() / scan_cycles(), 1);
  std::size_t at = 0;
  while (at < transfers.size()) {
    if (transfers[at].port == Port::dp && !transfers[at].read && transfers[at].a == kAbort) {
      abort(transfers[at].value);
      transfers[at++].ack = Ack::ok;
      continue;
    }
    // Without overrun detection one at a time; never past an ABORT or a write of CTRL/STAT.
    std::size_t end = at + 1;
    const std::size_t limit = ctrl_stat_ == 0 ? end : std::min(transfers.size(), at + stream_length);
    while (end < limit && !(transfers[end].port == Port::dp && !transfers[end].read && transfers[end].a <= 4))
      ++end;
    const std::size_t done = run_stream(transfers.subspan(at, end - at));
    if (done == 0) {
      transfers[at].ack = Ack::wait;
      return at;
    }
    at += done;
  }
  return transfers.size();
}

// SELECT stands, too: whoever is above does not write it again.
std::uint32_t JtagLift::reconnect() {
  instruction_.reset();
  ctrl_stat_ = 0;
  const BitVector wake = swj::swd_to_jtag();
  bits_.jtag({wake, BitVector::repeat(true, wake.size())}, 0, 0);
  const jtag::Scan scan = jtag::scan_dr(BitVector::repeat(true, 32 * (kRecognizedTaps + 1)));
  bits_.jtag(scan.stretch, scan.first_shift, 32 * (kRecognizedTaps + 1));
  const BitVector tdo = round_trip();
  const auto ids = jtag::parse_idcodes(tdo);
  if (!ids || ids->empty()) {
    throw DapError(
        fmt::format("JTAG scan chain interrogation failed: {}", !tdo[0] ? "all zeroes" : "all ones"),
        static_cast<unsigned>(Ack::none), "DP", 0);
  }
  idcodes_ = *ids;
  if (ids->size() != chain_.ir_lengths().size()) {
    log_.warn("JTAG chain: {} TAPs found, {} declared", ids->size(), chain_.ir_lengths().size());
  }
  recall_overrun_detection();
  return chain_.index() < ids->size() ? (*ids)[chain_.index()] : 0;
}

}  // namespace

std::unique_ptr<DapLink> lift_jtag(BitLink& bits, Clock& clock, Log& log, const JtagChain& chain) {
  return std::make_unique<JtagLift>(bits, clock, log, wire_chain(chain));
}

}  // namespace probity
