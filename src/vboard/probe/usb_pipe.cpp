#include "vboard/probe/usb_pipe.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "vboard/probe/usb_device.hpp"

namespace probity::vboard {

namespace {
constexpr Nanoseconds kTransfer = Microseconds(125);
constexpr Nanoseconds kHidReport = Milliseconds(1);
constexpr std::uint64_t kFullSpeedBytesPerSecond = 1'216'000;
constexpr std::uint64_t kHighSpeedBytesPerSecond = 40'000'000;
}  // namespace

UsbPipe::UsbPipe(Probe& probe, Board& board, UsbSpeed speed)
    : probe_(probe),
      board_(board),
      speed_(speed),
      device_(make_usb_device(probe)),
      reply_endpoint_(reply_endpoint(probe.description())) {}

Nanoseconds UsbPipe::bulk_cost(std::size_t bytes) const {
  const std::uint64_t rate = speed_ == UsbSpeed::high ? kHighSpeedBytesPerSecond : kFullSpeedBytesPerSecond;
  return kTransfer + Nanoseconds(bytes * 1'000'000'000 / rate);
}

Nanoseconds UsbPipe::cost(std::size_t bytes) const {
  return speed_ == UsbSpeed::hid ? kHidReport : bulk_cost(bytes);
}

bool UsbPipe::plugged() const { return plugged_ || (back_at_ && board_.timeline().now() >= *back_at_); }

unsigned UsbPipe::connection() const { return connection_ + (!plugged_ && plugged() ? 1 : 0); }

void UsbPipe::unplug() {
  back_at_.reset();  // a cable that was about to be back by a fault plan stays out
  if (!plugged_) return;
  plugged_ = false;
  probe_.lose_power();
}

void UsbPipe::plug() {
  if (plugged_) return;
  plugged_ = true;
  ++connection_;
  device_->reset();
  ready_.clear();
  short_reply_ = lost_reply_ = false;
}

void UsbPipe::require_plugged() {
  if (!plugged_ && plugged()) plug();
  if (!plugged_) throw AdapterError("the virtual probe was unplugged");
}

void UsbPipe::strike() {
  const Fault* fault = board_.faults().strike("usb");
  if (fault == nullptr) return;
  if (fault->kind == "unplug") {
    unplug();
    if (!fault->argument.empty()) {
      back_at_ = board_.timeline().now() + Milliseconds(std::stoul(fault->argument, nullptr, 0));
    }
    require_plugged();
  }
  if (fault->kind == "usb-short") short_reply_ = true;
  if (fault->kind == "usb-lost") lost_reply_ = true;
}

bool UsbPipe::is_debug(std::uint8_t endpoint) const {
  const auto& endpoints = description().interfaces.front().endpoints;
  return std::ranges::find(endpoints, endpoint, &EndpointDescription::address) != endpoints.end();
}

// Time that passed on the timeline since the last transfer was the host's own (it slept, or computed).
void UsbPipe::host_catches_up() { host_time_ += board_.timeline().now() - seen_; }

void UsbPipe::occupy_bus(Nanoseconds& free_at, Nanoseconds not_before, Nanoseconds duration) {
  host_time_ = std::max({host_time_, free_at, not_before}) + duration;
  free_at = host_time_;
  if (speed_ != UsbSpeed::hid) out_free_ = in_free_ = host_time_;  // one bus for both directions
  const Nanoseconds now = board_.timeline().now();
  if (host_time_ > now) board_.timeline().advance(host_time_ - now);
}

void UsbPipe::note_replies() {
  if (ready_.size() > probe_.replies_waiting()) ready_.clear();  // the firmware dropped its replies
  while (ready_.size() < probe_.replies_waiting()) ready_.push_back(board_.timeline().now());
  seen_ = board_.timeline().now();
}

UsbReply UsbPipe::control(const SetupPacket& setup, ByteView data) {
  require_plugged();
  host_catches_up();
  UsbReply reply = device_->control(setup, data);
  occupy_bus(out_free_, Nanoseconds(0), bulk_cost(data.size() + reply.data.size()));
  note_replies();
  return reply;
}

UsbReply UsbPipe::submit_out(std::uint8_t endpoint, ByteView data) {
  require_plugged();
  if (is_debug(endpoint)) {
    strike();
    ++board_.stats().usb_transfers;
    board_.stats().usb_bytes_out += data.size();
  }
  host_catches_up();
  occupy_bus(out_free_, Nanoseconds(0), cost(data.size()));
  UsbReply reply = device_->out(endpoint, data);
  note_replies();
  return reply;
}

UsbReply UsbPipe::submit_in(std::uint8_t endpoint, std::size_t max_length) {
  require_plugged();
  const bool debug = endpoint == reply_endpoint_;
  if (debug && probe_.replies_waiting() != 0) strike();
  if (debug && lost_reply_ && probe_.replies_waiting() != 0) {
    lost_reply_ = false;
    probe_.take_reply(~std::size_t{0});
    ready_.pop_front();
  }
  UsbReply reply = device_->in(endpoint, max_length);
  if (reply.status != UsbReply::Status::ok) return reply;
  host_catches_up();
  if (debug && short_reply_) reply.data.resize(reply.data.size() / 2);
  if (debug) short_reply_ = false;
  occupy_bus(in_free_, debug && !ready_.empty() ? ready_.front() : Nanoseconds(0), cost(reply.data.size()));
  if (ready_.size() > probe_.replies_waiting()) ready_.pop_front();
  if (debug) {
    ++board_.stats().usb_transfers;
    board_.stats().usb_bytes_in += reply.data.size();
  }
  seen_ = board_.timeline().now();
  return reply;
}

void UsbPipe::out(std::uint8_t endpoint, ByteView data) {
  if (submit_out(endpoint, data).status == UsbReply::Status::stall) {
    throw AdapterError(fmt::format("the virtual probe stalls endpoint 0x{:02x}", endpoint));
  }
  if (is_debug(endpoint) && probe_.is_stuck()) {
    throw TimeoutError("the virtual probe takes no more until its replies are read",
                       "a transfer to the probe", Nanoseconds(0));
  }
}

Bytes UsbPipe::in(std::uint8_t endpoint, std::size_t max_length, Milliseconds timeout) {
  UsbReply reply = submit_in(endpoint, max_length);
  const auto idle = probe_.time_to_idle_reply();
  if (reply.status == UsbReply::Status::nak && endpoint == reply_endpoint_ && idle && *idle <= timeout) {
    board_.timeline().advance(*idle);
    probe_.idle_reply();
    reply = submit_in(endpoint, max_length);
  }
  if (reply.status == UsbReply::Status::stall) {
    throw AdapterError(fmt::format("the virtual probe stalls endpoint 0x{:02x}", endpoint));
  }
  if (reply.status == UsbReply::Status::ok) return std::move(reply.data);
  host_catches_up();
  board_.timeline().advance(timeout);
  host_time_ += timeout;
  seen_ = board_.timeline().now();
  throw TimeoutError(fmt::format("the virtual probe did not answer within {} ms", timeout.count()),
                     "a reply of the probe", timeout);
}

void UsbPipe::reset() {
  require_plugged();
  strike();
  device_->reset();
  ready_.clear();
}

}  // namespace probity::vboard
