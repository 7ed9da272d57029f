// What the MDM-AP of Kinetis shows of the flash, and does to it.
#pragma once

#include <functional>

namespace probity::vboard {

class SecuredFlash {
 public:
  virtual ~SecuredFlash() = default;
  virtual bool secured() const = 0;
  virtual bool mass_erase_enabled() const = 0;
  virtual bool backdoor_enabled() const = 0;
  // Ignores protection, and leaves the chip unsecured, with the byte programmed that says so at the next
  // reset; `done` runs then. False where it is not allowed, or the module is busy.
  virtual bool mass_erase(std::function<void()> done) = 0;
};

}  // namespace probity::vboard
