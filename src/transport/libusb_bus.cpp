// UsbBus over libusb-1.0. The only file that includes its header.
#include <fmt/format.h>
#include <libusb.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <thread>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "transport/access_advice.hpp"
#include "transport/holder.hpp"
#include "transport/host.hpp"
#include "transport/sysfs.hpp"

namespace probity {

namespace fs = std::filesystem;

namespace {

constexpr const char* kSysfs = "/sys";

// The context lives as long as the bus or any device opened on it.
using Context = std::shared_ptr<libusb_context>;
using Handle = std::unique_ptr<libusb_device_handle, decltype(&libusb_close)>;

Context make_context() {
  libusb_context* raw = nullptr;
  if (const int rc = libusb_init(&raw); rc != 0) {
    throw AdapterError(fmt::format("USB is not available on this machine: {}", libusb_strerror(rc)));
  }
  return {raw, &libusb_exit};
}

// All devices as of now; releases the list and its references.
class DeviceList {
 public:
  explicit DeviceList(libusb_context* context) : count_(libusb_get_device_list(context, &list_)) {
    if (count_ < 0) {
      throw AdapterError(
          fmt::format("cannot list the USB devices: {}", libusb_strerror(static_cast<int>(count_))));
    }
  }
  ~DeviceList() { libusb_free_device_list(list_, 1); }
  DeviceList(const DeviceList&) = delete;
  DeviceList& operator=(const DeviceList&) = delete;
  std::span<libusb_device* const> devices() const { return {list_, static_cast<std::size_t>(count_)}; }

 private:
  libusb_device** list_ = nullptr;
  ssize_t count_;
};

std::string location_of(libusb_device* device) {
  std::array<std::uint8_t, 7> ports{};  // USB 3.0 allows 7 tiers
  const int count = libusb_get_port_numbers(device, ports.data(), static_cast<int>(ports.size()));
  std::string text = std::to_string(libusb_get_bus_number(device)) + "-";
  for (int i = 0; i < count; ++i) text += (i == 0 ? "" : ".") + std::to_string(ports[i]);
  return text + (count <= 0 ? "0" : "");
}

void append_utf8(std::string& out, std::uint16_t unit) {
  if (unit < 0x80) {
    out += static_cast<char>(unit);
  } else if (unit < 0x800) {
    out += static_cast<char>(0xC0 | unit >> 6);
    out += static_cast<char>(0x80 | (unit & 0x3F));
  } else {
    out += static_cast<char>(0xE0 | unit >> 12);
    out += static_cast<char>(0x80 | (unit >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (unit & 0x3F));
  }
}

// libusb's ASCII variant would turn the binary serials of old ST-LINK V2 into question marks, so the string
// is decoded here.
std::string string_of(libusb_device_handle* handle, std::uint8_t index) {
  if (index == 0) return {};
  std::array<unsigned char, 255> raw{};
  const int size = static_cast<int>(raw.size());
  int length = libusb_get_string_descriptor(handle, 0, 0, raw.data(), size);
  if (length < 4) return {};
  const std::uint16_t language = load_le16(raw, 2);
  length = libusb_get_string_descriptor(handle, index, language, raw.data(), size);
  if (length < 2 || raw[1] != LIBUSB_DT_STRING) return {};
  std::string text;
  for (int i = 2; i + 1 < std::min<int>(length, raw[0]); i += 2) {
    append_utf8(text, load_le16(raw, static_cast<std::size_t>(i)));
  }
  return text;
}

UsbEndpointKind kind_of(std::uint8_t attributes) {
  switch (attributes & 3) {
    case LIBUSB_TRANSFER_TYPE_CONTROL:
      return UsbEndpointKind::control;
    case LIBUSB_TRANSFER_TYPE_ISOCHRONOUS:
      return UsbEndpointKind::isochronous;
    case LIBUSB_TRANSFER_TYPE_BULK:
      return UsbEndpointKind::bulk;
    default:
      return UsbEndpointKind::interrupt;
  }
}

// The strings of one device: from the kernel where it has them, which disturbs nobody and needs no rights;
// else from the device itself, which is opened at the first such string.
class Strings {
 public:
  Strings(libusb_device* device, std::string location) : device_(device), location_(std::move(location)) {}

  std::string of_device(const char* what, std::uint8_t index) {
    if (index == 0) return {};
    if (auto text = sysfs::device_text(kSysfs, location_, what)) return *text;
    if (libusb_device_handle* handle = open()) return string_of(handle, index);
    return sysfs::raw_device_text(kSysfs, location_, what);
  }
  std::string of_interface(unsigned configuration, const libusb_interface_descriptor& d) {
    if (d.iInterface == 0) return {};
    if (auto text = sysfs::interface_name(kSysfs, location_, configuration, d.bInterfaceNumber)) return *text;
    libusb_device_handle* handle = open();
    return handle != nullptr ? string_of(handle, d.iInterface) : std::string();
  }

 private:
  libusb_device_handle* open() {
    if (!tried_) {
      tried_ = true;
      libusb_device_handle* raw = nullptr;
      if (libusb_open(device_, &raw) == 0) handle_.reset(raw);
    }
    return handle_.get();
  }

  libusb_device* device_;
  std::string location_;
  bool tried_ = false;
  Handle handle_{nullptr, &libusb_close};
};

std::vector<UsbInterface> interfaces_of(libusb_device* device, Strings& strings) {
  libusb_config_descriptor* raw = nullptr;
  if (libusb_get_active_config_descriptor(device, &raw) != 0) return {};
  const std::unique_ptr<libusb_config_descriptor, decltype(&libusb_free_config_descriptor)> config(
      raw, &libusb_free_config_descriptor);
  std::vector<UsbInterface> result;
  for (const auto& choice : std::span(config->interface, config->bNumInterfaces)) {
    if (choice.num_altsetting < 1) continue;
    const libusb_interface_descriptor& d = choice.altsetting[0];
    UsbInterface entry{.number = d.bInterfaceNumber,
                       .class_code = d.bInterfaceClass,
                       .subclass = d.bInterfaceSubClass,
                       .protocol = d.bInterfaceProtocol,
                       .name = strings.of_interface(config->bConfigurationValue, d),
                       .endpoints = {}};
    for (const auto& e : std::span(d.endpoint, d.bNumEndpoints)) {
      entry.endpoints.push_back({.address = e.bEndpointAddress,
                                 .kind = kind_of(e.bmAttributes),
                                 .max_packet = static_cast<std::uint16_t>(e.wMaxPacketSize & 0x7FF)});
    }
    result.push_back(std::move(entry));
  }
  return result;
}

fs::path node_of(const UsbDeviceInfo& info) {
  return fmt::format("/dev/bus/usb/{:03}/{:03}", info.bus, info.address);
}

std::string name_of(const UsbDeviceInfo& info) {
  if (!info.label.empty()) return info.label;
  return fmt::format("USB device {:04x}:{:04x} at {}", info.vendor, info.product, info.location);
}

UsbDeviceInfo describe(libusb_device* device, const libusb_device_descriptor& d) {
  UsbDeviceInfo info;
  info.vendor = d.idVendor;
  info.product = d.idProduct;
  info.release = d.bcdDevice;
  info.bus = libusb_get_bus_number(device);
  info.address = libusb_get_device_address(device);
  info.location = location_of(device);
  info.high_speed = libusb_get_device_speed(device) >= LIBUSB_SPEED_HIGH;
  Strings strings(device, info.location);
  info.manufacturer = strings.of_device("manufacturer", d.iManufacturer);
  info.product_name = strings.of_device("product", d.iProduct);
  info.serial = strings.of_device("serial", d.iSerialNumber);
  info.interfaces = interfaces_of(device, strings);
  if (access(node_of(info).c_str(), R_OK | W_OK) != 0 && errno == EACCES)
    info.access_error = "no rights to open it";
  return info;
}

// False once the kernel has taken it off its list; a cable is noticed a while after the first transfer
// failed.
bool is_plugged(const UsbDeviceInfo& info) {
  const std::string number = sysfs::raw_device_text(kSysfs, info.location, "devnum");
  if (!number.empty()) return number == std::to_string(info.address);
  std::error_code ignored;
  return !fs::exists(fs::path(kSysfs) / "bus/usb/devices", ignored);  // without sysfs nothing is known
}

class LibusbDevice final : public UsbDevice {
 public:
  LibusbDevice(Context context, Handle handle, UsbDeviceInfo info)
      : context_(std::move(context)), handle_(std::move(handle)), info_(std::move(info)) {
    // Kernel drivers (usb-storage on an ST-LINK V1, cdc) give way while an interface is claimed. Not all
    // systems have it; where it fails, claim() tells.
    libusb_set_auto_detach_kernel_driver(handle_.get(), 1);
  }
  ~LibusbDevice() override {
    for (const int number : claimed_) libusb_release_interface(handle_.get(), number);
  }

  void claim(unsigned interface_number) override {
    const int number = static_cast<int>(interface_number);
    const int rc = libusb_claim_interface(handle_.get(), number);
    if (rc == LIBUSB_ERROR_BUSY) {
      std::string holder = holder_of(node_of(info_));
      if (holder.empty()) holder = "another program";
      throw DeviceBusy(fmt::format("{} is in use by {}", name_of(info_), holder), holder);
    }
    if (rc == LIBUSB_ERROR_NO_DEVICE) gone();
    if (rc != 0) {
      throw AdapterError(fmt::format("cannot claim interface {} of {}: {}", interface_number, name_of(info_),
                                     libusb_strerror(rc)));
    }
    claimed_.push_back(number);
  }

  void bulk_out(std::uint8_t endpoint, ByteView data, Milliseconds timeout) override {
    send(&libusb_bulk_transfer, endpoint, data, timeout);
  }
  Bytes bulk_in(std::uint8_t endpoint, std::size_t max_length, Milliseconds timeout) override {
    return receive(&libusb_bulk_transfer, endpoint, max_length, timeout);
  }
  void interrupt_out(std::uint8_t endpoint, ByteView data, Milliseconds timeout) override {
    send(&libusb_interrupt_transfer, endpoint, data, timeout);
  }
  Bytes interrupt_in(std::uint8_t endpoint, std::size_t max_length, Milliseconds timeout) override {
    return receive(&libusb_interrupt_transfer, endpoint, max_length, timeout);
  }

  Bytes control(std::uint8_t request_type, std::uint8_t request, std::uint16_t value, std::uint16_t index,
                ByteView data, std::size_t max_length, Milliseconds timeout) override {
    require_plugged();
    const bool in = (request_type & LIBUSB_ENDPOINT_IN) != 0;
    Bytes buffer(data.begin(), data.end());
    if (in) buffer.resize(max_length);
    const int rc = libusb_control_transfer(handle_.get(), request_type, request, value, index, buffer.data(),
                                           static_cast<std::uint16_t>(buffer.size()),
                                           static_cast<unsigned>(timeout.count()));
    if (rc < 0) fail(rc, 0, timeout);
    if (!in) return {};
    buffer.resize(static_cast<std::size_t>(rc));
    return buffer;
  }

  void reset() override {
    require_plugged();
    // NOT_FOUND: the device came back under another address; the caller opens it anew.
    if (const int rc = libusb_reset_device(handle_.get()); rc != 0 && rc != LIBUSB_ERROR_NOT_FOUND) {
      if (rc == LIBUSB_ERROR_NO_DEVICE) gone();
      throw AdapterError(fmt::format("cannot reset {}: {}", name_of(info_), libusb_strerror(rc)));
    }
  }

 private:
  using Transfer = int (*)(libusb_device_handle*, unsigned char, unsigned char*, int, int*, unsigned);

  void require_plugged() const {
    if (gone_) throw DeviceGone(fmt::format("{} was unplugged", name_of(info_)));
  }
  [[noreturn]] void gone() {
    gone_ = true;
    throw DeviceGone(fmt::format("{} was unplugged", name_of(info_)));
  }

  void send(Transfer transfer, std::uint8_t endpoint, ByteView data, Milliseconds timeout) {
    require_plugged();
    int done = 0;
    // libusb does not write to the buffer of an OUT transfer; its one signature serves both directions.
    auto* bytes = const_cast<unsigned char*>(data.data());
    const int rc = transfer(handle_.get(), endpoint, bytes, static_cast<int>(data.size()), &done,
                            static_cast<unsigned>(timeout.count()));
    if (rc != 0) fail(rc, endpoint, timeout);
    if (static_cast<std::size_t>(done) != data.size()) {
      throw AdapterError(fmt::format("{} took {} of {} bytes", name_of(info_), done, data.size()));
    }
  }

  // libusb_get_max_packet_size would read the active configuration from sysfs anew, at every transfer.
  std::size_t packet_of(std::uint8_t endpoint) const {
    for (const UsbInterface& interface : info_.interfaces) {
      for (const UsbEndpoint& e : interface.endpoints) {
        if (e.address == endpoint && e.max_packet > 0) return e.max_packet;
      }
    }
    return 1;
  }

  Bytes receive(Transfer transfer, std::uint8_t endpoint, std::size_t max_length, Milliseconds timeout) {
    require_plugged();
    // Whole packets of room: a packet longer than the room left would be an overflow, and lost.
    const std::size_t packet = packet_of(endpoint);
    const std::size_t room = (max_length + packet - 1) / packet * packet;
    Bytes buffer(room);
    int done = 0;
    const int rc = transfer(handle_.get(), endpoint, buffer.data(), static_cast<int>(room), &done,
                            static_cast<unsigned>(timeout.count()));
    if (rc != 0) fail(rc, endpoint, timeout);
    if (static_cast<std::size_t>(done) > max_length) {
      throw AdapterError(
          fmt::format("{} sent {} bytes where at most {} were due", name_of(info_), done, max_length));
    }
    buffer.resize(static_cast<std::size_t>(done));
    return buffer;
  }

  [[noreturn]] void fail(int rc, std::uint8_t endpoint, Milliseconds timeout) {
    if (rc == LIBUSB_ERROR_TIMEOUT) {
      throw TimeoutError(fmt::format("{} did not answer within {} ms", name_of(info_), timeout.count()),
                         "a USB transfer", timeout);
    }
    if (rc == LIBUSB_ERROR_NO_DEVICE || leaves()) gone();
    if (rc == LIBUSB_ERROR_PIPE) {
      libusb_clear_halt(handle_.get(), endpoint);
      throw AdapterError(
          fmt::format("{} refused the transfer (endpoint 0x{:02x} stalled)", name_of(info_), endpoint));
    }
    throw AdapterError(fmt::format("{}: {}", name_of(info_), libusb_strerror(rc)));
  }

  // Whether the device goes away just now: transfers fail before the kernel says that it is gone.
  bool leaves() const {
    constexpr Milliseconds kStep(20), kLongest(300);
    for (Milliseconds waited(0); waited < kLongest; waited += kStep) {
      if (!is_plugged(info_)) return true;
      std::this_thread::sleep_for(kStep);
    }
    return false;
  }

  Context context_;
  Handle handle_;
  UsbDeviceInfo info_;
  std::vector<int> claimed_;
  bool gone_ = false;
};

class LibusbBus final : public UsbBus {
 public:
  std::vector<UsbDeviceInfo> devices() override {
    std::vector<UsbDeviceInfo> result;
    // A new context looks at the bus anew, also where no udev daemon tells the old one what has changed.
    context_ = make_context();
    const DeviceList list(context_.get());
    for (libusb_device* device : list.devices()) {
      libusb_device_descriptor d{};
      if (libusb_get_device_descriptor(device, &d) != 0 || d.bDeviceClass == LIBUSB_CLASS_HUB) continue;
      result.push_back(describe(device, d));
    }
    std::ranges::sort(result, {}, &UsbDeviceInfo::location);
    return result;
  }

  std::unique_ptr<UsbDevice> open(const UsbDeviceInfo& info) override {
    const DeviceList list(context());
    for (libusb_device* device : list.devices()) {
      if (libusb_get_bus_number(device) != info.bus || libusb_get_device_address(device) != info.address) {
        continue;
      }
      libusb_device_handle* raw = nullptr;
      const int rc = libusb_open(device, &raw);
      if (rc == 0) return std::make_unique<LibusbDevice>(context_, Handle(raw, &libusb_close), info);
      if (rc == LIBUSB_ERROR_ACCESS) throw NoRights(no_rights_message(name_of(info), node_of(info)));
      if (rc == LIBUSB_ERROR_NO_DEVICE) break;
      throw AdapterError(fmt::format("cannot open {}: {}", name_of(info), libusb_strerror(rc)));
    }
    throw DeviceGone(fmt::format("{} was unplugged", name_of(info)));
  }

  std::string holder(const UsbDeviceInfo& info) override { return holder_of(node_of(info)); }

 private:
  // Made on first use: runs that never touch USB must work where there is none.
  libusb_context* context() {
    if (!context_) context_ = make_context();
    return context_.get();
  }
  Context context_;
};

}  // namespace

std::unique_ptr<UsbBus> make_libusb_bus() { return std::make_unique<LibusbBus>(); }

}  // namespace probity
