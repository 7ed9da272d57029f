// ROM table walk: `dap info`, and the search for the AP with the core behind it. Sources: ADIv5.2 (IHI 0031)
// C2.6.1 (BASE), D2-D4 (component identification, ROM tables); JEP106 for designers.
#include <fmt/format.h>

#include <array>
#include <set>

#include "base/errors.hpp"
#include "dap/component_names.hpp"
#include "dap/dap.hpp"
#include "dap/dp_registers.hpp"

namespace probity {

namespace {

constexpr unsigned kSearchedAps =
    16;  // more than any Cortex-M device has; an AP that is not there reads IDR 0
constexpr unsigned kMaxDepth = 16;
constexpr std::uint32_t kMaxEntries = 960;  // 0xF00 bytes of a table, D3.2

struct Component {
  std::uint32_t cid = 0, devtype = 0, memtype = 0;
  std::uint64_t pid = 0;

  bool valid() const { return (cid & 0xFFFF0FFFu) == 0xB105000Du; }  // D2.2
  unsigned component_class() const { return cid >> 12 & 0xFu; }
  unsigned designer() const { return static_cast<unsigned>((pid >> 12 & 0x7Fu) | (pid >> 32 & 0xFu) << 7); }
  unsigned part() const { return static_cast<unsigned>(pid & 0xFFFu); }
};

Component read_component(MemPort& memory, Address base) {
  // PIDR4, PIDR0-3, CIDR0-3, DEVTYPE/MEMTYPE at the end of the 4 KiB (D2.1).
  constexpr std::array<Address, 10> kOffsets = {0xFD0, 0xFE0, 0xFE4, 0xFE8, 0xFEC,
                                                0xFF0, 0xFF4, 0xFF8, 0xFFC, 0xFCC};
  std::array<WordAccess, 10> words;
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = WordAccess::load(base + kOffsets[i]);
  memory.run(words);
  auto byte = [&](std::size_t i) { return words[i].value & 0xFFu; };
  Component c;
  c.pid = byte(1) | byte(2) << 8 | byte(3) << 16 | byte(4) << 24;
  c.pid |= std::uint64_t{byte(0)} << 32;
  c.cid = byte(5) | byte(6) << 8 | byte(7) << 16 | byte(8) << 24;
  c.devtype = c.memtype = words[9].value;
  return c;
}

// One walk; the text is in OpenOCD's words (seen of OpenOCD 0.12.0).
class Walk {
 public:
  Walk(MemPort& memory, std::string& text) : memory_(memory), text_(text) {}

  void component(Address base, unsigned depth) {
    line("\t\tComponent base address 0x{:08x}", base);
    Component c;
    try {
      c = read_component(memory_, base);
    } catch (const MemoryFault&) {
      line("\t\tCan't read component, the corresponding core might be turned off");
      return;
    }
    if (!c.valid()) {
      line("\t\tInvalid CID 0x{:08x}", c.cid);
      return;
    }
    identify(c);
    if (c.component_class() == 1) {
      line("\t\tMEMTYPE system memory {}",
           (c.memtype & 1) != 0 ? "present on bus" : "not present: dedicated debug bus");
      if (depth < kMaxDepth && seen_.insert(base).second) entries(base, depth);
    }
  }

 private:
  template <typename... Args>
  void line(fmt::format_string<Args...> f, Args&&... args) {
    text_ += fmt::format(f, std::forward<Args>(args)...) + "\n";
  }

  void identify(const Component& c) {
    line("\t\tPeripheral ID 0x{:010x}", c.pid);
    line("\t\tDesigner is 0x{:03x}, {}", c.designer(), designer_name(c.designer()));
    const PartName part = part_name(c.designer(), c.part());
    line("\t\tPart is 0x{:03x}, {} {}", c.part(), part.name, part.kind);
    line("\t\tComponent class is 0x{:x}, {}", c.component_class(), class_name(c.component_class()));
    if (c.component_class() == 9) {
      const DeviceTypeName type = device_type_name(c.devtype & 0xFFu);
      line("\t\tType is 0x{:02x}, {}, {}", c.devtype & 0xFFu, type.major, type.minor);
    }
  }

  void entries(Address table, unsigned depth) {
    const std::string prefix = depth == 0 ? "\t" : fmt::format("\t[L{:02}] ", depth);
    for (std::uint32_t i = 0; i < kMaxEntries; ++i) {
      std::uint32_t entry = 0;
      try {
        entry = memory_.read32(table + 4 * i);
      } catch (const MemoryFault&) {
        line("{}ROMTABLE[0x{:x}] Read error\n\t\tUnable to continue\n{}\tStop parsing of ROM table", prefix,
             4 * i, prefix);
        return;
      }
      line("{}ROMTABLE[0x{:x}] = 0x{:08x}", prefix, 4 * i, entry);
      if (entry == 0) {
        line("{}\tEnd of ROM table", prefix);
        return;
      }
      if ((entry & 1) == 0) {
        line("\t\tComponent not present");
        continue;
      }
      component(table + (entry & 0xFFFFF000u), depth + 1);
    }
  }

  MemPort& memory_;
  std::string& text_;
  std::set<Address> seen_;
};

}  // namespace

std::string describe_rom_table(Dap& dap, unsigned ap) {
  if (!dap.link().reaches_registers()) return "this transport does not reach the debug port's registers\n";
  const std::uint32_t idr = dap.read_ap(ap, ap::IDR);
  std::string text = fmt::format("AP # 0x{:x}\n\t\tAP ID register 0x{:08x}\n", ap, idr);
  if (idr == 0) return text + fmt::format("\t\tNo AP found at this AP#0x{:x}\n", ap);
  text += fmt::format("\t\tType is {}\n", ap_type_name(idr));
  if (ap::CLASS.get(idr) != ap::kClassMemAp) return text;
  const std::uint32_t base = dap.read_ap(ap, ap::BASE);
  text += fmt::format("MEM-AP BASE 0x{:08x}\n", base);
  // C2.6.1: all ones in the legacy format, or bit 0 clear: nothing there.
  if (base == 0xFFFFFFFFu || (base & 3u) == 2u) return text + "\t\tNo ROM table present\n";
  text += (base & 1u) != 0 ? "\t\tValid ROM table present\n" : "\t\tROM table in legacy format\n";
  Walk(dap.memory(ap), text).component(base & 0xFFFFF000u, 0);
  return text;
}

unsigned find_memory_ap(Dap& dap) {
  constexpr Address kCpuid = 0xE000ED00;
  if (!dap.link().reaches_registers()) return 0;
  for (unsigned ap = 0; ap < kSearchedAps; ++ap) {
    try {
      const std::uint32_t idr = dap.read_ap(ap, ap::IDR);
      if (ap::CLASS.get(idr) != ap::kClassMemAp) continue;
      const std::uint32_t cpuid = dap.memory(ap).read32(kCpuid);
      // Implementer Arm; architecture 0xC (v6-M, v8-M Baseline) or 0xF (v7-M, v8-M Mainline); DDI 0403
      // B3.2.3.
      const std::uint32_t architecture = cpuid >> 16 & 0xFu;
      if (cpuid >> 24 == 0x41 && (architecture == 0xC || architecture == 0xF)) return ap;
    } catch (const MemoryFault&) {
    } catch (const DapError&) {
    }
  }
  return 0;
}

}  // namespace probity
