// What the core has for trace: the ITM, the DWT's packets, and the TPIU with the way out.
#pragma once

#include <functional>

#include "vboard/core/dwt_packets.hpp"
#include "vboard/core/itm.hpp"
#include "vboard/core/tpiu.hpp"

namespace probity::vboard::armv7m {

struct TraceState {
  Itm itm;
  DwtPackets dwt;
  Tpiu tpiu;
  std::function<void(const ShiftedByte&)> out;  // nothing: nobody is there

  void power_on_reset() {
    itm = {};
    dwt = {};
    tpiu = {};
  }
  void advance(std::uint64_t now) { tpiu.advance(itm, now, out); }
};

}  // namespace probity::vboard::armv7m
