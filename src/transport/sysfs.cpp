#include "transport/sysfs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

namespace probity::sysfs {

namespace fs = std::filesystem;

namespace {

// The kernel adds one line feed (drivers/usb/core/sysfs.c).
std::string content_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

bool is_plain(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

std::optional<std::string> plain(std::string text) {
  if (!is_plain(text)) return {};
  return text;
}

}  // namespace

std::string raw_device_text(const fs::path& sys, const std::string& location, const std::string& what) {
  return content_of(sys / "bus/usb/devices" / location / what);
}

std::optional<std::string> device_text(const fs::path& sys, const std::string& location,
                                       const std::string& what) {
  return plain(raw_device_text(sys, location, what));
}

std::optional<std::string> interface_name(const fs::path& sys, const std::string& location,
                                          unsigned configuration, unsigned interface_number) {
  // "1-2.3:1.0" (Documentation/ABI/stable/sysfs-bus-usb).
  const std::string folder = fmt::format("{}:{}.{}", location, configuration, interface_number);
  return plain(content_of(sys / "bus/usb/devices" / location / folder / "interface"));
}

std::string location_of_hid(const fs::path& sys, const fs::path& node) {
  std::error_code error;
  // …/usb1/1-2/1-2:1.0/0003:C251:F001.0004: the interface's folder is the one with a colon and a dash.
  fs::path place = fs::canonical(sys / "class/hidraw" / node.filename() / "device", error);
  if (error) return {};
  for (; place.has_relative_path(); place = place.parent_path()) {
    const std::string name = place.filename();
    const std::size_t colon = name.find(':');
    if (colon != std::string::npos && name.find('-') < colon) return name.substr(0, colon);
  }
  return {};
}

}  // namespace probity::sysfs
