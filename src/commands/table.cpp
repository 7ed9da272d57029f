#include "commands/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace probity {

namespace {

// Rows whose text is printed: it ends its line, in a script's hands as well ([flash probe 0]), as with
// OpenOCD 0.12.0. Results that are values do not.
std::vector<CommandRow> printing(std::vector<CommandRow> rows) {
  constexpr std::string_view kValues[] = {"adapter name",     "flash list",      "jtag cget",
                                          "jtag names",       "jtag tapdisable", "jtag tapenable",
                                          "jtag tapisenabled"};
  for (CommandRow& row : rows) {
    if (std::ranges::find(kValues, row.name) != std::end(kValues)) continue;
    row.run = [run = std::move(row.run)](const Call& call) {
      std::string text = run(call);
      if (!text.empty() && !text.ends_with('\n')) text += '\n';
      return text;
    };
  }
  return rows;
}

}  // namespace

std::vector<CommandRow> all_rows(Interpreter& interpreter) {
  std::vector<CommandRow> all;
  const auto add = [&all](std::vector<CommandRow> rows) { std::ranges::move(rows, std::back_inserter(all)); };
  add(core_rows(interpreter));
  add(session_rows(interpreter));
  add(printing(adapter_rows()));
  add(transport_rows());
  add(driver_rows());
  add(printing(jlink_rows()));
  add(foreign_rows());
  add(ftdi_rows());
  add(gpio_rows());
  add(printing(reset_config_rows()));
  add(printing(jtag_rows()));
  add(dap_rows(interpreter));
  add(target_rows(interpreter));
  add(tpiu_rows(interpreter));
  add(cti_rows(interpreter));
  add(itm_rows());
  add(printing(flash_bank_rows()));
  add(run_control_rows());
  add(breakpoint_rows());
  add(cortex_m_rows());
  add(memory_rows());
  add(register_rows());
  add(printing(flash_rows()));
  add(printing(image_rows()));
  add(option_rows());
  add(printing(stm32f1x_rows()));
  add(printing(stm32f2x_rows()));
  add(printing(stm32l4x_rows()));
  add(printing(stm32lx_rows()));
  add(printing(stm32h5x_rows()));
  add(printing(stm32h7x_rows()));
  add(printing(nrf5_rows()));
  add(printing(efm32_rows()));
  add(printing(stellaris_rows()));
  add(printing(kinetis_rows()));
  add(printing(at91samd_rows()));
  add(rp2040_rows());
  add(printing(lpc2000_rows()));
  add(printing(stmqspi_rows()));
  add(semihosting_rows());
  add(rtt_rows());
  add(profile_rows());
  add(jtag_scan_rows());
  add(probe_command_rows());
  add(debug_message_rows());
  add(diagnostic_rows());
  add(left_out_rows());
  std::ranges::sort(all, {}, &CommandRow::name);
  const auto twice = std::ranges::adjacent_find(all, {}, &CommandRow::name);
  if (twice != all.end()) throw std::logic_error(fmt::format("two rows are named '{}'", twice->name));
  return all;
}

}  // namespace probity
