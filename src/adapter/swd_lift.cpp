// lift_swd(): DAP transfers in SWD bits. Sources: ADIv5.2 (IHI 0031) B2.3.2 CTRL/STAT, B4.2 (protocol),
// B4.2.5 (sticky overrun: data phase on every ACK).
#include <fmt/format.h>

#include <array>
#include <map>

#include "adapter/bit_link.hpp"
#include "base/errors.hpp"
#include "wire/swd_frame.hpp"
#include "wire/swj_sequence.hpp"

namespace probity {

namespace {

constexpr std::uint8_t kCtrlStat = 0x4, kSelect = 0x8, kRdbuff = 0xC;
constexpr std::uint32_t kORUNDETECT = 1u << 0;
constexpr std::uint32_t kDPBANKSEL = 0xF;
constexpr std::uint32_t kORUNERRCLR = 1u << 4;
constexpr std::size_t kFrameCycles =
    swd::kRequestBits + 2 * swd::kTurnaroundBits + swd::kAckBits + swd::kDataBits;
constexpr std::size_t kNobody = SIZE_MAX;
constexpr Nanoseconds kBusyLimit = std::chrono::seconds(1);

// One frame on the wire. Its answer completes transfer `completes` (an AP read answers one frame later) and
// an error in it is told at `blames`.
struct Frame {
  Port port;
  std::uint8_t a;
  bool read;
  std::uint32_t value;
  std::size_t completes, blames;
  // An accepted AP read waits for this frame: a WAIT here must be repeated, not given to the caller.
  bool fetches;
};

std::vector<Frame> frames_of(std::span<const DapTransfer> transfers) {
  std::vector<Frame> frames;
  std::size_t pending = kNobody;  // AP read accepted, result not fetched
  auto fetch = [&] {
    if (pending == kNobody) return;
    frames.push_back({Port::dp, kRdbuff, true, 0, pending, pending, true});
    pending = kNobody;
  };
  for (std::size_t i = 0; i < transfers.size(); ++i) {
    const DapTransfer& t = transfers[i];
    if (t.port == Port::ap && t.read) {
      const bool chained = pending != kNobody;
      frames.push_back({t.port, t.a, true, 0, pending, chained ? pending : i, chained});
      pending = i;
    } else {
      fetch();
      frames.push_back({t.port, t.a, t.read, t.value, i, i, false});
    }
  }
  fetch();
  // A write is only buffered when it is acknowledged; one more frame tells how it went (B4.2.4).
  if (!transfers.empty() && transfers.back().port == Port::ap && !transfers.back().read) {
    frames.push_back({Port::dp, kRdbuff, true, 0, kNobody, transfers.size() - 1, true});
  }
  return frames;
}

class SwdLift final : public DapLink {
 public:
  SwdLift(BitLink& bits, Clock& clock) : bits_(bits), clock_(clock) {}

  std::size_t run(std::span<DapTransfer> transfers) override;
  std::uint32_t reconnect() override;
  std::uint32_t select_target(std::uint32_t targetsel, bool wake) override;
  std::optional<std::uint32_t> selected_target() const override { return selected_; }

 private:
  // What a port on the wire has in registers that frames depend on.
  struct PortState {
    std::uint32_t select = 0;
    bool overrun_detect = false;  // ORUNDETECT is set: every frame has a data phase
  };
  struct Answer {
    Ack ack = Ack::none;
    std::uint32_t value = 0;
  };

  void send(const Frame& frame);
  Answer answer_of(const Frame& frame, const BitVector& sampled, std::size_t offset) const;
  Answer exchange(const Frame& frame);
  std::vector<Answer> stream(std::span<const Frame> frames);
  std::optional<std::uint32_t> read_dpidr();
  void recall_overrun_detection();
  void completed(Frame frame);
  bool is_ctrl_stat_write(const Frame& f) const {
    return f.port == Port::dp && !f.read && f.a == kCtrlStat && (port_.select & kDPBANKSEL) == 0;
  }

  BitLink& bits_;
  Clock& clock_;
  PortState port_;                             // of the port that is spoken to
  std::optional<std::uint32_t> selected_;      // its TARGETSEL, on a multi-drop wire
  std::map<std::uint32_t, PortState> others_;  // as they were left, by TARGETSEL
};

Ack ack_of(std::uint64_t bits) {
  switch (static_cast<swd::Acknowledge>(bits)) {
    case swd::Acknowledge::ok:
      return Ack::ok;
    case swd::Acknowledge::wait:
      return Ack::wait;
    case swd::Acknowledge::fault:
      return Ack::fault;
  }
  return Ack::none;
}

// A whole frame with its data phase; 3 bits are sampled for a write, 3 and the data phase for a read.
void SwdLift::send(const Frame& frame) {
  bits_.swd_write(BitVector::of(swd::request(frame.port == Port::ap, frame.read, frame.a), 8));
  bits_.swd_read(swd::kTurnaroundBits, false);
  bits_.swd_read(swd::kAckBits, true);
  if (frame.read) {
    bits_.swd_read(swd::kDataBits, true);
    bits_.swd_read(swd::kTurnaroundBits, false);
  } else {
    bits_.swd_read(swd::kTurnaroundBits, false);
    bits_.swd_write(swd::write_data(frame.value));
  }
}

SwdLift::Answer SwdLift::answer_of(const Frame& frame, const BitVector& sampled, std::size_t offset) const {
  Answer answer{ack_of(sampled.value(offset, swd::kAckBits)), 0};
  if (answer.ack != Ack::ok || !frame.read) return answer;
  const auto data = swd::read_data(sampled, offset + swd::kAckBits);
  if (!data) return {Ack::parity, 0};
  return {Ack::ok, *data};
}

// One frame whose data phase depends on its ACK.
SwdLift::Answer SwdLift::exchange(const Frame& frame) {
  bits_.swd_write(BitVector::of(swd::request(frame.port == Port::ap, frame.read, frame.a), 8));
  bits_.swd_read(swd::kTurnaroundBits, false);
  bits_.swd_read(swd::kAckBits, true);
  BitVector sampled = bits_.collect();
  const bool ok = ack_of(sampled.value(0, swd::kAckBits)) == Ack::ok;
  if (ok && frame.read) bits_.swd_read(swd::kDataBits, true);
  bits_.swd_read(swd::kTurnaroundBits, false);
  if (ok && !frame.read) bits_.swd_write(swd::write_data(frame.value));
  bits_.swd_write(BitVector::repeat(false, swd::kIdleBits));
  sampled.append(bits_.collect());
  return answer_of(frame, sampled, 0);
}

std::vector<SwdLift::Answer> SwdLift::stream(std::span<const Frame> frames) {
  for (const Frame& frame : frames) send(frame);
  bits_.swd_write(BitVector::repeat(false, swd::kIdleBits));
  const BitVector sampled = bits_.collect();
  std::vector<Answer> answers;
  std::size_t offset = 0;
  for (const Frame& frame : frames) {
    answers.push_back(answer_of(frame, sampled, offset));
    offset += swd::kAckBits + (frame.read ? swd::kDataBits : 0);
  }
  return answers;
}

void SwdLift::completed(Frame frame) {
  if (is_ctrl_stat_write(frame)) port_.overrun_detect = true;
  if (frame.port == Port::dp && !frame.read && frame.a == kSelect) port_.select = frame.value;
}

std::size_t SwdLift::run(std::span<DapTransfer> transfers) {
  for (DapTransfer& t : transfers) t.ack = Ack::not_run;
  std::vector<Frame> frames = frames_of(transfers);
  const std::size_t stream_length = std::max<std::size_t>(bits_.batch_cycles() / kFrameCycles, 1);
  const Nanoseconds begin = clock_.now();
  std::size_t at = 0;
  while (at < frames.size()) {
    if (is_ctrl_stat_write(frames[at])) frames[at].value |= kORUNDETECT;
    const std::size_t length = port_.overrun_detect ? std::min(stream_length, frames.size() - at) : 1;
    // Within a stream SELECT may change, so CTRL/STAT writes behind its first frame start a new one.
    std::size_t end = at + 1;
    while (end < at + length && !(frames[end].port == Port::dp && frames[end].a == kCtrlStat)) ++end;
    const auto answers = port_.overrun_detect ? stream(std::span(frames).subspan(at, end - at))
                                              : std::vector<Answer>{exchange(frames[at])};
    for (const Answer& answer : answers) {
      const Frame& frame = frames[at];
      if (answer.ack == Ack::ok) {
        completed(frame);
        if (frame.completes != kNobody) {
          transfers[frame.completes].ack = Ack::ok;
          if (frame.read) transfers[frame.completes].value = answer.value;
        }
        ++at;
        continue;
      }
      if (answer.ack == Ack::wait && port_.overrun_detect) {
        stream(std::vector<Frame>{{Port::dp, 0, false, kORUNERRCLR, kNobody, kNobody, false}});
      }
      if (answer.ack == Ack::wait && frame.fetches) {
        if (clock_.now() - begin < kBusyLimit) break;  // the same frame again
        throw DapError("the access port is still busy after 1 s (WAIT)", static_cast<unsigned>(Ack::wait),
                       "AP", transfers[frame.blames].a);
      }
      transfers[frame.blames].ack = answer.ack;
      return frame.blames;
    }
  }
  return transfers.size();
}

std::optional<std::uint32_t> SwdLift::read_dpidr() {
  const Answer answer = exchange({Port::dp, 0, true, 0, kNobody, kNobody, false});
  if (answer.ack != Ack::ok) return {};
  return answer.value;
}

// Whoever was here before may have left overrun detection on; the length of a refused frame depends on it.
void SwdLift::recall_overrun_detection() {
  const Answer ctrl_stat = exchange({Port::dp, kCtrlStat, true, 0, kNobody, kNobody, false});
  port_.overrun_detect = ctrl_stat.ack == Ack::ok && (ctrl_stat.value & kORUNDETECT) != 0;
}

std::uint32_t SwdLift::reconnect() {
  port_ = {};
  selected_.reset();
  std::optional<std::uint32_t> dpidr;
  for (const BitVector& wake : {swj::jtag_to_swd(), swj::dormant_to_swd()}) {
    bits_.swd_write(wake);
    dpidr = read_dpidr();
    if (dpidr) break;
  }
  if (!dpidr) {
    throw DapError("no answer on SWD: is the target powered and wired?", static_cast<unsigned>(Ack::none),
                   "DP", 0);
  }
  recall_overrun_detection();
  return *dpidr;
}

// All of it in one round trip: nobody listens to the frames behind a TARGETSEL that named nobody.
std::uint32_t SwdLift::select_target(std::uint32_t targetsel, bool wake) {
  if (selected_) others_[*selected_] = port_;
  selected_.reset();
  if (wake) others_.clear();  // whoever sleeps was reset
  bits_.swd_write(wake ? swj::multi_drop_to_swd() : swj::line_reset());
  bits_.swd_write(BitVector::of(swd::request(false, false, swd::kTargetSel), swd::kRequestBits));
  bits_.swd_read(swd::kNoAckBits, false);
  bits_.swd_write(swd::write_data(targetsel));
  const std::array frames = {Frame{Port::dp, 0, true, 0, kNobody, kNobody, false},
                             Frame{Port::dp, 0, false, kORUNERRCLR, kNobody, kNobody, false}};
  const auto answers = stream(frames);
  for (const Answer& answer : answers) {
    if (answer.ack == Ack::ok) continue;
    throw DapError(fmt::format("no answer on SWD from the target that TARGETSEL 0x{:08x} names", targetsel),
                   static_cast<unsigned>(answer.ack), "DP", 0);
  }
  selected_ = targetsel;
  const auto known = others_.find(targetsel);
  port_ = known == others_.end() ? PortState{} : known->second;
  port_.select &= ~kDPBANKSEL;
  if (known == others_.end()) recall_overrun_detection();
  return answers[0].value;
}

}  // namespace

std::unique_ptr<DapLink> lift_swd(BitLink& bits, Clock& clock) {
  return std::make_unique<SwdLift>(bits, clock);
}

}  // namespace probity
