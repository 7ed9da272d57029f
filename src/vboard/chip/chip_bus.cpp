#include "vboard/chip/chip_bus.hpp"

#include <algorithm>
#include <array>

#include "base/bits.hpp"
#include "base/bytes.hpp"

namespace probity::vboard {

namespace {

constexpr std::uint32_t kFlashBase = 0x08000000;      // AXIM interface on the Cortex-M7
constexpr std::uint32_t kItcmFlashBase = 0x00200000;  // read only (RM0385 3.3.2)
constexpr std::uint32_t kSramBase = 0x20000000;
constexpr std::uint32_t kOptionBytesF4 = 0x1FFFC000, kOptionBytesF7 = 0x1FFF0000, kOptionBytesSize = 0x30;
constexpr std::uint32_t kFactorySize = 0x200;
constexpr std::array<std::uint32_t, 3> kUniqueId{0x00350031, 0x3438510A, 0x36323535};

constexpr bool inside(std::uint32_t address, std::uint32_t base, std::uint32_t size) {
  return address - base < size;
}

std::uint32_t load(ByteView bytes, std::uint32_t offset, unsigned size) {
  return size == 4 ? load_le32(bytes, offset) : size == 2 ? load_le16(bytes, offset) : load_u8(bytes, offset);
}

void store(ByteSpan bytes, std::uint32_t offset, unsigned size, std::uint32_t value) {
  if (size == 4) return store_le32(bytes, offset, value);
  if (size == 2) return store_le16(bytes, offset, static_cast<std::uint16_t>(value));
  bytes[offset] = static_cast<std::uint8_t>(value);
}

}  // namespace

ChipBus::ChipBus(const ChipFacts& facts, NonVolatile& memory, FlashController& flash)
    : facts_(facts), memory_(memory), flash_(flash) {
  for (const RamRegion& region : facts.line->ram) rams_.push_back({region, Bytes(region.kib * 1024)});
  power_on_reset();
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

ChipBus::Ram* ChipBus::ram_at(std::uint32_t address) {
  for (Ram& ram : rams_) {
    if (inside(address, ram.facts.base, ram.facts.kib * 1024)) return &ram;
  }
  return nullptr;
}

ChipBus::Block* ChipBus::block_at(std::uint32_t address) {
  const auto found = std::find_if(blocks_.begin(), blocks_.end(),
                                  [&](const Block& b) { return address >= b.begin && address < b.end; });
  return found == blocks_.end() ? nullptr : &*found;
}

// RM0090 2.4: what is physically at 0. The Cortex-M7 has its ITCM RAM there.
std::uint32_t ChipBus::remap(std::uint32_t address) const {
  if (facts_.line->generation->cortex_m7) {
    return boot_address_ && address < 8 ? *boot_address_ + address : address;
  }
  if (address >= 0x00200000) return address;
  switch (memory_mode_) {
    case 0:
      return address + kFlashBase;
    case 1:
      return address + facts_.line->generation->system_memory;
    case 3:
      return address + kSramBase;
    default:
      return address;
  }
}

std::optional<std::uint32_t> ChipBus::flash_offset(std::uint32_t address) const {
  const auto size = static_cast<std::uint32_t>(memory_.cells.size());
  if (inside(address, kFlashBase, size)) return address - kFlashBase;
  if (facts_.line->generation->cortex_m7 && inside(address, kItcmFlashBase, size))
    return address - kItcmFlashBase;
  return {};
}

void ChipBus::for_each_alias(std::uint32_t flash_offset,
                             const std::function<void(std::uint32_t)>& changed) const {
  changed(kFlashBase + flash_offset);
  changed((facts_.line->generation->cortex_m7 ? kItcmFlashBase : 0) + flash_offset);
}

// PM0214 2.2.5: 1 MiB of SRAM and of peripherals, each bit a word in 32 MiB.
std::optional<ChipBus::BitBand> ChipBus::bit_band(std::uint32_t address) const {
  constexpr Field kRegion{"region", 25, 7}, kByte{"byte", 5, 20}, kBit{"bit", 2, 3};
  const bool sram = kRegion.get(address) == 0x22000000u >> 25,
             peripheral = kRegion.get(address) == 0x42000000u >> 25;
  if (facts_.line->generation->cortex_m7 || (!sram && !peripheral)) return {};
  const std::uint32_t byte = (sram ? 0x20000000u : 0x40000000u) + kByte.get(address);
  return BitBand{byte & ~3u, (byte & 3) * 8 + kBit.get(address)};
}

// Option bytes as the manual's memory view (RM0090 3.7.1 table 13, RM0385 3.4.1 table 11).
std::uint32_t ChipBus::option_word(std::uint32_t offset) const {
  constexpr Field kUserAndRdp{"USER, RDP", 0, 16}, kProtection{"nWRP", 16, 16};
  if (facts_.line->generation->cortex_m7) {
    const Field half{"half", offset == 0x18 ? 16u : 0u, 16};
    if (offset == 0x00) return kUserAndRdp.get(memory_.optcr);
    if (offset == 0x08) return kProtection.get(memory_.optcr);
    return offset == 0x10 || offset == 0x18 ? half.get(memory_.optcr1) : 0xFFFFFFFF;
  }
  if (offset == 0x00) return 0xFFFF0000 | kUserAndRdp.get(memory_.optcr);
  return offset == 0x08 ? 0xFFFF0000 | kProtection.get(memory_.optcr) : 0xFFFFFFFF;
}

// System memory (its boot loader is ST's: erased here), factory data, option bytes.
std::optional<std::uint32_t> ChipBus::read_only_word(std::uint32_t address) const {
  const GenerationFacts& g = *facts_.line->generation;
  const std::uint32_t options = g.cortex_m7 ? kOptionBytesF7 : kOptionBytesF4;
  if (inside(address, options, kOptionBytesSize)) return option_word(address - options);
  if (inside(address, g.uid, kUniqueId.size() * 4)) return kUniqueId[(address - g.uid) / 4];
  if (address == (g.flash_size_register & ~3u)) {
    return Lanes::of(g.flash_size_register, 2)
        .merge(0xFFFFFFFF, Lanes::of(g.flash_size_register, 2).place(facts_.flash_kib));
  }
  if (inside(address, g.system_memory, g.system_memory_size) || inside(address, g.uid, kFactorySize))
    return 0xFFFFFFFF;
  return {};
}

BusStatus ChipBus::read(Master master, std::uint32_t address, unsigned size, std::uint32_t& value) {
  address = remap(address);
  if (Ram* ram = ram_at(address)) {
    if (master == Master::fetch && !ram->facts.executable) return BusStatus::error;
    value = load(ram->bytes, address - ram->facts.base, size);
    return BusStatus::ok;
  }
  if (const auto offset = flash_offset(address)) return flash_.read_cells(master, *offset, size, value);
  if (Block* block = block_at(address)) {
    std::uint32_t word = 0;
    const BusStatus status = block->registers->read_register((address - block->begin) & ~3u, word);
    value = Lanes::of(address, size).extract(word);
    return status;
  }
  const GenerationFacts& g = *facts_.line->generation;
  if (inside(address, g.otp, g.otp_size + 16)) return flash_.read_otp(address - g.otp, size, value);
  if (const auto word = read_only_word(address & ~3u)) {
    value = Lanes::of(address, size).extract(*word);
    return BusStatus::ok;
  }
  if (const auto bit = bit_band(address)) return read_bit(master, *bit, value);
  return BusStatus::error;
}

BusStatus ChipBus::write(Master master, std::uint32_t address, unsigned size, std::uint32_t value) {
  address = remap(address);
  if (Ram* ram = ram_at(address)) {
    store(ram->bytes, address - ram->facts.base, size, value);
    if (master == Master::debug) memory_changed_(address, size);
    return BusStatus::ok;
  }
  if (const auto offset = flash_offset(address)) {
    return address >= kFlashBase ? flash_.write_cells(*offset, size, value) : BusStatus::error;
  }
  if (Block* block = block_at(address)) {
    const Lanes lanes = Lanes::of(address, size);
    return block->registers->write_register((address - block->begin) & ~3u, lanes.place(value), lanes);
  }
  const GenerationFacts& g = *facts_.line->generation;
  if (inside(address, g.otp, g.otp_size + 16)) return flash_.write_otp(address - g.otp, size, value);
  if (const auto bit = bit_band(address)) return write_bit(master, *bit, (value & 1) != 0);
  return BusStatus::error;
}

BusStatus ChipBus::read_bit(Master master, BitBand place, std::uint32_t& value) {
  std::uint32_t word = 0;
  const BusStatus status = read(master, place.word, 4, word);
  value = Field{"bit", place.bit}.get(word);
  return status;
}

BusStatus ChipBus::write_bit(Master master, BitBand place, bool bit) {
  std::uint32_t word = 0;
  if (const BusStatus status = read(master, place.word, 4, word); status != BusStatus::ok) return status;
  const BusStatus status = write(master, place.word, 4, Field{"bit", place.bit}.set(word, bit));
  if (status == BusStatus::ok && ram_at(place.word) != nullptr) memory_changed_(place.word, 4);
  return status;
}

const std::uint8_t* ChipBus::fetch_window(std::uint32_t address, std::uint32_t& window_begin,
                                          std::uint32_t& window_size) {
  const std::uint32_t physical = remap(address);
  if (const auto offset = flash_offset(physical)) {
    std::uint32_t sector = 0;
    const auto bytes = flash_.window(*offset, sector);
    if (!bytes) return nullptr;
    window_begin = address - (*offset - sector);
    window_size = static_cast<std::uint32_t>(bytes->size());
    return bytes->data() + (*offset - sector);
  }
  Ram* ram = ram_at(physical);
  if (ram == nullptr || !ram->facts.executable || boot_address_) return nullptr;
  window_begin = address - (physical - ram->facts.base);
  window_size = static_cast<std::uint32_t>(ram->bytes.size());
  return ram->bytes.data() + (physical - ram->facts.base);
}

std::uint8_t* ChipBus::data_window(std::uint32_t address, std::uint32_t& window_begin,
                                   std::uint32_t& window_size) {
  if (boot_address_ || remap(address) != address) return nullptr;  // stores through an alias are to be seen
  Ram* ram = ram_at(address);
  if (ram == nullptr) return nullptr;
  window_begin = ram->facts.base;
  window_size = static_cast<std::uint32_t>(ram->bytes.size());
  return ram->bytes.data() + (address - ram->facts.base);
}

}  // namespace probity::vboard
