// The SWO commands of CMSIS-DAP (Arm's specification, "SWO Commands"), in the manner of messages.hpp.
#pragma once

#include "base/units.hpp"

namespace probity::cmsis_dap {

enum class SwoPath : std::uint8_t { none = 0, data_command = 1, endpoint = 2 };
struct SwoTransport {
  SwoPath path;
  Bytes encode() const;
  static void parse(ByteView response);
};

enum class SwoCode : std::uint8_t { off = 0, uart = 1, manchester = 2 };
struct SwoMode {
  SwoCode code;
  Bytes encode() const;
  static void parse(ByteView response);
};

struct SwoBaudrate {
  Hertz wanted;
  Bytes encode() const;
  // What the probe makes of it; AdapterError where it cannot (it answers 0).
  Hertz parse(ByteView response) const;
};

struct SwoControl {
  bool capture;
  Bytes encode() const;
  static void parse(ByteView response);
};

// The probe's own view of its capture.
struct SwoState {
  bool capturing = false, stream_error = false, overrun = false;
  static SwoState from(std::uint8_t status);
};

struct SwoStatus {
  struct Answer {
    SwoState state;
    std::uint32_t waiting;  // bytes
  };
  Bytes encode() const;
  static Answer parse(ByteView response);
};

struct SwoData {
  static constexpr std::size_t kResponseHeader = 4;
  struct Answer {
    SwoState state;
    Bytes data;
  };
  std::uint16_t limit;  // bytes
  Bytes encode() const;
  static Answer parse(ByteView response);
};

}  // namespace probity::cmsis_dap
