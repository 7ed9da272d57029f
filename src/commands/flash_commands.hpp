// The rows of flash, image and stm32f2x commands; all_rows() joins them.
#pragma once

#include <vector>

#include "commands/row.hpp"

namespace probity {

std::vector<CommandRow>
flash_info_rows();  // flash banks, list, info, probe, erase_check, protect, padded_value
std::vector<CommandRow> flash_erase_rows();  // flash erase_sector, erase_address, fill…
std::vector<CommandRow>
flash_write_rows();                    // flash write_image, verify_image, write_bank, read_bank, verify_bank
std::vector<CommandRow> flash_rows();  // all of these
std::vector<CommandRow> image_rows();  // load_image, dump_image, verify_image …
std::vector<CommandRow> stm32f1x_rows();
std::vector<CommandRow> option_rows();  // option list, read, write
std::vector<CommandRow> stm32f2x_rows();
std::vector<CommandRow> stm32h5x_rows();
std::vector<CommandRow> stm32h7x_rows();
std::vector<CommandRow> stm32l4x_rows();
std::vector<CommandRow> nrf5_rows();
std::vector<CommandRow> efm32_rows();
std::vector<CommandRow> stellaris_rows();
std::vector<CommandRow> kinetis_rows();
std::vector<CommandRow> at91samd_rows();
std::vector<CommandRow> rp2040_rows();
std::vector<CommandRow> lpc2000_rows();
std::vector<CommandRow> stmqspi_rows();
std::vector<CommandRow> stm32lx_rows();

}  // namespace probity
