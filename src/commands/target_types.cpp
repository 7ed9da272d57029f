#include "commands/target_types.hpp"

#include <algorithm>

namespace probity {

namespace {

// Order and reach as seen of OpenOCD 0.12.0 (`target types`, and what `target create` demands of each).
constexpr TargetType kTypes[] = {
    {"arm7tdmi"},
    {"arm9tdmi"},
    {"arm920t"},
    {"arm720t"},
    {"arm966e"},
    {"arm946e"},
    {"arm926ejs"},
    {"fa526"},
    {"feroceon"},
    {"dragonite"},
    {"xscale"},
    {"xtensa"},
    {"cortex_m", true, true},
    {"cortex_a", false, true},
    {"cortex_r4", false, true},
    {"arm11"},
    {"ls1_sap"},
    {"mips_m4k"},
    {"avr"},
    {"dsp563xx"},
    {"dsp5680xx"},
    {"testee"},
    {"avr32_ap7k"},
    {"hla_target", true, true},
    {"nds32_v2"},
    {"nds32_v3"},
    {"nds32_v3m"},
    {"esp32"},
    {"esp32s2"},
    {"esp32s3"},
    {"or1k"},
    {"quark_x10xx"},
    {"quark_d20xx"},
    {"stm8", false, false, true},
    {"riscv"},
    {"mem_ap", true, true},
    {"esirisc"},
    {"arcv2"},
    {"aarch64", false, true},
    {"mips_mips64"},
};

}  // namespace

std::optional<TargetType> target_type(std::string_view name) {
  const auto* found = std::ranges::find(kTypes, name, &TargetType::name);
  if (found == std::end(kTypes)) return {};
  return *found;
}

std::string target_type_names() {
  std::string names;
  for (const TargetType& type : kTypes) names += (names.empty() ? "" : " ") + std::string(type.name);
  return names;
}

}  // namespace probity
