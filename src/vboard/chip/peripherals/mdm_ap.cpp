#include "vboard/chip/peripherals/mdm_ap.hpp"

#include "base/bits.hpp"

namespace probity::vboard {

namespace {

enum : std::uint32_t { MDM_STATUS = 0x00, MDM_CONTROL = 0x04 };

// Control (KL25P80M48SF0RM table 9-4).
constexpr Field kEraseInProgress{"Flash Mass Erase in Progress", 0}, kDebugRequest{"Debug Request", 2},
    kResetRequest{"System Reset Request", 3}, kHoldCore{"Core Hold Reset", 4};
constexpr std::uint32_t kWritable = 0x1FF;

// Status (table 9-5).
constexpr Field kEraseAcknowledge{"Flash Mass Erase Acknowledge", 0}, kFlashReady{"Flash Ready", 1},
    kSystemSecurity{"System Security", 2}, kSystemReset{"System Reset", 3},
    kMassEraseEnable{"Mass Erase Enable", 5}, kBackdoorKey{"Backdoor Access Key Enable", 6},
    kCoreHalted{"Core Halted", 16}, kCoreSleeping{"Core SLEEPING", 18};

}  // namespace

std::uint32_t MdmAp::status() {
  std::uint32_t value = kEraseAcknowledge.of(erase_acknowledged_) | kFlashReady.mask();
  value = kSystemSecurity.set(value, flash_.secured());
  value = kSystemReset.set(value, !chip_.system_held());
  value = kMassEraseEnable.set(value, flash_.mass_erase_enabled());
  value = kBackdoorKey.set(value, flash_.backdoor_enabled());
  value = kCoreHalted.set(value, chip_.core_halted());
  return kCoreSleeping.set(value, chip_.core_sleeping());
}

std::uint32_t MdmAp::read_register(std::uint32_t offset) {
  return offset == MDM_STATUS ? status() : offset == MDM_CONTROL ? control_ : 0;
}

// Of a secured chip only the erase can be asked for, and of later ports the reset (table 9-4, "Secure").
void MdmAp::write_register(std::uint32_t offset, std::uint32_t value) {
  if (offset != MDM_CONTROL) return;
  std::uint32_t allowed = kWritable;
  if (flash_.secured()) {
    allowed = kEraseInProgress.mask() | (idr_ == kMdmApK ? 0 : kResetRequest.mask());
  }
  write_control((control_ & ~allowed) | (value & allowed));
}

// A mass erase once begun goes on, and its bit stays until it has ended; one that is not allowed leaves the
// bit set until the next reset.
void MdmAp::write_control(std::uint32_t value) {
  const std::uint32_t before = control_;
  control_ = value | (before & kEraseInProgress.mask());
  if (kHoldCore.get(before) != kHoldCore.get(value)) chip_.hold_core(kHoldCore.is_set(value));
  if (kResetRequest.get(before) != kResetRequest.get(value)) chip_.hold_system(kResetRequest.is_set(value));
  if (kDebugRequest.is_set(value)) chip_.halt_core();
  if (!kEraseInProgress.is_set(value) || kEraseInProgress.is_set(before)) return;
  control_ = kEraseInProgress.set(control_, 1);
  erase_acknowledged_ =
      flash_.mass_erase([this] { control_ = kEraseInProgress.set(control_, 0); }) || erase_acknowledged_;
}

// Which ends a mass erase under way, too.
void MdmAp::system_reset() {
  erase_acknowledged_ = false;
  control_ = kEraseInProgress.set(control_, 0);
}

void MdmAp::power_on_reset() {
  control_ = 0;
  erase_acknowledged_ = false;
}

}  // namespace probity::vboard
