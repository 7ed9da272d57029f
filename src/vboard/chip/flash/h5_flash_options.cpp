// The option bytes' half: RM0481 7.4, 7.5, RM0492 7.4.
#include <algorithm>
#include <array>

#include "vboard/chip/flash/h5_flash.hpp"

namespace probity::vboard {

using namespace h5_flash_reg;

namespace {

// PRODUCT_STATE in the order of a life cycle (RM0481 table 66); without debug authentication there is no way
// back.
constexpr std::array<std::uint32_t, 6> kStates{0xED,   // Open
                                               0x17,   // Provisioning
                                               0x2E,   // iRoT-Provisioned
                                               0xC6,   // TZ-Closed
                                               0x72,   // Closed
                                               0x5C};  // Locked
constexpr std::size_t kOpen = 0, kProvisioning = 1, kTzClosed = 3;
// No data sheet gives the time of an option byte change.
constexpr Milliseconds kOptionTime{10};

std::size_t stage(std::uint32_t optsr) {
  return static_cast<std::size_t>(std::find(kStates.begin(), kStates.end(), PRODUCT_STATE.get(optsr)) -
                                  kStates.begin());
}

}  // namespace

const H5OptionRegister* H5Flash::option_at(std::uint32_t offset, bool& program) const {
  for (const H5OptionRegister& row : layout_.options) {
    program = row.program == offset;
    if (program || row.current == offset) return &row;
  }
  return nullptr;
}

std::uint32_t& H5Flash::pending(std::string_view name) {
  const auto row = std::find_if(layout_.options.begin(), layout_.options.end(),
                                [&](const H5OptionRegister& r) { return r.name == name; });
  return pending_.at(static_cast<std::size_t>(row - layout_.options.begin()));
}

void H5Flash::load_options() {
  for (const H5OptionRegister& row : layout_.options) pending(row.name) = memory_.option(row.name);
  const std::uint32_t optsr = memory_.option("OPTSR");
  swapped_ = SWAP_BANK.is_set(optsr);
  trust_zone_ = TZEN.get(memory_.option("OPTSR2")) == kTzenEnabled;
  const std::size_t now = stage(optsr);
  secure_debug_closed_ = now > kProvisioning;
  debug_closed_ = secure_debug_closed_ && !(trust_zone_ && now == kTzClosed);
}

bool H5Flash::watchdog_in_hardware() const { return !IWDG_SW.is_set(memory_.option("OPTSR")); }

// FLASH_OPTCR: no effect while OPTLOCK is set; waits while BSY.
BusStatus H5Flash::write_option_control(std::uint32_t value, Lanes lanes) {
  const std::uint32_t written = lanes.merge(0, value);
  if (!option_key_.open()) {
    ++around_.stats.flash_errors;
    return BusStatus::ok;
  }
  if (busy()) return BusStatus::stalled;
  if (OPTSTART.is_set(written)) start_options();
  if (OPTLOCK.is_set(written)) option_key_.lock();
  return BusStatus::ok;
}

// TZEN changes in the state Open alone (RM0481 3.5.7).
bool H5Flash::change_allowed() {
  const std::size_t now = stage(memory_.option("OPTSR")), wanted = stage(pending("OPTSR"));
  const bool other_world = TZEN.get(memory_.option("OPTSR2")) != TZEN.get(pending("OPTSR2"));
  if (other_world && now != kOpen) return false;
  return wanted < kStates.size() && wanted >= now && now != kStates.size() - 1;
}

// In force at once, as FLASH_*_CUR show; swapped banks and a closed debug port after the next reset. A block
// of OTP, once locked, stays so (RM0481 7.3.9).
void H5Flash::start_options() {
  if ((main_.sr & kErrors) != 0 || writer_.collects()) return refuse(main_, PGSERR.mask());
  if (!change_allowed()) return refuse(main_, OPTCHANGEERR.mask());
  take_over_trust_zone();
  FlashOperation operation;
  operation.done = [this] {
    pending("OTPBLR") |= memory_.option("OTPBLR");
    for (const H5OptionRegister& row : layout_.options) memory_.set_option(row.name, pending(row.name));
  };
  option_engine_.start(std::move(operation), kOptionTime);
}

}  // namespace probity::vboard
