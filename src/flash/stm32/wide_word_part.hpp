// What the STM32 generations with wide flash words (H7, H7R/S, H5: 128 or 256 bits, an ECC on each) say of a
// part in a row, which part a chip is, and what forbids changes besides write protection.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"
#include "base/log.hpp"
#include "flash/stm32/h7_layout.hpp"
#include "flash/stm32/h7_option_bytes.hpp"
#include "flash/stm32/main_flash.hpp"

namespace probity::stm32 {

struct FlashRevision {
  std::uint16_t id;  // DBGMCU_IDCODE.REV_ID
  std::string_view name;
};

// What a ChipProtection looks at; all of it outlives it.
struct ProtectedChip {
  const std::string& bank;  // its name, for messages
  const std::vector<H7Sector>& sectors;
  Address base;  // of their offsets
  H7OptionBytes& options;
  Log& log;
};

// Read-out levels, product states and protected areas of one generation.
class ChipProtection {
 public:
  virtual ~ChipProtection() = default;
  // What a user should know at once, to the log.
  virtual void tell() const = 0;
  // `values` are those of the option bytes. FlashError, with the way out, where one of `steps` is forbidden.
  virtual void require(std::span<const std::uint32_t> values, std::span<const FlashStep> steps) const = 0;
  // What else than write protection may be the cause of a WRPERR in `sector`; empty: nothing.
  virtual std::string hint(unsigned sector) const {
    (void)sector;
    return {};
  }
  // The core is halted. FlashError where the generation has no such step, or the chip refuses.
  virtual void lock() = 0;
  virtual void unlock() = 0;
};

// Write protection of one chip bank: a clear bit protects.
struct WriteProtection {
  std::string_view reg;    // as errors name it
  std::string_view field;  // of the option bytes
};

// What the parts of one generation share.
struct WideWordRules {
  const OptionControl& option_control;
  std::span<const WriteProtection> write_protection;  // by chip bank
  std::unique_ptr<ChipProtection> (*protection)(const ProtectedChip& chip);
};

struct WideWordPart {
  std::uint16_t device_id;  // DBGMCU_IDCODE.DEV_ID
  std::string_view name;    // as `flash info` prints it
  std::span<const FlashRevision> revisions;
  unsigned max_kib;
  Address flash_size_register;  // KiB, 16 bits
  unsigned sectors_per_wrp_bit;
  const H7Layout* layout;
  const WideWordRules* rules;
  const OtpArea* otp;  // null: none
};

// The parts of one driver.
struct WideWordFamily {
  std::string_view driver, name;  // "stm32h7x", "STM32H7xx family"
  Address idcode_register;        // DBGMCU_IDCODE
  const WideWordPart* (*find)(std::uint16_t device_id);
};

struct WideWordIdentity {
  const WideWordPart* part = nullptr;
  std::uint32_t idcode = 0;
};

// Reads which chip it is. FlashError where none of the family's parts has its device id; MemoryFault.
WideWordIdentity identify_wide_word(Target& target, const WideWordFamily& family, const std::string& bank);
// "STM32H72x/73x - Rev: Z", as OpenOCD 0.12.0 prints it.
std::string describe_wide_word(const WideWordIdentity& identity);

// FlashError that says how a chip is closed which has a life cycle instead of read-out levels. `chip`: "an
// STM32H5"; `field` of the option bytes, at `address`.
[[noreturn]] void refuse_to_close(const ProtectedChip& chip, std::string_view what, std::string_view field,
                                  Address address);

}  // namespace probity::stm32
