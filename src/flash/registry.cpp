#include <fmt/format.h>

#include "base/errors.hpp"
#include "flash/bank.hpp"
#include "flash/foreign_bank.hpp"
#include "flash/microchip/at91samd_bank.hpp"
#include "flash/nordic/nrf5_bank.hpp"
#include "flash/nxp/kinetis_bank.hpp"
#include "flash/nxp/kinetis_ke_bank.hpp"
#include "flash/nxp/lpc2000_bank.hpp"
#include "flash/raspberry_pi/rp2040_bank.hpp"
#include "flash/silabs/efm32_bank.hpp"
#include "flash/stm32/f1_bank.hpp"
#include "flash/stm32/f2_bank.hpp"
#include "flash/stm32/f2_otp.hpp"
#include "flash/stm32/h5_bank.hpp"
#include "flash/stm32/h7_bank.hpp"
#include "flash/stm32/l4_bank.hpp"
#include "flash/stm32/l4_otp.hpp"
#include "flash/stm32/lx_bank.hpp"
#include "flash/stm32/qspi/qspi_bank.hpp"
#include "flash/stm32/wide_word_otp.hpp"
#include "flash/ti/stellaris_bank.hpp"
#include "flash/virtual_bank.hpp"

namespace probity {

namespace {

std::unique_ptr<FlashBank> make_stm32f2x(const FlashBankConfig& config, Target& target, Clock& clock,
                                         Log& log) {
  if (const stm32::F2Otp* area = stm32::find_f2_otp(config.base)) {
    return std::make_unique<stm32::F2OtpBank>(config, *area, target, clock, log);
  }
  return std::make_unique<stm32::F2Bank>(config, target, clock, log);
}

std::unique_ptr<FlashBank> make_stm32l4x(const FlashBankConfig& config, Target& target, Clock& clock,
                                         Log& log) {
  if (const stm32::L4Otp* area = stm32::find_l4_otp(config.base)) {
    return std::make_unique<stm32::L4OtpBank>(config, *area, target, clock, log);
  }
  return std::make_unique<stm32::L4Bank>(config, target, clock, log);
}

std::unique_ptr<FlashBank> make_nrf5(const FlashBankConfig& config, Target& target, Clock& clock, Log& log) {
  return std::make_unique<nrf5::Nrf5Bank>(config, target, clock, log);
}

template <class Bank>
std::unique_ptr<FlashBank> make_bank(const FlashBankConfig& config, Target& target, Clock& clock, Log& log) {
  return std::make_unique<Bank>(config, target, clock, log);
}

template <bool kAny>
std::unique_ptr<FlashBank> make_rp(const FlashBankConfig& config, Target& target, Clock& clock, Log& log) {
  return std::make_unique<rp::RpBank>(config, kAny, target, clock, log);
}

template <class MainBank, const stm32::WideWordFamily* kFamily>
std::unique_ptr<FlashBank> make_wide_word(const FlashBankConfig& config, Target& target, Clock& clock,
                                          Log& log) {
  if (config.base == stm32::kOtpBase) {
    return std::make_unique<stm32::WideWordOtpBank>(config, *kFamily, target, clock, log);
  }
  return std::make_unique<MainBank>(config, target, clock, log);
}

}  // namespace

const std::vector<FlashDriver>& flash_drivers() {
  static const std::vector<FlashDriver> drivers{
      {"at91samd", make_bank<samd::SamdBank>, samd::check_bank},
      {"efm32", make_bank<efm32::Efm32Bank>},
      {"lpc2000", make_bank<lpc::LpcBank>, lpc::check_bank},
      {"kinetis", make_bank<kinetis::KinetisBank>},
      {"kinetis_ke", make_bank<kinetis_ke::KinetisKeBank>},
      {"nrf5", make_nrf5},
      {"nrf51", make_nrf5},
      {"rp2040_flash", make_rp<false>},
      {"rp2xxx", make_rp<true>},
      {"stellaris", make_bank<stellaris::StellarisBank>},
      {"stm32f1x", [](const FlashBankConfig& config, Target& target, Clock& clock,
                      Log& log) { return std::make_unique<stm32::F1Bank>(config, target, clock, log); }},
      {"stm32f2x", make_stm32f2x},
      {"stm32h5x", make_wide_word<stm32::H5Bank, &stm32::kH5Family>},
      {"stm32h7x", make_wide_word<stm32::H7Bank, &stm32::kH7Family>},
      {"stm32l4x", make_stm32l4x},
      {"stm32lx", [](const FlashBankConfig& config, Target& target, Clock& clock,
                     Log& log) { return std::make_unique<stm32::LxBank>(config, target, clock, log); }},
      {"stmqspi", [](const FlashBankConfig& config, Target& target, Clock& clock,
                     Log& log) { return std::make_unique<stm32::QspiBank>(config, target, clock, log); }},
      {"virtual", [](const FlashBankConfig& config, Target& target, Clock& clock,
                     Log& log) { return std::make_unique<VirtualBank>(config, target, clock, log); }},
  };
  return drivers;
}

const FlashDriver& flash_driver(std::string_view name) {
  std::string known;
  for (const FlashDriver& driver : flash_drivers()) {
    if (driver.name == name) return driver;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", driver.name);
  }
  for (const FlashDriver& driver : foreign_flash_drivers()) {
    if (driver.name == name) return driver;
  }
  throw ConfigError(fmt::format("flash driver '{}' not found; known drivers: {}", name, known));
}

}  // namespace probity
