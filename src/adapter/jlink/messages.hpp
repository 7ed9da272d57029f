// The messages to a J-Link: encode() gives the command's bytes, answer_length() how many bytes answer it, as
// far as `begun`, the first of them, tells (0: none), and parse() reads all of them. AdapterError from
// parse() where the probe reports a failure or answers what makes no sense.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "adapter/jlink/protocol.hpp"
#include "wire/bit_vector.hpp"

namespace probity::jlink {

// A message of one byte.
template <Command Code, std::size_t Answer = 0>
struct Plain {
  Bytes encode() const { return {static_cast<std::uint8_t>(Code)}; }
  std::size_t answer_length(ByteView) const { return Answer; }
};

struct GetVersion : Plain<Command::version> {
  std::size_t answer_length(ByteView begun) const;
  std::string parse(ByteView answer) const;  // up to the first zero
};

struct CapabilitySet {
  Bytes bits;
  bool has(Capability capability) const;
};
struct GetCapabilities : Plain<Command::get_capabilities, 4> {
  CapabilitySet parse(ByteView answer) const { return {{answer.begin(), answer.end()}}; }
};
struct GetExtendedCapabilities : Plain<Command::get_extended_capabilities, 32> {
  CapabilitySet parse(ByteView answer) const { return {{answer.begin(), answer.end()}}; }
};

struct HardwareVersion {
  unsigned type = 0, major = 0, minor = 0, revision = 0;
};
struct GetHardwareVersion : Plain<Command::get_hardware_version, 4> {
  HardwareVersion parse(ByteView answer) const;
};

struct HardwareStatus {
  unsigned millivolts = 0;
  unsigned tck = 0, tdi = 0, tdo = 0, tms = 0, srst = 0, trst = 0;  // levels
};
struct GetState : Plain<Command::get_state, 8> {
  HardwareStatus parse(ByteView answer) const;
};

struct GetFreeMemory : Plain<Command::get_free_memory, 4> {
  std::uint32_t parse(ByteView answer) const;
};

// Every whole divisor of `base` from `least_divisor` on.
struct Speeds {
  std::uint32_t base_hertz = 0;
  std::uint16_t least_divisor = 1;
};
struct GetSpeeds : Plain<Command::get_speeds, 6> {
  Speeds parse(ByteView answer) const;
};

struct SetSpeed {
  std::uint16_t kilohertz;
  Bytes encode() const;
  std::size_t answer_length(ByteView) const { return 0; }
};

struct SetPower {
  bool on;
  Bytes encode() const { return {static_cast<std::uint8_t>(Command::set_power), std::uint8_t{on}}; }
  std::size_t answer_length(ByteView) const { return 0; }
};

// Bit mask of the interfaces' numbers.
struct GetInterfaces {
  Bytes encode() const { return {static_cast<std::uint8_t>(Command::select_interface), kAskInterfaces}; }
  std::size_t answer_length(ByteView) const { return 4; }
  std::uint32_t parse(ByteView answer) const;
};
struct SelectInterface {
  WireKind wire;
  Bytes encode() const;
  std::size_t answer_length(ByteView) const { return 4; }
  void parse(ByteView) const {}  // what was selected before
};

using ResetLow = Plain<Command::reset_low>;
using ResetHigh = Plain<Command::reset_high>;
using TrstLow = Plain<Command::trst_low>;
using TrstHigh = Plain<Command::trst_high>;

inline constexpr std::size_t kConfigLength = 256;
struct ReadConfig : Plain<Command::read_config, kConfigLength> {
  Bytes parse(ByteView answer) const { return {answer.begin(), answer.end()}; }
};
struct WriteConfig {
  ByteView config;  // kConfigLength bytes
  Bytes encode() const;
  std::size_t answer_length(ByteView) const { return 0; }
};

// Says to the probe, and to others who use it, that we are there. Handle 0 asks for one.
struct Registration {
  std::uint16_t handle = 0;
  bool listed = false;  // false where the probe has no room for one more
};
struct Register {
  bool enter;
  std::uint16_t handle;
  Bytes encode() const;
  std::size_t answer_length(ByteView begun) const;
  Registration parse(ByteView answer) const;
};

// `count` clock cycles. JTAG: TMS and TDI, and TDO comes back. SWD: direction (1: driven by the probe) and
// level of SWDIO, and the level comes back.
struct WireIo {
  Command version;  // io_v2 or io_v3
  const BitVector& first;
  const BitVector& second;
  Bytes encode() const;
  std::size_t answer_length(ByteView) const;
  // Nothing where the probe had no memory for so many bits: then none was clocked.
  std::optional<BitVector> parse(ByteView answer) const;
};

struct SwoStart {
  std::uint32_t baud, buffer_size;
  Bytes encode() const;
  std::size_t answer_length(ByteView) const { return 4; }
  void parse(ByteView answer) const;
};
struct SwoStop {
  Bytes encode() const;
  std::size_t answer_length(ByteView) const { return 4; }
  void parse(ByteView answer) const;
};
struct SwoRead {
  std::uint32_t most;
  Bytes encode() const;
  std::size_t answer_length(ByteView begun) const;
  Bytes parse(ByteView answer) const;
};
// Every whole divisor of `clock` in that range.
struct SwoSpeeds {
  std::uint32_t clock = 0, least_divisor = 1, most_divisor = 1;
};
struct GetSwoSpeeds {
  Bytes encode() const;
  std::size_t answer_length(ByteView begun) const;
  SwoSpeeds parse(ByteView answer) const;
};

}  // namespace probity::jlink
