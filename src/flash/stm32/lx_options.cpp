#include "flash/stm32/lx_options.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/errors.hpp"
#include "flash/stm32/lx_registers.hpp"
#include "flash/stm32/option_load.hpp"

namespace probity::stm32 {

namespace {

constexpr Milliseconds kAnswerLimit{10000};  // a load that leaves read-out protection erases the chip first
constexpr unsigned kSectorsPerRegister = 32, kValueBits = 16;

OptionRisk rdp_risk(std::uint32_t before, std::uint32_t after) {
  if (before != lx::kRdpLevel2 && after == lx::kRdpLevel2) return OptionRisk::permanent;
  return before != lx::kRdpLevel0 && after == lx::kRdpLevel0 ? OptionRisk::mass_erase : OptionRisk::none;
}

// Where the 32 bits of register `index` are programmed, the lower half; the upper one is in the next word.
Address option_words(unsigned index) {
  constexpr unsigned kApart = 4;  // FLASH_WRPR4
  return index == kApart ? lx::kOptionWrp4 : lx::kOptionArea + 8 * index;
}

// What of a register's two option words has fields: bits from 16 on, or not.
unsigned halves_for(unsigned bits) { return bits > kValueBits ? 2 : 1; }

constexpr Field half(unsigned number) { return {"", kValueBits * number, kValueBits}; }

}  // namespace

unsigned lx_rdp_level(std::uint32_t optr) {
  const std::uint32_t rdp = lx::OPTR::RDPROT.get(optr);
  if (rdp == lx::kRdpLevel0) return 0;
  return rdp == lx::kRdpLevel2 ? 2 : 1;
}

void LxOptions::add_field(std::string_view name, unsigned reg, unsigned lsb, unsigned bits,
                          std::string_view meaning, OptionRisk (*risk)(std::uint32_t, std::uint32_t)) {
  fields_.push_back({name, reg, lsb, bits, meaning, risk});
}

// RM0367 and RM0377 3.7 and 3.8 (L0), RM0038 3.9 (L1).
void LxOptions::configure(const LxPart& part, std::uint32_t flash_end) {
  const LxLayout& layout = *part.layout;
  const bool l0 = part.layout == &kLxLayoutL0;
  const unsigned sectors = flash_end / lx::kSectorSize;
  const unsigned wrps = (sectors + kSectorsPerRegister - 1) / kSectorsPerRegister;
  registers_.clear();
  fields_.clear();
  names_.clear();
  halves_ = {2};
  names_.reserve(2 * wrps);  // registers_ and fields_ hold views of them
  registers_.push_back({layout.option_register, layout.base + lx::kOptr, option_words(kOptr)});
  add_field("RDP", kOptr, 0, 8, "read-out protection: 0xaa level 0, 0xcc level 2 (for ever), else level 1",
            rdp_risk);
  if (part.pcrop) {
    add_field(
        layout.pcrop_bit, kOptr, lx::OPTR::WPRMOD.lsb, 1,
        "1: a 0 in the write protection bits forbids to read a sector, until RDP goes from level 1 to 0");
  }
  add_field("BOR_LEV", kOptr, 16, 4, "brown-out reset: below 8 off, 8 the lowest threshold, 12 the highest");
  add_field(l0 ? "WDG_SW" : "IWDG_SW", kOptr, 20, 1,
            "independent watchdog: 1 started by software, 0 always on");
  add_field("nRST_STOP", kOptr, 21, 1, "0: a reset instead of entering Stop mode");
  add_field("nRST_STDBY", kOptr, 22, 1, "0: a reset instead of entering Standby mode");
  if (part.boot_bank2 && l0) add_field("BFB2", kOptr, 23, 1, "1: boots from bank 2, 0: from bank 1");
  if (part.boot_bank2 && !l0) {
    add_field("nBFB2", kOptr, 23, 1, "0: boots from bank 2 where that is valid, 1: from bank 1");
  }
  if (part.boot_bits) {
    add_field("nBOOT_SEL", kOptr, 29, 1, "chooses between the BOOT0 pin and nBOOT0");
    add_field("nBOOT0", kOptr, 30, 1, "stands for the BOOT0 pin, inverted, where nBOOT_SEL says so");
  }
  if (l0) add_field("nBOOT1", kOptr, 31, 1, "with BOOT0 high: 1 boots from system memory, 0 from SRAM");
  for (unsigned i = 0; i < wrps; ++i) {
    const unsigned bits = std::min(kSectorsPerRegister, sectors - i * kSectorsPerRegister);
    names_.push_back(fmt::format("{}{}", layout.protection_register, i + 1));
    registers_.push_back({names_.back(), layout.base + lx::kWrpr[i], option_words(kWrp1 + i)});
    halves_.push_back(halves_for(bits));
    names_.push_back(fmt::format("{}{}", l0 ? "WRPROT" : "WRP", i + 1));
    add_field(names_.back(), kWrp1 + i, 0, bits,
              part.pcrop ? "a bit for each 4 KiB: 1 write-protected, or, in PCROP mode, free"
                         : "a bit for each 4 KiB: 1 write-protected");
  }
}

std::vector<std::uint32_t> LxOptions::read() {
  std::vector<WordAccess> access;
  for (const OptionRegister& row : registers_) access.push_back(WordAccess::load(row.read));
  target_.memory().run(access);
  std::vector<std::uint32_t> values;
  for (const WordAccess& word : access) values.push_back(word.value);
  return values;
}

std::vector<std::uint32_t> LxOptions::programmed() {
  std::vector<std::uint32_t> values = read();
  for (unsigned i = 0; i < values.size(); ++i) {
    for (unsigned h = 0; h < halves_[i]; ++h) {
      const auto in_force = static_cast<std::uint16_t>(half(h).get(values[i]));
      values[i] = half(h).set(values[i], controller_.read_option(registers_[i].write + 4 * h, in_force));
    }
  }
  return values;
}

void LxOptions::write(std::span<const std::uint32_t> values) {
  const std::vector<std::uint32_t> before = programmed();
  std::vector<LxOptionWord> words;
  // FLASH_OPTR, and in it RDP, last: what comes before it can be mended.
  for (auto i = static_cast<unsigned>(values.size()); i-- > 0;) {
    for (unsigned h = halves_[i]; h-- > 0;) {
      const auto wanted = static_cast<std::uint16_t>(half(h).get(values[i]));
      if (wanted != half(h).get(before[i])) words.push_back({registers_[i].write + 4 * h, wanted});
    }
  }
  if (!words.empty()) controller_.write_options(words);
}

bool LxOptions::load() {
  controller_.launch_options();
  reloaded_();
  wait_until_reloaded(target_, clock_, kAnswerLimit, [] {});
  return true;
}

}  // namespace probity::stm32
