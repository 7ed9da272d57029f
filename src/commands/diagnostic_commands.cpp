// test_mem_access, virt2phys, ps: what tells of the way to the target rather than of the target.
#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "commands/args.hpp"
#include "commands/flash_support.hpp"
#include "commands/run_control_commands.hpp"
#include "commands/table.hpp"

namespace probity {

namespace {

constexpr std::uint32_t kMargin = 8;  // bytes around the tested range, which must stay as they are

// Accesses of `size` bytes, `count` of them, from an offset that may be unaligned for them.
struct AccessTest {
  bool write;
  unsigned size, offset;
  bool aligned_buffer;
};

// What another way would make of it: a pattern in RAM, in which no byte is its neighbour's.
Bytes pattern(std::size_t size, unsigned seed) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(seed + 37 * i + (i >> 3));
  return bytes;
}

void transfer(MemPort& memory, const AccessTest& test, Address address, ByteSpan data) {
  const auto width = static_cast<Width>(test.size);
  const bool aligned = address % test.size == 0;
  if (test.write) {
    aligned ? memory.write(address, data, width) : memory.write_bytes(address, data);
  } else {
    aligned ? memory.read(address, data, width) : memory.read_bytes(address, data);
  }
}

// Whether the access moved its bytes and no others.
bool passes(MemPort& memory, const AccessTest& test, AddressRange area, std::size_t length) {
  Bytes there = pattern(area.size, 11);
  memory.write_bytes(area.begin, there);
  const std::size_t at = kMargin + test.offset;
  Bytes buffer = pattern(length + 1, 200);
  const ByteSpan data = ByteSpan(buffer).subspan(test.aligned_buffer ? 0 : 1, length);
  transfer(memory, test, area.begin + static_cast<Address>(at), data);
  if (test.write) {
    std::ranges::copy(data, there.begin() + static_cast<std::ptrdiff_t>(at));
    Bytes now(area.size);
    memory.read_bytes(area.begin, now);
    return now == there;
  }
  return std::equal(data.begin(), data.end(), there.begin() + static_cast<std::ptrdiff_t>(at));
}

std::string test_memory_access(const Call& call) {
  args::expect(call.args, 1, 1);
  const std::uint32_t length = args::number32(call.args[0]) & ~3u;
  Target& target = target_of(call);
  const auto area = target.work_areas().allocate(length + 2 * kMargin);
  if (!area || length == 0) {
    throw ConfigError(fmt::format("no work area of {} bytes; see -work-area-size", length + 2 * kMargin));
  }
  std::string text;
  for (const bool write : {false, true}) {
    for (const bool aligned : {true, false}) {
      for (const unsigned size : {1u, 2u, 4u}) {
        for (unsigned offset = 0; offset < 4; ++offset) {
          const flash_support::Stopwatch watch(call.session);
          const bool passed = passes(target.memory(), {write, size, offset, aligned},
                                     {area->address(), area->size()}, length);
          text +=
              fmt::format("Test {} {} x {} @ {} {} {} buffer: {} {}\n", write ? "write" : "read",
                          length / size, size, offset, write ? "from" : "to",
                          aligned ? "aligned" : "unaligned", passed ? "Pass" : "Fail", watch.rate(length));
        }
      }
    }
  }
  return text;
}

// There is no address translation on a Cortex-M.
std::string virtual_to_physical(const Call& call) {
  args::expect(call.args, 1, 1);
  target_of(call);
  return fmt::format("Physical address 0x{:08x}\n", args::address(call.args[0]));
}

std::string processes(const Call&) {
  throw TargetError(
      "failed: only Linux on the target has a list of processes; GDB shows threads ('info threads')", "");
}

}  // namespace

std::vector<CommandRow> diagnostic_rows() {
  constexpr auto kExec = CommandMode::exec;
  return {
      {"test_mem_access", kExec, "size",
       "Reads and writes RAM of the work area in every width and alignment, and compares.",
       test_memory_access},
      {"virt2phys", CommandMode::any, "virtual_address",
       "The physical address of a virtual one: on a Cortex-M the same.", virtual_to_physical},
      {"ps", kExec, "", "The processes of Linux on the target: on a Cortex-M there are none.", processes},
  };
}

}  // namespace probity
