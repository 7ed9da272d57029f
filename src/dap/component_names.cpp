#include "dap/component_names.hpp"

#include <array>

#include "dap/dp_registers.hpp"

namespace probity {

namespace {

struct Designer {
  unsigned code;  // JEP106 continuation in bits 10:7, identity in 6:0
  std::string_view name;
};
constexpr std::array<Designer, 8> kDesigners = {{{0x020, "STMicroelectronics"},
                                                 {0x23b, "ARM Ltd"},
                                                 {0x017, "Texas Instruments"},
                                                 {0x015, "NXP (Philips)"},
                                                 {0x00e, "Freescale (Motorola)"},
                                                 {0x01f, "Atmel"},
                                                 {0x144, "Nordic VLSI ASA"},
                                                 {0x493, "Raspberry Pi Trading Ltd."}}};

// Part numbers as PIDR gives them: Cortex-M technical reference manuals, "ROM table" and "identification
// registers" of each component.
struct Part {
  unsigned designer, number;
  PartName name;
};
constexpr unsigned kArm = 0x23b;
constexpr std::array<Part, 32> kParts = {
    {{kArm, 0x000, {"Cortex-M3 SCS", "(System Control Space)"}},
     {kArm, 0x001, {"Cortex-M3 ITM", "(Instrumentation Trace Module)"}},
     {kArm, 0x002, {"Cortex-M3 DWT", "(Data Watchpoint and Trace)"}},
     {kArm, 0x003, {"Cortex-M3 FPB", "(Flash Patch and Breakpoint)"}},
     {kArm, 0x008, {"Cortex-M0 SCS", "(System Control Space)"}},
     {kArm, 0x00a, {"Cortex-M0 DWT", "(Data Watchpoint and Trace)"}},
     {kArm, 0x00b, {"Cortex-M0 BPU", "(Breakpoint Unit)"}},
     {kArm, 0x00c, {"Cortex-M4 SCS", "(System Control Space)"}},
     {kArm, 0x00e, {"Cortex-M7 FPB", "(Flash Patch and Breakpoint)"}},
     {kArm, 0x4c0, {"Cortex-M0+ ROM", "(ROM Table)"}},
     {kArm, 0x471, {"Cortex-M0 ROM", "(ROM Table)"}},
     {kArm, 0x4c3, {"Cortex-M3 ROM", "(ROM Table)"}},
     {kArm, 0x4c4, {"Cortex-M4 ROM", "(ROM Table)"}},
     {kArm, 0x4c7, {"Cortex-M7 PPB ROM", "(Private Peripheral Bus ROM Table)"}},
     {kArm, 0x4c8, {"Cortex-M7 ROM", "(ROM Table)"}},
     {kArm, 0x906, {"CoreSight CTI", "(Cross Trigger)"}},
     {kArm, 0x907, {"CoreSight ETB", "(Trace Buffer)"}},
     {kArm, 0x908, {"CoreSight CSTF", "(Trace Funnel)"}},
     {kArm, 0x912, {"CoreSight TPIU", "(Trace Port Interface Unit)"}},
     {kArm, 0x914, {"CoreSight SWO", "(Single Wire Output)"}},
     {kArm, 0x923, {"Cortex-M3 TPIU", "(Trace Port Interface Unit)"}},
     {kArm, 0x924, {"Cortex-M3 ETM", "(Embedded Trace)"}},
     {kArm, 0x925, {"Cortex-M4 ETM", "(Embedded Trace)"}},
     {kArm, 0x932, {"CoreSight MTB-M0+", "(Micro Trace Buffer)"}},
     {kArm, 0x961, {"CoreSight TMC", "(Trace Memory Controller)"}},
     {kArm, 0x975, {"Cortex-M7 ETM", "(Embedded Trace)"}},
     {kArm, 0x9a1, {"Cortex-M4 TPIU", "(Trace Port Interface Unit)"}},
     {kArm, 0x9a6, {"Cortex-M0+ CTI", "(Cross Trigger Interface)"}},
     {kArm, 0x9a9, {"Cortex-M7 TPIU", "(Trace Port Interface Unit)"}},
     {kArm, 0xd20, {"Cortex-M23", "(TPIU, CTI, ETM, SCS, DWT, BPU)"}},
     {kArm, 0xd21, {"Cortex-M33", "(TPIU, CTI, ETM, SCS, DWT, FPB)"}},
     {kArm, 0xd22, {"Cortex-M55", "(TPIU, CTI, ETM, SCS, DWT, FPB)"}}}};

// DEVTYPE, Arm CoreSight architecture specification (IHI 0029), table of device types.
struct DeviceType {
  unsigned devtype;
  std::string_view minor;
};
constexpr std::array<std::string_view, 7> kMajorTypes = {"Miscellaneous",      "Trace Sink",    "Trace Link",
                                                         "Trace Source",       "Debug Control", "Debug Logic",
                                                         "Performance Monitor"};
constexpr std::array<DeviceType, 24> kDeviceTypes = {{{0x00, "other"},      {0x40, "Validation component"},
                                                      {0x01, "other"},      {0x11, "Port"},
                                                      {0x21, "Buffer"},     {0x31, "Router"},
                                                      {0x02, "other"},      {0x12, "Funnel, router"},
                                                      {0x22, "Filter"},     {0x32, "FIFO, buffer"},
                                                      {0x03, "other"},      {0x13, "Processor"},
                                                      {0x23, "DSP"},        {0x33, "Engine/Coprocessor"},
                                                      {0x43, "Bus"},        {0x63, "Software"},
                                                      {0x04, "other"},      {0x14, "Trigger Matrix"},
                                                      {0x24, "Debug Auth"}, {0x34, "Power Requestor"},
                                                      {0x05, "other"},      {0x15, "Processor"},
                                                      {0x25, "DSP"},        {0x16, "Processor"}}};

// DEVARCH.ARCHID of Arm's architectures: Arm CoreSight architecture specification (IHI 0029), table of
// DEVARCH values.
struct Architecture {
  unsigned id;
  std::string_view name;
};
constexpr std::array<Architecture, 22> kArchitectures = {
    {{0x0A00, "RAS architecture"},
     {0x1A01, "Instrumentation Trace Macrocell (ITM) architecture"},
     {0x1A02, "DWT architecture"},
     {0x1A03, "Flash Patch and Breakpoint unit (FPB) architecture"},
     {0x2A04, "Processor debug architecture (ARMv8-M)"},
     {0x6A05, "Processor debug architecture (ARMv8-R)"},
     {0x0A10, "PC sample-based profiling"},
     {0x4A13, "Embedded Trace Macrocell (ETM) architecture"},
     {0x1A14, "Cross Trigger Interface (CTI) architecture"},
     {0x6A15, "Processor debug architecture (v8.0-A)"},
     {0x7A15, "Processor debug architecture (v8.1-A)"},
     {0x8A15, "Processor debug architecture (v8.2-A)"},
     {0x2A16, "Processor Performance Monitor (PMU) architecture"},
     {0x0A17, "Memory Access Port v2 architecture"},
     {0x0A27, "JTAG Access Port v2 architecture"},
     {0x0A31, "Basic trace router"},
     {0x0A37, "Power requestor"},
     {0x0A47, "Unknown Access Port v2 architecture"},
     {0x0A50, "HSSTP architecture"},
     {0x0A63, "System Trace Macrocell (STM) architecture"},
     {0x0A75, "CoreSight ELA architecture"},
     {0x0AF7, "CoreSight ROM architecture"}}};

}  // namespace

std::string_view architecture_name(std::uint32_t devarch) {
  if (devarch >> 21 != kArm) return "unknown";
  for (const Architecture& a : kArchitectures) {
    if (a.id == (devarch & 0xFFFFu)) return a.name;
  }
  return "unknown";
}

std::string_view designer_name(unsigned code) {
  for (const Designer& d : kDesigners) {
    if (d.code == code) return d.name;
  }
  return "<unknown>";
}

PartName part_name(unsigned designer, unsigned part) {
  for (const Part& p : kParts) {
    if (p.designer == designer && p.number == part) return p.name;
  }
  return {"Unrecognized", ""};
}

std::string_view class_name(unsigned component_class) {
  switch (component_class) {
    case 0x0:
      return "Generic verification component";
    case 0x1:
      return "ROM table";
    case 0x9:
      return "CoreSight component";
    case 0xB:
      return "Peripheral Test Block";
    case 0xE:
      return "Generic IP component";
    case 0xF:
      return "CoreLink, PrimeCell or System component";
    default:
      return "Reserved";
  }
}

DeviceTypeName device_type_name(std::uint32_t devtype) {
  const unsigned major = devtype & 0xFu;
  DeviceTypeName name{major < kMajorTypes.size() ? kMajorTypes[major] : "Reserved", "Reserved"};
  for (const DeviceType& t : kDeviceTypes) {
    if (t.devtype == devtype) name.minor = t.minor;
  }
  return name;
}

// IDR.TYPE of a MEM-AP (C3.3).
std::string_view ap_type_name(std::uint32_t idr) {
  if (ap::CLASS.get(idr) != ap::kClassMemAp)
    return ap::CLASS.get(idr) == 0 && ap::TYPE.get(idr) == 0 ? "JTAG-AP" : "Unknown";
  switch (ap::TYPE.get(idr)) {
    case 1:
      return "MEM-AP AHB3";
    case 2:
      return "MEM-AP APB2 or APB3";
    case 4:
      return "MEM-AP AXI3 or AXI4";
    case 5:
      return "MEM-AP AHB5";
    case 6:
      return "MEM-AP APB4";
    case 7:
      return "MEM-AP AXI5";
    case 8:
      return "MEM-AP AHB5 with enhanced HPROT";
    default:
      return "MEM-AP of an unknown bus";
  }
}

}  // namespace probity
