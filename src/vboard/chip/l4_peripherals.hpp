// The addresses at which peripherals of the L4-like lines answer, ascending.
#pragma once

#include <vector>

#include "vboard/chip/facts.hpp"

namespace probity::vboard {

std::vector<PeripheralRange> l47_peripherals();  // L47x, L48x
std::vector<PeripheralRange> l43_peripherals();  // L43x, L44x
std::vector<PeripheralRange> l49_peripherals();  // L49x, L4Ax
std::vector<PeripheralRange> l45_peripherals();  // L45x, L46x
std::vector<PeripheralRange> l41_peripherals();  // L41x, L42x
std::vector<PeripheralRange> l4r_peripherals();  // L4Rx, L4Sx
std::vector<PeripheralRange> l4p_peripherals();  // L4Px, L4Qx
std::vector<PeripheralRange> g07_peripherals();  // G07x, G08x
std::vector<PeripheralRange> g05_peripherals();  // G05x, G06x
std::vector<PeripheralRange> g03_peripherals();  // G03x, G04x
std::vector<PeripheralRange> g0b_peripherals();  // G0Bx, G0Cx
std::vector<PeripheralRange> g43_peripherals();  // G43x, G44x
std::vector<PeripheralRange> g47_peripherals();  // G47x, G48x
std::vector<PeripheralRange> g49_peripherals();  // G49x, G4Ax
std::vector<PeripheralRange> wb5_peripherals();  // WB5x
std::vector<PeripheralRange> wb3_peripherals();  // WB3x
std::vector<PeripheralRange> wb1_peripherals();  // WB1x
std::vector<PeripheralRange> wl_peripherals();   // WLx
std::vector<PeripheralRange> c01_peripherals();  // C01x
std::vector<PeripheralRange> c03_peripherals();  // C03x
std::vector<PeripheralRange> c05_peripherals();  // C05x
std::vector<PeripheralRange> c07_peripherals();  // C07x
std::vector<PeripheralRange> c09_peripherals();  // C09x
std::vector<PeripheralRange> u03_peripherals();  // U03x
std::vector<PeripheralRange> u07_peripherals();  // U07x, U08x

}  // namespace probity::vboard
