#include "flash/raspberry_pi/rp2040_rom.hpp"

namespace probity::rp {

namespace {

constexpr Address kRomEnd = 0x8000;           // 32 KiB, RP2350; RP2040 has 16
constexpr std::uint16_t kArmSecure = 0x0004;  // RT_FLAG_FUNC_ARM_SEC
constexpr Address kLowestSharedTable =
    0x7C00;  // RP2350 A0 had one for Arm alone, further down, in another form
constexpr unsigned kFlagBits = 16;

// Pairs of a code and a value; with RP2350 A0 flags behind them. Code 0 ends it.
std::optional<Address> in_plain_table(Address entry, Address entry_size, std::uint16_t code,
                                      const HalfReader& read) {
  for (; entry < kRomEnd; entry += entry_size) {
    const std::uint16_t here = read(entry);
    if (here == 0) break;
    if (here == code) return Address{read(entry + 2)} | 1;
  }
  return {};
}

// A code, flags, and one value for each flag that is set, the lowest first (RP2350 data sheet 5.4.1).
std::optional<Address> in_flagged_table(Address entry, std::uint16_t code, const HalfReader& read) {
  while (entry < kRomEnd) {
    const std::uint16_t here = read(entry);
    if (here == 0) break;
    const std::uint16_t flags = read(entry + 2);
    entry += 4;
    for (unsigned bit = 0; bit < kFlagBits; ++bit) {
      const std::uint16_t flag = static_cast<std::uint16_t>(1u << bit);
      if ((flags & flag) == 0) continue;
      if (here == code && flag == kArmSecure) return Address{read(entry)} | 1;
      entry += 2;
    }
  }
  return {};
}

}  // namespace

std::optional<Address> find_rom_function(std::uint32_t magic, std::uint16_t code, const HalfReader& read) {
  const Address table = read(kRomTable);
  if ((magic & kMagicMask) == kMagicRp2040) return in_plain_table(table, 4, code, read);
  if (table < kLowestSharedTable) return in_plain_table(table, 6, code, read);
  return in_flagged_table(table, code, read);
}

}  // namespace probity::rp
