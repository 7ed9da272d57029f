// HidBus over hidapi (hidraw on Linux). The only file that includes its header.
#include <fcntl.h>
#include <fmt/format.h>
#include <hidapi/hidapi.h>
#include <signal.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <cwchar>
#include <filesystem>
#include <thread>

#include "base/errors.hpp"
#include "transport/access_advice.hpp"
#include "transport/holder.hpp"
#include "transport/host.hpp"
#include "transport/sysfs.hpp"

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

std::string name_of(const HidDeviceInfo& info) {
  if (!info.label.empty()) return info.label;
  return fmt::format("HID device {:04x}:{:04x} ({})", info.vendor, info.product, info.path);
}

// hidapi gives up a wait that a signal handler interrupts, as if the device had failed; without signals there
// is nothing to tell apart. They come when the call is over.
class SignalsLater {
 public:
  SignalsLater() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before_);
  }
  ~SignalsLater() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  SignalsLater(const SignalsLater&) = delete;
  SignalsLater& operator=(const SignalsLater&) = delete;

 private:
  sigset_t before_{};
};

// The kernel lets any number of programs open a hidraw node, and gives all of them every report. So each of
// ours locks the node while it is in use; other programs do not, and are looked for in /proc.
class NodeLock {
 public:
  explicit NodeLock(const HidDeviceInfo& info) : fd_(::open(info.path.c_str(), O_RDWR | O_CLOEXEC)) {
    if (fd_ < 0) {
      if (errno == EACCES) throw NoRights(no_rights_message(name_of(info), info.path));
      if (errno == ENOENT || errno == ENODEV || errno == ENXIO) {
        throw DeviceGone(fmt::format("{} was unplugged", name_of(info)));
      }
      throw AdapterError(fmt::format("cannot open {}: {}", name_of(info), std::strerror(errno)));
    }
    const bool locked = flock(fd_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
    const Holders others = find_holders(info.path, "/proc", getpid());
    if (locked && others.found.empty()) return;
    close(fd_);
    std::string holder = describe(others, info.path);
    if (holder.empty()) holder = "another program";
    throw DeviceBusy(fmt::format("{} is in use by {}", name_of(info), holder), holder);
  }
  ~NodeLock() { close(fd_); }
  NodeLock(const NodeLock&) = delete;
  NodeLock& operator=(const NodeLock&) = delete;

 private:
  int fd_;
};

class HidapiDevice final : public HidDevice {
 public:
  HidapiDevice(std::unique_ptr<NodeLock> lock, hid_device* device, HidDeviceInfo info)
      : lock_(std::move(lock)), device_(device, &hid_close), info_(std::move(info)) {}

  void write(ByteView report) override {
    require_plugged();
    Bytes out;
    out.reserve(report.size() + 1);
    out.push_back(0);  // report id 0: the device uses none (hidapi.h, hid_write)
    out.insert(out.end(), report.begin(), report.end());
    const SignalsLater undisturbed;
    if (hid_write(device_.get(), out.data(), out.size()) < 0) fail("cannot write to");
  }

  Bytes read(std::size_t max_length, Milliseconds timeout) override {
    require_plugged();
    Bytes in(max_length);
    const SignalsLater undisturbed;
    const int count =
        hid_read_timeout(device_.get(), in.data(), in.size(), static_cast<int>(timeout.count()));
    if (count < 0) fail("cannot read from");
    if (count == 0) {
      throw TimeoutError(fmt::format("{} did not answer within {} ms", name_of(info_), timeout.count()),
                         "a HID report", timeout);
    }
    in.resize(static_cast<std::size_t>(count));
    return in;
  }

 private:
  void require_plugged() const {
    if (gone_) throw DeviceGone(fmt::format("{} was unplugged", name_of(info_)));
  }

  // A node that is gone was unplugged; it goes a moment after the first call that fails.
  [[noreturn]] void fail(std::string_view what) {
    const std::string reason = utf8(hid_error(device_.get()));
    constexpr Milliseconds kStep(20), kLongest(300);
    std::error_code ignored;
    for (Milliseconds waited(0); waited < kLongest && !gone_; waited += kStep) {
      gone_ = !std::filesystem::exists(info_.path, ignored);
      if (!gone_) std::this_thread::sleep_for(kStep);
    }
    require_plugged();
    throw AdapterError(fmt::format("{} {}: {}", what, name_of(info_), reason));
  }

  std::unique_ptr<NodeLock> lock_;
  std::unique_ptr<hid_device, decltype(&hid_close)> device_;
  HidDeviceInfo info_;
  bool gone_ = false;
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
                        .interface_number = d->interface_number,
                        .location = {},
                        .access_error = {},
                        .label = {}});
      HidDeviceInfo& info = result.back();
      info.location = sysfs::location_of_hid("/sys", info.path);
      if (access(info.path.c_str(), R_OK | W_OK) != 0 && errno == EACCES)
        info.access_error = "no rights to open it";
    }
    return result;
  }

  std::unique_ptr<HidDevice> open(const HidDeviceInfo& info) override {
    used_ = true;
    auto lock = std::make_unique<NodeLock>(info);
    hid_device* device = hid_open_path(info.path.c_str());
    if (device == nullptr) {
      throw AdapterError(fmt::format("cannot open {}: {}", name_of(info), utf8(hid_error(nullptr))));
    }
    return std::make_unique<HidapiDevice>(std::move(lock), device, info);
  }

  std::string holder(const HidDeviceInfo& info) override { return holder_of(info.path); }

 private:
  bool used_ = false;
};

}  // namespace

std::unique_ptr<HidBus> make_hidapi_bus() { return std::make_unique<HidapiBus>(); }

}  // namespace probity
