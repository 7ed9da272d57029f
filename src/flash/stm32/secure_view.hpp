// What a debugger needs to work on the Secure side of an STM32 with TrustZone (L5, U3, U5, WBA, H5; TZEN
// set): addresses, and a scope in which its accesses are Secure wherever they go.
#pragma once

#include <vector>

#include "adapter/mem_port.hpp"
#include "base/units.hpp"
#include "flash/reading.hpp"

namespace probity::stm32 {

// Flash, RAM and peripherals are seen at two addresses: RM0438, "memory map and peripherals security
// attributes".
constexpr Address kSecureAlias =
    0x10000000;  // of RAM and peripherals; a bit that the Non-secure address has not
constexpr Address kNonSecureFlash = 0x08000000, kSecureFlash = 0x0C000000;

// Whether TrustZone is on, and which side of it the flash is changed from.
enum class Security { off, non_secure, secure };

// While it lives the debugger asks for Secure accesses, and no region of the SAU makes them Non-secure again:
// the flash looks at the access, not at its address. Secure debug must be allowed.
class SecureView {
 public:
  explicit SecureView(MemPort& memory);
  ~SecureView();
  SecureView(const SecureView&) = delete;
  SecureView& operator=(const SecureView&) = delete;

 private:
  std::uint32_t sau_ctrl();
  void set_sau_ctrl(std::uint32_t value);

  MemPort& memory_;
  SecureAccess access_;
  std::uint32_t sau_ctrl_;
};

// Secure registers change secure pages only. While it lives all pages are secure by their block-based
// attribute (SECBB), which the watermarks do not need and the next reset forgets; then they are what they
// were. Within a SecureView.
class SecurePages {
 public:
  // `registers`: addresses of the SECBB registers, a bit a page.
  SecurePages(MemPort& memory, const std::vector<Address>& registers);
  ~SecurePages();
  SecurePages(const SecurePages&) = delete;
  SecurePages& operator=(const SecurePages&) = delete;

 private:
  MemPort& memory_;
  std::vector<WordAccess> before_;  // as loads
};

// Both, for reading what is in the other world's pages.
class SecureReading final : public FlashReading {
 public:
  SecureReading(MemPort& memory, const std::vector<Address>& registers)
      : view_(memory), pages_(memory, registers) {}

 private:
  SecureView view_;
  SecurePages pages_;
};

}  // namespace probity::stm32
