#include "commands/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace probity {

std::vector<CommandRow> all_rows(Interpreter& interpreter) {
  std::vector<CommandRow> all;
  const auto add = [&all](std::vector<CommandRow> rows) { std::ranges::move(rows, std::back_inserter(all)); };
  add(core_rows(interpreter));
  add(session_rows(interpreter));
  add(adapter_rows());
  add(transport_rows());
  add(driver_rows());
  add(reset_config_rows());
  add(jtag_rows());
  add(dap_rows(interpreter));
  add(target_rows(interpreter));
  add(tpiu_rows(interpreter));
  add(cti_rows(interpreter));
  add(itm_rows());
  add(flash_bank_rows());
  add(run_control_rows());
  add(breakpoint_rows());
  add(cortex_m_rows());
  add(memory_rows());
  add(register_rows());
  add(flash_rows());
  add(image_rows());
  add(option_rows());
  add(stm32f1x_rows());
  add(stm32f2x_rows());
  add(stm32l4x_rows());
  add(stm32lx_rows());
  add(stm32h5x_rows());
  add(stm32h7x_rows());
  add(stmqspi_rows());
  add(semihosting_rows());
  add(rtt_rows());
  add(profile_rows());
  std::ranges::sort(all, {}, &CommandRow::name);
  const auto twice = std::ranges::adjacent_find(all, {}, &CommandRow::name);
  if (twice != all.end()) throw std::logic_error(fmt::format("two rows are named '{}'", twice->name));
  return all;
}

}  // namespace probity
