// Names of what a ROM table leads to, in OpenOCD's words (seen of OpenOCD 0.12.0).
#pragma once

#include <cstdint>
#include <string_view>

namespace probity {

// `code`: JEP106 continuation count in bits 10:7, identity in bits 6:0. "<unknown>" where it is not known.
std::string_view designer_name(unsigned code);

struct PartName {
  std::string_view name, kind;  // "Cortex-M4 SCS", "(System Control Space)"
};
PartName part_name(unsigned designer, unsigned part);

// CIDR1.CLASS
std::string_view class_name(unsigned component_class);

// DEVTYPE of a CoreSight component: major type in bits 3:0, subtype in bits 7:4.
struct DeviceTypeName {
  std::string_view major, minor;
};
DeviceTypeName device_type_name(std::uint32_t devtype);

// What DEVARCH says of a component: ARCHITECT in bits 31:21, ARCHID in bits 15:0.
std::string_view architecture_name(std::uint32_t devarch);

// What kind of AP an IDR tells of: "MEM-AP AHB3".
std::string_view ap_type_name(std::uint32_t idr);

}  // namespace probity
