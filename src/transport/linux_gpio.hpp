// GPIO lines by the kernel's character device: how it is called, so that a test can stand in for the kernel.
#pragma once

#include <functional>
#include <memory>

#include "transport/gpio.hpp"

namespace probity {

// open(2) for reading and writing, ioctl(2) and close(2); errno says why one fails.
struct LinuxCalls {
  std::function<int(const char* path)> open;
  std::function<int(int file, unsigned long request, void* argument)> control;
  std::function<void(int file)> close;
};

std::unique_ptr<GpioChips> make_linux_gpio(LinuxCalls calls);

}  // namespace probity
