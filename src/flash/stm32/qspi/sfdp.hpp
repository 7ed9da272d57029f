// Serial Flash Discoverable Parameters (JESD216B): what a flash chip says about itself.
#pragma once

#include <functional>
#include <optional>

#include "base/units.hpp"
#include "flash/stm32/qspi/spi_nor.hpp"

namespace probity::stm32 {

// Reads `size` bytes of the SFDP space at `address`.
using SfdpReader = std::function<Bytes(std::uint32_t address, std::size_t size)>;

struct SfdpFindings {
  SpiNorPart part;  // without id; named "sfdp"
  // The typical times, times the chip's factor to the maximum; zero where the chip does not say (JESD216
  // before A).
  Milliseconds sector_erase_limit{0}, chip_erase_limit{0};
};

// The largest erase unit is taken as the sector. Chips above 16 MiB are used through the opcodes that have
// 4-byte addresses, where they tell them. Nothing where there is no SFDP or none that can be used; `why` then
// says which.
std::optional<SfdpFindings> read_sfdp(const SfdpReader& reader, std::string& why);

constexpr std::size_t kSfdpHeaderSize = 8;
bool is_sfdp_header(ByteView header);

}  // namespace probity::stm32
