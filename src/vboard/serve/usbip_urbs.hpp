// The transfers (URBs, USB request blocks) that a USB/IP client has under way on one device.
#pragma once

#include <deque>
#include <map>

#include "vboard/probe/usb_pipe.hpp"
#include "vboard/serve/usbip_protocol.hpp"

namespace probity::vboard {

class Urbs {
 public:
  // `pipe` must outlive it.
  explicit Urbs(UsbPipe& pipe) : pipe_(pipe) {}

  // Append to `output` the replies of all transfers that end with this: a transfer for which the device has
  // nothing waits until another one gives it something, or until it is unlinked. Each endpoint serves its
  // transfers in order. AdapterError once the device is unplugged.
  void submit(usbip::SubmitCommand command, Bytes& output);
  void unlink(const usbip::UnlinkCommand& command, Bytes& output);

 private:
  using Queue = std::deque<usbip::SubmitCommand>;
  bool advance(Queue& queue, Bytes& output);
  UsbReply transfer(const usbip::SubmitCommand& command);

  UsbPipe& pipe_;
  std::map<std::uint8_t, Queue> waiting_;  // by endpoint address
};

}  // namespace probity::vboard
