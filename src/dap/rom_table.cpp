// ROM table walk: `dap info`, and the search for the AP with the core behind it. Sources: ADIv5.2 (IHI 0031)
// C2.6.1 (BASE), D2-D4 (component identification, ROM tables); ADIv6.0 (IHI 0074) D3 (class 9 ROM tables),
// C1 (access ports as components); JEP106 for designers.
#include <fmt/format.h>

#include <algorithm>
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
constexpr Address kPage = 0x1000;

// DEVARCH.ARCHITECT and ARCHID
constexpr std::uint32_t kArchitectureMask = 0xFFE0FFFF;
constexpr std::uint32_t kRomTable9 = 0x47600AF7, kMemAp = 0x47600A17;

struct Component {
  std::uint32_t cid = 0, devtype = 0, memtype = 0, devid = 0, devarch = 0;
  std::uint64_t pid = 0;

  bool valid() const { return (cid & 0xFFFF0FFFu) == 0xB105000Du; }  // D2.2
  unsigned component_class() const { return cid >> 12 & 0xFu; }
  unsigned designer() const { return static_cast<unsigned>((pid >> 12 & 0x7Fu) | (pid >> 32 & 0xFu) << 7); }
  unsigned part() const { return static_cast<unsigned>(pid & 0xFFFu); }
  unsigned pages_before() const { return (1u << (pid >> 36 & 0xFu)) - 1; }  // PIDR4.SIZE
  bool has_architecture() const { return component_class() == 9 && (devarch >> 20 & 1u) != 0; }
  bool is(std::uint32_t architecture) const {
    return has_architecture() && (devarch & kArchitectureMask) == architecture;
  }
  bool is_rom_table() const { return component_class() == 1 || is(kRomTable9); }
};

// Where components are: in the memory behind an AP or, with ADIv6, among the APs themselves.
using ReadWords = std::function<void(std::span<WordAccess>)>;

ReadWords memory_of(Dap& dap, unsigned ap) {
  return [&memory = dap.memory(ap)](std::span<WordAccess> words) { memory.run(words); };
}

ReadWords access_ports_of(Dap& dap) {
  return [&dap](std::span<WordAccess> words) {
    std::vector<DapAccess> batch;
    for (const WordAccess& word : words) {
      batch.push_back(
          {word.address & ~(kPage - 1), static_cast<std::uint16_t>(word.address & (kPage - 1)), true, 0});
    }
    dap.run(batch);
    for (std::size_t i = 0; i < words.size(); ++i) words[i].value = batch[i].value;
  };
}

Component read_component(const ReadWords& read, Address base) {
  // PIDR4, PIDR0-3, CIDR0-3, DEVTYPE/MEMTYPE, DEVID, DEVARCH at the end of the 4 KiB (D2.1).
  constexpr std::array<Address, 12> kOffsets = {0xFD0, 0xFE0, 0xFE4, 0xFE8, 0xFEC, 0xFF0,
                                                0xFF4, 0xFF8, 0xFFC, 0xFCC, 0xFC8, 0xFBC};
  std::array<WordAccess, kOffsets.size()> words;
  for (std::size_t i = 0; i < words.size(); ++i) words[i] = WordAccess::load(base + kOffsets[i]);
  read(words);
  auto byte = [&](std::size_t i) { return words[i].value & 0xFFu; };
  Component c;
  c.pid = byte(1) | byte(2) << 8 | byte(3) << 16 | byte(4) << 24;
  c.pid |= std::uint64_t{byte(0)} << 32;
  c.cid = byte(5) | byte(6) << 8 | byte(7) << 16 | byte(8) << 24;
  c.devtype = c.memtype = words[9].value;
  c.devid = words[10].value;
  c.devarch = words[11].value;
  return c;
}

// The entries of a table: 32 bits each, or 64 in a class 9 table whose DEVID.FORMAT is 1 (ADIv6 D3.1).
struct TableShape {
  unsigned entries, width;  // in bytes
};
TableShape shape_of(const Component& table) {
  if (table.component_class() == 1) return {960, 4};  // 0xF00 bytes of a table, D3.2
  return (table.devid & 0xFu) == 1 ? TableShape{256, 8} : TableShape{512, 4};
}

std::uint64_t read_entry(const ReadWords& read, Address at, unsigned width) {
  std::vector<WordAccess> words = {WordAccess::load(at)};
  if (width == 8) words.push_back(WordAccess::load(at + 4));
  read(words);
  return words[0].value | (width == 8 ? std::uint64_t{words[1].value} << 32 : 0);
}

bool is_present(std::uint64_t entry) { return (entry & 1) != 0; }
Address target_of(Address table, std::uint64_t entry) {
  return table + static_cast<Address>(entry & 0xFFFFF000u);
}

// One walk; the text is in OpenOCD's words (seen of OpenOCD 0.12.0).
class Walk {
 public:
  Walk(Dap& dap, std::string& text) : dap_(dap), text_(text) {}

  // An access port, and what is behind it. With ADIv6 it is a component itself, and may be a ROM table.
  void access_port(unsigned ap, unsigned depth) {
    if (dap_.adiv6() && !component(access_ports_of(dap_), ap, depth, true).is(kMemAp)) return;
    const std::string prefix = prefix_of(depth);
    const std::uint32_t idr = dap_.read_ap(ap, dap_.ap_register(ap::IDR));
    line("{}AP # 0x{:x}", prefix, ap);
    line("\t\tAP ID register 0x{:08x}", idr);
    if (idr == 0) return line("\t\tNo AP found at this AP#0x{:x}", ap);
    line("\t\tType is {}", ap_type_name(idr));
    if (ap::CLASS.get(idr) != ap::kClassMemAp) return;
    const std::uint32_t base = dap_.read_ap(ap, dap_.ap_register(ap::BASE));
    line("{}MEM-AP BASE 0x{:08x}", prefix, base);
    // C2.6.1: all ones in the legacy format, or bit 0 clear: nothing there.
    if (base == 0xFFFFFFFFu || (base & 3u) == 2u) return line("\t\tNo ROM table present");
    line("\t\t{}", (base & 1u) != 0 ? "Valid ROM table present" : "ROM table in legacy format");
    seen_.clear();
    component(memory_of(dap_, ap), base & 0xFFFFF000u, depth, false);
  }

 private:
  template <typename... Args>
  void line(fmt::format_string<Args...> f, Args&&... args) {
    text_ += fmt::format(f, std::forward<Args>(args)...) + "\n";
  }
  static std::string prefix_of(unsigned depth) {
    return depth == 0 ? std::string() : fmt::format("\t[L{:02}] ", depth);
  }

  Component component(const ReadWords& read, Address base, unsigned depth, bool among_ports) {
    line("\t\tComponent base address 0x{:08x}", base);
    Component c;
    try {
      c = read_component(read, base);
    } catch (const MemoryFault&) {
      line("\t\tCan't read component, the corresponding core might be turned off");
      return {};
    }
    if (!c.valid()) {
      line("\t\tInvalid CID 0x{:08x}", c.cid);
      return {};
    }
    identify(c, base);
    const bool fresh = seen_.insert({among_ports, base}).second;
    if (c.is_rom_table() && depth < kMaxDepth && fresh) entries(read, base, shape_of(c), depth, among_ports);
    return c;
  }

  void identify(const Component& c, Address base) {
    if (c.pages_before() != 0) line("\t\tStart address 0x{:08x}", base - kPage * c.pages_before());
    line("\t\tPeripheral ID 0x{:010x}", c.pid);
    line("\t\tDesigner is 0x{:03x}, {}", c.designer(), designer_name(c.designer()));
    const PartName part = part_name(c.designer(), c.part());
    line("\t\tPart is 0x{:03x}, {} {}", c.part(), part.name, part.kind);
    line("\t\tComponent class is 0x{:x}, {}", c.component_class(), class_name(c.component_class()));
    if (c.component_class() == 1) memory_type((c.memtype & 1) != 0);
    if (c.component_class() != 9) return;
    const DeviceTypeName type = device_type_name(c.devtype & 0xFFu);
    line("\t\tType is 0x{:02x}, {}, {}", c.devtype & 0xFFu, type.major, type.minor);
    if (!c.has_architecture()) return;
    line("\t\tDev Arch is 0x{:08x}, {} \"{}\" rev.{}", c.devarch, designer_name(c.devarch >> 21),
         architecture_name(c.devarch), c.devarch >> 16 & 0xFu);
    if (!c.is(kRomTable9)) return;
    line("\t\tType is ROM table");
    memory_type((c.devid >> 4 & 1u) != 0);  // DEVID.SYSMEM
  }

  void memory_type(bool on_bus) {
    line("\t\tMEMTYPE system memory {}", on_bus ? "present on bus" : "not present: dedicated debug bus");
  }

  void entries(const ReadWords& read, Address table, TableShape shape, unsigned depth, bool among_ports) {
    const std::string prefix = depth == 0 ? "\t" : prefix_of(depth);
    for (std::uint32_t i = 0; i < shape.entries; ++i) {
      const Address offset = i * shape.width;
      std::uint64_t entry = 0;
      try {
        entry = read_entry(read, table + offset, shape.width);
      } catch (const MemoryFault&) {
        line("{}ROMTABLE[0x{:x}] Read error\n\t\tUnable to continue\n{}\tStop parsing of ROM table", prefix,
             offset, prefix);
        return;
      }
      line("{}ROMTABLE[0x{:x}] = 0x{:08x}", prefix, offset, entry);
      if (entry == 0) return line("{}\tEnd of ROM table", prefix);
      if (!is_present(entry)) {
        line("\t\tComponent not present");
        continue;
      }
      const Address target = target_of(table, entry);
      among_ports ? access_port(target, depth + 1) : (void)component(read, target, depth + 1, false);
    }
  }

  Dap& dap_;
  std::string& text_;
  std::set<std::pair<bool, Address>> seen_;
};

// Where the root table of an ADIv6 debug port is.
Address root_of(Dap& dap) {
  const std::uint32_t base = dap.read_dp(dp::BASEPTR0);
  if (!dp::VALID.is_set(base)) {
    throw DapError(fmt::format("Failed reading DAP baseptr: BASEPTR0 0x{:08x} is not valid", base),
                   static_cast<unsigned>(Ack::ok), "DP", dp::BASEPTR0);
  }
  return dp::PTR.set(0, dp::PTR.get(base));
}

// Collects the memory access ports below the table or port at `base`.
void collect_ports(const ReadWords& read, Address base, unsigned depth, std::vector<unsigned>& ports) {
  const Component c = read_component(read, base);
  if (!c.valid()) return;
  if (c.is(kMemAp)) ports.push_back(base);
  if (!c.is_rom_table() || depth == kMaxDepth) return;
  const TableShape shape = shape_of(c);
  for (unsigned i = 0; i < shape.entries; ++i) {
    const std::uint64_t entry = read_entry(read, base + i * shape.width, shape.width);
    if (entry == 0) return;
    if (is_present(entry)) collect_ports(read, target_of(base, entry), depth + 1, ports);
  }
}

std::vector<unsigned> candidate_ports(Dap& dap) {
  std::vector<unsigned> ports;
  if (dap.adiv6()) {
    collect_ports(access_ports_of(dap), root_of(dap), 0, ports);
  } else {
    for (unsigned ap = 0; ap < kSearchedAps; ++ap) ports.push_back(ap);
  }
  return ports;
}

bool has_cortex_m(Dap& dap, unsigned ap) {
  constexpr Address kCpuid = 0xE000ED00;
  const std::uint32_t idr = dap.read_ap(ap, dap.ap_register(ap::IDR));
  if (ap::CLASS.get(idr) != ap::kClassMemAp) return false;
  const std::uint32_t cpuid = dap.memory(ap).read32(kCpuid);
  // Implementer Arm; architecture 0xC (v6-M, v8-M Baseline) or 0xF (v7-M, v8-M Mainline); DDI 0403 B3.2.3.
  const std::uint32_t architecture = cpuid >> 16 & 0xFu;
  return cpuid >> 24 == 0x41 && (architecture == 0xC || architecture == 0xF);
}

}  // namespace

std::string describe_rom_table(Dap& dap, unsigned ap) {
  if (!dap.link().reaches_registers()) return "this transport does not reach the debug port's registers\n";
  std::string text;
  Walk(dap, text).access_port(ap, 0);
  return text;
}

std::string describe_root_table(Dap& dap) { return describe_rom_table(dap, root_of(dap)); }

unsigned find_memory_ap(Dap& dap) {
  if (!dap.link().reaches_registers()) return 0;
  for (const unsigned ap : candidate_ports(dap)) {
    try {
      if (has_cortex_m(dap, ap)) return ap;
    } catch (const MemoryFault&) {
    } catch (const DapError&) {
    }
  }
  return 0;
}

}  // namespace probity
