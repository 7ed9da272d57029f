// What a firmware version is called and what it can do.
#pragma once

#include <optional>
#include <string>

#include "adapter/stlink/codec.hpp"

namespace probity::stlink {

struct Version {
  unsigned stlink = 0, jtag = 0, swim = 0, mass_storage = 0, bridge = 0;
  std::uint16_t vendor = 0, product = 0;

  static Version from(const GetVersion::Answer& answer);
  static Version from(const GetVersionEx::Answer& answer);
};

// "V2J37M26"
std::string name_of(const Version& version);
// 1, 2 or 3: the number in "(API v2)".
unsigned api_of(const Version& version);
// "STLINK V2J37M26 (API v2) VID:PID 0483:374B"
std::string describe(const Version& version);

enum class Feature {
  target_voltage,
  trace,                // SWO
  last_status_address,  // GET_LAST_RW_STATUS_2
  swd_speed,
  jtag_speed,
  dap_registers,
  memory_16_bit,
  init_ap,          // an AP must be opened before it is used
  jtag_dp_read_ok,  // before it, a DP read over JTAG returns the value one read late
  wide_access,      // DP banks, AP numbers in memory commands, RW_MISC, blocks over the 1 KiB wrap
  byte_block_512,
};
bool has(const Version& version, Feature feature);

// "no speed setting (needs V2J22), no 16-bit access (needs V2J26)": what a user loses with an old firmware;
// empty where nothing is missing.
std::string missing_features(const Version& version);

}  // namespace probity::stlink
