// mdw, mww and their widths; read_memory and write_memory.
#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/run_control_commands.hpp"
#include "commands/table.hpp"

namespace probity {

namespace {

constexpr std::size_t kMostElements = 65536;  // read_memory and write_memory of OpenOCD 0.12.0
constexpr std::size_t kBytesALine = 32;

// Bytes of one element as the command counts them; 8 is two words on a 32-bit bus.
using ElementSize = unsigned;

Width bus_width(ElementSize size) { return static_cast<Width>(std::min(size, 4u)); }

std::uint64_t load_element(ByteView bytes, std::size_t offset, ElementSize size) {
  switch (size) {
    case 1:
      return load_u8(bytes, offset);
    case 2:
      return load_le16(bytes, offset);
    case 4:
      return load_le32(bytes, offset);
    default:
      return load_le64(bytes, offset);
  }
}

void append_element(Bytes& bytes, std::uint64_t value, ElementSize size) {
  for (unsigned done = 0; done < size; done += 4) {
    const auto word = static_cast<std::uint32_t>(value >> (8 * done));
    switch (size) {
      case 1:
        append_u8(bytes, static_cast<std::uint8_t>(word));
        break;
      case 2:
        append_le16(bytes, static_cast<std::uint16_t>(word));
        break;
      default:
        append_le32(bytes, word);
    }
  }
}

// A value to write. Tcl's arithmetic has 64 signed bits: "-2" (from `expr {~1}`) and bits beyond the element
// are cut to its size, as OpenOCD does.
std::uint64_t value_of(const std::string& word) {
  if (!word.starts_with('-')) return args::number(word);
  return 0 - args::number(std::string_view(word).substr(1));
}

void require_fit(Address address, std::uint64_t count, ElementSize size) {
  if (address + count * size > 0x100000000ULL) {
    throw UsageError(fmt::format("{} elements of {} bytes from 0x{:08x} go beyond the end of memory", count,
                                 size, address));
  }
}

// Drops a leading "phys": a Cortex-M has no other addresses.
std::span<const std::string> without_phys(std::span<const std::string> words) {
  return !words.empty() && words[0] == "phys" ? words.subspan(1) : words;
}

// Accesses of the element's own width; at an address that does not allow it, of what fits, as OpenOCD does.
Bytes read_elements(Target& target, Address address, std::size_t count, ElementSize size) {
  Bytes bytes(count * size);
  const Width width = bus_width(size);
  if (address % static_cast<unsigned>(width) == 0) {
    target.memory().read(address, bytes, width);
  } else {
    target.memory().read_bytes(address, bytes);
  }
  return bytes;
}

void write_elements(Target& target, Address address, ByteView bytes, ElementSize size) {
  if (bytes.empty()) return;
  const Width width = bus_width(size);
  if (address % static_cast<unsigned>(width) == 0) {
    target.memory().write(address, bytes, width);
  } else {
    target.memory().write_bytes(address, bytes);
  }
}

std::string display(const Call& call, ElementSize size) {
  const auto words = without_phys(call.args);
  args::expect(words, 1, 2);
  const Address address = args::address(words[0]);
  const std::uint64_t count = words.size() == 2 ? args::number32(words[1]) : 1;
  if (count == 0) throw UsageError("0 elements are none to display");
  require_fit(address, count, size);
  std::string text;
  const Bytes bytes = read_elements(target_of(call), address, count, size);
  for (std::size_t at = 0; at < bytes.size(); at += size) {
    if (at % kBytesALine == 0) text += fmt::format("0x{:08x}: ", address + at);
    text += fmt::format("{:0{}x} ", load_element(bytes, at, size), 2 * size);
    if ((at + size) % kBytesALine == 0 || at + size == bytes.size()) text += "\n";
  }
  return text;
}

std::string store(const Call& call, ElementSize size) {
  const auto words = without_phys(call.args);
  args::expect(words, 2, 3);
  const Address address = args::address(words[0]);
  const std::uint64_t value = value_of(words[1]);
  const std::uint64_t count = words.size() == 3 ? args::number32(words[2]) : 1;
  require_fit(address, count, size);
  Bytes bytes;
  bytes.reserve(count * size);
  for (std::uint64_t i = 0; i < count; ++i) append_element(bytes, value, size);
  write_elements(target_of(call), address, bytes, size);
  return {};
}

ElementSize element_size(const std::string& bits) {
  switch (args::number(bits)) {
    case 8:
      return 1;
    case 16:
      return 2;
    case 32:
      return 4;
    case 64:
      return 8;
    default:
      throw UsageError("invalid width, must be 8, 16, 32 or 64");
  }
}

void expect_phys(std::span<const std::string> words, std::size_t at) {
  if (words.size() > at && words[at] != "phys") {
    throw UsageError(fmt::format("invalid argument '{}', must be 'phys'", words[at]));
  }
}

void require_count(std::string_view command, std::size_t count) {
  if (count > kMostElements)
    throw UsageError(fmt::format("{}: {} elements, at most 65536 at once", command, count));
}

std::string read_memory(const Call& call) {
  args::expect(call.args, 3, 4);
  expect_phys(call.args, 3);
  const Address address = args::address(call.args[0]);
  const ElementSize size = element_size(call.args[1]);
  const std::size_t count = args::number32(call.args[2]);
  require_count("read_memory", count);
  require_fit(address, count, size);
  if (count == 0) return {};
  const Bytes bytes = read_elements(target_of(call), address, count, size);
  std::string list;
  for (std::size_t at = 0; at < bytes.size(); at += size) {
    list += fmt::format("{}{:#x}", at == 0 ? "" : " ", load_element(bytes, at, size));
  }
  return list;
}

std::string write_memory(const Call& call) {
  args::expect(call.args, 3, 4);
  expect_phys(call.args, 3);
  const Address address = args::address(call.args[0]);
  const ElementSize size = element_size(call.args[1]);
  Bytes bytes;
  // A Tcl list of numbers: words between white space.
  const std::string& data = call.args[2];
  constexpr const char* kBlank = " \t\r\n";
  for (std::size_t at = data.find_first_not_of(kBlank); at != std::string::npos;) {
    const std::size_t end = data.find_first_of(kBlank, at);
    append_element(bytes, value_of(data.substr(at, end - at)), size);
    at = data.find_first_not_of(kBlank, end);
  }
  require_count("write_memory", bytes.size() / size);
  require_fit(address, bytes.size() / size, size);
  write_elements(target_of(call), address, bytes, size);
  return {};
}

Handler of_size(std::string (*handler)(const Call&, ElementSize), ElementSize size) {
  return [handler, size](const Call& call) { return handler(call, size); };
}

}  // namespace

std::vector<CommandRow> memory_rows() {
  constexpr auto kExec = CommandMode::exec;
  constexpr std::string_view kDisplay = "['phys'] address [count]", kStore = "['phys'] address value [count]";
  return {
      {"mdd", kExec, kDisplay, "Displays memory as 64-bit double words.", of_size(display, 8)},
      {"mdw", kExec, kDisplay, "Displays memory as 32-bit words.", of_size(display, 4)},
      {"mdh", kExec, kDisplay, "Displays memory as 16-bit half-words.", of_size(display, 2)},
      {"mdb", kExec, kDisplay, "Displays memory as bytes.", of_size(display, 1)},
      {"mwd", kExec, kStore, "Writes a 64-bit double word, count times.", of_size(store, 8)},
      {"mww", kExec, kStore, "Writes a 32-bit word, count times.", of_size(store, 4)},
      {"mwh", kExec, kStore, "Writes a 16-bit half-word, count times.", of_size(store, 2)},
      {"mwb", kExec, kStore, "Writes a byte, count times.", of_size(store, 1)},
      {"read_memory", kExec, "address width count ['phys']",
       "Memory as a Tcl list of numbers, width bits each.", read_memory},
      {"write_memory", kExec, "address width data ['phys']", "Writes a Tcl list of numbers, width bits each.",
       write_memory},
  };
}

}  // namespace probity
