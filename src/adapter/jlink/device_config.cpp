#include "adapter/jlink/device_config.hpp"

#include "base/bytes.hpp"

namespace probity::jlink {

namespace {
// RM08001, EMU_CMD_READ_CONFIG: offsets.
constexpr std::size_t kUsbAddress = 0, kTargetPower = 4;
}  // namespace

DeviceConfig::DeviceConfig(Bytes raw) : raw_(std::move(raw)) {
  if (load_u8(raw_, kUsbAddress) == 0xFF) set_usb_address(0);
  if (load_le32(raw_, kTargetPower) == 0xFFFFFFFF) set_target_power(false);
}

unsigned DeviceConfig::usb_address() const { return load_u8(raw_, kUsbAddress); }
void DeviceConfig::set_usb_address(unsigned address) {
  raw_.at(kUsbAddress) = static_cast<std::uint8_t>(address);
}
bool DeviceConfig::target_power() const { return load_le32(raw_, kTargetPower) != 0; }
void DeviceConfig::set_target_power(bool on) { store_le32(raw_, kTargetPower, on ? 1 : 0); }

}  // namespace probity::jlink
