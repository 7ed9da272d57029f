#include "vboard/chip/trust_zone.hpp"

#include <algorithm>
#include <array>

#include "vboard/chip/chip_bus.hpp"

namespace probity::vboard {

namespace {

constexpr std::uint32_t kGuardBlock = 0x400;
constexpr IdauRegion ns(std::uint32_t begin, std::uint32_t end) {
  return {.begin = begin, .size = end - begin};
}
constexpr IdauRegion secure(std::uint32_t begin, std::uint32_t end) {
  return {.secure = true, .callable = true, .begin = begin, .size = end - begin};
}
constexpr std::array kIdau{
    ns(0x00000000, 0x0C000000),
    secure(0x0C000000, 0x10000000),
    ns(0x10000000, 0x30000000),
    secure(0x30000000, 0x40000000),
    ns(0x40000000, 0x50000000),
    secure(0x50000000, 0x60000000),
    ns(0x60000000, 0xE0000000),
    // The private bus and the system region, of which the processor takes care itself (DDI 0553).
    IdauRegion{.exempt = true, .begin = 0xE0000000, .size = 0x20000000},
};

}  // namespace

TrustZone::TrustZone(const ChipLine& line, const Changed& changed) {
  for (const SramGuard& facts : line.sram_guards) {
    guards_.push_back(
        std::make_unique<Mpcbb>(facts, [changed, facts] { changed(facts.base, facts.kib * 1024); }));
  }
}

void TrustZone::add_to(ChipBus& bus) {
  for (const auto& guard : guards_) bus.add_block(guard->facts().registers, kGuardBlock, *guard);
}

void TrustZone::reset(bool present) {
  present_ = present;
  for (const auto& guard : guards_) {
    guard->set_trust_zone(present);
    guard->reset();
  }
}

const Mpcbb* TrustZone::guard(std::uint32_t address) const {
  const auto found =
      std::find_if(guards_.begin(), guards_.end(), [&](const auto& g) { return g->covers(address); });
  return found == guards_.end() ? nullptr : found->get();
}

Passage TrustZone::sram(Master master, Security security, std::uint32_t address) const {
  if (!present_) return Passage::open;
  const Mpcbb* of = guard(address);
  return of == nullptr ? Passage::open : of->passage(master, security, address);
}

std::uint32_t TrustZone::block_around(std::uint32_t address, std::uint32_t& begin) const {
  const Mpcbb* of = guard(address);
  const std::uint32_t size = of == nullptr ? kGuardBlock : of->facts().block;
  begin = address / size * size;
  return size;
}

IdauRegion TrustZone::idau(std::uint32_t address) {
  return *std::find_if(kIdau.begin(), kIdau.end(),
                       [&](const IdauRegion& r) { return address - r.begin < r.size; });
}

}  // namespace probity::vboard
