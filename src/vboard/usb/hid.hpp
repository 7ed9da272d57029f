// A HID function (HID 1.11) whose reports are those of another function: one IN and one OUT endpoint, reports
// without id.
#pragma once

#include <memory>

#include "vboard/usb/description.hpp"
#include "vboard/usb/function.hpp"

namespace probity::vboard {

class HidFunction final : public UsbFunction {
 public:
  // `interface` gives the size of a report and the endpoint whose data an output report is.
  HidFunction(const InterfaceDescription& interface, std::unique_ptr<UsbFunction> reports);

  // The HID descriptor (6.2.1) that announces a report descriptor of `report_size` bytes.
  static Bytes descriptor(std::size_t report_size);

  void configure() override;
  UsbReply control(const SetupPacket& setup, ByteView data) override;
  UsbReply out(std::uint8_t endpoint, ByteView data) override { return reports_->out(endpoint, data); }
  UsbReply in(std::uint8_t endpoint, std::size_t max_length) override {
    return reports_->in(endpoint, max_length);
  }

 private:
  std::unique_ptr<UsbFunction> reports_;
  std::uint8_t out_endpoint_ = 0, idle_ = 0;
  std::size_t report_size_ = 0;
};

}  // namespace probity::vboard
