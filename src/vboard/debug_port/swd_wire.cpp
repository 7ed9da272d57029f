#include "vboard/debug_port/swd_wire.hpp"

#include <bit>

#include "base/bits.hpp"

namespace probity::vboard {

namespace {

constexpr unsigned kLineResetCycles = 50, kIdleAfterReset = 2, kRequestBits = 8, kAckBits = 3, kDataBits = 32;
constexpr unsigned kClocksToCommit = 8;
constexpr unsigned kUnansweredCycles = 5;  // turnaround, ACK and turnaround of a write to TARGETSEL (B4.3.4)

// The request's bits in the order of the wire (B4.2.1); bit 0, Start, began the frame.
constexpr Field APnDP{"APnDP", 1}, RnW{"RnW", 2}, A32{"A[3:2]", 3, 2}, Parity{"Parity", 5}, Stop{"Stop", 6},
    Park{"Park", 7};
constexpr Field kCheckedBits{"APnDP..A[3:2]", 1, 4};

enum : std::uint32_t { DPIDR_ABORT = 0x0, CTRL_STAT = 0x4, RESEND_SELECT = 0x8, RDBUFF_TARGETSEL = 0xC };

bool parity(std::uint32_t value) { return std::popcount(value) % 2 != 0; }

}  // namespace

void SwdWire::restart() {
  go(State::silent);
  ones_ = 0;
  write_.reset();
}

void SwdWire::go(State state) {
  state_ = state;
  position_ = 0;
  shift_ = 0;
}

std::optional<bool> SwdWire::output() const {
  switch (state_) {
    case State::ack:
      return Field{"ack", position_}.is_set(static_cast<unsigned>(ack_));
    case State::data_out:
      if (position_ < kDataBits) return Field{"data", position_}.is_set(data_);
      return parity(data_) != corrupt_parity_;
    default:
      return {};
  }
}

// 50 cycles high reset the line in every state (B4.3.3); the target's own bits do not count.
void SwdWire::count_ones(bool level) {
  ones_ = level && !output() ? ones_ + 1 : 0;
  if (ones_ < kLineResetCycles) return;
  if (state_ != State::line_reset) port_.line_reset();
  go(State::line_reset);
  dpidr_due_ = true;
  target_due_ = port_.multi_drop();
  selected_ = port_.answers_unselected();
}

void SwdWire::edge(bool level) {
  if (write_ && --write_->clocks_left == 0) commit();
  count_ones(level);
  switch (state_) {
    case State::silent:
      return;
    case State::line_reset:
      if (level) {
        if (position_ != 0) go(State::silent);  // fewer than 2 idle cycles
        return;
      }
      if (++position_ == kIdleAfterReset) go(State::idle);
      return;
    case State::idle:
      if (!level) return;
      go(State::request);
      [[fallthrough]];
    case State::request:
      shift_ |= Field{"bit", position_}.of(level);
      if (++position_ == kRequestBits) take_request();
      return;
    case State::turnaround_to_ack:
      return go(State::ack);
    case State::ack:
      if (++position_ == kAckBits) after_ack();
      return;
    case State::data_out:
      if (++position_ > kDataBits) go(State::turnaround_back);
      return;
    case State::turnaround_back:
      return go(!request_.read && (ack_ == Ack::ok || port_.overrun_detection()) ? State::data_in
                                                                                 : State::idle);
    case State::data_in:
      if (position_ < kDataBits) {
        shift_ |= Field{"bit", position_++}.of(level);
      } else {
        in_parity_ = level;
        take_write();
      }
      return;
    case State::selecting:
      return take_target_bit(level);
  }
}

// A packet with a wrong parity, stop or park bit, and any other than a DPIDR read after a line reset, is a
// protocol error: no answer, and none until the next line reset (B4.2.4, B4.3.3).
void SwdWire::take_request() {
  request_ = {APnDP.is_set(shift_), RnW.is_set(shift_), A32.get(shift_) * 4};
  const bool well_formed = parity(kCheckedBits.get(shift_)) == Parity.is_set(shift_) &&
                           !Stop.is_set(shift_) && Park.is_set(shift_);
  const bool selects = !request_.ap && !request_.read && request_.a32 == RDBUFF_TARGETSEL;
  if (well_formed && selects && target_due_) return go(State::selecting);
  const bool reads_dpidr = !request_.ap && request_.read && request_.a32 == DPIDR_ABORT;
  if (!well_formed || !selected_ || (dpidr_due_ && !reads_dpidr)) return go(State::silent);
  target_due_ = false;
  dpidr_due_ = false;
  corrupt_parity_ = false;
  ack_ = answer();
  port_.count_ack(ack_);
  if (request_.read && (request_.ap || request_.a32 == RDBUFF_TARGETSEL)) port_.set_read_ok(ack_ == Ack::ok);
  go(State::turnaround_to_ack);
}

Ack SwdWire::answer() {
  if (!request_.ap) return answer_dp();
  const Ack ack = port_.acknowledge_access_port(corrupt_parity_);
  if (ack != Ack::ok || !request_.read) return ack;
  data_ = resend_ = port_.last_ap_result();  // posted: the value of the read before
  port_.begin_ap_read(request_.a32);
  return ack;
}

// DPIDR and CTRL/STAT reads and ABORT writes are always OK (B4.2.5).
Ack SwdWire::answer_dp() {
  const bool always = request_.a32 == DPIDR_ABORT || (request_.read && request_.a32 == CTRL_STAT);
  const bool busy = port_.access_port_busy();
  if (!always && busy) return Ack::wait;
  if (!always && port_.sticky()) return Ack::fault;
  if (!request_.read) return Ack::ok;
  switch (request_.a32) {
    case DPIDR_ABORT:
      data_ = port_.read_identity();
      break;
    case CTRL_STAT:
      data_ = port_.read_banked();
      break;
    case RESEND_SELECT:
      data_ = resend_;
      break;
    default:
      data_ = resend_ = port_.last_ap_result();
      break;
  }
  return Ack::ok;
}

// With ORUNDETECT the data phase follows every ACK (B4.2.6), and a packet that was not accepted is an
// overrun.
void SwdWire::after_ack() {
  if (ack_ != Ack::ok && port_.overrun_detection()) port_.set_overrun();
  const bool data_phase = ack_ == Ack::ok || port_.overrun_detection();
  if (data_phase && ack_ != Ack::ok) data_ = 0;
  go(data_phase && request_.read ? State::data_out : State::turnaround_back);
}

void SwdWire::take_write() {
  const std::uint32_t value = shift_;
  go(State::idle);
  if (ack_ != Ack::ok) return;
  if (parity(value) != (in_parity_ != 0)) return port_.set_write_data_error();
  write_ = Write{request_, value, kClocksToCommit};
}

void SwdWire::take_target_bit(bool level) {
  const unsigned at = position_++;
  if (at < kUnansweredCycles) return;
  if (at < kUnansweredCycles + kDataBits) {
    shift_ |= Field{"bit", at - kUnansweredCycles}.of(level);
  } else {
    in_parity_ = level;
    take_target();
  }
}

// Whose TARGETID and instance these are is selected, and to be asked for its DPIDR next; all others are not.
void SwdWire::take_target() {
  const std::uint32_t wanted = shift_;
  target_due_ = false;
  selected_ = parity(wanted) == (in_parity_ != 0) && port_.is_target(wanted);
  go(selected_ ? State::idle : State::silent);
}

void SwdWire::commit() {
  const Write write = *write_;
  write_.reset();
  if (write.request.ap) return port_.begin_ap_write(write.request.a32, write.value);
  switch (write.request.a32) {
    case DPIDR_ABORT:
      return port_.write_abort(write.value);
    case CTRL_STAT:
      return port_.write_banked(write.value);
    case RESEND_SELECT:
      return port_.write_select(write.value);
    default:
      return;
  }
}

}  // namespace probity::vboard
