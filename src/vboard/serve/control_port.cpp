#include "vboard/serve/control_port.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "vboard/usb/descriptors.hpp"

namespace probity::vboard {

namespace {

constexpr std::size_t kLongestLine = 1000;

// One word: as it is, or where it is not printable (old ST-LINK V2) its characters as pairs of hex digits.
std::string serial_word(const UsbDescription& usb) {
  const auto printable = [](char c) { return c > ' ' && c < 0x7F; };
  if (usb.serial.empty()) return "-";
  if (std::ranges::all_of(usb.serial, printable)) return usb.serial;
  constexpr std::size_t kSerialIndexAt = 16;  // iSerialNumber: USB 2.0, table 9-8
  const auto text = string_descriptor(usb, device_descriptor(usb).at(kSerialIndexAt));
  std::string word;
  for (std::size_t i = 2; i < text->size(); i += 2) word += fmt::format("{:02X}", load_le16(*text, i));
  return word;
}

}  // namespace

bool ControlConnection::serve(Bytes& input, Bytes& output) {
  for (;;) {
    const auto end = std::find(input.begin(), input.end(), '\n');
    if (end == input.end()) break;
    std::string line(input.begin(), end);
    input.erase(input.begin(), end + 1);
    if (line.ends_with('\r')) line.pop_back();
    std::string reply;
    try {
      reply = answer(line) + "ok\n";
    } catch (const Error& e) {
      reply = fmt::format("error: {}\n", e.message());
    }
    output.insert(output.end(), reply.begin(), reply.end());
  }
  if (input.size() > kLongestLine) throw ProtocolError(fmt::format("a line of {} bytes", input.size()));
  return true;
}

// The lines before "ok".
std::string ControlConnection::answer(std::string_view line) {
  const std::size_t space = line.find(' ');
  const std::string_view request = line.substr(0, space);
  const std::string_view busid = space == std::string_view::npos ? "" : line.substr(space + 1);
  if (line == "list") return list();
  if (line == "save") {
    save_();
  } else if (request == "unplug") {
    device(busid).unplug();
  } else if (request == "plug") {
    device(busid).pipe.plug();
  } else if (request == "power-cycle") {
    device(busid).board.power_cycle();
  } else {
    throw UsageError(fmt::format(
        "'{}' is not understood; known are list, unplug BUSID, plug BUSID, power-cycle BUSID, save", line));
  }
  return {};
}

std::string ControlConnection::list() {
  std::string text;
  for (const auto& device : exports_.devices()) {
    device.board.begin_transaction();  // a fault plan's cable may be back by now
    text +=
        fmt::format("{} {} {} {} {}\n", device.busid, device.kind, serial_word(device.pipe.description()),
                    device.pipe.plugged() ? "plugged" : "unplugged", device.imported() ? "imported" : "free");
  }
  return text;
}

ExportedDevice& ControlConnection::device(std::string_view busid) {
  if (ExportedDevice* found = exports_.find(busid)) {
    found->board.begin_transaction();
    return *found;
  }
  std::string known;
  for (const auto& each : exports_.devices()) known += (known.empty() ? "" : ", ") + each.busid;
  throw UsageError(fmt::format("no probe has the bus id '{}'; there are {}", busid, known));
}

}  // namespace probity::vboard
