// Which Kinetis (K, KL, KW, KV, KE1x) a chip is and what flash it has, from what its system integration
// module says: pure functions. Source: what OpenOCD 0.12.0 knows of them; described in the reference manuals
// of the families, "SIM_SDID", "SIM_FCFG1", "SIM_FCFG2", which were not at hand.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bits.hpp"
#include "base/units.hpp"

namespace probity::kinetis {

// Offsets in the SIM; it begins at one of two places.
constexpr Address kSimBase = 0x40047000, kSimBaseKl28 = 0x40074000;
constexpr Address kSOPT1 = 0x0000, kSDID = 0x1024, kFCFG1 = 0x104C, kFCFG2 = 0x1050;

namespace FCFG1 {
constexpr Field kNvmSize{"NVMSIZE", 28, 4}, kPflashSize{"PFSIZE", 24, 4}, kEepromSize{"EESIZE", 16, 4},
    kDepart{"DEPART", 8, 4};
}  // namespace FCFG1
namespace FCFG2 {
constexpr Field kMaxAddress0{"MAXADDR0", 24, 7}, kOnlyProgramFlash{"PFLSH", 23},
    kMaxAddress1{"MAXADDR1", 16, 7};
}  // namespace FCFG2

// The least that a program command writes: FTFA and FTFL a longword, FTFE a phrase.
enum class Granule : std::uint8_t { longword = 4, phrase = 8 };
enum class Cache { none, fmc, platform, mscm };
enum class Watchdog { none, wdog, cop, wdog32, wdog32_kl28 };
// Where the power mode is: the SMC in its two kinds, or the MC of first revisions.
enum class ModeController { smc, smc32, mc };

struct Family {
  std::uint32_t mask = 0, sdid = 0;          // of SIM_SDID
  std::string_view name;                     // {f}: FAMID, {s}: SUBFAMID, {size}: "N128xxx"
  bool marking = false;                      // the size begins with N, or X where there is FlexNVM
  std::uint32_t sector = 0, nvm_sector = 0;  // bytes
  unsigned blocks = 0;                       // 0: MAXADDR1 tells
  Granule granule = Granule::longword;
  Cache cache = Cache::none;
  Watchdog watchdog = Watchdog::none;
  ModeController mode = ModeController::smc;
  bool ecc = false;              // nothing may be programmed twice
  bool old_without_smc = false;  // revisions 1.x have an MC
  bool only_longwords = false;   // FTFA: no other program command
  std::uint32_t ram_size = 0;    // SOPT1.RAMSIZE as well, where it is not 0
  Address base = 0;              // of program flash
  unsigned max_address_shift = 13;
};
// Null: none that is known.
const Family* find_family(std::uint32_t sdid, std::uint32_t sopt1);

struct Chip {
  const Family* family = nullptr;
  std::string name;  // "MKL25Z128xxx4"
  ModeController mode = ModeController::smc;
  unsigned pflash_blocks = 0, nvm_blocks = 0;
  std::uint32_t pflash_size = 0, nvm_size = 0;  // bytes, all blocks together
  std::uint32_t dflash_size = 0;                // of FlexNVM, without what backs up EEPROM
  std::uint32_t eeprom_size = 0;
  std::vector<std::string> warnings;  // OpenOCD's, for its log

  unsigned blocks() const { return pflash_blocks + nvm_blocks; }
};
Chip chip_of(const Family& family, std::uint32_t sdid, std::uint32_t fcfg1, std::uint32_t fcfg2);

// A block as a bank. `protection`: bytes of a block of protection, 0: none; `first_protection`: its number in
// FPROT or FDPROT.
struct Block {
  bool flex_nvm = false;
  Address base = 0, command_base = 0;  // for the core, and for commands
  std::uint32_t size = 0, sector = 0, protection = 0;
  unsigned protections = 0, first_protection = 0;
};
// `number` is below chip.blocks().
Block block_of(const Chip& chip, unsigned number);
// OpenOCD's warning where MAXADDR does not say the same; empty: it does.
std::string max_address_warning(const Chip& chip, unsigned number, const Block& block, std::uint32_t fcfg2);

// `kinetis nvm_partition info`.
std::string partition_words(std::uint32_t fcfg1);

}  // namespace probity::kinetis
