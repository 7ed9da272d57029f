// The addresses at which peripherals of L5, U5 and WBA answer, ascending.
#pragma once

#include <vector>

#include "vboard/chip/facts.hpp"

namespace probity::vboard {

std::vector<PeripheralRange> l5_peripherals();    // L5
std::vector<PeripheralRange> u53_peripherals();   // U535, U545
std::vector<PeripheralRange> u57_peripherals();   // U575, U585
std::vector<PeripheralRange> u59_peripherals();   // U59x, U5Ax
std::vector<PeripheralRange> u5f_peripherals();   // U5Fx, U5Gx
std::vector<PeripheralRange> wba5_peripherals();  // WBA5x

}  // namespace probity::vboard
