// What the banks of one-time programmable memory have in common: they refuse writes until those are allowed.
#pragma once

namespace probity::stm32 {

class OtpBank {
 public:
  bool writes_enabled() const { return writes_enabled_; }
  void enable_writes(bool on) { writes_enabled_ = on; }

 protected:
  ~OtpBank() = default;  // held as the FlashBank that it is, too

 private:
  bool writes_enabled_ = false;
};

}  // namespace probity::stm32
