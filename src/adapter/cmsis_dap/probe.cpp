#include "adapter/cmsis_dap/probe.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "base/errors.hpp"

namespace probity::cmsis_dap {

namespace {

// More in flight gains nothing, and a stuck probe must be drained of them.
constexpr std::size_t kMaxInFlight = 16;
constexpr unsigned kMaxStale = 64;

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

void Probe::drain() {
  for (unsigned i = 0; i < kMaxStale; ++i) {
    try {
      pipe_->receive(pipe_->quiet_time());
    } catch (const TimeoutError&) {
      out_of_step_ = false;
      return;
    }
    log_.debug("CMSIS-DAP: a late answer thrown away");
  }
  throw AdapterError("CMSIS-DAP: the probe sends without having been asked");
}

void Probe::open() {
  if (pipe_->may_hold_stale()) drain();
  const std::uint32_t size = little_endian(execute(Info{InfoId::packet_size}));
  if (size >= pipe_->packet_size()) pipe_->set_packet_size(size);
  facts_.packet_size = pipe_->packet_size();
  facts_.packet_count =
      std::clamp<std::size_t>(little_endian(execute(Info{InfoId::packet_count})), 1, kMaxInFlight);
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
