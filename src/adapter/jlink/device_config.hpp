// What a J-Link keeps in its non-volatile memory, as far as `jlink config` shows it.
#pragma once

#include "base/units.hpp"

namespace probity::jlink {

class DeviceConfig {
 public:
  // `raw`: kConfigLength bytes as the probe gives them. A field that was never written (all ones) counts as
  // 0.
  explicit DeviceConfig(Bytes raw);

  unsigned usb_address() const;  // 0 to 3
  void set_usb_address(unsigned address);
  bool target_power() const;  // supplied from power-up on
  void set_target_power(bool on);

  const Bytes& raw() const { return raw_; }
  bool operator==(const DeviceConfig&) const = default;

 private:
  Bytes raw_;
};

}  // namespace probity::jlink
