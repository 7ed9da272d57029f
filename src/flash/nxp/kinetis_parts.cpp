#include "flash/nxp/kinetis_parts.hpp"

#include <fmt/args.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace probity::kinetis {

namespace {

constexpr std::uint32_t kKib = 1024;
constexpr Granule kLong = Granule::longword, kPhrase = Granule::phrase;
constexpr Field kFamilyId{"FAMILYID", 28, 4}, kSubFamilyId{"SUBFAMID", 24, 4}, kRevision{"REVID", 12, 4},
    kRamSize{"RAMSIZE", 12, 4};

// SIM_SDID of the first K series has DIEID and FAMID only, in bits 11 to 4; later ones have FAMILYID,
// SUBFAMID and SERIESID in bits 31 to 20.
constexpr std::uint32_t kOld = 0xFFFF0FF0, kNew = 0xFFF00000, kSeries = 0x00F00000, kNewDie = 0xFFF00F80;

constexpr Family first_k(std::uint32_t sdid, std::string_view name, std::uint32_t kib, std::uint32_t nvm_kib,
                         unsigned blocks, Granule granule, bool old_without_smc = false) {
  Family family{kOld,           sdid,   name,    true,       kib * kKib,
                nvm_kib * kKib, blocks, granule, Cache::fmc, Watchdog::wdog};
  family.old_without_smc = old_without_smc;
  return family;
}
constexpr Family later(std::uint32_t mask, std::uint32_t sdid, std::string_view name, std::uint32_t kib,
                       std::uint32_t nvm_kib, unsigned blocks, Granule granule, Cache cache,
                       Watchdog watchdog) {
  const bool marking = (sdid & kSeries) == 0 && cache == Cache::fmc;
  Family family{mask, sdid, name, marking, kib * kKib, nvm_kib * kKib, blocks, granule, cache, watchdog};
  family.only_longwords = granule == kLong;
  return family;
}
constexpr Family with_ecc(Family family) {
  family.ecc = true;
  return family;
}
constexpr Family with_ram(Family family, std::uint32_t ram_size) {
  family.ram_size = ram_size;
  return family;
}
// KV5x: sectors of 8 KiB behind the AXI bus.
constexpr Family kv5x(std::uint32_t sdid) {
  Family family =
      with_ecc(later(kNew, sdid, "MKV{f}{s}F{size}24", 8, 0, 1, kPhrase, Cache::none, Watchdog::wdog));
  family.base = 0x10000000;
  family.max_address_shift = 14;
  return family;
}
constexpr Family kl28() {
  Family family =
      later(kNew, 0x28100000, "MKL28Z{size}7", 2, 1, 2, kLong, Cache::platform, Watchdog::wdog32_kl28);
  family.mode = ModeController::smc32;
  return family;
}

// As OpenOCD 0.12.0 has them (reference manuals, "SIM_SDID" and "Flash memory sizes"). The first that
// fits counts.
constexpr Family kFamilies[] = {
    first_k(0x000, "MK10D{size}5", 1, 1, 2, kLong),
    first_k(0x080, "MK10D{size}7", 2, 1, 2, kLong),
    first_k(0x100, "MK10D{size}10", 2, 2, 2, kLong, true),
    first_k(0x180, "MK10F{size}12", 4, 4, 4, kPhrase),
    first_k(0x220, "MK11D{size}5", 2, 2, 2, kLong),
    first_k(0x200, "MK12D{size}5", 2, 2, 2, kLong),
    first_k(0x010, "MK20D{size}5", 1, 1, 2, kLong),
    first_k(0x090, "MK20D{size}7", 2, 1, 2, kLong),
    first_k(0x110, "MK20D{size}10", 2, 2, 2, kLong, true),
    first_k(0x190, "MK20F{size}12", 4, 4, 4, kPhrase),
    first_k(0x230, "MK21D{size}5", 2, 2, 2, kLong),
    first_k(0x330, "MK21F{size}12", 4, 4, 2, kPhrase),
    first_k(0x210, "MK22D{size}5", 2, 2, 2, kLong),
    first_k(0x310, "MK22F{size}12", 4, 4, 2, kPhrase),
    first_k(0x0A0, "MK30D{size}7", 2, 1, 2, kLong),
    first_k(0x120, "MK30D{size}10", 2, 1, 2, kLong, true),
    first_k(0x0B0, "MK40D{size}7", 2, 1, 2, kLong),
    first_k(0x130, "MK40D{size}10", 2, 1, 2, kLong, true),
    first_k(0x0E0, "MK50D{size}7", 2, 1, 2, kLong),
    first_k(0x0F0, "MK51D{size}7", 2, 2, 2, kLong),
    first_k(0x170, "MK53D{size}10", 2, 2, 2, kLong),
    first_k(0x140, "MK60D{size}10", 2, 2, 2, kLong, true),
    first_k(0x1C0, "MK60F{size}15", 4, 4, 4, kPhrase),
    first_k(0x1D0, "MK70F{size}15", 4, 4, 4, kPhrase),

    later(kNew, 0x02000000, "MK02F{size}10", 2, 0, 1, kLong, Cache::fmc, Watchdog::wdog),
    // Errata 1N83J: MK24FN1M says that it is a K22.
    with_ram(later(kNewDie, 0x22000300, "MK24F{size}12", 4, 0, 2, kPhrase, Cache::fmc, Watchdog::wdog), 0xB),
    later(kNewDie, 0x22000680, "MK22F{size}12", 2, 0, 0, kLong, Cache::fmc, Watchdog::wdog),
    later(kNewDie, 0x22000A80, "MK22F{size}12", 2, 0, 0, kLong, Cache::fmc, Watchdog::wdog),
    later(kNewDie, 0x22000E80, "MK22F{size}12", 2, 0, 0, kLong, Cache::fmc, Watchdog::wdog),
    later(kNewDie, 0x24000700, "MK24F{size}12", 4, 0, 1, kLong, Cache::fmc, Watchdog::wdog),
    later(kNew, 0x24000000, "MK24F{size}12", 4, 0, 2, kPhrase, Cache::fmc, Watchdog::wdog),
    // Errata 7534: K63 and K64 say 61 and 62.
    later(kNew, 0x61000000, "MK63F{size}12", 4, 4, 2, kPhrase, Cache::fmc, Watchdog::wdog),
    later(kNew, 0x62000000, "MK64F{size}12", 4, 4, 2, kPhrase, Cache::fmc, Watchdog::wdog),
    later(kNew, 0x63000000, "MK63F{size}12", 4, 4, 2, kPhrase, Cache::fmc, Watchdog::wdog),
    later(kNew, 0x64000000, "MK64F{size}12", 4, 4, 2, kPhrase, Cache::fmc, Watchdog::wdog),
    with_ecc(later(kNew, 0x26000000, "MK26F{size}18", 4, 4, 4, kPhrase, Cache::fmc, Watchdog::wdog)),
    with_ecc(later(kNew, 0x66000000, "MK66F{size}18", 4, 4, 4, kPhrase, Cache::fmc, Watchdog::wdog)),
    with_ecc(later(kNew, 0x27000000, "MK27F{size}15", 4, 0, 4, kPhrase, Cache::fmc, Watchdog::wdog)),
    with_ecc(later(kNew, 0x28000000, "MK28F{size}15", 4, 0, 4, kPhrase, Cache::fmc, Watchdog::wdog)),
    later(kNew, 0x80000000, "MK80F{size}15", 4, 0, 1, kLong, Cache::fmc, Watchdog::wdog),
    later(kNew, 0x81000000, "MK81F{size}15", 4, 0, 1, kLong, Cache::fmc, Watchdog::wdog),
    later(kNew, 0x82000000, "MK82F{size}15", 4, 0, 1, kLong, Cache::fmc, Watchdog::wdog),
    later(kNew, 0x91000000, "MKL81Z{size}7", 2, 0, 1, kLong, Cache::platform, Watchdog::wdog),
    later(kNew, 0x92000000, "MKL82Z{size}7", 2, 0, 1, kLong, Cache::platform, Watchdog::wdog),

    later(kNew, 0x13100000, "MKL17Z{size}4", 1, 1, 0, kLong, Cache::platform, Watchdog::cop),
    later(kNew, 0x23100000, "MKL27Z{size}4", 1, 1, 0, kLong, Cache::platform, Watchdog::cop),
    kl28(),
    later(kSeries, 0x00100000, "MKL{f}{s}Z{size}4", 1, 1, 0, kLong, Cache::platform, Watchdog::cop),

    later(kNew, 0x20500000, "MKW20Z{size}4", 1, 1, 0, kLong, Cache::platform, Watchdog::cop),
    later(kNew, 0x30500000, "MKW30Z{size}4", 1, 1, 0, kLong, Cache::platform, Watchdog::cop),
    later(kNew, 0x40500000, "MKW40Z{size}4", 1, 1, 0, kLong, Cache::platform, Watchdog::cop),
    later(kNew, 0x21500000, "MKW21Z{size}4", 2, 2, 0, kLong, Cache::platform, Watchdog::cop),
    later(kNew, 0x31500000, "MKW31Z{size}4", 2, 2, 0, kLong, Cache::platform, Watchdog::cop),
    later(kNew, 0x41500000, "MKW41Z{size}4", 2, 2, 0, kLong, Cache::platform, Watchdog::cop),

    later(kNew, 0x10600000, "MKV10Z{size}7", 1, 0, 1, kLong, Cache::platform, Watchdog::wdog),
    later(kNew, 0x11600000, "MKV11Z{size}7", 2, 0, 1, kLong, Cache::platform, Watchdog::wdog),
    later(kNew, 0x30600000, "MKV30F{size}12", 2, 0, 0, kLong, Cache::fmc, Watchdog::wdog),
    later(kNew, 0x31600000, "MKV31F{size}12", 2, 0, 0, kLong, Cache::fmc, Watchdog::wdog),
    later(kNew, 0x42600000, "MKV42F{size}16", 4, 0, 1, kLong, Cache::fmc, Watchdog::wdog),
    later(kNew, 0x44600000, "MKV44F{size}16", 4, 0, 1, kLong, Cache::fmc, Watchdog::wdog),
    later(kNew, 0x46600000, "MKV46F{size}16", 4, 0, 1, kLong, Cache::fmc, Watchdog::wdog),
    kv5x(0x56600000),
    kv5x(0x58600000),

    later(kNewDie, 0x14200100, "MKE14Z{size}7", 2, 2, 2, kPhrase, Cache::platform, Watchdog::wdog32),
    later(kNewDie, 0x15200100, "MKE15Z{size}7", 2, 2, 2, kPhrase, Cache::platform, Watchdog::wdog32),
    later(kNewDie, 0x14200080, "MKE14F{size}16", 4, 2, 2, kPhrase, Cache::mscm, Watchdog::wdog32),
    later(kNewDie, 0x16200080, "MKE16F{size}16", 4, 2, 2, kPhrase, Cache::mscm, Watchdog::wdog32),
    later(kNewDie, 0x18200080, "MKE18F{size}16", 4, 2, 2, kPhrase, Cache::mscm, Watchdog::wdog32),
};

std::uint32_t nvm_size_of(const Family& family, std::uint32_t code) {
  if (code == 0xF) return family.sector >= 4 * kKib ? 512 * kKib : 256 * kKib;
  const bool odd_from_three = code >= 3 && code <= 0xB && code % 2 == 1;
  return odd_from_three ? 1u << (14 + code / 2) : 0;
}

std::uint32_t data_flash_of(std::uint32_t nvm_size, std::uint32_t depart) {
  if (depart >= 1 && depart <= 6) return nvm_size - std::min<std::uint32_t>(nvm_size, 4096u << depart);
  if (depart == 7 || depart == 8) return 0;
  if (depart >= 9 && depart <= 0xD) return 4096u << (depart & 7);
  return nvm_size;
}

// `by_max_address`: what code 0xF means, different things in different chips.
std::uint32_t pflash_size_of(std::uint32_t code, std::uint32_t by_max_address) {
  if (code == 0xF) return by_max_address;
  if (code == 0) return 8 * kKib;
  return code % 2 == 1 ? 1u << (14 + code / 2) : 0;
}

std::uint32_t max_address(const Family& family, const Field& field, std::uint32_t fcfg2) {
  return field.get(fcfg2) << family.max_address_shift;
}

std::string name_of(const Chip& chip, std::uint32_t sdid, bool first_revision) {
  const std::uint32_t kib = chip.pflash_size / kKib;
  const std::string size =
      fmt::format("{}{}xxx",
                  !chip.family->marking  ? ""
                  : chip.nvm_blocks != 0 ? "X"
                                         : "N",
                  kib >= kKib ? fmt::format("{}M0", kib / kKib) : fmt::format("{}", kib));
  fmt::dynamic_format_arg_store<fmt::format_context> words;
  words.push_back(fmt::arg("f", kFamilyId.get(sdid)));
  words.push_back(fmt::arg("s", kSubFamilyId.get(sdid)));
  words.push_back(fmt::arg("size", size.c_str()));
  return fmt::vformat(chip.family->name, words) + (first_revision ? " Rev 1.x" : "");
}

}  // namespace

const Family* find_family(std::uint32_t sdid, std::uint32_t sopt1) {
  const auto* found = std::ranges::find_if(kFamilies, [&](const Family& family) {
    const bool right_ram = family.ram_size == 0 || kRamSize.get(sopt1) == family.ram_size;
    return (sdid & family.mask) == family.sdid && right_ram;
  });
  return found == std::end(kFamilies) ? nullptr : found;
}

Chip chip_of(const Family& family, std::uint32_t sdid, std::uint32_t fcfg1, std::uint32_t fcfg2) {
  Chip chip;
  chip.family = &family;
  const std::uint32_t max0 = max_address(family, FCFG2::kMaxAddress0, fcfg2),
                      max1 = max_address(family, FCFG2::kMaxAddress1, fcfg2);
  const bool only_program_flash = FCFG2::kOnlyProgramFlash.is_set(fcfg2);
  unsigned blocks = family.blocks;
  if (blocks == 0) {
    blocks = max1 != 0 ? 2 : 1;
  } else if (max1 == 0 && blocks >= 2 && only_program_flash) {
    blocks = 1;
    chip.warnings.push_back("MAXADDR1 is zero, number of flash banks adjusted to 1");
  } else if (max1 != 0 && blocks == 1) {
    blocks = 2;
    chip.warnings.push_back("MAXADDR1 is non zero, number of flash banks adjusted to 2");
  }
  if (!only_program_flash) {
    chip.nvm_size = nvm_size_of(family, FCFG1::kNvmSize.get(fcfg1));
    const std::uint32_t eeprom = FCFG1::kEepromSize.get(fcfg1);
    chip.eeprom_size = eeprom <= 9 ? 16 * kKib >> eeprom : 0;
    chip.dflash_size = data_flash_of(chip.nvm_size, FCFG1::kDepart.get(fcfg1));
  }
  const std::uint32_t code = FCFG1::kPflashSize.get(fcfg1);
  chip.pflash_size = pflash_size_of(code, max0 * blocks / (only_program_flash ? 1 : 2));
  if (code == 0xF && chip.pflash_size != 2048 * kKib) {
    chip.warnings.push_back(
        fmt::format("SIM_FCFG1 PFSIZE = 0xf: please check if pflash is {} KB", chip.pflash_size / kKib));
  }
  chip.pflash_blocks = only_program_flash ? blocks : (blocks + 1) / 2;
  chip.nvm_blocks = blocks - chip.pflash_blocks;
  const bool first_revision = family.old_without_smc && kRevision.get(sdid) <= 7;  // bit 3 is set from 2.x on
  chip.mode = first_revision ? ModeController::mc : family.mode;
  chip.name = name_of(chip, sdid, first_revision);
  return chip;
}

Block block_of(const Chip& chip, unsigned number) {
  Block block;
  block.flex_nvm = number >= chip.pflash_blocks;
  if (!block.flex_nvm) {
    block.size = chip.pflash_size / chip.pflash_blocks;
    block.command_base = block.size * number;
    block.base = chip.family->base + block.command_base;
    block.sector = chip.family->sector;
    block.protection = std::max(chip.pflash_size / 32, kKib);  // 32 in all, but none smaller than 1 KiB
    block.protections = block.size / block.protection;
    block.first_protection = block.protections * number;
    return block;
  }
  const unsigned nth = number - chip.pflash_blocks;
  const std::uint32_t whole = chip.nvm_size / chip.nvm_blocks, offset = whole * nth;
  block.command_base = 0x00800000 + offset;
  block.base = 0x10000000 + offset;
  block.size = chip.dflash_size > offset ? std::min(whole, chip.dflash_size - offset) : 0;
  block.sector = chip.family->nvm_sector;
  const bool power_of_two = (chip.dflash_size & (chip.dflash_size - 1)) == 0;
  block.protection = (power_of_two ? chip.dflash_size : chip.nvm_size) / 8;
  block.protections = block.size == 0 ? 0 : 8 / chip.nvm_blocks;
  block.first_protection = block.protections * nth;
  return block;
}

std::string max_address_warning(const Chip& chip, unsigned number, const Block& block, std::uint32_t fcfg2) {
  const std::uint32_t max0 = max_address(*chip.family, FCFG2::kMaxAddress0, fcfg2),
                      max1 = max_address(*chip.family, FCFG2::kMaxAddress1, fcfg2);
  const auto warning = [&](std::string_view what, const Field& field) {
    return fmt::format("{} 0x{:02x} check failed, please report to OpenOCD mailing list", what,
                       field.get(fcfg2));
  };
  if (number == 0 && max0 != block.size) return warning("MAXADDR0", FCFG2::kMaxAddress0);
  if (FCFG2::kOnlyProgramFlash.is_set(fcfg2)) {
    return number == 1 && max1 != block.size ? warning("MAXADDR1", FCFG2::kMaxAddress1) : "";
  }
  return number == chip.pflash_blocks && max1 != chip.dflash_size
             ? warning("FlexNVM MAXADDR1", FCFG2::kMaxAddress1)
             : "";
}

std::string partition_words(std::uint32_t fcfg1) {
  const std::uint32_t depart = FCFG1::kDepart.get(fcfg1);
  if (depart == 0) return "No EEPROM backup, data flash only";
  if (depart <= 6) return fmt::format("EEPROM backup {} KB", 4 << depart);
  if (depart == 8) return "No data flash, EEPROM backup only";
  if (depart == 0xF) return "No EEPROM backup, data flash only (DEPART not set)";
  if (depart >= 9) return fmt::format("data flash {} KB", 4 << (depart & 7));
  return fmt::format("Unsupported EEPROM backup size code 0x{:02x}", depart);
}

}  // namespace probity::kinetis
