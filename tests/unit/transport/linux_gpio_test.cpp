// What is asked of the kernel's GPIO character device, by a kernel that keeps a chip of eight lines and goes
// by linux/gpio.h.
#include "transport/linux_gpio.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/gpio.h>

#include <cerrno>
#include <cstring>
#include <map>
#include <optional>
#include <string>

#include "base/errors.hpp"

namespace probity::linux_gpio_test {
namespace {

using testing::HasSubstr;

constexpr int kChip = 10, kRequest = 11;
constexpr unsigned kLines = 8;

struct Kernel {
  struct Line {
    std::uint64_t flags = 0;
    bool value = false;  // logical
    std::string user;
  };
  std::array<Line, kLines> lines;
  std::vector<unsigned> requested;
  std::optional<int> open_error, control_error;
  int open_files = 0;

  LinuxCalls calls() {
    return {.open = [this](const char* path) { return open(path); },
            .control = [this](int file, unsigned long request,
                              void* argument) { return control(file, request, argument); },
            .close = [this](int) { --open_files; }};
  }
  int open(const std::string& path) {
    if (path != "/dev/gpiochip0") open_error = ENOENT;
    if (open_error) return fail(*open_error);
    ++open_files;
    return kChip;
  }
  static int fail(int error) {
    errno = error;
    return -1;
  }
  int control(int file, unsigned long request, void* argument) {
    if (control_error) return fail(*control_error);
    if (file == kChip && request == GPIO_V2_GET_LINE_IOCTL) {
      return take(*static_cast<gpio_v2_line_request*>(argument));
    }
    if (file == kChip && request == GPIO_V2_GET_LINEINFO_IOCTL) {
      auto& info = *static_cast<gpio_v2_line_info*>(argument);
      const Line& line = lines.at(info.offset);
      line.user.copy(info.consumer, GPIO_MAX_NAME_SIZE - 1);
      info.flags = line.flags | (line.user.empty() ? 0u : unsigned{GPIO_V2_LINE_FLAG_USED});
      return 0;
    }
    if (file == kChip && request == GPIO_GET_CHIPINFO_IOCTL) {
      static_cast<gpiochip_info*>(argument)->lines = kLines;
      return 0;
    }
    if (file == kRequest && request == GPIO_V2_LINE_SET_CONFIG_IOCTL) {
      return apply(*static_cast<gpio_v2_line_config*>(argument));
    }
    if (file == kRequest && request == GPIO_V2_LINE_SET_VALUES_IOCTL) {
      const auto& wanted = *static_cast<gpio_v2_line_values*>(argument);
      return put(wanted.mask, wanted.bits);
    }
    if (file == kRequest && request == GPIO_V2_LINE_GET_VALUES_IOCTL) {
      auto& seen = *static_cast<gpio_v2_line_values*>(argument);
      seen.bits = 0;
      for (std::size_t i = 0; i < requested.size(); ++i) {
        if ((seen.mask >> i & 1) != 0 && lines[requested[i]].value) seen.bits |= std::uint64_t{1} << i;
      }
      return 0;
    }
    return fail(ENOTTY);
  }
  int take(gpio_v2_line_request& request) {
    const std::vector<unsigned> wanted(request.offsets, request.offsets + request.num_lines);
    for (const unsigned offset : wanted) {
      if (offset >= kLines) return fail(EINVAL);
      if (!lines[offset].user.empty()) return fail(EBUSY);
    }
    requested = wanted;
    if (apply(request.config) < 0) return -1;
    for (const unsigned offset : wanted) lines[offset].user = request.consumer;
    request.fd = kRequest;
    ++open_files;
    return 0;
  }
  // Attributes in order, the first that names a line counts (chardev.rst).
  int apply(const gpio_v2_line_config& config) {
    if (config.num_attrs > GPIO_V2_LINE_NUM_ATTRS_MAX) return fail(EINVAL);
    for (std::size_t i = 0; i < requested.size(); ++i) {
      Line& line = lines[requested[i]];
      line.flags = attribute(config, GPIO_V2_LINE_ATTR_ID_FLAGS, i).value_or(config.flags);
      if ((line.flags & GPIO_V2_LINE_FLAG_OUTPUT) == 0) continue;
      line.value = (attribute(config, GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES, i).value_or(0) >> i & 1) != 0;
    }
    return 0;
  }
  static std::optional<std::uint64_t> attribute(const gpio_v2_line_config& config, std::uint32_t id,
                                                std::size_t line) {
    for (unsigned i = 0; i < config.num_attrs; ++i) {
      const auto& row = config.attrs[i];
      if (row.attr.id == id && (row.mask >> line & 1) != 0) return row.attr.flags;
    }
    return {};
  }
  int put(std::uint64_t mask, std::uint64_t bits) {
    for (std::size_t i = 0; i < requested.size(); ++i) {
      if ((mask >> i & 1) == 0) continue;
      if ((lines[requested[i]].flags & GPIO_V2_LINE_FLAG_OUTPUT) == 0) return fail(EPERM);
      lines[requested[i]].value = (bits >> i & 1) != 0;
    }
    return 0;
  }
};

const std::vector<GpioLineConfig> kConfig = {
    {.offset = 5, .direction = GpioDirection::output, .value = true},
    {.offset = 2, .direction = GpioDirection::input, .pull = GpioPull::up},
    {.offset = 7, .direction = GpioDirection::output, .drive = GpioDrive::open_drain, .active_low = true},
    {.offset = 0, .direction = GpioDirection::output}};

TEST(LinuxGpio, SetsUpEachLineAsAsked) {
  Kernel kernel;
  const auto chips = make_linux_gpio(kernel.calls());
  {
    const auto lines = chips->request(0, "somebody", kConfig);
    EXPECT_EQ(kernel.lines[5].flags, GPIO_V2_LINE_FLAG_OUTPUT);
    EXPECT_TRUE(kernel.lines[5].value);
    EXPECT_EQ(kernel.lines[2].flags, GPIO_V2_LINE_FLAG_INPUT | GPIO_V2_LINE_FLAG_BIAS_PULL_UP);
    EXPECT_EQ(kernel.lines[7].flags,
              GPIO_V2_LINE_FLAG_OUTPUT | GPIO_V2_LINE_FLAG_OPEN_DRAIN | GPIO_V2_LINE_FLAG_ACTIVE_LOW);
    EXPECT_FALSE(kernel.lines[7].value);
    EXPECT_EQ(kernel.lines[0].flags, GPIO_V2_LINE_FLAG_OUTPUT);
    EXPECT_FALSE(kernel.lines[0].value);
    EXPECT_EQ(kernel.lines[7].user, "somebody");
    EXPECT_EQ(kernel.open_files, 1);  // the chip itself is not needed any more
  }
  EXPECT_EQ(kernel.open_files, 0);
}

TEST(LinuxGpio, SetsReadsAndTurns) {
  Kernel kernel;
  const auto chips = make_linux_gpio(kernel.calls());
  const auto lines = chips->request(0, "somebody", kConfig);
  lines->set(0b1001, 0b1000);
  EXPECT_FALSE(kernel.lines[5].value);
  EXPECT_TRUE(kernel.lines[0].value);
  EXPECT_THROW(lines->set(0b0010, 0), AdapterError);
  kernel.lines[2].value = true;
  EXPECT_EQ(lines->get(0b0010), 0b0010u);
  EXPECT_EQ(lines->get(0b0001), 0u);
  std::vector<GpioLineConfig> turned = kConfig;
  turned[1].direction = GpioDirection::output;
  turned[1].value = false;
  lines->configure(turned);
  EXPECT_EQ(kernel.lines[2].flags, GPIO_V2_LINE_FLAG_OUTPUT | GPIO_V2_LINE_FLAG_BIAS_PULL_UP);
  EXPECT_FALSE(kernel.lines[2].value);
  kernel.control_error = ENODEV;
  EXPECT_THROW(lines->get(1), DeviceGone);
}

template <typename ErrorType>
std::string error_of(Kernel& kernel, unsigned chip, const std::vector<GpioLineConfig>& config) {
  try {
    make_linux_gpio(kernel.calls())->request(chip, "somebody", config);
  } catch (const ErrorType& e) {
    return e.what();
  }
  return "no error";
}

TEST(LinuxGpio, SaysWhyNot) {
  Kernel kernel;
  EXPECT_THAT(error_of<AdapterError>(kernel, 3, kConfig), HasSubstr("/dev/gpiochip3"));
  kernel.open_error = EACCES;
  EXPECT_THAT(error_of<NoRights>(kernel, 0, kConfig), HasSubstr("no rights to open /dev/gpiochip0"));
  kernel.open_error.reset();
  EXPECT_THAT(error_of<AdapterError>(kernel, 0, {{.offset = 9}}),
              HasSubstr("/dev/gpiochip0 has no line 9; its lines are 0 to 7"));
  kernel.lines[7].user = "spi0 CS0";
  EXPECT_THAT(error_of<DeviceBusy>(kernel, 0, kConfig), HasSubstr("in use by spi0 CS0 (line 7)"));
  EXPECT_EQ(kernel.open_files, 0);
}

}  // namespace
}  // namespace probity::linux_gpio_test
