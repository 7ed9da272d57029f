// The systems, one file each. A row of registry.cpp joins what is declared here with the system's name.
#pragma once

#include <memory>
#include <string_view>

#include "rtos/rtos.hpp"

namespace probity::rtos {

struct SymbolRow {
  std::string_view name;
  bool optional = false;
};

using MakeRtos = std::unique_ptr<Rtos>(std::string_view name, const SymbolTable& symbols, Target& target);

MakeRtos make_threadx, make_freertos, make_chibios, make_nuttx, make_riot, make_zephyr, make_rtx5,
    make_hwthread;

}  // namespace probity::rtos
