// What of a job need not be done, as the flash holds it already. For drivers that program without the stream
// loader; those of STM32 ask it while it runs (stm32/main_flash.hpp).
#pragma once

#include <vector>

#include "flash/bank.hpp"

namespace probity {

// Which sectors hold already what erasing and writing would leave in them, by checksums that the chip
// computes; none where it cannot. The core must be halted.
std::vector<bool> unchanged_sectors(FlashBank& bank, const FlashJob& job, Log& log);

// Sectors in rising order as ranges of neighbours.
std::vector<SectorRange> neighbours(const std::vector<unsigned>& sectors);

// The parts of `writes` (by offset) that lie in no sector with `left_alone`.
std::vector<FlashWrite> outside(const std::vector<FlashWrite>& writes, const std::vector<Sector>& sectors,
                                const std::vector<bool>& left_alone);

// Carries out `job` by the bank's erase() and write(), without the sectors that are `unchanged`.
FlashJobResult run_changed(FlashBank& bank, const FlashJob& job, const std::vector<bool>& unchanged);

}  // namespace probity
