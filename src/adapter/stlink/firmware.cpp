#include "adapter/stlink/firmware.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace probity::stlink {

namespace {

constexpr unsigned kNever = 999;

// The first "J" version with a feature, for V2 and V2-1 and for V3 (V3PWR has all of V3's). Source: the
// version checks of OpenOCD 0.12's driver. `loss`: what the user is told, empty where nothing he could miss
// depends on it.
struct Row {
  Feature feature;
  unsigned v2_from, v3_from;
  std::string_view loss;
};
constexpr std::array kRows = {
    Row{Feature::target_voltage, 13, 0, "no target voltage"},
    Row{Feature::trace, 13, 0, "no SWO trace"},
    Row{Feature::last_status_address, 15, 0, "no address of a bus fault"},
    Row{Feature::swd_speed, 22, kNever, "no SWD speed setting"},
    Row{Feature::jtag_speed, 24, kNever, "no JTAG speed setting"},
    Row{Feature::dap_registers, 24, 0, "no dapdirect transport"},
    Row{Feature::memory_16_bit, 26, 0, "no 16-bit access"},
    Row{Feature::init_ap, 28, 0, "no access port but the first"},
    Row{Feature::jtag_dp_read_ok, 32, 0, ""},
    Row{Feature::wide_access, 32, 2, "slower memory access"},
    Row{Feature::byte_block_512, kNever, 6, ""},
};

bool has(const Version& version, const Row& row) {
  if (version.stlink >= 4) return row.v3_from != kNever;
  if (version.stlink == 3) return version.jtag >= row.v3_from;
  return version.jtag >= row.v2_from;
}

}  // namespace

Version Version::from(const GetVersion::Answer& a) {
  Version v{.stlink = a.stlink, .vendor = a.vendor, .product = a.product};
  const bool v2_1 = a.product == 0x374B || a.product == 0x3752;
  if (!v2_1) {
    v.jtag = a.x;
    v.swim = a.y;
  } else if ((a.x <= 22 && a.y == 7) || (a.x >= 25 && a.y >= 7 && a.y <= 12)) {
    // A V2-1 flashed for STM8: mass storage and SWIM, no debug. Told apart by the version ranges, as OpenOCD
    // does.
    v.mass_storage = a.x;
    v.swim = a.y;
  } else {
    v.jtag = a.x;
    v.mass_storage = a.y;
  }
  return v;
}

Version Version::from(const GetVersionEx::Answer& a) {
  return {.stlink = a.stlink,
          .jtag = a.jtag,
          .swim = a.swim,
          .mass_storage = a.mass_storage,
          .bridge = a.bridge,
          .vendor = a.vendor,
          .product = a.product};
}

std::string name_of(const Version& v) {
  std::string text = fmt::format("V{}", v.stlink);
  if (v.jtag != 0 || v.mass_storage == 0) text += fmt::format("J{}", v.jtag);
  if (v.mass_storage != 0) text += fmt::format("M{}", v.mass_storage);
  if (v.bridge != 0) text += fmt::format("B{}", v.bridge);
  if (v.swim != 0 || v.mass_storage == 0) text += fmt::format("S{}", v.swim);
  return text;
}

unsigned api_of(const Version& v) {
  if (v.stlink == 1) return v.jtag >= 11 ? 2 : 1;
  return v.stlink == 2 ? 2 : 3;
}

std::string describe(const Version& v) {
  return fmt::format("STLINK {} (API v{}) VID:PID {:04X}:{:04X}", name_of(v), api_of(v), v.vendor, v.product);
}

bool has(const Version& version, Feature feature) {
  return has(version, *std::ranges::find(kRows, feature, &Row::feature));
}

std::string missing_features(const Version& version) {
  if (version.stlink > 3) return {};
  const bool v3 = version.stlink == 3;
  std::string text;
  const auto add = [&](std::string_view loss, unsigned from) {
    text += fmt::format("{}{} (needs V{}J{})", text.empty() ? "" : ", ", loss, version.stlink, from);
  };
  for (const Row& row : kRows) {
    const unsigned from = v3 ? row.v3_from : row.v2_from;
    if (!row.loss.empty() && from != kNever && !has(version, row)) add(row.loss, from);
  }
  // "Version 2 of the firmware (V3J2M1) has problems switching communication protocols": probe-rs, which
  // refuses it.
  constexpr unsigned kProtocolsSwitch = 3;
  if (v3 && version.jtag < kProtocolsSwitch)
    add("trouble when changing between SWD and JTAG", kProtocolsSwitch);
  return text;
}

}  // namespace probity::stlink
