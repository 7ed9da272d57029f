#include "vboard/chip/chip_bus.hpp"

#include <algorithm>
#include <array>

#include "base/bits.hpp"
#include "base/bytes.hpp"
#include "vboard/chip/boot_rom.hpp"

namespace probity::vboard {

namespace {

constexpr std::uint32_t kSramBase = 0x20000000;
// Where memory is aliased at 0 (RM0090 2.4 table 3): nothing else lies below this.
constexpr std::uint32_t kZeroAliasSize = 0x00200000;
constexpr std::uint32_t kSecurePeripherals = 0x50000000, kPeripheralsSize = 0x10000000;
constexpr std::uint32_t kFactorySize = 0x200;
constexpr std::array<std::uint32_t, 3> kUniqueId{0x00350031, 0x3438510A, 0x36323535};

constexpr bool inside(std::uint32_t address, std::uint32_t base, std::uint32_t size) {
  return address - base < size;
}

void store(ByteSpan bytes, std::uint32_t offset, unsigned size, std::uint32_t value) {
  if (size == 4) return store_le32(bytes, offset, value);
  if (size == 2) return store_le16(bytes, offset, static_cast<std::uint16_t>(value));
  bytes[offset] = static_cast<std::uint8_t>(value);
}

}  // namespace

ChipBus::ChipBus(const ChipFacts& facts, NonVolatile& memory, FlashController& flash,
                 const TrustZone& trust_zone)
    : facts_(facts),
      generation_(*facts.line->generation),
      memory_(memory),
      flash_(flash),
      trust_zone_(trust_zone),
      memory_at_zero_(!facts.line->boot_address) {
  for (const RamRegion& region : facts.line->ram) rams_.push_back({region, Bytes(region.kib * 1024)});
  place_flash();
  power_on_reset();
}

void ChipBus::place_flash() {
  const ChipLine& line = *facts_.line;
  const auto cells = static_cast<std::uint32_t>(memory_.cells.size());
  windows_.clear();
  for (FlashWindow window : line.flash_windows ? line.flash_windows(facts_, memory_) : line.flash) {
    if (window.offset >= cells || (window.secure_alias && !has_aliases())) continue;
    const std::uint32_t rest = cells - window.offset;
    window.size = window.size == 0 ? rest : std::min(window.size, rest);
    windows_.push_back(window);
  }
}

// A fixed pseudo-random pattern, so that nobody relies on zeros and runs repeat.
void ChipBus::power_on_reset() {
  memory_mode_ = 0;
  std::uint32_t state = 0x2545F491;
  for (Ram& ram : rams_) {
    for (std::uint8_t& byte : ram.bytes) {
      state = state * 1664525 + 1013904223;  // Numerical Recipes' generator
      byte = static_cast<std::uint8_t>(state >> 24);
    }
  }
}

void ChipBus::add_block(std::uint32_t base, std::uint32_t size, RegisterBlock& block) {
  blocks_.insert(blocks_.begin(), {base, base + size, &block});
}

ChipBus::RamPlace ChipBus::ram_at(std::uint32_t address) {
  for (Ram& ram : rams_) {
    if ((ram.facts.cores >> viewer_ & 1) == 0) continue;
    const std::uint32_t size = ram.facts.kib * 1024;
    if (inside(address, ram.facts.base, size)) return {&ram, address - ram.facts.base};
    const std::uint32_t alias = alias_of(ram.facts);
    if (alias != 0 && inside(address, alias, size)) return {&ram, address - alias};
  }
  return {};
}

ChipBus::BlockPlace ChipBus::block_at(std::uint32_t address) const {
  const bool aliased = generation_.secure_alias != 0 && has_aliases();
  if (aliased && inside(address, kSecurePeripherals, kPeripheralsSize)) {
    address -= generation_.secure_alias;
  }
  const auto found = std::find_if(blocks_.begin(), blocks_.end(),
                                  [&](const Block& b) { return address >= b.begin && address < b.end; });
  if (found == blocks_.end()) return {};
  return {found->registers, (address - found->begin) & ~3u};
}

// RM0090 2.4: what is physically at 0.
std::uint32_t ChipBus::remap(std::uint32_t address) const {
  if (address >= kZeroAliasSize) return address;
  if (const auto base = zero_alias()) return address + *base;
  if (!memory_at_zero_) return address;
  switch (memory_mode_) {
    case 0:
      return address + facts_.line->flash.front().address;
    case 1:
      return address + generation_.system_memory;
    case 3:
      return address + kSramBase;
    default:
      return address;
  }
}

std::optional<ChipBus::FlashPlace> ChipBus::flash_at(std::uint32_t address) const {
  for (const FlashWindow& w : windows_) {
    if (inside(address, w.address, w.size)) {
      return FlashPlace{w.offset + (address - w.address), w.offset, w.offset + w.size, w.writable};
    }
  }
  return {};
}

void ChipBus::for_each_alias(
    std::uint32_t flash_offset, std::uint32_t size,
    const std::function<void(std::uint32_t address, std::uint32_t size)>& changed) const {
  for (const FlashWindow& w : windows_) {
    const std::uint32_t begin = std::max(flash_offset, w.offset);
    const std::uint32_t end = std::min(flash_offset + size, w.offset + w.size);
    if (begin >= end) continue;
    const std::uint32_t address = w.address + (begin - w.offset);
    changed(address, end - begin);
    const std::uint32_t at_zero = address - facts_.line->flash.front().address;
    if (const auto base = zero_alias()) {
      const std::uint32_t first = std::max(address, *base), behind = address + (end - begin);
      if (first < behind) changed(first - *base, behind - first);
    } else if (memory_at_zero_ && at_zero < kZeroAliasSize) {
      changed(at_zero, end - begin);
    }
  }
}

// PM0214 2.2.5: 1 MiB of SRAM and of peripherals, each bit a word in 32 MiB.
std::optional<ChipBus::BitBand> ChipBus::bit_band(std::uint32_t address) const {
  constexpr Field kRegion{"region", 25, 7}, kByte{"byte", 5, 20}, kBit{"bit", 2, 3};
  const bool sram = kRegion.get(address) == 0x22000000u >> 25,
             peripheral = kRegion.get(address) == 0x42000000u >> 25;
  if (!facts_.line->core.has_bit_band || (!sram && !peripheral)) return {};
  const std::uint32_t byte = (sram ? 0x20000000u : 0x40000000u) + kByte.get(address);
  return BitBand{byte & ~3u, (byte & 3) * 8 + kBit.get(address)};
}

// OTP and its lock bytes as the flash controller counts them: the locks follow the data.
std::optional<std::uint32_t> ChipBus::otp_offset(std::uint32_t address) const {
  const GenerationFacts& g = generation_;
  if (g.otp_size != 0 && inside(address, g.otp, g.otp_size)) return address - g.otp;
  const auto locks = static_cast<std::uint32_t>(memory_.otp_locks.size());
  if (locks != 0 && inside(address, g.otp_locks, locks)) return g.otp_size + (address - g.otp_locks);
  return {};
}

bool ChipBus::in_option_area(std::uint32_t address) const {
  return generation_.option_area_size != 0 &&
         inside(address, generation_.option_area, generation_.option_area_size);
}

// Unique id, flash size, and what is erased around them and in system memory (its boot loader is ST's).
std::optional<std::uint32_t> ChipBus::factory_word(std::uint32_t address) const {
  const GenerationFacts& g = generation_;
  if (trust_zone_.present()) {
    if (const auto word = boot_rom_word(g, address)) return word;
  }
  if (inside(address, g.uid, kUniqueId.size() * 4)) return kUniqueId[(address - g.uid) / 4];
  if (address == (g.flash_size_register & ~3u)) {
    const auto& coded = facts_.line->flash_size_word;
    const Lanes half = Lanes::of(g.flash_size_register, 2);
    return half.merge(0xFFFFFFFF, half.place(coded ? coded(facts_.flash_kib) : facts_.flash_kib));
  }
  if (inside(address, g.system_memory, g.system_memory_size) || inside(address, g.uid, kFactorySize))
    return 0xFFFFFFFF;
  return {};
}

BusStatus ChipBus::read(Master master, Security security, std::uint32_t address, unsigned size,
                        std::uint32_t& value) {
  address = remap(address);
  if (const RamPlace place = ram_at(address); place.ram != nullptr) {
    if (master == Master::fetch && !place.ram->facts.executable) return BusStatus::error;
    const Passage way = passage(master, security, place);
    value = way == Passage::open ? load_sized(place.ram->bytes, place.offset, size) : 0;
    return way == Passage::refused ? BusStatus::error : BusStatus::ok;
  }
  if (const auto place = flash_at(address)) {
    return flash_.read_cells(master, security, place->offset, size, value);
  }
  if (const BlockPlace place = block_at(address); place.registers != nullptr) {
    std::uint32_t word = 0;
    const Lanes lanes = Lanes::of(address, size);
    const BusStatus status = place.registers->read_as(security, place.offset, lanes, word);
    value = lanes.extract(word);
    return status;
  }
  if (const auto offset = otp_offset(address)) return flash_.read_otp(*offset, size, value);
  if (in_option_area(address)) {
    return flash_.read_option_area(address - generation_.option_area, size, value);
  }
  if (const auto word = factory_word(address & ~3u)) {
    value = Lanes::of(address, size).extract(*word);
    return BusStatus::ok;
  }
  if (const auto bit = bit_band(address)) return read_bit(master, security, *bit, value);
  return BusStatus::error;
}

BusStatus ChipBus::write(Master master, Security security, std::uint32_t address, unsigned size,
                         std::uint32_t value) {
  const std::uint32_t asked = address;
  address = remap(address);
  if (const RamPlace place = ram_at(address); place.ram != nullptr) {
    if (passage(master, security, place) == Passage::open) store_ram(master, place, asked, size, value);
    return BusStatus::ok;
  }
  if (const auto place = flash_at(address)) {
    return place->writable ? flash_.write_cells(security, place->offset, size, value) : BusStatus::error;
  }
  if (const BlockPlace place = block_at(address); place.registers != nullptr) {
    const Lanes lanes = Lanes::of(address, size);
    return place.registers->write_as(security, place.offset, lanes.place(value), lanes);
  }
  if (const auto offset = otp_offset(address)) return flash_.write_otp(*offset, size, value);
  if (in_option_area(address)) {
    return flash_.write_option_area(address - generation_.option_area, size, value);
  }
  if (factory_word(address & ~3u)) {
    return flash_.write_factory(inside(address, generation_.system_memory, generation_.system_memory_size),
                                size);
  }
  if (const auto bit = bit_band(address)) return write_bit(master, security, *bit, (value & 1) != 0);
  return BusStatus::error;
}

bool ChipBus::write_repeats(std::uint32_t address, std::uint32_t value) {
  const BlockPlace place = block_at(remap(address));
  return place.registers != nullptr && place.registers->write_repeats(place.offset, value);
}

// The core knows of its own store at the address it wrote to, not of the others where the byte is seen.
void ChipBus::store_ram(Master master, RamPlace place, std::uint32_t address, unsigned size,
                        std::uint32_t value) {
  store(place.ram->bytes, place.offset, size, value);
  const RamRegion& region = place.ram->facts;
  const auto tell = [&](std::uint32_t base) {
    const std::uint32_t seen = base + place.offset;
    if (shared() || master == Master::debug || seen != address) memory_changed_(seen, size);
  };
  tell(region.base);
  if (const std::uint32_t alias = alias_of(region); alias != 0) tell(alias);
}

void ChipBus::sram_changed(std::uint32_t begin, std::uint32_t size) {
  for (const Ram& ram : rams_) {
    if (!inside(begin, ram.facts.base, ram.facts.kib * 1024)) continue;
    memory_changed_(begin, size);
    if (ram.facts.alias != 0) memory_changed_(begin - ram.facts.base + ram.facts.alias, size);
  }
}

Passage ChipBus::passage(Master master, Security security, RamPlace place) const {
  return trust_zone_.sram(master, security, place.ram->facts.base + place.offset);
}

BusStatus ChipBus::read_bit(Master master, Security security, BitBand place, std::uint32_t& value) {
  std::uint32_t word = 0;
  const BusStatus status = read(master, security, place.word, 4, word);
  value = Field{"bit", place.bit}.get(word);
  return status;
}

BusStatus ChipBus::write_bit(Master master, Security security, BitBand place, bool bit) {
  std::uint32_t word = 0;
  if (const BusStatus status = read(master, security, place.word, 4, word); status != BusStatus::ok)
    return status;
  const BusStatus status = write(master, security, place.word, 4, Field{"bit", place.bit}.set(word, bit));
  if (status == BusStatus::ok && ram_at(place.word).ram != nullptr) memory_changed_(place.word, 4);
  return status;
}

const std::uint8_t* ChipBus::rom_window(std::uint32_t address, std::uint32_t& window_begin,
                                        std::uint32_t& window_size) const {
  const BlockPlace place = block_at(address);
  const auto bytes = place.registers != nullptr ? place.registers->memory() : std::nullopt;
  if (!bytes) return nullptr;
  const std::uint32_t offset = place.offset + (address & 3);
  window_begin = address - offset;
  window_size = static_cast<std::uint32_t>(bytes->size());
  return bytes->data() + offset;
}

const std::uint8_t* ChipBus::fetch_window(Security security, std::uint32_t address,
                                          std::uint32_t& window_begin, std::uint32_t& window_size) {
  const std::uint32_t physical = remap(address);
  if (const auto place = flash_at(physical)) {
    std::uint32_t begin = 0;
    const auto bytes = flash_.window(security, place->offset, begin);
    if (!bytes) return nullptr;
    // A sector may go on beyond the bus's window.
    const std::uint32_t end = std::min(begin + static_cast<std::uint32_t>(bytes->size()), place->end);
    const std::uint32_t first = std::max(begin, place->begin);
    window_begin = address - (place->offset - first);
    window_size = end - first;
    return bytes->data() + (place->offset - begin);
  }
  const RamPlace place = ram_at(physical);
  if (place.ram == nullptr) return rom_window(address, window_begin, window_size);
  if (!place.ram->facts.executable) return nullptr;
  if (passage(Master::fetch, security, place) != Passage::open) return nullptr;
  window_begin = address - place.offset;
  window_size = static_cast<std::uint32_t>(place.ram->bytes.size());
  if (trust_zone_.present()) {  // no more than one block, as the next may be another world's
    const std::uint32_t at = place.ram->facts.base + place.offset;
    std::uint32_t begin = 0;
    window_size = trust_zone_.block_around(at, begin);
    window_begin = address - (at - begin);
  }
  return place.ram->bytes.data() + place.offset;
}

std::uint8_t* ChipBus::data_window(Security /*security*/, std::uint32_t address, std::uint32_t& window_begin,
                                   std::uint32_t& window_size) {
  if (shared() || remap(address) != address) return nullptr;  // stores through an alias are to be seen
  const RamPlace place = ram_at(address);
  if (place.ram == nullptr || alias_of(place.ram->facts) != 0) return nullptr;
  window_begin = address - place.offset;
  window_size = static_cast<std::uint32_t>(place.ram->bytes.size());
  return place.ram->bytes.data() + place.offset;
}

}  // namespace probity::vboard
