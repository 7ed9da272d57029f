#include "flash/stm32/h5_bank.hpp"

#include <fmt/format.h>

#include "base/errors.hpp"
#include "flash/stm32/h5_registers.hpp"

namespace probity::stm32 {

using namespace h5;

namespace {

constexpr Address kFlashBase = 0x08000000;

}  // namespace

void H5Bank::identify() {
  const WideWordIdentity identity = identify_wide_word(target_, kH5Family, config_.name);
  const H5Part& part = *find_h5_part(identity.part->device_id);
  if (base_ != kFlashBase) {
    throw FlashError(
        fmt::format("the flash of an STM32H5 begins at 0x{:08x}, the configuration says 0x{:08x}", kFlashBase,
                    base_),
        config_.name, base_);
  }
  log_.info("device idcode = 0x{:08x} ({})", identity.idcode, describe_wide_word(identity));
  const unsigned kib = read_kib(part);
  const bool swapped = kSwapBank.is_set(target_.memory().read32(kOptcr));
  set_up(identity, kib * 1024, h5_geometry(kib, swapped), h5_option_rows(part));
}

std::optional<Address> H5Bank::watchdog() const { return kIwdgKr; }

Address H5Bank::option_base() const { return kRegisters; }

}  // namespace probity::stm32
