#include "vboard/serve/usbip_urbs.hpp"

#include <algorithm>

namespace probity::vboard {

namespace {

usbip::SubmitReply reply_to(const usbip::SubmitCommand& command) {
  usbip::SubmitReply reply;
  reply.seqnum = command.seqnum;
  reply.start_frame = command.start_frame;
  return reply;
}

usbip::SubmitReply finish(const usbip::SubmitCommand& command, UsbReply result) {
  usbip::SubmitReply reply = reply_to(command);
  if (result.status == UsbReply::Status::stall) {
    reply.status = usbip::Status::stall;
  } else if (!command.to_host) {
    reply.actual_length = command.length;
  } else {
    reply.data = std::move(result.data);
    reply.data.resize(std::min<std::size_t>(reply.data.size(), command.length));
    reply.actual_length = static_cast<std::uint32_t>(reply.data.size());
    if (command.short_is_error && reply.actual_length < command.length) {
      reply.status = usbip::Status::short_read;
    }
  }
  return reply;
}

}  // namespace

void Urbs::submit(usbip::SubmitCommand command, Bytes& output) {
  if (command.isochronous()) {  // no probe has such an endpoint
    usbip::SubmitReply refusal = reply_to(command);
    refusal.status = usbip::Status::invalid;
    refusal.append_to(output);
    return;
  }
  Queue& queue = waiting_[command.address()];
  queue.push_back(std::move(command));
  if (queue.size() > 1) return;
  for (bool moved = advance(queue, output); moved;) {
    moved = false;
    for (auto& [address, other] : waiting_) moved = advance(other, output) || moved;
  }
}

// Ends the transfers at the front that can end; false where there is none.
bool Urbs::advance(Queue& queue, Bytes& output) {
  bool moved = false;
  while (!queue.empty()) {
    UsbReply result = transfer(queue.front());
    if (result.status == UsbReply::Status::nak) break;
    finish(queue.front(), std::move(result)).append_to(output);
    queue.pop_front();
    moved = true;
  }
  return moved;
}

UsbReply Urbs::transfer(const usbip::SubmitCommand& command) {
  if (command.endpoint == 0) return pipe_.control(SetupPacket::parse(command.setup), command.data);
  if (command.to_host) return pipe_.submit_in(command.address(), command.length);
  return pipe_.submit_out(command.address(), command.data);
}

void Urbs::unlink(const usbip::UnlinkCommand& command, Bytes& output) {
  usbip::UnlinkReply reply{command.seqnum, usbip::Status::ok};
  for (auto& [address, queue] : waiting_) {
    const auto target =
        std::find_if(queue.begin(), queue.end(), [&](const auto& c) { return c.seqnum == command.target; });
    if (target == queue.end()) continue;
    queue.erase(target);
    reply.status = usbip::Status::unlinked;
    break;
  }
  reply.append_to(output);
}

}  // namespace probity::vboard
