// All commands: every group's rows in one table.
#pragma once

#include <vector>

#include "commands/row.hpp"

namespace probity {

class Interpreter;

// One function per *_commands.cpp.
std::vector<CommandRow> adapter_rows();
std::vector<CommandRow> transport_rows();
std::vector<CommandRow> driver_rows();
std::vector<CommandRow> jlink_rows();
std::vector<CommandRow> foreign_rows();
std::vector<CommandRow> ftdi_rows();
std::vector<CommandRow> gpio_rows();
std::vector<CommandRow> reset_config_rows();
std::vector<CommandRow> jtag_rows();
std::vector<CommandRow> tpiu_rows(Interpreter& interpreter);
std::vector<CommandRow> cti_rows(Interpreter& interpreter);
std::vector<CommandRow> itm_rows();
std::vector<CommandRow> dap_rows(Interpreter& interpreter);
std::vector<CommandRow> target_rows(Interpreter& interpreter);
std::vector<CommandRow> flash_bank_rows();
std::vector<CommandRow> core_rows(Interpreter& interpreter);
std::vector<CommandRow> session_rows(Interpreter& interpreter);

std::vector<CommandRow> run_control_rows();
std::vector<CommandRow> breakpoint_rows();
std::vector<CommandRow> cortex_m_rows();
std::vector<CommandRow> memory_rows();
std::vector<CommandRow> register_rows();
std::vector<CommandRow> flash_rows();
std::vector<CommandRow> image_rows();
std::vector<CommandRow> option_rows();
std::vector<CommandRow> stm32f2x_rows();
std::vector<CommandRow> stm32l4x_rows();
std::vector<CommandRow> stm32lx_rows();
std::vector<CommandRow> stm32h7x_rows();
std::vector<CommandRow> stm32h5x_rows();
std::vector<CommandRow> stm32f1x_rows();
std::vector<CommandRow> nrf5_rows();
std::vector<CommandRow> efm32_rows();
std::vector<CommandRow> stellaris_rows();
std::vector<CommandRow> kinetis_rows();
std::vector<CommandRow> at91samd_rows();
std::vector<CommandRow> rp2040_rows();
std::vector<CommandRow> lpc2000_rows();
std::vector<CommandRow> stmqspi_rows();
std::vector<CommandRow> semihosting_rows();
std::vector<CommandRow> rtt_rows();
std::vector<CommandRow> profile_rows();
std::vector<CommandRow> jtag_scan_rows();
std::vector<CommandRow> probe_command_rows();
std::vector<CommandRow> debug_message_rows();
std::vector<CommandRow> diagnostic_rows();
std::vector<CommandRow> left_out_rows();

std::vector<CommandRow> all_rows(Interpreter& interpreter);

}  // namespace probity
