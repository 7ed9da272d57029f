#include "adapter/cmsis_dap/probe.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity::cmsis_dap {

namespace {

// More in flight gains nothing, and a stuck probe must be drained of them.
constexpr std::size_t kMaxInFlight = 16;
constexpr unsigned kMaxStale = 64;
// Longer than a probe repeats a WAIT by itself (Link's budget).
constexpr Milliseconds kFirstAnswer(700);
constexpr Milliseconds kLongQuiet(150);

std::uint32_t little_endian(const Bytes& bytes) {
  switch (bytes.size()) {
    case 0:
      return 0;
    case 1:
      return bytes[0];
    case 2:
    case 3:
      return load_le16(bytes);
    default:
      return load_le32(bytes);
  }
}

}  // namespace

void Probe::drain(Milliseconds quiet) {
  for (unsigned i = 0; i < kMaxStale; ++i) {
    try {
      pipe_->receive(quiet);
    } catch (const TimeoutError&) {
      out_of_step_ = false;
      return;
    }
    log_.debug("CMSIS-DAP: a late answer thrown away");
  }
  throw AdapterError("CMSIS-DAP: the probe sends without having been asked");
}

// A program that was killed can have left commands that are still worked on, in a queue of their own, and
// answers that nobody read. They come before ours, in order: what is no answer to DAP_Info, or not of the
// length that this one has, is not for us.
std::uint32_t Probe::first_info(InfoId id, std::optional<std::size_t> length) {
  out_of_step_ = true;
  pipe_->send(Info{id}.encode());
  for (unsigned i = 0; i < kMaxStale; ++i) {
    const Bytes response = pipe_->receive(kFirstAnswer);
    if (response.empty() || response.front() != static_cast<std::uint8_t>(Command::info)) continue;
    const Bytes value = Info::parse(response);
    if (length && value.size() != *length) {
      throw AdapterError(fmt::format("CMSIS-DAP: DAP_Info 0x{:02x} gave {} bytes where {} are due",
                                     static_cast<unsigned>(id), value.size(), *length));
    }
    out_of_step_ = false;
    return little_endian(value);
  }
  throw AdapterError("CMSIS-DAP: the probe answers everything but DAP_Info");
}

void Probe::read_sizes(bool strict) {
  const auto due = [strict](std::size_t length) { return strict ? std::optional(length) : std::nullopt; };
  const std::uint32_t size = first_info(InfoId::packet_size, due(2));
  if (size >= pipe_->packet_size()) pipe_->set_packet_size(size);
  facts_.packet_size = pipe_->packet_size();
  facts_.packet_count = std::clamp<std::size_t>(first_info(InfoId::packet_count, due(1)), 1, kMaxInFlight);
}

void Probe::open() {
  constexpr unsigned kTries = 3;
  if (pipe_->may_hold_stale()) drain(pipe_->quiet_time());
  for (unsigned tries = 1;; ++tries) {
    try {
      read_sizes(tries < kTries);  // a probe may also just be wrong about the length
      break;
    } catch (const DeviceGone&) {
      throw;
    } catch (const Error& e) {
      if (tries == kTries || !pipe_->may_hold_stale()) throw;
      log_.debug("{}; once more", e.message());
      pipe_->send(TransferAbort{}.encode());
      drain(kLongQuiet);
    }
  }
  facts_.capabilities = little_endian(execute(Info{InfoId::capabilities}));
  facts_.firmware_version = info_text(execute(Info{InfoId::firmware_version}));
  facts_.serial = info_text(execute(Info{InfoId::serial}));
  log_.debug("CMSIS-DAP: Packet Size = {}", facts_.packet_size);
  log_.debug("CMSIS-DAP: Packet Count = {}", facts_.packet_count);
}

void Probe::pipeline(std::size_t count, const std::function<Bytes(std::size_t)>& encode,
                     const std::function<bool(std::size_t, ByteView)>& answer, Milliseconds timeout) {
  guarded([&] {
    std::size_t sent = 0, answered = 0;
    bool go_on = true;
    while (answered < sent || (go_on && sent < count)) {
      if (go_on && sent < count && sent - answered < facts_.packet_count) {
        pipe_->send(encode(sent++));
        continue;
      }
      const Bytes response = pipe_->receive(timeout);
      go_on = answer(answered++, response) && go_on;
    }
  });
}

}  // namespace probity::cmsis_dap
