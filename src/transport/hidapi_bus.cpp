// HidBus over hidapi (hidraw on Linux). The only file that includes its header.
#include <fmt/format.h>
#include <hidapi/hidapi.h>

#include <cwchar>

#include "base/errors.hpp"
#include "transport/host.hpp"

namespace probity {

namespace {

// hidapi's strings are UTF-32 on Linux.
std::string utf8(const wchar_t* text) {
  std::string out;
  for (; text != nullptr && *text != L'\0'; ++text) {
    const auto c = static_cast<char32_t>(*text);
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else if (c < 0x800) {
      out += {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F))};
    } else {
      out += {static_cast<char>(0xE0 | (c >> 12 & 0xF)), static_cast<char>(0x80 | (c >> 6 & 0x3F)),
              static_cast<char>(0x80 | (c & 0x3F))};
    }
  }
  return out;
}

class HidapiDevice final : public HidDevice {
 public:
  HidapiDevice(hid_device* device, std::string name) : device_(device, &hid_close), name_(std::move(name)) {}

  void write(ByteView report) override {
    Bytes out;
    out.reserve(report.size() + 1);
    out.push_back(0);  // report id 0: the device uses none (hidapi.h, hid_write)
    out.insert(out.end(), report.begin(), report.end());
    if (hid_write(device_.get(), out.data(), out.size()) < 0) fail("cannot write to");
  }

  Bytes read(std::size_t max_length, Milliseconds timeout) override {
    Bytes in(max_length);
    const int count =
        hid_read_timeout(device_.get(), in.data(), in.size(), static_cast<int>(timeout.count()));
    if (count < 0) fail("cannot read from");
    if (count == 0) {
      throw TimeoutError(fmt::format("{} did not answer within {} ms", name_, timeout.count()),
                         "a HID report", timeout);
    }
    in.resize(static_cast<std::size_t>(count));
    return in;
  }

 private:
  [[noreturn]] void fail(std::string_view what) {
    throw AdapterError(fmt::format("{} {}: {} (unplugged?)", what, name_, utf8(hid_error(device_.get()))));
  }

  std::unique_ptr<hid_device, decltype(&hid_close)> device_;
  std::string name_;
};

class HidapiBus final : public HidBus {
 public:
  ~HidapiBus() override {
    if (used_) hid_exit();
  }

  std::vector<HidDeviceInfo> devices() override {
    used_ = true;  // hid_enumerate initialises the library
    const std::unique_ptr<hid_device_info, decltype(&hid_free_enumeration)> list(hid_enumerate(0, 0),
                                                                                 &hid_free_enumeration);
    std::vector<HidDeviceInfo> result;
    for (const hid_device_info* d = list.get(); d != nullptr; d = d->next) {
      result.push_back({.vendor = d->vendor_id,
                        .product = d->product_id,
                        .path = d->path != nullptr ? d->path : "",
                        .manufacturer = utf8(d->manufacturer_string),
                        .product_name = utf8(d->product_string),
                        .serial = utf8(d->serial_number),
                        .usage_page = d->usage_page,
                        .usage = d->usage,
                        .interface_number = d->interface_number});
    }
    return result;
  }

  std::unique_ptr<HidDevice> open(const HidDeviceInfo& info) override {
    used_ = true;
    const std::string name =
        fmt::format("HID device {:04x}:{:04x} ({})", info.vendor, info.product, info.path);
    hid_device* device = hid_open_path(info.path.c_str());
    if (device == nullptr) {
      throw AdapterError(fmt::format("cannot open {}: {} (no rights? install the udev rules from contrib/)",
                                     name, utf8(hid_error(nullptr))));
    }
    return std::make_unique<HidapiDevice>(device, name);
  }

 private:
  bool used_ = false;
};

}  // namespace

std::unique_ptr<HidBus> make_hidapi_bus() { return std::make_unique<HidapiBus>(); }

}  // namespace probity
