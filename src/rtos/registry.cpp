#include "rtos/rtos.hpp"

namespace probity::rtos {

std::vector<std::string_view> rtos_names() { return {}; }

}  // namespace probity::rtos
