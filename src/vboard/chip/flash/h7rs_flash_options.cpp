// The option words' half.
#include "vboard/chip/flash/h7rs_flash.hpp"

namespace probity::vboard {

using namespace h7rs_flash_reg;

namespace {
// No data sheet gives the time of an option byte change.
constexpr Milliseconds kOptionTime{10};
}  // namespace

const H7rsOptionRegister* H7rsFlash::option_at(std::uint32_t offset, bool& program) const {
  for (const H7rsOptionRegister& row : h7rs_option_registers()) {
    program = row.program == offset;
    if (program || row.status == offset) return &row;
  }
  return nullptr;
}

std::uint32_t& H7rsFlash::pending(const H7rsOptionRegister& row) {
  return pending_.at(static_cast<std::size_t>(&row - h7rs_option_registers().data()));
}

void H7rsFlash::load_options() {
  for (const H7rsOptionRegister& row : h7rs_option_registers()) {
    pending(row) = memory_.option(row.name) & row.mask;
  }
  debug_closed_ = NVSTATE.get(memory_.option("NVSR")) != kOpen;
}

// "When this bit is set write to all other bits in this register … are ignored"; "during the write access to
// set LOCK bit from 0 to 1, it is possible to change the other bits".
BusStatus H7rsFlash::write_option_control(std::uint32_t value, Lanes lanes) {
  if (!option_key_.open()) {
    ++around_.stats.flash_errors;
    return BusStatus::ok;
  }
  optcr_ =
      lanes.merge(optcr_, value) & (PG_OPT.mask() | OPTERRF.mask());  // the enable bit has its flag's place
  if (OPTLOCK.is_set(lanes.merge(0, value))) option_key_.lock();
  return BusStatus::ok;
}

BusStatus H7rsFlash::write_option(const H7rsOptionRegister& row, std::uint32_t value, Lanes lanes) {
  if (!option_key_.open() || !PG_OPT.is_set(optcr_)) {
    ++around_.stats.flash_errors;
    return BusStatus::ok;
  }
  if (writer_.busy() || writer_.queued()) return BusStatus::stalled;
  std::uint32_t& word = pending(row);
  word = lanes.merge(word, value) & row.mask;
  if (!change_allowed(row, word)) {
    word = memory_.option(row.name) & row.mask;
    option_error();
    return BusStatus::ok;
  }
  start_option(row, word);
  return BusStatus::ok;
}

void H7rsFlash::option_error() {
  ++around_.stats.flash_errors;
  optisr_ |= OPTERRF.mask();
}

// FLASH_NVSRP: "when NVSTATE=0xB4 (resp. 0x51) writing any other value than 0x51 (resp. 0xB4) triggers an
// option byte change error". The locks of OTP want PG_OTP as well (HAL_FLASHEx_OTPLockConfig).
bool H7rsFlash::change_allowed(const H7rsOptionRegister& row, std::uint32_t wanted) const {
  if (row.name == "OTPLSR") return key_.open() && PG_OTP.is_set(cr_);
  if (row.name != "NVSR") return true;
  const std::uint32_t now = NVSTATE.get(memory_.option("NVSR"));
  return (now == kOpen && wanted == kClosed) || (now == kClosed && wanted == kOpen);
}

// In force at once, as the status registers show; a closed debug port after the next reset. "OTPL bits can
// only be set, not cleared." DBG_AUTH: "write are ignored if HDPL is greater than 0". "Actual option byte
// change from close to open is triggered only after memory clear hardware process is confirmed": the user
// flash is erased.
void H7rsFlash::start_option(const H7rsOptionRegister& row, std::uint32_t wanted) {
  const std::uint32_t before = memory_.option(row.name);
  std::uint32_t after = (before & ~row.mask) | wanted;
  if (row.name == "OTPLSR") after |= before;
  if (row.name == "ROTSR") after = DBG_AUTH.set(after, DBG_AUTH.get(before));
  FlashOperation operation;
  if (row.name == "NVSR" && wanted == kOpen) operation.erased = {all()};
  operation.done = [this, &row, after, erased = operation.erased] {
    for (const CellRange& range : erased) ecc_.erased(range);
    memory_.set_option(row.name, after);
    pending(row) = after & row.mask;
    if (row.name == "NVSR" && NVSTATE.get(after) == kOpen) debug_closed_ = false;
    isr_ |= EOPF.mask();
    update_interrupt();
  };
  option_engine_.start(std::move(operation), kOptionTime);
}

}  // namespace probity::vboard
