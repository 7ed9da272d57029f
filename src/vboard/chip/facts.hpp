// What distinguishes one virtual chip from another: one row per chip line, one per ordering family, their
// source beside them. Written from the manuals for the board alone; nothing is shared with src/flash.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.hpp"
#include "vboard/core/core.hpp"

namespace probity::vboard {

enum class FlashLayout {
  f40x,  // 4 x 16 KiB, 64 KiB, n x 128 KiB
  f42x,  // as f40x, in two banks on 2 MiB chips, and on 1 MiB chips with option DB1M
  f74x,  // 4 x 32 KiB, 128 KiB, n x 256 KiB
  f76x,  // as f74x with option nDBANK = 1, two banks of the f40x pattern with nDBANK = 0
};

struct RamRegion {
  std::uint32_t base = 0, kib = 0;
  bool bit_band = false;   // reached through 0x22000000 too (Cortex-M4 only)
  bool executable = true;  // CCM is on the D-bus alone
};

// Chip-wide facts that the whole flash generation has in common.
struct GenerationFacts {
  bool cortex_m7 = false;
  std::uint32_t otp = 0, otp_locks = 0, otp_size = 0;  // 16 blocks with one lock byte each
  std::uint32_t system_memory = 0, system_memory_size = 0;
  std::uint32_t uid = 0, flash_size_register = 0;
  std::uint32_t dpidr = 0, jtag_idcode = 0, ap_idr = 0, ap_base = 0, tar_wrap = 0;
};

// The rows of facts.cpp, in order.
enum class ChipLineId { f401bc, f401de, f40x, f411, f42x, f446, f74x, f76x };

struct ChipLine {
  ChipLineId id = ChipLineId::f40x;
  std::string_view manual;  // reference manual; data sheets give RAM and erase times
  const GenerationFacts* generation = nullptr;
  std::uint32_t idcode = 0;      // DBGMCU_IDCODE: REV_ID 31:16, DEV_ID 11:0
  std::uint32_t bsc_idcode = 0;  // JTAG boundary-scan TAP
  FlashLayout layout = FlashLayout::f40x;
  std::uint32_t optcr_reset = 0, optcr1_reset = 0;  // factory option bytes, OPTLOCK clear
  std::uint32_t optcr_mask = 0, optcr1_mask = 0;    // implemented option bits
  bool has_pcrop = false;                           // SPRMOD in OPTCR, RDERR in SR
  std::uint32_t cpuid = 0;
  unsigned irq_count = 0, mvfr_double = 0;
  std::vector<RamRegion> ram;
};

const ChipLine& chip_line(ChipLineId id);

struct ChipFacts {
  std::string name;  // "stm32f407vg"
  const ChipLine* line = nullptr;
  std::uint32_t flash_kib = 0;
};

// Finds "stm32f407vg", also with package and temperature suffix ("STM32F407VGT6"). ConfigError names what is
// not known and lists near names.
ChipFacts find_chip(std::string_view name);
std::vector<std::string> all_chip_names();
CoreFacts core_facts(const ChipLine& line);

}  // namespace probity::vboard
