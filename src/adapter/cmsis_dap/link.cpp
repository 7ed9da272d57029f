#include "adapter/cmsis_dap/link.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/errors.hpp"
#include "wire/swj_sequence.hpp"

namespace probity::cmsis_dap {

namespace {

constexpr std::size_t kWorthABlock = 4;  // a shorter run goes with its neighbours
constexpr std::size_t kSequenceBits = 256;
constexpr std::size_t kJtagRunBits = 64, kJtagMaxRuns = 255;
constexpr std::size_t kRecognizedTaps = 32;
// A WAIT and its turnarounds: 8 + 1 + 3 + 1 clocks.
constexpr std::uint32_t kClocksPerWait = 13;
constexpr Milliseconds kWaitBudget(500);

bool is_abort(const DapTransfer& t) { return t.port == Port::dp && !t.read && t.a == 0; }
bool same_register(const DapTransfer& x, const DapTransfer& y) {
  return x.port == y.port && x.a == y.a && x.read == y.read;
}

std::size_t run_length(std::span<const DapTransfer> transfers, std::size_t at) {
  std::size_t end = at + 1;
  while (end < transfers.size() && same_register(transfers[end], transfers[at])) ++end;
  return end - at;
}

std::size_t block_capacity(const DapTransfer& t, std::size_t packet_size) {
  const std::size_t header = t.read ? TransferBlock::kResponseHeader : TransferBlock::kRequestHeader;
  return std::min((packet_size - header) / 4, TransferBlock::kMaxCount);
}

// Room that is left in a DAP_Transfer packet, in both directions.
class TransferRoom {
 public:
  explicit TransferRoom(std::size_t packet_size)
      : request_(packet_size - Transfer::kRequestHeader),
        response_(packet_size - Transfer::kResponseHeader) {}
  bool take(const DapTransfer& t) {
    const std::size_t out = t.read ? 1 : 5, in = t.read ? 4 : 0;
    if (count_ == Transfer::kMaxCount || out > request_ || in > response_) return false;
    request_ -= out;
    response_ -= in;
    ++count_;
    return true;
  }

 private:
  std::size_t request_, response_, count_ = 0;
};

}  // namespace

std::vector<PlannedPacket> plan_packets(std::span<const DapTransfer> transfers, std::size_t packet_size) {
  using Kind = PlannedPacket::Kind;
  std::vector<PlannedPacket> packets;
  std::size_t at = 0;
  while (at < transfers.size()) {
    if (is_abort(transfers[at])) {
      packets.push_back({Kind::abort, at++, 1});
      continue;
    }
    const std::size_t run = run_length(transfers, at);
    const std::size_t capacity = block_capacity(transfers[at], packet_size);
    // The rest of a run that something follows shares its packet with what follows.
    if (run >= capacity || (run >= kWorthABlock && at + run == transfers.size())) {
      packets.push_back({Kind::block, at, std::min(run, capacity)});
      at += packets.back().count;
      continue;
    }
    TransferRoom room(packet_size);
    const std::size_t first = at;
    while (at < transfers.size() && !is_abort(transfers[at]) && room.take(transfers[at])) ++at;
    packets.push_back({Kind::transfer, first, at - first});
  }
  return packets;
}

PacketOutcome take_result(std::span<DapTransfer> transfers, const TransferResult& result, bool block) {
  PacketOutcome outcome;
  outcome.ack = result.ack;
  std::size_t word = 0;
  bool word_missing = false;
  for (; outcome.done < result.count; ++outcome.done) {
    DapTransfer& t = transfers[outcome.done];
    if (t.read) {
      word_missing = word == result.words.size();
      if (word_missing) break;
      t.value = result.words[word++];
    }
    t.ack = Ack::ok;
  }
  if (result.ack == Ack::ok) {
    if (outcome.done != transfers.size()) {
      throw AdapterError(fmt::format("CMSIS-DAP transfer count mismatch: expected {}, got {}",
                                     transfers.size(), outcome.done));
    }
    return outcome;
  }
  // All counted, and yet not ok: the check behind the last write failed.
  const bool last_write_failed = outcome.done == transfers.size();
  if (last_write_failed && outcome.done > 0) --outcome.done;
  const DapTransfer& failed = transfers[outcome.done];
  const bool read_ahead =
      block && failed.read && failed.port == Port::ap;  // a block posts its next read early
  outcome.certain = !word_missing && !last_write_failed && !read_ahead;
  return outcome;
}

Link::Link(Probe& probe, Log& log, std::optional<jtag::Chain> chain)
    : probe_(probe), log_(log), chain_(std::move(chain)) {
  if (chain_) probe_.execute(JtagConfigure{chain_->ir_lengths()});
}

void Link::set_speed(Hertz speed) {
  probe_.execute(SwjClock{speed});
  const auto waits = speed.value / kClocksPerWait * kWaitBudget.count() / 1000;
  const auto retries = static_cast<std::uint16_t>(std::clamp<std::int64_t>(waits, 100, 0xFFFF));
  constexpr std::uint8_t kJtagIdle = 8;  // for an access to get on its way before the next scan asks for it
  probe_.execute(TransferConfigure{chain_ ? kJtagIdle : std::uint8_t{0}, retries, 0});
  // The longest packet: all its words at about 60 clocks each, and one WAIT budget.
  const auto clocks =
      static_cast<std::int64_t>(probe_.facts().packet_size) / 4 * 60 + retries * kClocksPerWait;
  packet_timeout_ = Milliseconds(1000 + 2 * clocks * 1000 / std::max<std::int64_t>(speed.value, 1));
}

Bytes Link::encode(const PlannedPacket& packet, std::span<const DapTransfer> transfers) const {
  switch (packet.kind) {
    case PlannedPacket::Kind::transfer:
      return Transfer{dap_index(), transfers}.encode();
    case PlannedPacket::Kind::block:
      return TransferBlock{dap_index(), transfers}.encode();
    case PlannedPacket::Kind::abort:
      break;
  }
  return WriteAbort{dap_index(), transfers.front().value}.encode();
}

std::size_t Link::run(std::span<DapTransfer> transfers) {
  for (DapTransfer& t : transfers) t.ack = Ack::not_run;
  const auto packets = plan_packets(transfers, probe_.facts().packet_size);
  std::size_t done = 0;
  PacketOutcome failure;  // ack ok: none yet
  bool ran_on = false;    // transfers behind the failure, already in flight, were executed
  auto part = [&](std::size_t i) { return transfers.subspan(packets[i].first, packets[i].count); };

  probe_.pipeline(
      packets.size(), [&](std::size_t i) { return encode(packets[i], part(i)); },
      [&](std::size_t i, ByteView response) {
        const std::span<DapTransfer> mine = part(i);
        if (packets[i].kind == PlannedPacket::Kind::abort) {
          WriteAbort::parse(response);
          if (failure.ack != Ack::ok) return false;
          mine.front().ack = Ack::ok;
          ++done;
          return true;
        }
        const bool block = packets[i].kind == PlannedPacket::Kind::block;
        const TransferResult result =
            block ? TransferBlock{dap_index(), mine}.parse(response)
                  : Transfer{dap_index(), mine}.parse(response, probe_.exact_length());
        if (failure.ack != Ack::ok) {
          ran_on = ran_on || result.count > 0;
          return false;
        }
        const PacketOutcome outcome = take_result(mine, result, block);
        done += outcome.done;
        if (outcome.ack == Ack::ok) return true;
        failure = outcome;
        return false;
      },
      packet_timeout_);

  if (failure.ack == Ack::ok) return done;
  DapTransfer& failed = transfers[done];
  const bool repeatable = failure.certain && !ran_on;
  if ((failure.ack == Ack::wait || failure.ack == Ack::none) && !repeatable) {
    throw DapError(failure.ack == Ack::wait ? "the access port is still busy after all repeats (WAIT)"
                                            : "no answer in the middle of a batch of transfers",
                   static_cast<unsigned>(failure.ack), failed.port == Port::ap ? "AP" : "DP", failed.a);
  }
  failed.ack = failure.ack;
  return done;
}

void Link::send_sequence(const BitVector& bits) {
  for (std::size_t at = 0; at < bits.size(); at += kSequenceBits) {
    probe_.execute(SwjSequence{bits.slice(at, std::min(kSequenceBits, bits.size() - at))});
  }
}

std::uint32_t Link::reconnect() { return chain_ ? reconnect_jtag() : reconnect_swd(); }

std::uint32_t Link::reconnect_swd() {
  selected_.reset();
  for (const BitVector& wake : {swj::jtag_to_swd(), swj::dormant_to_swd()}) {
    send_sequence(wake);
    std::array<DapTransfer, 1> dpidr = {DapTransfer::load(Port::dp, 0)};
    if (run(dpidr) == 1) return dpidr[0].value;
  }
  throw DapError("no answer on SWD: is the target powered and wired?", static_cast<unsigned>(Ack::none), "DP",
                 0);
}

void Link::write_targetsel(std::uint32_t value) {
  try {
    probe_.execute(TargetSelect{value});
  } catch (const AdapterError& e) {
    if (!e.probe_status) throw;  // no answer to the command, but trouble on the way
    throw ConfigError(fmt::format(
        "CMSIS-DAP: this probe (firmware {}) cannot choose a target on a multi-drop SWD bus, which "
        "needs version 1.2 or later: {}",
        probe_.facts().firmware_version, e.message()));
  }
}

std::uint32_t Link::select_target(std::uint32_t targetsel, bool wake) {
  if (chain_) return DapLink::select_target(targetsel, wake);
  selected_.reset();
  send_sequence(wake ? swj::multi_drop_to_swd() : swj::line_reset());
  write_targetsel(targetsel);
  constexpr std::uint32_t kORUNERRCLR = 1u << 4;
  std::array<DapTransfer, 1> dpidr = {DapTransfer::load(Port::dp, 0)};
  std::array<DapTransfer, 1> abort = {DapTransfer::store(Port::dp, 0, kORUNERRCLR)};
  if (run(dpidr) == 0) {
    throw DapError(fmt::format("no answer on SWD from the target that TARGETSEL 0x{:08x} names", targetsel),
                   static_cast<unsigned>(dpidr[0].ack), "DP", 0);
  }
  run(abort);
  selected_ = targetsel;
  return dpidr[0].value;
}

BitVector Link::scan(const jtag::Scan& scan, std::size_t capture) {
  std::vector<JtagRun> runs;
  for (std::size_t i = 0; i < scan.stretch.size(); ++i) {
    const bool tms = scan.stretch.tms[i];
    const bool captured = i >= scan.first_shift && i < scan.first_shift + capture;
    const bool same = !runs.empty() && runs.back().tms == tms && runs.back().capture == captured;
    if (!same || runs.back().tdi.size() == kJtagRunBits) runs.push_back({{}, tms, captured});
    runs.back().tdi.push(scan.stretch.tdi[i]);
  }
  BitVector tdo;
  constexpr std::size_t kHeader = 2, kPerRun = 1 + kJtagRunBits / 8;
  const std::size_t fit = std::min((probe_.facts().packet_size - kHeader) / kPerRun, kJtagMaxRuns);
  for (std::size_t at = 0; at < runs.size(); at += fit) {
    ++round_trips_;
    tdo.append(probe_.execute(JtagSequence{std::span(runs).subspan(at, std::min(fit, runs.size() - at))}));
  }
  return tdo;
}

BitVector Link::clock_pins(const jtag::Stretch& stretch, std::size_t sample_begin, std::size_t sample_count) {
  if (!chain_) throw ConfigError("the wire is SWD: there are no JTAG scans");
  return scan({stretch, sample_begin}, sample_count);
}

std::uint32_t Link::reconnect_jtag() {
  send_sequence(swj::swd_to_jtag());
  constexpr std::size_t kBits = 32 * (kRecognizedTaps + 1);
  const BitVector tdo = scan(jtag::scan_dr(BitVector::repeat(true, kBits)), kBits);
  const auto ids = jtag::parse_idcodes(tdo);
  if (!ids || ids->empty()) {
    throw DapError(
        fmt::format("JTAG scan chain interrogation failed: {}", tdo[0] ? "all ones" : "all zeroes"),
        static_cast<unsigned>(Ack::none), "DP", 0);
  }
  if (ids->size() != chain_->ir_lengths().size()) {
    log_.warn("JTAG chain: {} TAPs found, {} declared", ids->size(), chain_->ir_lengths().size());
  }
  idcodes_ = *ids;
  return probe_.execute(JtagIdcode{dap_index()});
}

}  // namespace probity::cmsis_dap
