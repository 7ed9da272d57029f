#include "server/gdb/target_description.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace probity::server::gdb {

namespace {

// The standard features of GDB (manual, G.5.3) and its names in them; the values as OpenOCD 0.12.0 sends
// them.
struct Kind {
  unsigned first, last;  // numbers
  std::string_view feature, type, group;
};
constexpr std::array kKinds = {
    Kind{0, 12, "org.gnu.gdb.arm.m-profile", "int", "general"},
    Kind{13, 13, "org.gnu.gdb.arm.m-profile", "data_ptr", "general"},
    Kind{14, 14, "org.gnu.gdb.arm.m-profile", "int", "general"},
    Kind{15, 15, "org.gnu.gdb.arm.m-profile", "code_ptr", "general"},
    Kind{16, 16, "org.gnu.gdb.arm.m-profile", "int", "general"},
    Kind{17, 18, "org.gnu.gdb.arm.m-system", "data_ptr", "system"},
    Kind{20, 23, "org.gnu.gdb.arm.m-system", "int8", "system"},
    Kind{24, 27, "org.gnu.gdb.arm.secext", "data_ptr", "stack"},
    Kind{28, 31, "org.gnu.gdb.arm.m-system", "data_ptr", "stack"},
    Kind{33, 41, "org.gnu.gdb.arm.m-system", "int8", "system"},
    Kind{42, 57, "org.gnu.gdb.arm.vfp", "ieee_double", "float"},
    Kind{58, 58, "org.gnu.gdb.arm.vfp", "int", "float"},
};

const Kind* kind_of(const CoreRegister& r) {
  if (!r.exists || r.hidden) return nullptr;
  const auto kind =
      std::ranges::find_if(kKinds, [&](const Kind& k) { return r.number >= k.first && r.number <= k.last; });
  return kind == kKinds.end() ? nullptr : &*kind;
}

constexpr std::array<std::string_view, 4> kFeatures = {
    "org.gnu.gdb.arm.m-profile", "org.gnu.gdb.arm.m-system", "org.gnu.gdb.arm.secext", "org.gnu.gdb.arm.vfp"};

}  // namespace

std::string target_description(const std::vector<CoreRegister>& registers) {
  std::string text =
      "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n<target version=\"1.0\">\n"
      "<architecture>arm</architecture>\n";
  for (const std::string_view feature : kFeatures) {
    std::string rows;
    for (const CoreRegister& r : registers) {
      const Kind* kind = kind_of(r);
      if (!kind || kind->feature != feature) continue;
      rows += fmt::format(
          "<reg name=\"{}\" bitsize=\"{}\" regnum=\"{}\" save-restore=\"yes\" type=\"{}\" group=\"{}\"/>\n",
          r.name, r.bits, r.number, kind->type, kind->group);
    }
    if (!rows.empty()) text += fmt::format("<feature name=\"{}\">\n{}</feature>\n", feature, rows);
  }
  return text + "</target>\n";
}

const CoreRegister* register_numbered(const std::vector<CoreRegister>& registers, std::uint64_t number) {
  const auto found = std::ranges::find_if(
      registers, [number](const CoreRegister& r) { return r.number == number && kind_of(r); });
  return found == registers.end() ? nullptr : &*found;
}

}  // namespace probity::server::gdb
