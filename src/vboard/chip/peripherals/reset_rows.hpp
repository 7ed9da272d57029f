// Registers of plain storage that several families have alike, as rows of GenerationFacts::reset_values.
#pragma once

#include <initializer_list>

#include "vboard/chip/facts/facts.hpp"

namespace probity::vboard {

using ResetRows = std::vector<RegisterReset>;

// Ports of L4 and everything later with a JTAG port: all pins analog but the debug port's (RM0433 11.4).
ResetRows gpio_reset_rows(std::uint32_t gpio, unsigned ports);
// A USART's transmitter is empty (ISR), so that firmware that prints does not wait.
void add_usarts(ResetRows& rows, std::initializer_list<std::uint32_t> usarts);
// A ROM table that names ST and the chip, and nothing that the board has no model of.
void add_rom_table(ResetRows& rows, std::uint32_t table, std::uint32_t part);

}  // namespace probity::vboard
