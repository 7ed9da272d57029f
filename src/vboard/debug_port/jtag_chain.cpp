#include "vboard/debug_port/jtag_chain.hpp"

#include <array>

namespace probity::vboard {

namespace {

// ADIv5.2 B3.4, 4-bit instruction register of the JTAG-DP.
enum : unsigned { ABORT = 0x8, DPACC = 0xA, APACC = 0xB, IDCODE = 0xE, BYPASS = 0xF };
constexpr unsigned kDpIrLength = 4, kDpIrCapture = 0x1;
// Boundary-scan TAP: 5 bits (RM0090 38.4.1); its other instructions need the package's pins and act as bypass
// here.
constexpr unsigned kScanIrLength = 5, kScanIrCapture = 0x01, SCAN_IDCODE = 0x01;

constexpr unsigned kAccessLength = 35;
constexpr std::uint64_t kAckWait = 1, kAckOkOrFault = 2;  // B3.2.3

// The parts of a 35-bit scan: RnW, A[3:2], data; out: ACK, data.
bool reads(std::uint64_t scan) { return (scan & 1) != 0; }
std::uint32_t a32(std::uint64_t scan) { return static_cast<std::uint32_t>(scan >> 1 & 3) * 4; }
std::uint32_t data(std::uint64_t scan) { return static_cast<std::uint32_t>(scan >> 3); }

}  // namespace

bool JtagChain::ShiftRegister::shift(bool in) {
  const bool out = (bits & 1) != 0;
  bits = bits >> 1 | std::uint64_t{in} << (length - 1);
  return out;
}

JtagChain::JtagChain(Idcodes idcodes, DebugPort& port) : idcodes_(idcodes), port_(port) {
  test_logic_reset();
}

void JtagChain::test_logic_reset() {
  state_ = State::reset;
  instruction_ = IDCODE;
  scan_instruction_ = SCAN_IDCODE;
}

JtagChain::State JtagChain::next(State state, bool tms) {
  using S = State;
  struct Row {
    S low, high;
  };
  static constexpr std::array<Row, 16> kNext{{
      {S::idle, S::reset},            // reset
      {S::idle, S::select_dr},        // idle
      {S::capture_dr, S::select_ir},  // select_dr
      {S::shift_dr, S::exit1_dr},     // capture_dr
      {S::shift_dr, S::exit1_dr},     // shift_dr
      {S::pause_dr, S::update_dr},    // exit1_dr
      {S::pause_dr, S::exit2_dr},     // pause_dr
      {S::shift_dr, S::update_dr},    // exit2_dr
      {S::idle, S::select_dr},        // update_dr
      {S::capture_ir, S::reset},      // select_ir
      {S::shift_ir, S::exit1_ir},     // capture_ir
      {S::shift_ir, S::exit1_ir},     // shift_ir
      {S::pause_ir, S::update_ir},    // exit1_ir
      {S::pause_ir, S::exit2_ir},     // pause_ir
      {S::shift_ir, S::update_ir},    // exit2_ir
      {S::idle, S::select_dr},        // update_ir
  }};
  const Row& row = kNext[static_cast<std::size_t>(state)];
  return tms ? row.high : row.low;
}

bool JtagChain::tdo() const {
  return (state_ == State::shift_dr || state_ == State::shift_ir) ? (dp_.bits & 1) != 0 : true;
}

void JtagChain::edge(bool tms, bool tdi) {
  if (state_ == State::capture_ir) capture_instruction();
  if (state_ == State::capture_dr) capture_data();
  if (state_ == State::shift_dr || state_ == State::shift_ir) {
    dp_.shift(idcodes_.boundary_scan != 0 ? scan_.shift(tdi) : tdi);
  }
  state_ = next(state_, tms);
  if (state_ == State::reset) test_logic_reset();
  if (state_ == State::update_ir) {
    instruction_ = static_cast<unsigned>(dp_.bits);
    scan_instruction_ = static_cast<unsigned>(scan_.bits);
  }
  if (state_ == State::update_dr) update_data();
}

void JtagChain::capture_instruction() {
  dp_ = {kDpIrCapture, kDpIrLength};
  scan_ = {kScanIrCapture, kScanIrLength};
}

void JtagChain::capture_data() {
  scan_ = scan_instruction_ == SCAN_IDCODE ? ShiftRegister{idcodes_.boundary_scan, 32} : ShiftRegister{0, 1};
  switch (instruction_) {
    case IDCODE:
      dp_ = {idcodes_.debug_port, 32};
      break;
    case DPACC:
    case APACC:
      capture_access();
      break;
    case ABORT:
      dp_ = {0, kAccessLength};
      break;
    default:
      dp_ = {0, 1};
      break;
  }
}

// WAIT while an access port transfer is under way: the scan is then discarded (B3.2.3). A scan shows the
// result of the one before.
void JtagChain::capture_access() {
  bool corrupt_parity = false;  // JTAG has none
  ack_ = instruction_ == APACC      ? port_.acknowledge_access_port(corrupt_parity)
         : port_.access_port_busy() ? Ack::wait
                                    : Ack::ok;
  // A WAIT under overrun detection is an overrun (ADIv5: any response but OK sets STICKYORUN).
  if (ack_ == Ack::wait && port_.overrun_detection()) port_.set_overrun();
  port_.count_ack(ack_);
  const std::uint64_t value = result_from_ap_ ? port_.last_ap_result() : result_;
  dp_ = {ack_ == Ack::wait ? kAckWait : value << 3 | kAckOkOrFault, kAccessLength};
}

void JtagChain::update_data() {
  constexpr std::uint32_t kDapAbort = 0x1;  // the JTAG-DP's ABORT register has this bit alone (B2.2.1)
  if (instruction_ == ABORT) port_.write_abort(data(dp_.bits) & kDapAbort);
  if (instruction_ == APACC && ack_ == Ack::ok) access_port_transfer(dp_.bits);
  if (instruction_ == DPACC && ack_ == Ack::ok) debug_port_transfer(dp_.bits);
}

void JtagChain::access_port_transfer(std::uint64_t scan) {
  result_from_ap_ = reads(scan);
  if (reads(scan)) return port_.begin_ap_read(a32(scan));
  result_ = 0;
  port_.begin_ap_write(a32(scan), data(scan));
}

// B2.2: 0x0 DPIDR, 0x4 CTRL/STAT, 0x8 SELECT, 0xC RDBUFF (reads as zero).
void JtagChain::debug_port_transfer(std::uint64_t scan) {
  result_from_ap_ = false;
  result_ = 0;
  switch (a32(scan)) {
    case 0x0:
      if (reads(scan)) result_ = port_.read_identity();
      break;
    case 0x4:
      if (reads(scan)) {
        result_ = port_.read_banked();
      } else {
        port_.write_banked_jtag(data(scan));
      }
      break;
    case 0x8:
      if (reads(scan)) {
        result_ = port_.select();
      } else {
        port_.write_select(data(scan));
      }
      break;
    default:
      break;
  }
}

}  // namespace probity::vboard
