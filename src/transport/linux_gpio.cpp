// The second version of the interface (linux/gpio.h; Documentation/userspace-api/gpio/chardev.rst; since
// Linux 5.10). It is used as it is: libgpiod's own is another one in Debian 12 (1.6) and Debian 13 (2).
#include "transport/linux_gpio.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/gpio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/errors.hpp"

namespace probity {

namespace {

class File {
 public:
  File(const LinuxCalls& calls, int fd) : calls_(calls), fd_(fd) {}
  ~File() {
    if (fd_ >= 0) calls_.close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  bool is_open() const { return fd_ >= 0; }
  // 0, or what errno says.
  template <typename Argument>
  int control(unsigned long request, Argument& argument) const {
    return calls_.control(fd_, request, &argument) < 0 ? errno : 0;
  }

 private:
  const LinuxCalls& calls_;
  int fd_;
};

std::uint64_t flags_of(const GpioLineConfig& line) {
  std::uint64_t flags = line.active_low ? GPIO_V2_LINE_FLAG_ACTIVE_LOW : 0;
  if (line.direction == GpioDirection::input) {
    flags |= GPIO_V2_LINE_FLAG_INPUT;
  } else {
    flags |= GPIO_V2_LINE_FLAG_OUTPUT;
    if (line.drive == GpioDrive::open_drain) flags |= GPIO_V2_LINE_FLAG_OPEN_DRAIN;
    if (line.drive == GpioDrive::open_source) flags |= GPIO_V2_LINE_FLAG_OPEN_SOURCE;
  }
  if (line.pull == GpioPull::up) flags |= GPIO_V2_LINE_FLAG_BIAS_PULL_UP;
  if (line.pull == GpioPull::down) flags |= GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN;
  return flags;
}

// Flags of each line, lines with the same ones together, and the outputs' levels.
gpio_v2_line_config config_of(std::span<const GpioLineConfig> lines) {
  gpio_v2_line_config config{};
  const auto add = [&config](std::uint32_t id) -> gpio_v2_line_config_attribute& {
    if (config.num_attrs == GPIO_V2_LINE_NUM_ATTRS_MAX) {
      throw AdapterError("too many GPIO lines that are set up differently in one request");
    }
    gpio_v2_line_config_attribute& row = config.attrs[config.num_attrs++];
    row.attr.id = id;
    return row;
  };
  std::uint64_t done = 0, outputs = 0, values = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::uint64_t bit = std::uint64_t{1} << i;
    if (lines[i].direction == GpioDirection::output) outputs |= bit;
    if (lines[i].value) values |= bit;
    if ((done & bit) != 0) continue;
    gpio_v2_line_config_attribute& row = add(GPIO_V2_LINE_ATTR_ID_FLAGS);
    row.attr.flags = flags_of(lines[i]);
    for (std::size_t j = i; j < lines.size(); ++j) {
      if (flags_of(lines[j]) == row.attr.flags) row.mask |= std::uint64_t{1} << j;
    }
    done |= row.mask;
  }
  if (outputs != 0) {
    gpio_v2_line_config_attribute& row = add(GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES);
    row.mask = outputs;
    row.attr.values = values & outputs;
  }
  return config;
}

class LinuxGpioLines final : public GpioLines {
 public:
  LinuxGpioLines(const LinuxCalls& calls, int fd, std::string name)
      : file_(calls, fd), name_(std::move(name)) {}

  void set(std::uint64_t mask, std::uint64_t values) override {
    gpio_v2_line_values wanted{};
    wanted.mask = mask;
    wanted.bits = values;
    expect(file_.control(GPIO_V2_LINE_SET_VALUES_IOCTL, wanted), "setting");
  }
  std::uint64_t get(std::uint64_t mask) override {
    gpio_v2_line_values seen{};
    seen.mask = mask;
    expect(file_.control(GPIO_V2_LINE_GET_VALUES_IOCTL, seen), "reading");
    return seen.bits & mask;
  }
  void configure(std::span<const GpioLineConfig> lines) override {
    gpio_v2_line_config config = config_of(lines);
    expect(file_.control(GPIO_V2_LINE_SET_CONFIG_IOCTL, config), "setting up");
  }

 private:
  void expect(int error, std::string_view what) const {
    if (error == ENODEV) throw DeviceGone(fmt::format("{} is gone", name_));
    if (error != 0) throw AdapterError(fmt::format("{} lines of {}: {}", what, name_, std::strerror(error)));
  }

  File file_;
  std::string name_;
};

class LinuxGpio final : public GpioChips {
 public:
  explicit LinuxGpio(LinuxCalls calls) : calls_(std::move(calls)) {}
  std::unique_ptr<GpioLines> request(unsigned chip, const std::string& user,
                                     std::span<const GpioLineConfig> lines) override;

 private:
  LinuxCalls calls_;
};

[[noreturn]] void cannot_open(const std::string& path, int error) {
  if (error == EACCES || error == EPERM) {
    throw NoRights(fmt::format(
        "no rights to open {}; a group has them (ls -l {}): sudo usermod -aG GROUP $USER, then log in anew",
        path, path));
  }
  throw AdapterError(fmt::format("cannot open {}: {}", path, std::strerror(error)));
}

// Who has one of the lines.
std::string holder_of(const File& chip, std::span<const GpioLineConfig> lines) {
  for (const GpioLineConfig& line : lines) {
    gpio_v2_line_info info{};
    info.offset = line.offset;
    if (chip.control(GPIO_V2_GET_LINEINFO_IOCTL, info) != 0) continue;
    if ((info.flags & GPIO_V2_LINE_FLAG_USED) == 0) continue;
    return fmt::format("{} (line {})", std::string(info.consumer, strnlen(info.consumer, GPIO_MAX_NAME_SIZE)),
                       line.offset);
  }
  return "another program";
}

[[noreturn]] void cannot_have(const std::string& path, const File& chip,
                              std::span<const GpioLineConfig> lines, int error) {
  gpiochip_info about{};
  chip.control(GPIO_GET_CHIPINFO_IOCTL, about);
  for (const GpioLineConfig& line : lines) {
    if (line.offset < about.lines) continue;
    throw AdapterError(
        fmt::format("{} has no line {}; its lines are 0 to {}", path, line.offset, about.lines - 1));
  }
  if (error == EBUSY) {
    const std::string holder = holder_of(chip, lines);
    throw DeviceBusy(fmt::format("{}: a line is in use by {}", path, holder), holder);
  }
  throw AdapterError(fmt::format("{} does not give the lines: {}", path, std::strerror(error)));
}

std::unique_ptr<GpioLines> LinuxGpio::request(unsigned chip, const std::string& user,
                                              std::span<const GpioLineConfig> lines) {
  const std::string path = fmt::format("/dev/gpiochip{}", chip);
  const File chip_file(calls_, calls_.open(path.c_str()));
  if (!chip_file.is_open()) cannot_open(path, errno);
  gpio_v2_line_request request{};
  if (lines.size() > GPIO_V2_LINES_MAX) throw AdapterError("too many GPIO lines in one request");
  for (const GpioLineConfig& line : lines) request.offsets[request.num_lines++] = line.offset;
  user.copy(request.consumer, GPIO_MAX_NAME_SIZE - 1);
  request.config = config_of(lines);
  const int error = chip_file.control(GPIO_V2_GET_LINE_IOCTL, request);
  if (error != 0) cannot_have(path, chip_file, lines, error);
  return std::make_unique<LinuxGpioLines>(calls_, request.fd, path);
}

}  // namespace

std::unique_ptr<GpioChips> make_linux_gpio(LinuxCalls calls) {
  return std::make_unique<LinuxGpio>(std::move(calls));
}

std::unique_ptr<GpioChips> make_linux_gpio() {
  return make_linux_gpio({.open = [](const char* path) { return ::open(path, O_RDWR | O_CLOEXEC); },
                          .control = [](int file, unsigned long request,
                                        void* argument) { return ::ioctl(file, request, argument); },
                          .close = [](int file) { ::close(file); }});
}

}  // namespace probity
