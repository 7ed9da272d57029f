// The dormant state of a debug port (ADIv5.2 B5.3): it ignores its wire until a selection alert and the
// activation code of Serial Wire Debug have passed.
#pragma once

#include <cstdint>

namespace probity::vboard {

class DormantWatch {
 public:
  // Of a dormant port: the rising edge, with the level then on the wire. True: that was the last bit of the
  // activation code, and the port speaks SWD from the next edge on.
  bool wakes(bool level);
  void restart() { position_ = ones_ = 0; }

 private:
  bool expected() const;

  unsigned ones_ = 0;      // before the alert
  unsigned position_ = 0;  // bits of alert, gap and code that were as they have to be
};

}  // namespace probity::vboard
