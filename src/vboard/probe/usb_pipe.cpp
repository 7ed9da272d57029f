#include "vboard/probe/usb_pipe.hpp"

#include <algorithm>

#include "base/errors.hpp"

namespace probity::vboard {

namespace {
constexpr Nanoseconds kTransfer = Microseconds(125);
constexpr Nanoseconds kHidReport = Milliseconds(1);
constexpr std::uint64_t kFullSpeedBytesPerSecond = 1'216'000;
constexpr std::uint64_t kHighSpeedBytesPerSecond = 40'000'000;
}  // namespace

Nanoseconds UsbPipe::cost(std::size_t bytes) const {
  if (speed_ == UsbSpeed::hid) return kHidReport;
  const std::uint64_t rate = speed_ == UsbSpeed::full ? kFullSpeedBytesPerSecond : kHighSpeedBytesPerSecond;
  return kTransfer + Nanoseconds(bytes * 1'000'000'000 / rate);
}

void UsbPipe::strike() {
  if (!plugged_) throw AdapterError("the virtual probe was unplugged");
  const Fault* fault = board_.faults().strike("usb");
  if (fault == nullptr) return;
  if (fault->kind == "unplug") {
    plugged_ = false;
    throw AdapterError("the virtual probe was unplugged");
  }
  if (fault->kind == "usb-short") short_reply_ = true;
  if (fault->kind == "usb-lost") lost_reply_ = true;
}

// Time that passed on the timeline since the last transfer was the host's own (it slept, or computed).
void UsbPipe::host_catches_up() { host_time_ += board_.timeline().now() - seen_; }

void UsbPipe::occupy_bus(Nanoseconds& free_at, Nanoseconds not_before, std::size_t bytes) {
  host_time_ = std::max({host_time_, free_at, not_before}) + cost(bytes);
  free_at = host_time_;
  if (speed_ != UsbSpeed::hid) out_free_ = in_free_ = host_time_;  // one bus for both directions
  const Nanoseconds now = board_.timeline().now();
  if (host_time_ > now) board_.timeline().advance(host_time_ - now);
}

void UsbPipe::out(std::uint8_t endpoint, ByteView data) {
  strike();
  host_catches_up();
  occupy_bus(out_free_, Nanoseconds(0), data.size());
  ++board_.stats().usb_transfers;
  board_.stats().usb_bytes_out += data.size();
  probe_.receive(endpoint, data);
  if (ready_.size() > probe_.replies_waiting()) ready_.clear();  // the firmware dropped its replies
  while (ready_.size() < probe_.replies_waiting()) ready_.push_back(board_.timeline().now());
  seen_ = board_.timeline().now();
}

Bytes UsbPipe::in(std::size_t max_length, Milliseconds timeout) {
  strike();
  host_catches_up();
  if (probe_.replies_waiting() == 0 || lost_reply_) {
    if (lost_reply_ && probe_.replies_waiting() != 0) probe_.take_reply(~std::size_t{0}), ready_.pop_front();
    lost_reply_ = false;
    board_.timeline().advance(timeout);
    host_time_ += timeout;
    seen_ = board_.timeline().now();
    throw TimeoutError("the virtual probe did not answer within " + std::to_string(timeout.count()) + " ms",
                       "a reply of the probe", timeout);
  }
  Bytes data = probe_.take_reply(max_length);
  if (short_reply_) data.resize(data.size() / 2);
  short_reply_ = false;
  occupy_bus(in_free_, ready_.empty() ? Nanoseconds(0) : ready_.front(), data.size());
  if (ready_.size() > probe_.replies_waiting()) ready_.pop_front();
  ++board_.stats().usb_transfers;
  board_.stats().usb_bytes_in += data.size();
  seen_ = board_.timeline().now();
  return data;
}

void UsbPipe::reset() {
  strike();
  probe_.usb_reset();
  ready_.clear();
}

}  // namespace probity::vboard
